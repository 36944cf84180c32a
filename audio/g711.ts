// G.711 (ITU-T, 11/1988). Mu-law works on 14-bit samples and A-law on 13-bit ones; both are taken from 16 bits by an
// arithmetic shift, so that every 16-bit sample has one code.

const MU_LAW_BIAS = 33;
// Clipped so that with the bias it stays below 2 ** 13, the end of the last segment.
const MU_LAW_CLIP = 8158;

/**
 * Encodes samples as G.711 mu-law, the codec of North American and Japanese telephony.
 *
 * @example Silence
 * ```ts
 * import { encodeMuLaw } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...encodeMuLaw(new Int16Array([0, 1000]))], [255, 206]);
 * ```
 *
 * @param pcm The samples, usually at 8 kHz.
 * @returns One byte a sample.
 */
export function encodeMuLaw(pcm: Int16Array): Uint8Array {
  const table = muLawEncodeTable();
  const bytes = new Uint8Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) bytes[i] = table[((pcm[i] ?? 0) + 32768) >> 2] ?? 0;
  return bytes;
}

/**
 * Decodes G.711 mu-law.
 *
 * @example Silence
 * ```ts
 * import { decodeMuLaw } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...decodeMuLaw(new Uint8Array([255, 206]))], [0, 988]);
 * ```
 *
 * @param bytes One byte a sample.
 * @returns As many samples.
 */
export function decodeMuLaw(bytes: Uint8Array): Int16Array {
  return decode(bytes, muLawDecodeTable());
}

/**
 * Encodes samples as G.711 A-law, the codec of telephony in most of the world.
 *
 * @example Silence
 * ```ts
 * import { encodeALaw } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...encodeALaw(new Int16Array([0, 1000]))], [213, 250]);
 * ```
 *
 * @param pcm The samples, usually at 8 kHz.
 * @returns One byte a sample.
 */
export function encodeALaw(pcm: Int16Array): Uint8Array {
  const table = aLawEncodeTable();
  const bytes = new Uint8Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) bytes[i] = table[((pcm[i] ?? 0) + 32768) >> 3] ?? 0;
  return bytes;
}

/**
 * Decodes G.711 A-law.
 *
 * @example The quietest code
 * ```ts
 * import { decodeALaw } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...decodeALaw(new Uint8Array([213, 250]))], [8, 1008]);
 * ```
 *
 * @param bytes One byte a sample.
 * @returns As many samples.
 */
export function decodeALaw(bytes: Uint8Array): Int16Array {
  return decode(bytes, aLawDecodeTable());
}

function decode(bytes: Uint8Array, table: Int16Array): Int16Array {
  const pcm = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) pcm[i] = table[bytes[i] ?? 0] ?? 0;
  return pcm;
}

function encodeMuLawSample(sample14: number): number {
  const negative = sample14 < 0;
  const magnitude = Math.min(negative ? -sample14 : sample14, MU_LAW_CLIP) + MU_LAW_BIAS;
  const segment = 26 - Math.clz32(magnitude);
  const code = segment << 4 | magnitude >> (segment + 1) & 0x0f;
  return code ^ (negative ? 0x7f : 0xff);
}

function decodeMuLawSample(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = (((bits & 0x0f) << 3) + 0x84 << (bits >> 4 & 7)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

function encodeALawSample(sample13: number): number {
  const magnitude = sample13 < 0 ? -sample13 - 1 : sample13;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const code = segment << 4 | magnitude >> Math.max(1, segment) & 0x0f;
  return code ^ (sample13 < 0 ? 0x55 : 0xd5);
}

function decodeALawSample(code: number): number {
  const bits = code ^ 0x55;
  const segment = bits >> 4 & 7;
  const low = ((bits & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? low : low + 0x100 << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

// Each table is made when it is first used: importing the module costs nothing.
const muLawEncodeTable = once(() =>
  Uint8Array.from({ length: 16384 }, (_, i) => encodeMuLawSample(i - 8192))
);
const muLawDecodeTable = once(() =>
  Int16Array.from({ length: 256 }, (_, i) => decodeMuLawSample(i))
);
const aLawEncodeTable = once(() =>
  Uint8Array.from({ length: 8192 }, (_, i) => encodeALawSample(i - 4096))
);
const aLawDecodeTable = once(() => Int16Array.from({ length: 256 }, (_, i) => decodeALawSample(i)));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}
