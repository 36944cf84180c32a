import type { Clock } from "../../async/mod.ts";
import { type AnyMetricsData, type LLMTokenUsage, MetricsFrame } from "../../frames/mod.ts";
import type { EnvironmentParams } from "../../processors/mod.ts";

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
  #reported = false;

  /** Makes the measurements of a service. */
  constructor(options: ServiceMetricsOptions) {
    this.#options = options;
  }

  /** A request goes out, now or at a moment of the clock. */
  startTtfb(at?: number): void {
    this.#ttfbFrom = at ?? this.#options.clock().now();
  }

  /** The first byte of the answer is here; later calls do nothing. */
  stopTtfb(): void {
    const from = this.#ttfbFrom;
    this.#ttfbFrom = undefined;
    if (from === undefined || !this.#wanted()) return;
    this.#reported = true;
    this.#push({ type: "ttfb", ...this.#who(), value: this.#since(from) });
  }

  /** Nothing of the answer is going to be heard; it is not measured. */
  cancel(): void {
    this.#ttfbFrom = this.#processingFrom = undefined;
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
