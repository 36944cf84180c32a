import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  bytesToPcm,
  clampSample,
  concatAudio,
  durationMs,
  float32ToPcm,
  PcmReader,
  pcmToBytes,
  pcmToFloat32,
  samplesForMs,
} from "./pcm.ts";

Deno.test("bytesToPcm shares the memory of aligned bytes", () => {
  const bytes = new Uint8Array([1, 0, 0, 128]);
  const pcm = bytesToPcm(bytes);
  assertEquals([...pcm], [1, -32768]);
  assertStrictEquals(pcm.buffer, bytes.buffer);
});

Deno.test("bytesToPcm copies bytes that start at an odd offset, and reads the same", () => {
  const bytes = new Uint8Array([99, 1, 0, 255, 127]).subarray(1);
  const pcm = bytesToPcm(bytes);
  assertEquals([...pcm], [1, 32767]);
  assertEquals(pcm.buffer === bytes.buffer, false);
});

Deno.test("bytesToPcm refuses half a sample and names the way out", () => {
  assertThrows(
    () => bytesToPcm(new Uint8Array(3)),
    RangeError,
    `Cannot read 16-bit PCM: 3 bytes is an odd number; use "PcmReader"`,
  );
});

Deno.test("pcmToBytes is the way back, for a view of a part too", () => {
  const pcm = new Int16Array([7, 1, -1, -32768]).subarray(1);
  assertEquals([...pcmToBytes(pcm)], [1, 0, 255, 255, 0, 128]);
  assertStrictEquals(pcmToBytes(pcm).buffer, pcm.buffer);
});

Deno.test("PcmReader gives the same samples however the bytes are cut", () => {
  const pcm = Int16Array.from({ length: 100 }, (_, i) => i * 321 - 16000);
  const bytes = pcmToBytes(pcm);
  for (const size of [1, 2, 3, 5, 64, 199, 200]) {
    const reader = new PcmReader();
    const pieces: Int16Array[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      pieces.push(reader.read(bytes.subarray(at, at + size)), reader.read(new Uint8Array(0)));
    }
    assertEquals(concatAudio(pieces), pcm, `in pieces of ${size} bytes`);
    assertEquals(reader.pendingBytes, 0);
  }
});

Deno.test("PcmReader copies nothing that is whole and aligned, and forgets its byte on reset", () => {
  const reader = new PcmReader();
  const bytes = new Uint8Array([1, 0, 2]);
  assertStrictEquals(reader.read(bytes).buffer, bytes.buffer);
  assertEquals(reader.pendingBytes, 1);
  reader.reset();
  assertEquals([...reader.read(new Uint8Array([3, 0]))], [3]);
});

Deno.test("every sample survives the way to floats and back", () => {
  const all = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
  assertEquals(float32ToPcm(pcmToFloat32(all)), all);
});

Deno.test("float32ToPcm clamps, rounds, and takes what is no number for 0", () => {
  const floats = new Float32Array([1, -1, 1.5, -1.5, Infinity, -Infinity, NaN, 1.6 / 32768]);
  assertEquals([...float32ToPcm(floats)], [
    32767,
    -32768,
    32767,
    -32768,
    32767,
    -32768,
    0,
    2,
  ]);
});

Deno.test("clampSample changes only what does not fit", () => {
  assertEquals([-32769, -32768, 0, 32767, 32768].map(clampSample), [
    -32768,
    -32768,
    0,
    32767,
    32767,
  ]);
});

Deno.test("concatAudio joins pieces in order, in memory of its own", () => {
  const piece = new Int16Array([1, 2]);
  const joined = concatAudio([piece, new Int16Array(0), new Int16Array([3])]);
  piece[0] = 9;
  assertEquals([...joined], [1, 2, 3]);
  assertEquals(concatAudio([]).length, 0);
});

Deno.test("durations and numbers of samples belong together, with and without channels", () => {
  assertEquals(durationMs(new Int16Array(882), { sampleRate: 44100 }), 20);
  assertEquals(durationMs(new Int16Array(1764), { sampleRate: 44100, numChannels: 2 }), 20);
  assertEquals(samplesForMs(20, { sampleRate: 44100 }), 882);
  assertEquals(samplesForMs(10, { sampleRate: 11025, numChannels: 2 }), 220);
});
