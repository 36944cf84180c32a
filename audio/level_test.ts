import { assertAlmostEquals, assertEquals } from "@std/assert";
import { isSilence, peak, rms, toDbfs } from "./level.ts";
import { sine } from "./testdata/signals.ts";

Deno.test("isSilence knows every sample within the threshold for silence, and no other", () => {
  const cases: [number[], boolean][] = [
    [[], true],
    [[0, 0], true],
    [[20, -20], true],
    [[21, 0], false],
    [[0, -21], false],
    [[32767], false],
    // The absolute value of this one does not fit into 16 bits.
    [[-32768], false],
  ];
  for (const [samples, silent] of cases) {
    assertEquals(isSilence(Int16Array.from(samples)), silent, `${samples}`);
  }
  assertEquals(isSilence(new Int16Array([100]), 100), true);
});

Deno.test("rms and peak of a sine", () => {
  const pcm = sine(440, { rate: 16000, samples: 16000 });
  assertAlmostEquals(rms(pcm), 8000 / Math.SQRT2, 0.5);
  assertEquals(peak(pcm), 8000);
  assertEquals([rms(new Int16Array(0)), peak(new Int16Array(0))], [0, 0]);
});

Deno.test("toDbfs counts down from full scale", () => {
  assertEquals(toDbfs(32768), 0);
  assertAlmostEquals(toDbfs(16384), -6.0206, 1e-4);
  assertEquals(toDbfs(0), -Infinity);
});
