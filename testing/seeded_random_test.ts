import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { SeededRandom } from "./seeded_random.ts";

/** A row of draws of every kind. */
function draws(seed: number): unknown[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: 20 }, () => [
    random.next(),
    random.int(-3, 3),
    random.chance(0.3),
    random.pick("abcdef".split("")),
    random.weighted({ often: 5, seldom: 1 }),
  ]);
}

Deno.test("SeededRandom draws the same for the same seed, and something else for another", () => {
  assertEquals(draws(7), draws(7));
  assertNotEquals(draws(7), draws(8));
});

Deno.test("SeededRandom draws whole numbers up to both ends, and all between", () => {
  const random = new SeededRandom(1);
  const drawn = new Set(Array.from({ length: 200 }, () => random.int(-2, 3)));
  assertEquals([...drawn].sort((a, b) => a - b), [-2, -1, 0, 1, 2, 3]);
});

Deno.test("SeededRandom draws keys as often as their weights say, and none of weight 0", () => {
  const random = new SeededRandom(42);
  const counts = { six: 0, three: 0, one: 0, none: 0 };
  for (let k = 0; k < 10_000; k++) {
    counts[random.weighted({ six: 6, three: 3, one: 1, none: 0 })]++;
  }
  assertEquals(counts.none, 0);
  for (const [key, part] of [["six", 6_000], ["three", 3_000], ["one", 1_000]] as const) {
    assert(Math.abs(counts[key] - part) < 200, `${key}: ${counts[key]} of 10,000`);
  }
});

Deno.test("SeededRandom says that there is nothing to draw", () => {
  const random = new SeededRandom(1);
  assertThrows(() => random.pick([]), RangeError, "Cannot pick one of a list: it is empty");
  for (const weights of [{}, { none: 0 }]) {
    assertThrows(() => random.weighted(weights), RangeError, "Cannot draw by weights");
  }
});
