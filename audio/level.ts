/** The largest absolute sample that {@linkcode isSilence} takes for silence unless told otherwise. */
export const SILENCE_THRESHOLD = 20;

/**
 * Tells whether no sample is louder than a threshold; nothing at all is silence too.
 *
 * @example A full-scale negative sample is not silence
 * ```ts
 * import { isSilence } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isSilence(new Int16Array([20, -20])), true);
 * assertEquals(isSilence(new Int16Array([-32768])), false);
 * ```
 *
 * @param pcm The samples.
 * @param threshold The largest absolute value that counts as silence.
 * @returns Whether all samples lie within the threshold.
 */
export function isSilence(pcm: Int16Array, threshold: number = SILENCE_THRESHOLD): boolean {
  for (const sample of pcm) {
    if (sample > threshold || sample < -threshold) return false;
  }
  return true;
}

/**
 * Measures the root mean square of the samples; 0 for none.
 *
 * @example A square wave
 * ```ts
 * import { rms } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rms(new Int16Array([1000, -1000])), 1000);
 * ```
 *
 * @param pcm The samples.
 * @returns From 0 to 32768.
 */
export function rms(pcm: Int16Array): number {
  if (pcm.length === 0) return 0;
  let sum = 0;
  for (let i = 0; i < pcm.length; i++) {
    const sample = pcm[i] ?? 0;
    sum += sample * sample;
  }
  return Math.sqrt(sum / pcm.length);
}

/**
 * Finds the largest absolute sample; 0 for none.
 *
 * @example Negative full scale counts in full
 * ```ts
 * import { peak } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(peak(new Int16Array([5, -32768])), 32768);
 * ```
 *
 * @param pcm The samples.
 * @returns From 0 to 32768.
 */
export function peak(pcm: Int16Array): number {
  let largest = 0;
  for (let i = 0; i < pcm.length; i++) {
    const size = Math.abs(pcm[i] ?? 0);
    if (size > largest) largest = size;
  }
  return largest;
}

/**
 * Converts an amplitude to decibels below full scale, so that a full-scale square wave has an RMS of 0 dBFS.
 *
 * @example The level of some audio
 * ```ts
 * import { rms, toDbfs } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toDbfs(rms(new Int16Array([-32768, -32768]))), 0);
 * assertEquals(toDbfs(rms(new Int16Array(10))), -Infinity);
 * ```
 *
 * @param amplitude An amplitude in sample units, as {@linkcode rms} and {@linkcode peak} give it.
 * @returns Decibels; minus infinity for 0.
 */
export function toDbfs(amplitude: number): number {
  return 20 * Math.log10(amplitude / 32768);
}
