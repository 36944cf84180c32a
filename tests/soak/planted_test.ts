/**
 * Proves the soak: what is wrong on purpose is found, and by the check that is about it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Fault } from "./_records.ts";
import { soak, type SoakResult } from "./_soak.ts";

const FAULTS: readonly (readonly [Fault, check: string])[] = [
  ["forgets", "no word is lost without a reason"],
  ["doubles", "words are understood once, in order"],
  ["skips", "heard is truth"],
  ["stutters", "no audio comes twice"],
  ["errs", "errors are planted"],
  ["stalls", "no stuck turn"],
  ["timer", "1 timers are left"],
];

function small(fault?: Fault): Promise<SoakResult> {
  return soak({ seed: 5, conversations: 4, lastsMs: 60_000, dropRate: 0, fault });
}

Deno.test("a soak of sound providers finds nothing", async () => {
  const { violations, counts } = await small();
  assertEquals(violations, []);
  assertEquals([counts.drops, counts.wordsLost], [0, 0]);
  assert(counts.turns >= 20 && counts.interruptions >= 3, JSON.stringify(counts));
});

for (const [fault, check] of FAULTS) {
  Deno.test(`a soak finds a provider that "${fault}"`, async () => {
    const { violations } = await small(fault);
    assert(violations.some((violation) => violation.includes(check)), violations.join("\n"));
  });
}

Deno.test("a soak comes out the same twice for the same seed", async () => {
  const run = () => soak({ seed: 8, conversations: 6, lastsMs: 60_000, dropRate: 0.1 });
  const [first, second] = [await run(), await run()];
  assertEquals(first.counts, second.counts);
  assertEquals(first.gaps, second.gaps);
});
