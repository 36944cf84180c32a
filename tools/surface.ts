/**
 * Writes `tests/surface.txt`, the names that the package offers; `tests/surface_test.ts` compares.
 *
 * @module
 */

import { ROOT } from "./tree.ts";

/** The file that holds the names. */
export const SURFACE: URL = new URL("tests/surface.txt", ROOT);

/** What `deno doc --json` says, as far as it is read here. */
export interface Docs {
  nodes: Record<string, { symbols: DocSymbol[] }>;
}

interface DocSymbol {
  name: string;
  declarations: {
    kind: string;
    jsDoc?: { tags?: { kind: string }[] };
    def?: { methods?: Named[]; properties?: Named[] };
  }[];
}

interface Named {
  name: string;
  accessibility?: string;
}

/** Asks `deno doc` once for everything that `exports` names, by the names a user imports. */
export async function readDocs(): Promise<Docs> {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const exports = Object.entries<string>(config.exports);
  const files = exports.map(([, path]) => path);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
    cwd: ROOT,
  });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const docs: Docs = JSON.parse(new TextDecoder().decode(stdout));
  const names = new Map(exports.map(([key, path]) => [
    new URL(path, ROOT).href,
    config.name + key.slice(1),
  ]));
  return {
    nodes: Object.fromEntries(
      Object.entries(docs.nodes).map(([href, node]) => [names.get(href) ?? href, node]),
    ),
  };
}

/** The surface as text: a paragraph a module, a line a name, with the members of classes and interfaces. */
export function surfaceOf({ nodes }: Docs): string {
  const modules = Object.entries(nodes).sort(([a], [b]) => compare(a, b));
  return modules.map(([name, { symbols }]) =>
    [name, ...symbols.map(lineOf).sort(compare)].join("\n  ") + "\n"
  ).join("\n");
}

/** The exported functions and classes whose doc comment has no `@example`. */
export function findUnexampled({ nodes }: Docs): string[] {
  return Object.entries(nodes).flatMap(([module, { symbols }]) =>
    symbols.filter(({ declarations }) =>
      declarations.some(({ kind }) => kind === "function" || kind === "class") &&
      !declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
    ).map(({ name }) => `${module} ${name}`)
  );
}

function lineOf({ name, declarations }: DocSymbol): string {
  const kinds = [...new Set(declarations.map(({ kind }) => kind))];
  const members = declarations.flatMap(({ def }) => [
    ...def?.properties ?? [],
    ...def?.methods ?? [],
  ]);
  const names = members.filter(({ accessibility }) => accessibility !== "private")
    .map((member) => member.name);
  const list = [...new Set(names)].sort(compare).join(" ");
  return `${name} (${kinds.join(", ")})${list && `: ${list}`}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

if (import.meta.main) {
  await Deno.writeTextFile(SURFACE, surfaceOf(await readDocs()));
  console.log("tests/surface.txt rewritten");
}
