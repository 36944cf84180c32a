import { assertEquals, assertStringIncludes } from "@std/assert";
import plugin from "./lint_plugin.ts";

interface Case {
  /** The rule that must speak, or must not. */
  rule: string;
  /** Where the source stands; SDK source if absent. */
  file?: string;
  source: string;
}

const longFunction = `function f(): void {\n${"f();\n".repeat(59)}}`;

/** Each must be found, by its rule alone. */
const BAD: Case[] = [
  { rule: "no-tee", source: "stream.tee();" },
  { rule: "no-tee", file: "async/x_test.ts", source: "(await get()).body.tee();" },
  { rule: "no-promise-race", source: "export const f = Promise.race([a]);" },
  { rule: "clock-only", source: "function f() { setTimeout(g, 1); }" },
  { rule: "clock-only", source: "function f() { globalThis.setInterval(g, 1); }" },
  { rule: "clock-only", source: "function f() { setImmediate(g); }" },
  { rule: "clock-only", source: "const now = Date.now();" },
  { rule: "clock-only", source: "const now = performance.now();" },
  { rule: "clock-only", source: "const now = new Date();" },
  { rule: "clock-only", source: "const late = AbortSignal.timeout(5);" },
  { rule: "clock-only", file: "runner/server.ts", source: "const now = Date.now();" },
  { rule: "clock-only", file: "testing/clock.ts", source: "function f() { setTimeout(g, 1); }" },
  { rule: "hash-private", source: "class A { private a = 1; }" },
  { rule: "hash-private", source: "class A { private a() {} }" },
  { rule: "hash-private", source: "class A { constructor(private a: number) {} }" },
  { rule: "error-message", source: 'function f() { throw new Error("no such file: x"); }' },
  { rule: "error-message", source: "function f() { throw new RangeError(`Bad rate: ${rate}`); }" },
  { rule: "error-message", source: 'function f() { throw new TypeError("Cannot open it"); }' },
  {
    rule: "error-message",
    source: 'function f() { throw new Error("Cannot open: it is shut."); }',
  },
  {
    rule: "error-message",
    source: `function f() { throw new Error("Cannot open: it isn't so"); }`,
  },
  { rule: "error-message", source: 'function f() { throw new AggregateError([], "Two failed"); }' },
  { rule: "error-message", source: 'class E extends Error { constructor() { super("Bad"); } }' },
  { rule: "error-message", source: 'function f() { throw new Error("Bad: " + name); }' },
  { rule: "no-export-all", source: 'export * from "./a.ts";' },
  { rule: "no-export-all", source: 'export * as a from "./a.ts";' },
  { rule: "function-length", source: longFunction },
  { rule: "function-length", source: `class A { m = ${longFunction.replace("f()", "()")}; }` },
  { rule: "options-last", source: "export function f(a: A, b: B, c: number): void {}" },
  { rule: "options-last", source: "export class A { constructor(a: A, b: B, c = 1) {} }" },
  { rule: "options-last", source: "export class A { m(a: A, b: B, c: C, options: O) {} }" },
  { rule: "mod-reexports", file: "text/mod.ts", source: "export const a = 1;" },
  { rule: "mod-reexports", file: "mod.ts", source: 'import { a } from "./a.ts";' },
  {
    rule: "mod-reexports",
    file: "mod.ts",
    source: 'export { b } from "./b.ts";\nexport { a } from "./a.ts";',
  },
  { rule: "mod-reexports", file: "mod.ts", source: 'export { b, a } from "./b.ts";' },
  { rule: "no-import-effects", source: 'console.log("hello");' },
  { rule: "no-import-effects", source: 'const key = Deno.env.get("KEY");' },
  { rule: "no-import-effects", source: 'class A { static text = Deno.readTextFileSync("a"); }' },
  { rule: "no-import-effects", source: "const table = await load();" },
  { rule: "no-import-effects", source: "register(A);" },
  { rule: "no-import-effects", source: "for (const a of list) table.push(a);" },
  { rule: "no-import-effects", source: "if (flag) { start(); }" },
  { rule: "no-import-effects", source: "queueMicrotask(f);" },
  { rule: "function-declaration", source: "export const f = (a: number): number => a;" },
  { rule: "type-name", source: "class CartesiaTtsService {}" },
  { rule: "type-name", source: "interface Stt { a: 1 }" },
  { rule: "type-name", source: "type frame = 1;" },
];

