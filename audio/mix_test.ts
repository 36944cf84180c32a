import { assertEquals, assertThrows } from "@std/assert";
import { applyGain, gainFromDb, mixAudio } from "./mix.ts";

Deno.test("mixAudio adds, clamps, and lets the longer piece ring out", () => {
  const cases: [number[], number[], number[]][] = [
    [[1, 2, 3], [10, 20, 30], [11, 22, 33]],
    [[1, 2, 3], [10], [11, 2, 3]],
    [[10], [1, 2, 3], [11, 2, 3]],
    [[], [5, 6], [5, 6]],
    [[], [], []],
    [[30000, -30000], [10000, -10000], [32767, -32768]],
    [[32767, -32768], [1, -1], [32767, -32768]],
    [[-32768], [-32768], [-32768]],
  ];
  for (const [first, second, sum] of cases) {
    const mixed = mixAudio(Int16Array.from(first), Int16Array.from(second));
    assertEquals([...mixed], sum, `${first} and ${second}`);
  }
});

Deno.test("mixAudio leaves both pieces as they were", () => {
  const first = new Int16Array([1, 2]);
  const second = new Int16Array([3]);
  mixAudio(first, second)[1] = 99;
  assertEquals([[...first], [...second]], [[1, 2], [3]]);
});

Deno.test("applyGain rounds, clamps, and leaves its input as it was", () => {
  const pcm = new Int16Array([3, -3, 20000, -20000]);
  assertEquals([...applyGain(pcm, 0.5)], [2, -1, 10000, -10000]);
  assertEquals([...applyGain(pcm, 2)], [6, -6, 32767, -32768]);
  assertEquals([...pcm], [3, -3, 20000, -20000]);
});

Deno.test("applyGain refuses what is no number", () => {
  assertThrows(() => applyGain(new Int16Array(1), NaN), RangeError, "Cannot apply a gain of NaN");
});

Deno.test("gainFromDb doubles the amplitude in 6.02 dB", () => {
  assertEquals(gainFromDb(0), 1);
  assertEquals(gainFromDb(20 * Math.log10(2)).toFixed(12), (2).toFixed(12));
});
