import { type BaseAudioFilter, downmix, upmix } from "../../audio/mod.ts";
import { type Clock, Deque } from "../../async/mod.ts";

/** How a {@linkcode FilterLine} works. */
export interface FilterLineOptions {
  readonly filter: BaseAudioFilter;
  readonly clock: Clock;
  /** How many channels are interleaved in what comes and goes. */
  readonly numChannels: number;
  /** Takes what has been filtered, in order. */
  take(pcm: Int16Array): void;
  /** Told what could not be done, once for a row of failures. */
  failed(doing: string, error: unknown): void;
  /** Told how many pieces were dropped so far because the filter is slower than speech. */
  slow(dropped: number): void;
}

/** How many pieces of audio may wait for a filter. */
const MOST_WAITING = 500;

/**
 * Has audio filtered piece by piece and in order: at once as long as the filter answers at once.
 *
 * A filter hears one channel: several are averaged, and what it gives is repeated in each. Audio passes a filter that
 * did not start, and one that fails, as it came.
 */
export class FilterLine {
  readonly #options: FilterLineOptions;
  readonly #waiting: Deque<Int16Array> = new Deque();
  #working: Promise<void> | undefined;
  #dropped = 0;
  #started = false;
  #failing = false;

  constructor(options: FilterLineOptions) {
    this.#options = options;
  }

  /** Has the filter get ready. */
  async start(sampleRate: number): Promise<void> {
    const { filter, clock, failed } = this.#options;
    try {
      await clock.hold(Promise.resolve(filter.start(sampleRate)));
      this.#started = true;
    } catch (error) {
      failed("start the audio filter", error);
    }
  }

  /** Takes the next audio; it is kept. */
  push(pcm: Int16Array): void {
    if (!this.#started) return this.#options.take(pcm);
    this.#waiting.push(pcm);
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting.shift();
      if (this.#dropped++ % MOST_WAITING === 0) this.#options.slow(this.#dropped);
    }
    this.#filterWaiting();
  }

  /** Resolves when all audio has been filtered. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Drops what waits. */
  clear(): void {
    this.#waiting.clear();
  }

  /** Has the filter let go of what it holds. */
  async stop(): Promise<void> {
    const { filter, failed } = this.#options;
    this.clear();
    try {
      await filter.stop();
    } catch (error) {
      failed("stop the audio filter", error);
    }
  }

  #filterWaiting(): void {
    while (!this.#working) {
      const pcm = this.#waiting.shift();
      if (!pcm) return;
      const filtered = this.#filter(pcm);
      if (filtered instanceof Int16Array) this.#options.take(filtered);
      else this.#working = this.#later(filtered, pcm);
    }
  }

  #filter(pcm: Int16Array): Int16Array | Promise<Int16Array> {
    const { filter, numChannels } = this.#options;
    try {
      const filtered = filter.filter(downmix(pcm, numChannels));
      return filtered instanceof Int16Array ? this.#succeeded(filtered) : filtered;
    } catch (error) {
      return this.#failed(error, pcm);
    }
  }

  async #later(filtering: Promise<Int16Array>, pcm: Int16Array): Promise<void> {
    const { clock, take } = this.#options;
    let filtered: Int16Array;
    try {
      filtered = this.#succeeded(await clock.hold(filtering));
    } catch (error) {
      filtered = this.#failed(error, pcm);
    }
    take(filtered);
    this.#working = undefined;
    this.#filterWaiting();
  }

  #succeeded(filtered: Int16Array): Int16Array {
    this.#failing = false;
    return upmix(filtered, this.#options.numChannels);
  }

  #failed(error: unknown, pcm: Int16Array): Int16Array {
    if (!this.#failing) this.#options.failed("filter audio", error);
    this.#failing = true;
    return pcm;
  }
}
