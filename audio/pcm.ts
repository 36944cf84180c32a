// Samples as bytes, bytes as samples. Deno runs on little-endian machines only, so a typed-array view of
// little-endian PCM needs no swap.

/**
 * Views little-endian 16-bit PCM bytes as samples.
 *
 * Copies nothing when the bytes start at an even offset of their buffer; otherwise it makes one copy.
 * A view shares its memory with `bytes`.
 *
 * @example Read two samples
 * ```ts
 * import { bytesToPcm } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...bytesToPcm(new Uint8Array([1, 0, 255, 255]))], [1, -1]);
 * ```
 *
 * @param bytes The bytes; an even number of them.
 * @returns One sample for every two bytes.
 * @throws {RangeError} If the number of bytes is odd. {@linkcode PcmReader} keeps an odd byte for the next chunk.
 */
export function bytesToPcm(bytes: Uint8Array): Int16Array {
  if (bytes.byteLength % 2 !== 0) {
    throw new RangeError(
      `Cannot read 16-bit PCM: ${bytes.byteLength} bytes is an odd number; use "PcmReader" for a stream that cuts samples`,
    );
  }
  if (bytes.byteOffset % 2 === 0) {
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  }
  return new Int16Array(bytes.slice().buffer);
}

/**
 * Views samples as little-endian 16-bit PCM bytes, without a copy.
 *
 * @example Write two samples
 * ```ts
 * import { pcmToBytes } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...pcmToBytes(new Int16Array([1, -1]))], [1, 0, 255, 255]);
 * ```
 *
 * @param pcm The samples.
 * @returns Two bytes for every sample, in the memory of `pcm`.
 */
export function pcmToBytes(pcm: Int16Array): Uint8Array {
  return new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
}

/**
 * Turns a stream of byte chunks of any size into samples, keeping an odd byte for the next chunk.
 *
 * @example A sample cut in two by the network
 * ```ts
 * import { PcmReader } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const reader = new PcmReader();
 * assertEquals([...reader.read(new Uint8Array([1, 0, 2]))], [1]);
 * assertEquals([...reader.read(new Uint8Array([0, 3, 0]))], [2, 3]);
 * ```
 */
export class PcmReader {
  #carried: number | undefined;

  /** How many bytes wait for their other half: 0 or 1. */
  get pendingBytes(): number {
    return this.#carried === undefined ? 0 : 1;
  }

  /**
   * Takes the next bytes and gives the samples that are whole.
   *
   * @param bytes Any number of bytes.
   * @returns The whole samples; a view of `bytes` when nothing was carried over and they are aligned.
   */
  read(bytes: Uint8Array): Int16Array {
    if (bytes.byteLength === 0) return new Int16Array(0);
    const joined = this.#carried === undefined ? bytes : prepend(this.#carried, bytes);
    const whole = joined.byteLength - joined.byteLength % 2;
    this.#carried = whole < joined.byteLength ? joined[whole] : undefined;
    return bytesToPcm(joined.subarray(0, whole));
  }

  /** Forgets a carried byte, for the start of another stream. */
  reset(): void {
    this.#carried = undefined;
  }
}

function prepend(first: number, rest: Uint8Array): Uint8Array {
  const joined = new Uint8Array(rest.byteLength + 1);
  joined[0] = first;
  joined.set(rest, 1);
  return joined;
}

/**
 * Converts samples to floats from -1 up to (not including) 1.
 *
 * @example Half of full scale
 * ```ts
 * import { pcmToFloat32 } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...pcmToFloat32(new Int16Array([16384, -32768]))], [0.5, -1]);
 * ```
 *
 * @param pcm The samples.
 * @returns As many floats.
 */
export function pcmToFloat32(pcm: Int16Array): Float32Array {
  const floats = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) floats[i] = (pcm[i] ?? 0) / 32768;
  return floats;
}

/**
 * Converts floats to samples, rounded, and clamped to full scale; what is not a number becomes 0.
 *
 * @example Too loud is clamped
 * ```ts
 * import { float32ToPcm } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...float32ToPcm(new Float32Array([0.5, 2, -2, NaN]))], [16384, 32767, -32768, 0]);
 * ```
 *
 * @param floats Values from -1 to 1.
 * @returns As many samples.
 */
export function float32ToPcm(floats: Float32Array | Float64Array): Int16Array {
  const pcm = new Int16Array(floats.length);
  for (let i = 0; i < floats.length; i++) {
    pcm[i] = clampSample(Math.round((floats[i] ?? 0) * 32768));
  }
  return pcm;
}

/**
 * Limits a whole number to what a 16-bit sample can hold.
 *
 * @example A sum that is too large
 * ```ts
 * import { clampSample } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(clampSample(30000 + 30000), 32767);
 * ```
 *
 * @param value The value.
 * @returns The value itself, or the nearest of -32768 and 32767.
 */
export function clampSample(value: number): number {
  return value > 32767 ? 32767 : value < -32768 ? -32768 : value;
}

/**
 * Joins pieces of audio one after another into one new array.
 *
 * @example Two pieces
 * ```ts
 * import { concatAudio } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...concatAudio([new Int16Array([1]), new Int16Array([2, 3])])], [1, 2, 3]);
 * ```
 *
 * @param pieces The pieces in order.
 * @returns All their samples, in memory of its own.
 */
export function concatAudio(pieces: readonly Int16Array[]): Int16Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const joined = new Int16Array(length);
  let offset = 0;
  for (const piece of pieces) {
    joined.set(piece, offset);
    offset += piece.length;
  }
  return joined;
}

/** What {@linkcode durationMs} and {@linkcode samplesForMs} need to know. */
export interface AudioShape {
  /** Samples a second in each channel, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved. @default {1} */
  readonly numChannels?: number;
}

/**
 * Tells how long some audio lasts, in milliseconds.
 *
 * @example 20 ms at 16 kHz
 * ```ts
 * import { durationMs } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(durationMs(new Int16Array(320), { sampleRate: 16000 }), 20);
 * ```
 *
 * @param pcm The samples, interleaved when there are several channels.
 * @param shape Its rate and channels.
 * @returns The duration, not rounded.
 */
export function durationMs(pcm: Int16Array, shape: AudioShape): number {
  return pcm.length / (shape.numChannels ?? 1) / shape.sampleRate * 1000;
}

/**
 * Tells how many samples a duration takes, all channels together.
 *
 * @example 20 ms of stereo at 48 kHz
 * ```ts
 * import { samplesForMs } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(samplesForMs(20, { sampleRate: 48000, numChannels: 2 }), 1920);
 * ```
 *
 * @param ms The duration in milliseconds.
 * @param shape The rate and channels.
 * @returns The nearest whole number of samples, with every channel complete.
 */
export function samplesForMs(ms: number, shape: AudioShape): number {
  return Math.round(ms * shape.sampleRate / 1000) * (shape.numChannels ?? 1);
}
