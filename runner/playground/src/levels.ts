/**
 * How loud a piece of sound is.
 *
 * @module
 */

const FLOOR_DB = -60;

/** Gives the level of 16-bit sound, from 0 (silence) to 1 (full scale). */
export function levelOf(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const root = Math.sqrt(sum / samples.length) / 32768;
  if (root === 0) return 0;
  const level = 1 - (20 * Math.log10(root)) / FLOOR_DB;
  return Math.min(1, Math.max(0, level));
}
