import { type FilterBank, filterBank, type ResamplerQuality } from "./_filter_bank.ts";
import { clampSample } from "./pcm.ts";

const LOWEST_RATE = 1000;
const HIGHEST_RATE = 768_000;

// Long input is taken in pieces, so that the buffer stays in the processor's cache and never grows.
const BLOCK = 1024;

export type { ResamplerQuality } from "./_filter_bank.ts";

/** What a {@linkcode StreamResampler} can be told. */
export interface StreamResamplerOptions {
  /**
   * How steep its filter is. `"QQ"` looks only 8 samples of the lower rate ahead, and lets some of what lies just
   * above the lower Nyquist frequency through; `"HQ"` looks 32 ahead; `"VHQ"` looks 64 ahead. @default {"HQ"}
   */
  readonly quality?: ResamplerQuality | undefined;
}

/**
 * Changes the sample rate of a stream of mono audio.
 *
 * A windowed-sinc filter with linear phase: flat to 0.8 of the lower Nyquist frequency, at least 86 dB down from 1.04
 * of it on, and no shift in time, so that output sample `k` stands at `k / toRate` seconds. It looks 32 samples of the lower rate
 * ahead (2 ms at 16 kHz), which is how much output waits for the next chunk or for {@linkcode StreamResampler.flush}.
 * How the input is cut into chunks changes nothing in the output. Equal rates pass through without a copy.
 *
 * @example A 24 kHz voice for a 16 kHz line, in 20 ms chunks
 * ```ts
 * import { StreamResampler } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const resampler = new StreamResampler(24000, 16000);
 * let samples = 0;
 * for (let chunk = 0; chunk < 50; chunk++) samples += resampler.process(new Int16Array(480)).length;
 * samples += resampler.flush().length;
 * assertEquals(samples, 16000);
 * ```
 */
export class StreamResampler {
  /** The rate of what comes in, in Hz. */
  readonly fromRate: number;
  /** The rate of what goes out, in Hz. */
  readonly toRate: number;

  readonly #bank: FilterBank | undefined;
  readonly #buffer: Float64Array;
  // How much of the buffer is filled, and where the window of the next output sample begins in it.
  #filled = 0;
  #start = 0;
  // How far the next output sample lies behind an input sample, in `1 / up` of an input sample.
  #phase = 0;
  #samplesIn = 0;
  #samplesOut = 0;

  /**
   * Makes a resampler for one stream.
   *
   * @param fromRate The rate of what comes in, in Hz, a whole number.
   * @param toRate The rate of what goes out, in Hz, a whole number.
   * @param options How well.
   * @throws {RangeError} If a rate is not a whole number from 1,000 to 768,000.
   */
  constructor(fromRate: number, toRate: number, options: StreamResamplerOptions = {}) {
    checkRate(fromRate, toRate, fromRate);
    checkRate(fromRate, toRate, toRate);
    this.fromRate = fromRate;
    this.toRate = toRate;
    this.#bank = fromRate === toRate ? undefined : filterBank(fromRate, toRate, options.quality);
    this.#buffer = new Float64Array(this.#bank ? 2 * this.#bank.taps + BLOCK : 0);
    this.reset();
  }

  /** How much audio is held back until more comes, in milliseconds: the price of looking ahead. */
  get delayMs(): number {
    return this.#bank === undefined ? 0 : this.#bank.taps / 2 / this.fromRate * 1000;
  }

