import { clampSample } from "./pcm.ts";

/**
 * Adds two pieces of audio, clamped to full scale; the shorter one counts as followed by silence.
 *
 * @example Speech over music
 * ```ts
 * import { mixAudio } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const mixed = mixAudio(new Int16Array([1, 30000, 3]), new Int16Array([10, 10000]));
 * assertEquals([...mixed], [11, 32767, 3]);
 * ```
 *
 * @param first One piece.
 * @param second The other, of the same rate and channels.
 * @returns The sum, as long as the longer piece, in memory of its own.
 */
export function mixAudio(first: Int16Array, second: Int16Array): Int16Array {
  const [longer, shorter] = first.length >= second.length ? [first, second] : [second, first];
  const mixed = longer.slice();
  for (let i = 0; i < shorter.length; i++) {
    mixed[i] = clampSample((longer[i] ?? 0) + (shorter[i] ?? 0));
  }
  return mixed;
}

/**
 * Makes audio louder or quieter, rounded and clamped to full scale.
 *
 * @example Half the amplitude
 * ```ts
 * import { applyGain } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...applyGain(new Int16Array([100, -100]), 0.5)], [50, -50]);
 * ```
 *
 * @param pcm The samples, which stay as they are.
 * @param gain The factor: 1 changes nothing, 0 is silence. {@linkcode gainFromDb} makes one from decibels.
 * @returns The changed samples, in memory of its own.
 * @throws {RangeError} If the gain is not a finite number.
 */
export function applyGain(pcm: Int16Array, gain: number): Int16Array {
  if (!Number.isFinite(gain)) {
    throw new RangeError(`Cannot apply a gain of ${gain}: pass a finite factor, such as 0.5`);
  }
  const changed = new Int16Array(pcm.length);
  for (let i = 0; i < pcm.length; i++) changed[i] = clampSample(Math.round((pcm[i] ?? 0) * gain));
  return changed;
}

/**
 * Converts decibels to the factor of {@linkcode applyGain}.
 *
 * @example 20 dB quieter
 * ```ts
 * import { gainFromDb } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gainFromDb(-20), 0.1);
 * ```
 *
 * @param db Decibels; negative is quieter.
 * @returns The factor for amplitudes.
 */
export function gainFromDb(db: number): number {
  return 10 ** (db / 20);
}
