/**
 * What the core promises, held against random pipelines, frames and orders of
 * arrival. A case is all that follows from its seed:
 *
 *     PROPERTY_SEED=42 deno test -A tests/core/property_test.ts     # one case again
 *     PROPERTY_CASES=20000 deno test -A tests/core/property_test.ts # more cases
 *
 * @module
 */
import { assertEquals, fail } from "@std/assert";
import { type Outcome, runCase } from "./_case.ts";

const CASES = Number(Deno.env.get("PROPERTY_CASES") ?? 1_000);
const SEED = Deno.env.get("PROPERTY_SEED");

/** What has to have occurred, so that the cases mean something. */
const WANTED = [
  "cases that end by cancel",
  "cases that end by drain",
  "cases that end by stop",
  "ends that branches reached at different times",
  "frames dropped by an interruption",
  "frames that crossed several branches",
  "frames through plain streams",
  "handlers interrupted",
  "interruptions by actors, both",
  "interruptions by actors, downstream",
  "interruptions by actors, upstream",
  "interruptions by the task",
  "parallel pipelines",
  "pushes after abort",
  "pushes of hooks",
  "pushes that waited",
  "pushes upstream",
  "scopes interrupted",
  "scopes opened",
  "slow starts and ends",
  "slow, heeding",
  "slow, ignoring",
  "data behind a system frame that waited",
  "stale pushes fenced",
  "system frames handled while data was in work",
  "throws",
  "uninterruptible in work at an interruption",
  "uninterruptible kept through an interruption",
  "waiters released by an interruption",
];

/** Counts of all cases, a bar for each on a scale of tens. */
function histogram(counts: ReadonlyMap<string, number>): string {
  return WANTED.map((name) => {
    const count = counts.get(name) ?? 0;
    const bar = "▇".repeat(Math.round(5 * Math.log10(count + 1)));
    return `${name.padEnd(46)}${String(count).padStart(8)} ${bar}`;
  }).join("\n");
}

function explain({ seed, violations }: Outcome): string {
  const lines = violations.slice(0, 10).map((violation) => `  ${violation}`);
  const again = `PROPERTY_SEED=${seed} deno test -A tests/core/property_test.ts`;
  return [`seed ${seed} (again: ${again})`, ...lines].join("\n");
}

Deno.test("the invariants hold in random pipelines, with random frames in any order", async () => {
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: CASES }, (_, i) => i + 1);
  const counts: Map<string, number> = new Map();
  const broken: Outcome[] = [];
  for (const seed of seeds) {
    const outcome = await runCase(seed);
    for (const [name, count] of outcome.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    if (outcome.violations.length > 0) broken.push(outcome);
  }
  console.log(`${seeds.length} cases, in which there were:\n${histogram(counts)}`);
  if (broken.length > 0) {
    fail(`${broken.length} cases are broken:\n${broken.slice(0, 5).map(explain).join("\n")}`);
  }
  if (!SEED) assertEquals(WANTED.filter((name) => (counts.get(name) ?? 0) < 50), []);
});

Deno.test("a case is the same every time", async () => {
  for (const seed of [3, 14, 159, 265]) {
    const [one, other] = [await runCase(seed), await runCase(seed)];
    assertEquals(one.digest, other.digest);
  }
});
