import { KWeighting } from "./_k_weighting.ts";

const BLOCK_SECS = 0.4;
const HOP_SECS = 0.1;
const ABSOLUTE_GATE_LUFS = -70;
const RELATIVE_GATE_LU = -10;

// The loudness that counts as volume 0 and as volume 1.
const QUIETEST_LUFS = -110;
const LOUDEST_LUFS = -10;

/**
 * Measures the integrated loudness of mono audio as ITU-R BS.1770-4 does.
 *
 * Blocks of 400 ms that overlap by three quarters, gated at -70 LUFS and at 10 LU below the rest. Audio shorter than
 * one block is measured as a block of its own.
 *
 * @example A tone of full scale at 997 Hz
 * ```ts
 * import { loudness } from "@parley/sdk/audio";
 * import { assert } from "@std/assert";
 *
 * const tone = Int16Array.from({ length: 48000 }, (_, i) => 32767 * Math.sin(2 * Math.PI * 997 * i / 48000));
 * assert(Math.abs(loudness(tone, 48000) + 3.01) < 0.01);
 * ```
 *
 * @param pcm Mono samples.
 * @param sampleRate Their rate in Hz.
 * @returns Loudness in LUFS; minus infinity when all of it lies below the gate.
 */
export function loudness(pcm: Int16Array, sampleRate: number): number {
  const blocks = blockPowers(pcm, sampleRate).filter((power) => lufs(power) > ABSOLUTE_GATE_LUFS);
  if (blocks.length === 0) return -Infinity;
  const gate = lufs(mean(blocks)) + RELATIVE_GATE_LU;
  return lufs(mean(blocks.filter((power) => lufs(power) > gate)));
}

/**
 * Measures how loud mono audio is, as a number from 0 (nothing) to 1 (very loud).
 *
 * It is {@linkcode loudness} with -110 LUFS put to 0 and -10 LUFS put to 1: speech close to a microphone is
 * about 0.8 to 0.95, and the volume gate of a VAD stands at 0.6.
 *
 * @example Nothing is 0
 * ```ts
 * import { calculateAudioVolume } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(calculateAudioVolume(new Int16Array(6400), 16000), 0);
 * ```
 *
 * @param pcm Mono samples.
 * @param sampleRate Their rate in Hz.
 * @returns From 0 to 1.
 */
export function calculateAudioVolume(pcm: Int16Array, sampleRate: number): number {
  return volumeOf(loudness(pcm, sampleRate));
}

/** The range of {@linkcode normalizeValue}. */
export interface ValueRange {
  /** The value that becomes 0. */
  readonly min: number;
  /** The value that becomes 1. */
  readonly max: number;
}

/**
 * Puts a value of a range to the range from 0 to 1, clamped.
 *
 * @example The middle
 * ```ts
 * import { normalizeValue } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(normalizeValue(-60, { min: -110, max: -10 }), 0.5);
 * ```
 *
 * @param value The value.
 * @param range What becomes 0 and what becomes 1.
 * @returns From 0 to 1.
 */
export function normalizeValue(value: number, range: ValueRange): number {
  return Math.min(1, Math.max(0, (value - range.min) / (range.max - range.min)));
}

/** What {@linkcode expSmoothing} starts from. */
export interface SmoothingOptions {
  /** The smoothed value before. */
  readonly previous: number;
  /** How much the new value counts, from 0 (nothing) to 1 (alone). */
  readonly factor: number;
}

/**
 * Moves a smoothed value towards a new one.
 *
 * @example A fifth of the way
 * ```ts
 * import { expSmoothing } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expSmoothing(1, { previous: 0, factor: 0.2 }), 0.2);
 * ```
 *
 * @param value The new value.
 * @param options The smoothed value before, and the factor.
 * @returns The smoothed value now.
 */
export function expSmoothing(value: number, options: SmoothingOptions): number {
  return options.previous + options.factor * (value - options.previous);
}

/**
 * Tracks the volume of the last 400 ms of a stream of mono audio.
 *
 * Each sample is looked at once, so that a 20 ms chunk takes some microseconds whatever the window. The volume is 0
 * until the first 400 ms are full.
 *
 * @example Silence for half a second
 * ```ts
 * import { AudioVolumeTracker } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const tracker = new AudioVolumeTracker();
 * for (let chunk = 0; chunk < 25; chunk++) tracker.update(new Int16Array(320), 16000);
 * assertEquals(tracker.volume, 0);
 * ```
 */
export class AudioVolumeTracker {
  #sampleRate = 0;
  #weighting: KWeighting | undefined;
  // The squares of the last 400 ms in a ring, and their sum.
  #ring = new Float32Array(0);
  #next = 0;
  #filled = 0;
  #sum = 0;
  #scratch = new Float64Array(0);

  /** The volume of the last 400 ms, from 0 to 1; see {@linkcode calculateAudioVolume}. */
  get volume(): number {
    if (this.#filled === 0 || this.#filled < this.#ring.length) return 0;
    const level = lufs(Math.max(0, this.#sum) / this.#ring.length);
    return level > ABSOLUTE_GATE_LUFS ? volumeOf(level) : 0;
  }

  /**
   * Takes the next chunk.
   *
   * @param pcm Mono samples, any number of them; they are not kept.
   * @param sampleRate Their rate in Hz; another one than before starts afresh.
   */
  update(pcm: Int16Array, sampleRate: number): void {
    if (sampleRate !== this.#sampleRate) this.#restart(sampleRate);
    if (this.#scratch.length < pcm.length) this.#scratch = new Float64Array(pcm.length);
    this.#weighting?.squares(pcm, this.#scratch);
    const ring = this.#ring;
    for (let i = 0; i < pcm.length; i++) {
      // Rounded as the ring will round it: what is added is taken away again, to the last digit.
      const square = Math.fround(this.#scratch[i] ?? 0);
      this.#sum += square - (ring[this.#next] ?? 0);
      ring[this.#next++] = square;
      if (this.#next === ring.length) this.#next = 0;
    }
    this.#filled = Math.min(ring.length, this.#filled + pcm.length);
  }

  /** Forgets what came so far. */
  reset(): void {
    this.#restart(this.#sampleRate);
  }

  #restart(sampleRate: number): void {
    this.#sampleRate = sampleRate;
    this.#weighting = sampleRate === 0 ? undefined : new KWeighting(sampleRate);
    const length = blockSamples(sampleRate);
    if (this.#ring.length === length) this.#ring.fill(0);
    else this.#ring = new Float32Array(length);
    this.#next = 0;
    this.#filled = 0;
    this.#sum = 0;
  }
}

function blockSamples(sampleRate: number): number {
  // Rounded before it is rounded up: 0.4 times some rates is a hair above a whole number.
  return Math.ceil(Number((BLOCK_SECS * sampleRate).toFixed(6)));
}

function blockPowers(pcm: Int16Array, sampleRate: number): number[] {
  if (pcm.length === 0) return [];
  const squares = new Float64Array(pcm.length);
  new KWeighting(sampleRate).squares(pcm, squares);
  const length = Math.min(pcm.length, blockSamples(sampleRate));
  const powers: number[] = [];
  for (let index = 0;; index++) {
    const start = Math.round(index * HOP_SECS * sampleRate);
    if (start + length > pcm.length) return powers;
    powers.push(mean(squares.subarray(start, start + length)));
  }
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / values.length;
}

function lufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function volumeOf(level: number): number {
  return normalizeValue(level, { min: QUIETEST_LUFS, max: LOUDEST_LUFS });
}
