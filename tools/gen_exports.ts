/**
 * Writes the `exports` of `deno.json` from the folders; with `--check` it only compares.
 *
 * A folder with a `mod.ts` is a subpath. So is a file whose module doc ends with `@module` and which its folder's
 * `mod.ts` does not re-export: what is heavy or optional is imported on its own, and nobody pays for it by accident.
 *
 * @module
 */

import { type ProjectFile, readTree, ROOT } from "./tree.ts";

/** What is not for import: outside the package, or the insides of the runner's page. */
const NOT_FOR_IMPORT = /^(bench|docs|examples|runner\/playground|tests|third_party|tools)\//;

/** The exports that the project's files ask for, the root first and the rest sorted. */
export function exportsOf(files: ProjectFile[]): Record<string, string> {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const entries: [string, string][] = [];
  for (const { path, text } of files) {
    if (NOT_FOR_IMPORT.test(path) || !/(^|\/)[a-z0-9]\w*\.tsx?$/.test(path)) continue;
    if (/(_test|\.d)\.tsx?$/.test(path)) continue;
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const name = path.slice(folder.length);
    if (name === "mod.ts") entries.push([subpath(folder.slice(0, -1)), `./${path}`]);
    else if (hasModuleDoc(text) && !texts.get(`${folder}mod.ts`)?.includes(`from "./${name}"`)) {
      entries.push([subpath(path.replace(/\.tsx?$/, "")), `./${path}`]);
    }
  }
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The text of `deno.json` with its exports replaced. */
export function withExports(config: string, exports: Record<string, string>): string {
  const lines = Object.entries(exports).map(([key, path]) => `    "${key}": "${path}"`);
  const block = lines.length > 0 ? `{\n${lines.join(",\n")}\n  }` : "{}";
  return config.replace(/"exports": \{[^}]*\}/, `"exports": ${block}`);
}

function subpath(path: string): string {
  return path === "" ? "." : `./${path.replaceAll("_", "-")}`;
}

/** Whether a file begins with a doc comment that ends in `@module`. */
function hasModuleDoc(text: string): boolean {
  const doc = /^(?:\/\/[^\n]*\n|\s)*\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  return doc !== undefined && /@module\s*$/.test(doc);
}

if (import.meta.main) {
  const file = new URL("deno.json", ROOT);
  const present = await Deno.readTextFile(file);
  const wanted = withExports(present, exportsOf(await readTree([".ts", ".tsx"])));
  if (present === wanted) {
    console.log("exports in deno.json are up to date");
  } else if (Deno.args.includes("--check")) {
    console.error('exports in deno.json differ from the folders: run "deno task gen"');
    Deno.exit(1);
  } else {
    await Deno.writeTextFile(file, wanted);
    console.log("exports in deno.json rewritten");
  }
}
