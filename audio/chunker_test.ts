import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { PcmChunker } from "./chunker.ts";
import { concatAudio } from "./pcm.ts";
import { cut } from "./testdata/signals.ts";

const RAMP = Int16Array.from({ length: 5000 }, (_, i) => i);

Deno.test("PcmChunker gives the same chunks however the input is cut", () => {
  for (const chunkSamples of [1, 160, 320, 512, 5000]) {
    for (const size of [1, 7, 256, 320, 999, 5000]) {
      const chunker = new PcmChunker(chunkSamples);
      const chunks = cut(RAMP, size).flatMap((piece) => chunker.push(piece));
      assertEquals(chunks.every((chunk) => chunk.length === chunkSamples), true);
      const rest = chunker.flush() ?? new Int16Array(0);
      assertEquals(rest.length, RAMP.length % chunkSamples);
      assertEquals(concatAudio([...chunks, rest]), RAMP, `${size} into ${chunkSamples}`);
    }
  }
});

Deno.test("PcmChunker copies nothing that lies within one piece, and reuses no chunk it gave away", () => {
  const chunker = new PcmChunker(4);
  const [whole] = chunker.push(RAMP.subarray(0, 6));
  assertStrictEquals(whole?.buffer, RAMP.buffer);
  const [spanning] = chunker.push(RAMP.subarray(6, 10));
  chunker.push(RAMP.subarray(100, 104));
  assertEquals([...spanning ?? []], [4, 5, 6, 7]);
});

Deno.test("PcmChunker pads the last chunk when asked, and is empty afterwards", () => {
  const chunker = new PcmChunker(4);
  chunker.push(new Int16Array([9, 9, 9, 9, 1, 2, 3]));
  assertEquals(chunker.pendingSamples, 3);
  assertEquals([...chunker.flush({ pad: true }) ?? []], [1, 2, 3, 0]);
  assertEquals(chunker.flush({ pad: true }), undefined);
  chunker.push(new Int16Array([5]));
  assertEquals([...chunker.flush({ pad: true }) ?? []], [5, 0, 0, 0]);
});

Deno.test("PcmChunker forgets what waits on reset", () => {
  const chunker = new PcmChunker(2);
  chunker.push(new Int16Array([1]));
  chunker.reset();
  assertEquals(chunker.push(new Int16Array([2, 3])).map((chunk) => [...chunk]), [[2, 3]]);
});

Deno.test("PcmChunker refuses a size that is none", () => {
  for (const size of [0, -1, 1.5, NaN]) {
    assertThrows(() => new PcmChunker(size), RangeError, `chunks of ${size} samples`);
  }
});