/** Each is sound, though it looks much like one of those above. */
const GOOD: Case[] = [
  { rule: "no-tee", source: "stream.tee(a);" },
  { rule: "no-promise-race", source: "const all = Promise.all([a]);" },
  { rule: "clock-only", source: "const then = new Date(clock.now());" },
  { rule: "clock-only", source: "function f() { clock.setTimeout(g, 1); }" },
  { rule: "clock-only", file: "async/clock.ts", source: "const now = performance.now();" },
  { rule: "clock-only", file: "audio/x_test.ts", source: "const now = performance.now();" },
  { rule: "clock-only", file: "testing/clock.ts", source: "function f() { setImmediate(g); }" },
  { rule: "clock-only", file: "bench/hop.ts", source: "const now = performance.now();" },
  { rule: "clock-only", file: "runner/playground/src/page.ts", source: "Date.now();" },
  { rule: "hash-private", source: "class A { #a = 1; protected b() {} }" },
  { rule: "error-message", source: "function f() { throw new Error(`Cannot run ${a}: ${b}`); }" },
  {
    rule: "error-message",
    source: 'function f() { throw new Error("Cannot open " + a + ": no"); }',
  },
  { rule: "error-message", source: "function f() { throw new Error(message); }" },
  { rule: "error-message", source: 'const e = new DOMException("Aborted", "AbortError");' },
  {
    rule: "error-message",
    source: `function f() { throw new Error("Cannot seek: the file's end"); }`,
  },
  {
    rule: "error-message",
    source: "class E extends Error { constructor(m: string) { super(m); } }",
  },
  { rule: "error-message", source: 'class A extends B { constructor() { super("name"); } }' },
  { rule: "error-message", file: "audio/x_test.ts", source: 'throw new Error("planted");' },
  { rule: "no-export-all", source: 'export { a } from "./a.ts";' },
  { rule: "function-length", source: longFunction.replace("f();\n", "") },
  { rule: "function-length", file: "audio/x_test.ts", source: longFunction },
  { rule: "options-last", source: "export function f(a: A, b: B, options: O): void {}" },
  { rule: "options-last", source: "export function f(a: A, b: B, { c = 1 } = {}): void {}" },
  { rule: "options-last", source: "export function f(a: A, b: B, how: FadeOptions): void {}" },
  { rule: "options-last", source: "export function f(this: A, a: A, b: B, ...rest: C[]): void {}" },
  { rule: "options-last", source: "function f(a: A, b: B, c: C): void {}" },
  { rule: "options-last", source: "export class A { #m(a: A, b: B, c: C): void {} }" },
  {
    rule: "options-last",
    file: "processors/_engine.ts",
    source: "export function f(a: A, b: B, c: C) {}",
  },
  { rule: "options-last", source: "list.reduce((sum, value, index) => sum + value * index, 0);" },
  {
    rule: "mod-reexports",
    file: "mod.ts",
    source: 'export { a, type B, C } from "./a.ts";\nexport type { B } from "./b.ts";',
  },
  { rule: "mod-reexports", source: "export const a = 1;" },
  { rule: "no-import-effects", source: 'function f() { console.log(Deno.env.get("KEY")); }' },
  { rule: "no-import-effects", source: 'class A { text = Deno.readTextFileSync("a"); }' },
  { rule: "no-import-effects", source: "const table = build(1);" },
  { rule: "no-import-effects", source: "if (import.meta.main) await main(Deno.args);" },
  { rule: "no-import-effects", source: "const f = async () => await g();" },
  { rule: "no-import-effects", file: "examples/bot.ts", source: "await main();" },
  { rule: "function-declaration", source: "export const RATE = 16_000;" },
  {
    rule: "type-name",
    source: "class OpenAITTSService {}\ntype TTSSettings = 1;\nclass Urlaub {}",
  },
];

Deno.test.each(BAD.map(titled))("house/$rule finds: $title", ({ rule, file, source }) => {
  const rules = { [rule]: plugin.rules[rule]! };
  const found = Deno.lint.runPlugin({ ...plugin, rules }, file ?? "audio/x.ts", source);
  assertEquals(found.map((diagnostic) => diagnostic.id), [`house/${rule}`]);
});

Deno.test.each(GOOD.map(titled))("house/$rule passes: $title", ({ rule, file, source }) => {
  const rules = { [rule]: plugin.rules[rule]! };
  const found = Deno.lint.runPlugin({ ...plugin, rules }, file ?? "audio/x.ts", source);
  assertEquals(found, []);
});

Deno.test("every house rule has a case that it finds and one that it passes", () => {
  const rules = Object.keys(plugin.rules);
  assertEquals([...new Set(BAD.map((c) => c.rule))].sort(), rules);
  assertEquals([...new Set(GOOD.map((c) => c.rule))].sort(), rules);
});

Deno.test("every house rule is in force in deno.json", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("../deno.json", import.meta.url)));
  assertStringIncludes(config.lint.plugins.join(), "./tools/lint_plugin.ts");
  assertEquals(config.lint.rules?.exclude?.filter((r: string) => r.startsWith("house/")) ?? [], []);
});

/** A case with the start of its source as its title. */
function titled(given: Case): Case & { title: string } {
  return { ...given, title: given.source.split("\n")[0] ?? "" };
}
