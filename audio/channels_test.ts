import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { deinterleave, downmix, interleave, upmix } from "./channels.ts";

Deno.test("interleave weaves channels, as long as the shortest", () => {
  const cases: [number[], number[], number[]][] = [
    [[1, 2, 3], [10, 20, 30], [1, 10, 2, 20, 3, 30]],
    [[1, 2, 3], [10], [1, 10]],
    [[], [5, 6], []],
    [[32767, -32768], [1, -1], [32767, 1, -32768, -1]],
  ];
  for (const [left, right, woven] of cases) {
    assertEquals([...interleave([Int16Array.from(left), Int16Array.from(right)])], woven);
  }
});

Deno.test("deinterleave is the way back, for any number of channels", () => {
  for (const count of [1, 2, 3, 6]) {
    const channels = Array.from(
      { length: count },
      (_, index) => Int16Array.from({ length: 5 }, (_, i) => index * 100 + i),
    );
    assertEquals(deinterleave(interleave(channels), count), channels);
  }
});

Deno.test("downmix averages without overflow", () => {
  assertEquals([...downmix(new Int16Array([32767, 32767, -32768, -32768, 1, 2]), 2)], [
    32767,
    -32768,
    2,
  ]);
  assertEquals([...downmix(new Int16Array([3, 6, 9]), 3)], [6]);
});

Deno.test("upmix repeats, and downmix takes it back", () => {
  const mono = new Int16Array([1, -2, 3]);
  assertEquals([...upmix(mono, 2)], [1, 1, -2, -2, 3, 3]);
  assertEquals(downmix(upmix(mono, 4), 4), mono);
});

Deno.test("one channel is left alone", () => {
  const mono = new Int16Array([1, 2]);
  assertStrictEquals(downmix(mono, 1), mono);
  assertStrictEquals(upmix(mono, 1), mono);
  assertStrictEquals(deinterleave(mono, 1)[0], mono);
});

Deno.test("channels that do not come out even, or are none, are refused", () => {
  assertThrows(
    () => deinterleave(new Int16Array(5), 2),
    RangeError,
    "Cannot split 5 samples into 2 channels",
  );
  assertThrows(() => downmix(new Int16Array(4), 0), RangeError, "Cannot use 0 channels");
  assertThrows(() => upmix(new Int16Array(4), 1.5), RangeError, "Cannot use 1.5 channels");
  assertThrows(() => interleave([]), RangeError, "there is no channel");
});
