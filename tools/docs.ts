import type { ProjectFile } from "./tree.ts";

/** A line of documentation that says something that is not so. */
export interface DocFinding {
  path: string;
  message: string;
}

/** The relative links of Markdown files that lead to no file, or to no heading of one. */
export function findDeadLinks(
  pages: ProjectFile[],
  exists: (path: string) => boolean,
): DocFinding[] {
  const headings = new Map(pages.map(({ path, text }) => [path, headingsOf(text)]));
  return pages.flatMap(({ path, text }) =>
    linksOf(text).flatMap((link) => {
      const url = new URL(link, `file:///${path}`);
      const target = decodeURIComponent(url.pathname.slice(1));
      const message = `links to "${link}"`;
      if (!exists(target)) return [{ path, message: `${message}, which does not exist` }];
      const fragment = decodeURIComponent(url.hash.slice(1));
      if (!fragment || !headings.has(target) || headings.get(target)?.has(fragment)) return [];
      return [{ path, message: `${message}, and "${target}" has no such heading` }];
    })
  );
}

/** The `deno task` names in Markdown files that `deno.json` does not have. */
export function findUnknownTasks(pages: ProjectFile[], tasks: string[]): DocFinding[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:\bdeno|\bdeno@[\d.]+) task ([a-z][\w:-]*)/g)].map(([, name = ""]) => name)
      .filter((name) => !tasks.includes(name))
      .map((name) => ({ path, message: `names the task "${name}", which deno.json does not have` }))
  );
}

/** The files that Markdown files tell a reader to run with `deno run`, and that do not exist. */
export function findUnknownScripts(
  pages: ProjectFile[],
  exists: (path: string) => boolean,
): DocFinding[] {
  return pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bdeno (?:run|test)((?: +-\S+)*) +([\w./-]+\.ts)\b/g)]
      .map(([, , script = ""]) => script)
      .filter((script) => !exists(script.replace(/^\.\//, "")))
      .map((script) => ({ path, message: `runs "${script}", which does not exist` }))
  );
}

/** The entries of an import map that a page's tables do not list with their version. */
export function findUnlisted(
  { path, text }: ProjectFile,
  map: Record<string, string>,
): DocFinding[] {
  const rows = text.replace(/ +/g, " ");
  return Object.entries(map).flatMap(([name, target]) => {
    const version = target.slice(target.lastIndexOf("@") + 1);
    if (rows.includes(`| \`${name}\` | ${version} |`)) return [];
    return [{ path, message: `has no row for "${name}" in version "${version}"` }];
  });
}

/** Whether a Markdown file has a block that `deno check` would look at. */
export function hasTypeScript({ text }: ProjectFile): boolean {
  return /^```(ts|tsx|typescript|js|jsx|javascript)\s*$/m.test(text);
}

/** The relative targets of links and images, outside code. */
function linksOf(text: string): string[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  const attributes = [...prose.matchAll(/\b(?:src|href|srcset)="([^"]+)"/g)];
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s+(\S+)/gm)];
  return [...inline, ...attributes, ...references].map(([, link = ""]) => link)
    .filter((link) => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(link));
}

/** The fragments under which GitHub reaches a page's headings. */
function headingsOf(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#+ +(.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim().toLowerCase();
    const base = plain.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    let name = base;
    for (let count = 1; found.has(name); count++) name = `${base}-${count}`;
    found.add(name);
  }
  return found;
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
}
