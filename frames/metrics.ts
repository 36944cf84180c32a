import { SystemFrame } from "./frame.ts";

/** What every measurement says. */
export interface MetricsData {
  /** The processor that was measured. */
  readonly processor: string;
  /** The model it ran, if one. */
  readonly model?: string | undefined;
}

/** Time from a request to the first byte of its answer. */
export interface TTFBMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "ttfb";
  /** Seconds. */
  readonly value: number;
}

/** Time a processor worked on something. */
export interface ProcessingMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "processing";
  /** Seconds. */
  readonly value: number;
}

/** Tokens that a model read and wrote. */
export interface LLMTokenUsage {
  /** Tokens read. */
  readonly promptTokens: number;
  /** Tokens written. */
  readonly completionTokens: number;
  /** Tokens read and written. */
  readonly totalTokens: number;
  /** Tokens read from the provider's cache. */
  readonly cacheReadInputTokens?: number | undefined;
  /** Tokens the model thought with. */
  readonly reasoningTokens?: number | undefined;
}

/** Tokens that one generation used. */
export interface LLMUsageMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "llm_usage";
  /** The tokens. */
  readonly value: LLMTokenUsage;
}

/** Characters that were sent to be spoken. */
export interface TTSUsageMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "tts_usage";
  /** Characters. */
  readonly value: number;
}

/** Seconds of audio that were sent to be transcribed. */
export interface STTUsageMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "stt_usage";
  /** Seconds. */
  readonly value: number;
}

/** Any measurement. */
export type AnyMetricsData =
  | TTFBMetricsData
  | ProcessingMetricsData
  | LLMUsageMetricsData
  | TTSUsageMetricsData
  | STTUsageMetricsData;

/**
 * Measurements of a processor.
 *
 * @example
 * ```ts
 * import { MetricsFrame } from "@parley/sdk/frames";
 * const frame = new MetricsFrame([
 *   { type: "ttfb", processor: "OpenAILLMService#1", value: 0.21 },
 * ]);
 * console.log(frame.data.length);
 * ```
 */
export class MetricsFrame extends SystemFrame {
  /** Makes the frame. */
  constructor(
    /** The measurements. */
    readonly data: readonly AnyMetricsData[],
  ) {
    super();
  }
}
