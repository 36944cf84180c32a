import { decodeALaw, decodeMuLaw } from "./g711.ts";
import { bytesToPcm, clampSample } from "./pcm.ts";

/** How the samples of a WAV file are encoded. */
export type WavEncoding =
  | "pcm8"
  | "pcm16"
  | "pcm24"
  | "pcm32"
  | "float32"
  | "float64"
  | "alaw"
  | "mulaw";

// The registered format numbers, with the bits of a sample.
const ENCODINGS: ReadonlyMap<string, WavEncoding> = new Map([
  ["1/8", "pcm8"],
  ["1/16", "pcm16"],
  ["1/24", "pcm24"],
  ["1/32", "pcm32"],
  ["3/32", "float32"],
  ["3/64", "float64"],
  ["6/8", "alaw"],
  ["7/8", "mulaw"],
]);

/** Finds the encoding that a format number and a number of bits stand for. */
export function encodingOf(tag: number, bits: number): WavEncoding | undefined {
  // What does not fill its bytes stands in the upper bits of them: 20 bits read as 24.
  return ENCODINGS.get(`${tag}/${Math.ceil(bits / 8) * 8}`);
}

/** Converts whole samples of an encoding to 16 bits. */
export function convertSamples(data: Uint8Array, encoding: WavEncoding): Int16Array {
  switch (encoding) {
    case "pcm16":
      return bytesToPcm(data);
    case "alaw":
      return decodeALaw(data);
    case "mulaw":
      return decodeMuLaw(data);
    case "pcm8":
      return Int16Array.from(data, (byte) => (byte - 128) * 256);
    case "pcm24":
      // The lowest byte only rounds.
      return read(data, 3, (view, at) => view.getInt16(at + 1, true) + (view.getUint8(at) >> 7));
    case "pcm32":
      return read(data, 4, (view, at) => view.getInt32(at, true) / 65536);
    case "float32":
      return read(data, 4, (view, at) => view.getFloat32(at, true) * 32768);
    case "float64":
      return read(data, 8, (view, at) => view.getFloat64(at, true) * 32768);
    default:
      return encoding satisfies never;
  }
}

function read(
  data: Uint8Array,
  sampleBytes: number,
  sampleAt: (view: DataView, at: number) => number,
): Int16Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const samples = new Int16Array(data.length / sampleBytes);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = clampSample(Math.round(sampleAt(view, i * sampleBytes)));
  }
  return samples;
}
