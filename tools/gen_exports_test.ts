import { assertEquals } from "@std/assert";
import { exportsOf, withExports } from "./gen_exports.ts";

const DOC = "/**\n * A room.\n *\n * @module\n */\n";

/** Files by path, each with a text. */
function tree(texts: Record<string, string>) {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

Deno.test("exportsOf gives a folder with a mod.ts its subpath, in kebab-case, the root first", () => {
  const files = tree({ "text/mod.ts": DOC, "mod.ts": DOC, "services/open_ai/mod.ts": DOC });
  assertEquals(Object.entries(exportsOf(files)), [
    [".", "./mod.ts"],
    ["./services/open-ai", "./services/open_ai/mod.ts"],
    ["./text", "./text/mod.ts"],
  ]);
});

Deno.test("exportsOf gives a file with a module doc a subpath unless its mod.ts re-exports it", () => {
  const files = tree({
    "audio/vad/mod.ts": `${DOC}export { A } from "./a.ts";`,
    "audio/vad/a.ts": DOC,
    "audio/vad/silero_v5.ts": `// Wire: here\n${DOC}`,
    "audio/vad/plain.ts": "/** Only a symbol's doc. */\nexport const A = 1;",
    "cli/talk.ts": DOC,
  });
  assertEquals(exportsOf(files), {
    "./audio/vad": "./audio/vad/mod.ts",
    "./audio/vad/silero-v5": "./audio/vad/silero_v5.ts",
    "./cli/talk": "./cli/talk.ts",
  });
});

Deno.test("exportsOf leaves out what is private, a test, or outside the package", () => {
  const files = tree({
    "audio/_x.ts": DOC,
    "audio/x_test.ts": DOC,
    "audio/x.d.ts": DOC,
    "tools/mod.ts": DOC,
    "third_party/std/assert/mod.ts": DOC,
    "runner/playground/assets.ts": DOC,
  });
  assertEquals(exportsOf(files), {});
});

Deno.test("withExports replaces the exports and nothing else", () => {
  const config =
    '{\n  "name": "x",\n  "exports": { "./a": "./a.ts" },\n  "imports": { "b": "c" }\n}\n';
  const wanted =
    '{\n  "name": "x",\n  "exports": {\n    ".": "./mod.ts"\n  },\n  "imports": { "b": "c" }\n}\n';
  assertEquals(withExports(config, { ".": "./mod.ts" }), wanted);
  assertEquals(withExports(wanted, { ".": "./mod.ts" }), wanted);
});
