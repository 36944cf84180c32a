import type { Clock } from "../../async/mod.ts";
import { type AnyMetricsData, type LLMTokenUsage, MetricsFrame } from "../../frames/mod.ts";
import type { EnvironmentParams } from "../../processors/mod.ts";
import { SpeechOnset } from "./_speech_onset.ts";

/** What a {@linkcode ServiceMetrics} measures with. */
export interface ServiceMetricsOptions {
  /** Name of the service. */
  readonly processor: string;
  /** The clock of the conversation. */
  readonly clock: () => Clock;
  /** Which measurements are wanted. */
  readonly params: () => EnvironmentParams;
  /** The model in use. */
  readonly model: () => string | undefined;
  /** Sends a frame of measurements. */
  readonly push: (frame: MetricsFrame) => void;
}

/** An answer of which the first byte is here, and what is waited for is not. */
interface Begun {
  readonly from: number;
  readonly ttfb: number;
}

/**
 * The measurements of one service.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { makeEnvironment } from "@parley/sdk/processors";
 * import { ServiceMetrics } from "@parley/sdk/services/wire";
 * const metrics = new ServiceMetrics({
 *   processor: "Service#1",
 *   clock: () => systemClock,
 *   params: () => makeEnvironment({ params: { enableMetrics: true } }).params,
 *   model: () => "small",
 *   push: (frame) => console.log(frame.data),
 * });
 * metrics.startTtfb();
 * metrics.stopTtfb();
 * ```
 */
export class ServiceMetrics {
  readonly #options: ServiceMetricsOptions;
  #ttfbFrom: number | undefined;
  #processingFrom: number | undefined;
  #aggregationFrom: number | undefined;
  #begun: Begun | undefined;
  #onset: SpeechOnset | undefined;
  #reported = false;

  /** Makes the measurements of a service. */
  constructor(options: ServiceMetricsOptions) {
    this.#options = options;
  }

  /** A request goes out, now or at a moment of the clock. */
  startTtfb(at?: number): void {
    this.#begun = this.#onset = undefined;
    this.#ttfbFrom = at ?? this.#options.clock().now();
  }

  /** The first byte of the answer is here; later calls do nothing. */
  stopTtfb(): void {
    const from = this.#ttfbFrom;
    this.#ttfbFrom = undefined;
    if (from === undefined || !this.#wanted()) return;
    this.#reported = true;
    const ttfb = this.#since(from);
    this.#begun = { from, ttfb };
    this.#push({ type: "ttfb", ...this.#who(), value: ttfb });
  }

  /**
   * The first token of the answer itself is here; later calls do nothing. Where
   * nothing came before it, that is the first byte, and is told of as such.
   */
  stopTtfat(): void {
    if (this.#ttfbFrom !== undefined) this.stopTtfb();
    else if (this.#begun) {
      const { from, ttfb } = this.#begun;
      const ttfat = this.#since(from);
      this.#push({ type: "ttfat", ...this.#who(), ttfat, ttfb, thinkingTime: ttfat - ttfb });
    }
    this.#begun = undefined;
  }

  /** Audio of the answer, in order: finds when it begins to be audible. */
  listen(audio: Int16Array, sampleRate: number): void {
    if (!this.#begun) return;
    const { ttfb } = this.#begun;
    this.#onset ??= new SpeechOnset(sampleRate);
    const leadingSilence = this.#onset.find(audio);
    if (leadingSilence === undefined && !this.#onset.silent) return;
    this.#begun = this.#onset = undefined;
    if (leadingSilence === undefined) return;
    this.#push({ type: "ttfa", ...this.#who(), ttfa: ttfb + leadingSilence, ttfb, leadingSilence });
  }

  /** Nothing of the answer is going to be heard; it is not measured. */
  cancel(): void {
    this.#ttfbFrom = this.#processingFrom = this.#aggregationFrom = undefined;
    this.#begun = this.#onset = undefined;
  }

  /** The first of a text is here, of which pieces are to be made. */
  startTextAggregation(): void {
    this.#aggregationFrom = this.#options.clock().now();
  }

  /** The first piece of the text is whole; later calls do nothing. */
  stopTextAggregation(): void {
    const from = this.#aggregationFrom;
    this.#aggregationFrom = undefined;
    if (from === undefined || !this.#options.params().enableMetrics) return;
    this.#push({ type: "text_aggregation", ...this.#who(), value: this.#since(from) });
  }

  /** Work begins. */
  startProcessing(): void {
    this.#processingFrom = this.#options.clock().now();
  }

  /** Work is done. */
  stopProcessing(): void {
    const from = this.#processingFrom;
    this.#processingFrom = undefined;
    if (from === undefined || !this.#options.params().enableMetrics) return;
    this.#push({ type: "processing", ...this.#who(), value: this.#since(from) });
  }

  /** Tokens were used. */
  tokens(value: LLMTokenUsage): void {
    this.#usage({ type: "llm_usage", ...this.#who(), value });
  }

  /** Characters were sent to be spoken. */
  characters(value: number): void {
    this.#usage({ type: "tts_usage", ...this.#who(), value });
  }

  /** Seconds of audio were sent to be transcribed. */
  audioSecs(value: number): void {
    this.#usage({ type: "stt_usage", ...this.#who(), value });
  }

  #wanted(): boolean {
    const { enableMetrics, reportOnlyInitialTtfb } = this.#options.params();
    return enableMetrics && !(reportOnlyInitialTtfb && this.#reported);
  }

  #since(from: number): number {
    return (this.#options.clock().now() - from) / 1000;
  }

  #who(): { processor: string; model: string | undefined } {
    return { processor: this.#options.processor, model: this.#options.model() };
  }

  #usage(data: AnyMetricsData): void {
    if (this.#options.params().enableUsageMetrics) this.#push(data);
  }

  #push(data: AnyMetricsData): void {
    this.#options.push(new MetricsFrame([data]));
  }
}
