import * as assertions from "@std/assert";
import * as encoding from "@std/encoding";
// deno-lint-ignore no-import-prefix -- the stand-ins alone import this package.
import { delay as untypedDelay } from "npm:deno-std@1.4.0/async/delay.js";
import type { AllTyped, UntypedNames } from "./untyped_names.ts";

// Checked by the compiler: a name that became `any` makes its line an error that says the name.
const typed: [
  AllTyped<typeof assertions>,
  AllTyped<typeof encoding>,
] = [true, true];

// The guard itself must be able to fail: an npm import without types is what it has to find.
const planted: { broken: typeof untypedDelay; sound: () => void } = {
  broken: untypedDelay,
  sound: () => {},
};
const found: UntypedNames<typeof planted> extends "broken" ? true : false = true;
const missed: "broken" extends UntypedNames<typeof planted> ? true : false = true;

Deno.test("the guard against untyped stand-ins holds for each of them and finds a planted one", () => {
  assertions.assertEquals(typed, [true, true]);
  assertions.assert(found && missed);
});

const failures: [name: string, check: () => void][] = [
  ["assert", () => assertions.assert(0)],
  ["assertAlmostEquals", () => assertions.assertAlmostEquals(1, 1.1)],
  ["assertArrayIncludes", () => assertions.assertArrayIncludes([1], [2])],
  ["assertEquals", () => assertions.assertEquals({ a: [1] }, { a: [2] })],
  ["assertExists", () => assertions.assertExists(null)],
  ["assertGreater", () => assertions.assertGreater(1, 1)],
  ["assertGreaterOrEqual", () => assertions.assertGreaterOrEqual(1, 2)],
  ["assertInstanceOf", () => assertions.assertInstanceOf(new Date(), RegExp)],
  ["assertLess", () => assertions.assertLess(1, 1)],
  ["assertLessOrEqual", () => assertions.assertLessOrEqual(2, 1)],
  ["assertMatch", () => assertions.assertMatch("a", /b/)],
  ["assertNotEquals", () => assertions.assertNotEquals([1], [1])],
  ["assertObjectMatch", () => assertions.assertObjectMatch({ a: 1 }, { a: 2 })],
  ["assertStrictEquals", () => assertions.assertStrictEquals({}, {})],
  ["assertStringIncludes", () => assertions.assertStringIncludes("a", "b")],
  ["assertThrows", () => assertions.assertThrows(() => {})],
  ["fail", () => assertions.fail("on purpose")],
];

for (const [name, check] of failures) {
  Deno.test(`@std/assert: ${name} throws an AssertionError when it does not hold`, () => {
    assertions.assertThrows(check, assertions.AssertionError);
  });
}

Deno.test("@std/assert: assertRejects refuses a promise that resolves", async () => {
  const rejection = await assertions.assertRejects(
    () => assertions.assertRejects(() => Promise.resolve()),
    assertions.AssertionError,
  );
  assertions.assertStringIncludes(rejection.message, "Expected function to reject");
});

Deno.test("every name of the @std/assert stand-in is in the table of failures or tested beside it", () => {
  const beside = ["AssertionError", "assertRejects"];
  const names = [...failures.map(([name]) => name), ...beside].sort();
  assertions.assertEquals(Object.keys(assertions).sort(), names);
});

Deno.test("@std/encoding: base64 survives both ways", () => {
  const bytes = Uint8Array.of(0, 127, 255);
  assertions.assertEquals(encoding.encodeBase64(bytes), "AH//");
  assertions.assertEquals(encoding.decodeBase64("AH//"), bytes);
});

Deno.test("each stand-in satisfies the range under which the map imports the real package", async () => {
  const root = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const map: Record<string, string> = root.imports;
  const names = Object.keys(map).filter((name) => name.startsWith("@std/"));
  const members = [...Deno.readDirSync(new URL(".", import.meta.url))].filter((e) => e.isDirectory);
  assertions.assertEquals(members.map((e) => `@std/${e.name}`).sort(), names.sort());
  for (const name of names) {
    const file = new URL(`./${name.slice("@std/".length)}/deno.json`, import.meta.url);
    const member = JSON.parse(await Deno.readTextFile(file));
    const range = /^jsr:(@std\/\w+)@\^(\d+)\.(\d+)\.(\d+)$/.exec(map[name] ?? "");
    assertions.assertExists(range, `"${map[name]}" is no caret range of a jsr package`);
    assertions.assertEquals([member.name, range[1], member.publish], [name, name, false]);
    const least = range.slice(2).map(Number);
    const has = String(member.version).split(".").map(Number);
    assertions.assertEquals(has[0], least[0]);
    assertions.assertGreaterOrEqual(weight(has), weight(least), `${name} ${member.version}`);
  }
});

/** One number that sorts as a version does. */
function weight(version: number[]): number {
  return version.reduce((sum, part) => sum * 1000 + part, 0);
}
