import { SystemFrame } from "./frame.ts";

/** What every measurement says. */
export interface MetricsData {
  /** The processor that was measured. */
  readonly processor: string;
  /** The model it ran, if one. */
  readonly model?: string | undefined;
  /** What was measured, where one value says it. */
  readonly value?: unknown;
}

/** Time from a request to the first byte of its answer. */
export interface TTFBMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "ttfb";
  /** Seconds. */
  readonly value: number;
}

/**
 * Time from a request for speech to its first audible sample: the time to the
 * first byte, and the silence that the audio begins with.
 */
export interface TTFAMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "ttfa";
  /** Seconds to the first audible sample. */
  readonly ttfa: number;
  /** Seconds to the first byte. */
  readonly ttfb: number;
  /** Seconds of silence that the audio begins with. */
  readonly leadingSilence: number;
}

/**
 * Time from a request to the first token of the answer, where a model thought
 * before it: one that did not has answered with its first byte.
 */
export interface TTFATMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "ttfat";
  /** Seconds to the first token of the answer. */
  readonly ttfat: number;
  /** Seconds to the first byte. */
  readonly ttfb: number;
  /** Seconds between them. */
  readonly thinkingTime: number;
}

/** Time from the first text that came to be spoken to the first piece that could be. */
export interface TextAggregationMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "text_aggregation";
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
  /** Tokens written to the provider's cache. */
  readonly cacheCreationInputTokens?: number | undefined;
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

/** What was found when it was asked whether the user's turn is over. */
export interface TurnMetricsData extends MetricsData {
  /** Tells measurements apart. */
  readonly type: "turn";
  /** Whether it seems to be over. */
  readonly isComplete: boolean;
  /** How likely that is, from 0 to 1. */
  readonly probability: number;
  /** Milliseconds from the end of the voice to the finding. */
  readonly e2eProcessingTimeMs: number;
}

/** Any measurement. */
export type AnyMetricsData =
  | TTFBMetricsData
  | TTFAMetricsData
  | TTFATMetricsData
  | TextAggregationMetricsData
  | ProcessingMetricsData
  | LLMUsageMetricsData
  | TTSUsageMetricsData
  | STTUsageMetricsData
  | TurnMetricsData;

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