  /**
   * Takes the next chunk and gives what can be told so far.
   *
   * @param pcm Mono samples, any number of them; they are not kept.
   * @returns The next samples at the other rate, possibly none; at equal rates `pcm` itself.
   */
  process(pcm: Int16Array): Int16Array {
    if (this.#bank === undefined) return pcm;
    this.#samplesIn += pcm.length;
    const output = new Int16Array(this.#ready(this.#bank, pcm.length));
    let done = 0;
    for (let offset = 0; offset < pcm.length; offset += BLOCK) {
      this.#append(pcm.subarray(offset, offset + BLOCK));
      done += this.#filter(this.#bank, output.subarray(done));
      this.#discard();
    }
    this.#samplesOut += done;
    return output;
  }

  /**
   * Ends the stream: gives the samples that were held back, and is then ready for another stream.
   *
   * @returns What brings the length of the whole output to that of the input times the ratio, rounded.
   */
  flush(): Int16Array {
    const bank = this.#bank;
    if (bank === undefined) return new Int16Array(0);
    const missing = Math.round(this.#samplesIn * bank.up / bank.down) - this.#samplesOut;
    const tail = this.process(new Int16Array(bank.taps / 2 + 1)).subarray(0, missing);
    this.reset();
    return tail;
  }

  /** Forgets what was held back, for the start of another stream. */
  reset(): void {
    // The window of the first output sample reaches back over silence.
    this.#filled = this.#bank === undefined ? 0 : this.#bank.taps / 2 - 1;
    this.#buffer.fill(0, 0, this.#filled);
    this.#start = 0;
    this.#phase = 0;
    this.#samplesIn = 0;
    this.#samplesOut = 0;
  }

  // How many output samples have their whole window once `more` input samples have come.
  #ready({ up, down, taps }: FilterBank, more: number): number {
    const spare = this.#filled + more - taps - this.#start;
    return spare < 0 ? 0 : Math.ceil(((spare + 1) * up - this.#phase) / down);
  }

  #append(pcm: Int16Array): void {
    const buffer = this.#buffer;
    let filled = this.#filled;
    for (let i = 0; i < pcm.length; i++) buffer[filled++] = pcm[i] ?? 0;
    this.#filled = filled;
  }

  // The hot loop: nothing is allocated in it, and four sums let the processor work on four products at once.
  #filter({ up, down, taps, phases, coefficients }: FilterBank, output: Int16Array): number {
    const buffer = this.#buffer;
    const last = this.#filled - taps;
    const step = Math.floor(down / up);
    const phaseStep = down % up;
    let start = this.#start;
    let phase = this.#phase;
    let count = 0;
    for (; start <= last; count++) {
      let c = (phases === up ? phase : Math.round(phase * phases / up)) * taps;
      let a = 0, b = 0, d = 0, e = 0;
      for (let i = start; i < start + taps; i += 4, c += 4) {
        a += (coefficients[c] ?? 0) * (buffer[i] ?? 0);
        b += (coefficients[c + 1] ?? 0) * (buffer[i + 1] ?? 0);
        d += (coefficients[c + 2] ?? 0) * (buffer[i + 2] ?? 0);
        e += (coefficients[c + 3] ?? 0) * (buffer[i + 3] ?? 0);
      }
      output[count] = clampSample(Math.round(a + b + d + e));
      start += step;
      phase += phaseStep;
      if (phase >= up) {
        phase -= up;
        start++;
      }
    }
    this.#start = start;
    this.#phase = phase;
    return count;
  }

  #discard(): void {
    this.#buffer.copyWithin(0, this.#start, this.#filled);
    this.#filled -= this.#start;
    this.#start = 0;
  }
}

/** Which way {@linkcode resample} goes. */
export interface ResampleOptions {
  /** The rate of what comes in, in Hz. */
  readonly fromRate: number;
  /** The rate of what goes out, in Hz. */
  readonly toRate: number;
}

/**
 * Changes the sample rate of a whole piece of mono audio. For a stream use {@linkcode StreamResampler}.
 *
 * @example One second from 44.1 to 16 kHz
 * ```ts
 * import { resample } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const output = resample(new Int16Array(44100), { fromRate: 44100, toRate: 16000 });
 * assertEquals(output.length, 16000);
 * ```
 *
 * @param pcm Mono samples.
 * @param options The two rates.
 * @returns The samples at the other rate, as many as the ratio says, rounded; at equal rates `pcm` itself.
 * @throws {RangeError} If a rate is not a whole number from 1,000 to 768,000.
 */
export function resample(pcm: Int16Array, options: ResampleOptions): Int16Array {
  const resampler = new StreamResampler(options.fromRate, options.toRate);
  if (options.fromRate === options.toRate) return pcm;
  const head = resampler.process(pcm);
  const tail = resampler.flush();
  const output = new Int16Array(head.length + tail.length);
  output.set(head);
  output.set(tail, head.length);
  return output;
}

function checkRate(fromRate: number, toRate: number, rate: number): void {
  if (Number.isInteger(rate) && rate >= LOWEST_RATE && rate <= HIGHEST_RATE) return;
  throw new RangeError(
    `Cannot resample from ${fromRate} Hz to ${toRate} Hz: a rate is a whole number from ${LOWEST_RATE} to ${HIGHEST_RATE}`,
  );
}
