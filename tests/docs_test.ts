import { assert, assertEquals } from "@std/assert";
import {
  findDeadLinks,
  findUnknownScripts,
  findUnknownTasks,
  findUnlisted,
  hasTypeScript,
} from "../tools/docs.ts";
import { type ProjectFile, readTree, ROOT } from "../tools/tree.ts";

const pages = await readTree([".md"]);
const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const tasks = Object.keys(config.tasks);

Deno.test("relative links in the documentation lead somewhere", () => {
  assertEquals(findDeadLinks(pages, exists), []);
});

Deno.test("every task that the documentation names exists", () => {
  assertEquals(findUnknownTasks(pages, tasks), []);
});

Deno.test("every script that the documentation runs exists", () => {
  assertEquals(findUnknownScripts(pages, exists), []);
});

Deno.test("every dependency has a row with its version", () => {
  const page = pages.find(({ path }) => path === "docs/dependencies.md");
  assert(page);
  assertEquals(findUnlisted(page, config.imports), []);
});

Deno.test("every TypeScript block of the documentation type-checks", async () => {
  const files = pages.filter(hasTypeScript).map(({ path }) => path);
  if (files.length === 0) return;
  const { success, stderr } = await check(files);
  assert(success, stderr);
});

Deno.test("a TypeScript block that does not type-check is found", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/broken.md`;
    await Deno.writeTextFile(file, '# Broken\n\n```ts\nconst one: number = "one";\n```\n');
    const { success, stderr } = await check([file]);
    assert(!success);
    assert(stderr.includes("TS2322"), stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const page = (text: string): ProjectFile[] => [{ path: "docs/a.md", text }];
const present = (path: string) => ["docs/a.md", "docs/b.png", "mod.ts"].includes(path);

Deno.test.each([
  ["[gone](./gone.md)", 'links to "./gone.md", which does not exist'],
  ["![shot](b.jpg)", 'links to "b.jpg", which does not exist'],
  ['<img src="c.png">', 'links to "c.png", which does not exist'],
  ["[x]: ../gone.ts", 'links to "../gone.ts", which does not exist'],
  ["# Here\n[x](#there)", 'links to "#there", and "docs/a.md" has no such heading'],
])("findDeadLinks finds %s", (text, message) => {
  assertEquals(findDeadLinks(page(text), present), [{ path: "docs/a.md", message }]);
});

Deno.test("findDeadLinks passes what exists, what is elsewhere, and what is code", () => {
  const text = "# The `one` way\n[a](b.png) [b](../mod.ts) [c](https://x.y/z) [d](#the-one-way)\n" +
    "`[e](gone.md)`\n```md\n[f](gone.md)\n```\n";
  assertEquals(findDeadLinks(page(text), present), []);
});

Deno.test("findUnknownTasks finds a task that is not there, and passes one that is", () => {
  const found = findUnknownTasks(page("`deno task ok`, then `deno task fly`"), ["ok"]);
  assertEquals(found.map(({ message }) => message.split(",")[0]), ['names the task "fly"']);
});

Deno.test("findUnknownScripts finds a script that is not there, and passes one that is", () => {
  const found = findUnknownScripts(page("deno run -A mod.ts\ndeno run -A --x gone.ts"), present);
  assertEquals(found.map(({ message }) => message), ['runs "gone.ts", which does not exist']);
});

Deno.test("findUnlisted finds a dependency without a row, and one of another version", () => {
  const rows = { path: "docs/a.md", text: "| `a` | 1.0.0 | MIT |\n| `@b/c` | 2.0.0 | MIT |" };
  const map = { a: "npm:a@1.0.0", "@b/c": "npm:@b/c@2.1.0", d: "jsr:d@^3" };
  assertEquals(findUnlisted(rows, map).map(({ message }) => message), [
    'has no row for "@b/c" in version "2.1.0"',
    'has no row for "d" in version "^3"',
  ]);
});

async function check(files: string[]): Promise<{ success: boolean; stderr: string }> {
  const args = ["check", "--quiet", "--doc-only", ...files];
  const command = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, env: { NO_COLOR: "1" } });
  const { success, stderr } = await command.output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
