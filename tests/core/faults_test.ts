/**
 * Proves the tests: each of these faults, planted into a copy of the sources,
 * has to be caught, by the name of what it breaks.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { FAULTS, TEST_FAULTS } from "./_faults.ts";
import { copyOf, passes, runOn } from "./_planted.ts";

const CASE = "tests/core/_case.ts";
/** Cases in which a fault has to show. */
const CASES = 150;

Deno.test("a copy without a fault breaks nothing", async () => {
  await using copy = await copyOf(CASE, []);
  const until = [...new Set(FAULTS.flatMap(({ caughtBy }) => caughtBy))];
  assertEquals(await runOn(copy, { cases: CASES, until }), undefined);
});

for (const fault of FAULTS) {
  Deno.test(`caught: ${fault.name}`, async () => {
    await using copy = await copyOf(CASE, [fault]);
    const caught = await runOn(copy, { cases: CASES, until: fault.caughtBy });
    assert(caught, `${CASES} cases did not break ${fault.caughtBy.join(" or ")}`);
  });
}

for (const fault of TEST_FAULTS) {
  Deno.test(`caught: ${fault.name}`, async () => {
    await using sound = await copyOf(fault.test[0], []);
    await using copy = await copyOf(fault.test[0], [fault]);
    const [without, withFault] = await Promise.all([
      passes(sound, fault.test),
      passes(copy, fault.test),
    ]);
    assertEquals({ without, withFault }, { without: true, withFault: false });
  });
}
