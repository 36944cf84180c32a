/**
 * Proves the tests: each of these faults, planted into a copy of the sources,
 * has to be caught, by the name of what it breaks.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { FAULTS, TEST_FAULTS } from "./_faults.ts";
import { copyOf, failing, runOn } from "./_planted.ts";

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

Deno.test("without a fault the tests that catch one pass", async () => {
  const tests = TEST_FAULTS.map(({ test }) => test);
  await using copy = await copyOf(tests.map(([file]) => file), []);
  assertEquals(await failing(copy, tests), []);
});

for (const fault of TEST_FAULTS) {
  Deno.test(`caught: ${fault.name}`, async () => {
    await using copy = await copyOf(fault.test[0], [fault]);
    assertEquals(await failing(copy, [fault.test]), [fault.test[1]]);
  });
}
