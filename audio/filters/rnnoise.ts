import { PcmChunker } from "../chunker.ts";
import { concatAudio } from "../pcm.ts";
import { type ResamplerQuality, StreamResampler } from "../resample.ts";
import { isResamplerQuality } from "../_filter_bank.ts";
import { FRAME_SAMPLES, loadRNNoise, RNNOISE_RATE, RNNoiseStream } from "./_rnnoise_module.ts";
import { BaseAudioFilter } from "./filter.ts";

/** What an {@linkcode RNNoiseFilter} can be told. */
export interface RNNoiseFilterOptions {
  /**
   * How well audio of another rate is brought to the 48 kHz of RNNoise and back. The quickest looks 0.5 ms ahead each
   * way at 16 kHz, the best 4 ms. @default {"QQ"}
   */
  readonly resamplerQuality?: ResamplerQuality | undefined;
}

// What comes out of the library lies this much behind what went in: two of its frames.
const MODEL_DELAY = 2 * FRAME_SAMPLES;

/**
 * Suppresses noise with RNNoise, a small recurrent network that runs in the process and needs no key.
 *
 * Set it as `audioInFilter` of a transport's params. RNNoise works in frames of 10 ms at 48 kHz: other rates are
 * resampled on the way in and out. What it gives lies {@linkcode RNNoiseFilter.latencyMs} behind what it was given,
 * 21 ms at 16 kHz, and up to 10 ms more where chunks are no whole number of its frames. One 10 ms frame takes about
 * half a millisecond of computing. Where the library cannot be loaded, `start` says so, and audio passes as it is.
 *
 * @example A transport that hears less of the street
 * ```ts
 * import { RNNoiseFilter } from "@parley/sdk/audio/filters";
 * import type { TransportParams } from "@parley/sdk/transports/base";
 *
 * const params: TransportParams = { audioInEnabled: true, audioInFilter: new RNNoiseFilter() };
 * console.log(params.audioInFilter instanceof RNNoiseFilter); // true
 * ```
 */
export class RNNoiseFilter extends BaseAudioFilter {
  readonly #quality: ResamplerQuality;
  #line: Line | undefined;
  #leaving: Line | undefined;
  #enabled = true;
  #open: (() => Line) | undefined;

  /**
   * Makes a filter; the library is loaded when it starts.
   *
   * @throws {RangeError} If the quality is not one of the five.
   */
  constructor(options: RNNoiseFilterOptions = {}) {
    super();
    const { resamplerQuality = "QQ" } = options;
    if (!isResamplerQuality(resamplerQuality)) {
      throw new RangeError(
        `Cannot resample with the quality "${resamplerQuality}": pass "QQ", "LQ", "MQ", "HQ" or "VHQ"`,
      );
    }
    this.#quality = resamplerQuality;
  }

  /** How far what it gives lies behind what it is given, in milliseconds; 0 while it is off or has not started. */
  get latencyMs(): number {
    return this.#line?.latencyMs ?? 0;
  }

  /** How sure RNNoise is that the last 10 ms are a voice, from 0 to 1. */
  get voiceProbability(): number {
    return this.#line?.voice ?? 0;
  }

  /**
   * Loads the library.
   *
   * @throws {Error} If it cannot be loaded; audio then passes as it is.
   */
  override async start(sampleRate: number): Promise<void> {
    this.stop();
    const module = await loadRNNoise();
    this.#open = () => new Line(new RNNoiseStream(module), sampleRate, this.#quality);
    if (this.#enabled) this.#line = this.#open();
  }

  /** Gives the library's memory back. */
  override stop(): void {
    this.#line?.close();
    this.#leaving?.close();
    this.#line = this.#leaving = this.#open = undefined;
  }

  /** Turns it on or off. What it holds when it is turned off comes out with the next audio, and nothing is lost. */
  override setEnabled(enable: boolean): void {
    if (enable === this.#enabled) return;
    this.#enabled = enable;
    if (enable) {
      this.#line = this.#open?.();
    } else {
      this.#leaving ??= this.#line;
      if (this.#leaving !== this.#line) this.#line?.close();
      this.#line = undefined;
    }
  }

  /** Filters the next chunk; what it gives is shorter at the beginning, by what it holds back. */
  override filter(pcm: Int16Array): Int16Array {
    const rest = this.#leaving?.drain();
    this.#leaving?.close();
    this.#leaving = undefined;
    const filtered = this.#line?.process(pcm) ?? pcm;
    return rest && rest.length > 0 ? concatAudio([rest, filtered]) : filtered;
  }
}

/** Audio on its way to the library's rate, through it, and back. */
class Line {
  readonly #stream: RNNoiseStream;
  readonly #in: StreamResampler;
  readonly #out: StreamResampler;
  readonly #chunker = new PcmChunker(FRAME_SAMPLES);
  #given = 0;
  #taken = 0;
  #delay = MODEL_DELAY;
  voice = 0;

  constructor(stream: RNNoiseStream, sampleRate: number, quality: ResamplerQuality) {
    this.#stream = stream;
    this.#in = new StreamResampler(sampleRate, RNNOISE_RATE, { quality });
    this.#out = new StreamResampler(RNNOISE_RATE, sampleRate, { quality });
  }

  get latencyMs(): number {
    return this.#in.delayMs + MODEL_DELAY / RNNOISE_RATE * 1000 + this.#out.delayMs;
  }

  process(pcm: Int16Array): Int16Array {
    this.#taken += pcm.length;
    const output = this.#out.process(this.#clean(this.#in.process(pcm)));
    this.#given += output.length;
    return output;
  }

  /** Gives what is held back, so that as much has come out as went in. */
  drain(): Int16Array {
    const missing = this.#taken - this.#given;
    // More than both resamplers and a frame of the library can hold.
    const silence = new Int16Array(missing + Math.ceil(this.#in.fromRate / 20));
    return this.process(silence).subarray(0, missing);
  }

  close(): void {
    this.#stream.close();
  }

  #clean(pcm: Int16Array): Int16Array {
    const frames = this.#chunker.push(pcm);
    const cleaned = new Int16Array(frames.length * FRAME_SAMPLES);
    frames.forEach((frame, i) => {
      this.voice = this.#stream.clean(frame, cleaned.subarray(i * FRAME_SAMPLES));
    });
    // The first that comes out is what the library makes of the silence before the beginning.
    const skipped = Math.min(this.#delay, cleaned.length);
    this.#delay -= skipped;
    return cleaned.subarray(skipped);
  }
}
