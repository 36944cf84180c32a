/**
 * Proves the fuzz: each of these faults, planted into a copy of the sources,
 * is caught within the sessions of one run, by the name of what it breaks.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { copyOf, runOn } from "../core/_planted.ts";
import { FAULTS } from "./_faults.ts";

const entry = "tests/liveness/_case.ts";
/** Sessions of one run of the fuzz. */
const SESSIONS = 2_000;

Deno.test("a copy without a fault breaks nothing", async () => {
  await using copy = await copyOf(entry, []);
  const until = [...new Set(FAULTS.flatMap(({ caughtBy }) => caughtBy))];
  assertEquals(await runOn(copy, { entry, cases: 100, until }), undefined);
});

for (const fault of FAULTS) {
  Deno.test(`caught: ${fault.name}`, async () => {
    await using copy = await copyOf(entry, [fault]);
    const caught = await runOn(copy, { entry, cases: SESSIONS, until: fault.caughtBy });
    assert(caught, `${SESSIONS} sessions did not break ${fault.caughtBy.join(" or ")}`);
    console.log(`in session ${caught.seed}: ${caught.invariant}`);
  });
}
