import type { NamedProcessor } from "./error.ts";
import { ControlFrame } from "./frame.ts";

/** How a context is to be summarized, as frames carry it; what is absent stays as it is. */
export interface LLMContextSummaryConfigLike {
  /** How long the summary may become, in tokens. */
  readonly targetContextTokens?: number | undefined;
  /** How many of the newest messages stay as they are. */
  readonly minMessagesAfterSummary?: number | undefined;
  /** What tells the model how to summarize. */
  readonly summarizationPrompt?: string | undefined;
  /** What the context then holds, with `{summary}` where the summary goes. */
  readonly summaryMessageTemplate?: string | undefined;
  /** The service that writes the summary, if not the one in the pipeline. */
  readonly llm?: NamedProcessor | undefined;
  /** How long the model may take, in seconds; `null` for as long as it likes. */
  readonly summarizationTimeoutSecs?: number | null | undefined;
}

/**
 * Has the context summarized now.
 *
 * @example
 * ```ts
 * import { LLMSummarizeContextFrame } from "@parley/sdk/frames";
 * const frame = new LLMSummarizeContextFrame({ minMessagesAfterSummary: 2 });
 * console.log(frame.config?.minMessagesAfterSummary); // 2
 * ```
 */
export class LLMSummarizeContextFrame extends ControlFrame {
  /** How, where it is to be done unlike otherwise. */
  readonly config: LLMContextSummaryConfigLike | undefined;

  /** Makes the frame. */
  constructor(config?: LLMContextSummaryConfigLike) {
    super();
    this.config = config;
  }
}

/** What a {@linkcode LLMContextSummaryResultFrame} can be given. */
export interface LLMContextSummaryResultFrameOptions {
  /** The request that it answers. */
  readonly requestId: string;
  /** The summary; empty if there is none. */
  readonly summary: string;
  /** Index of the last message that the summary stands for. */
  readonly lastSummarizedIndex: number;
  /** Why there is no summary. */
  readonly error?: string | undefined;
}

/**
 * A model has summarized a context, or could not.
 *
 * @example
 * ```ts
 * import { LLMContextSummaryResultFrame } from "@parley/sdk/frames";
 * const frame = new LLMContextSummaryResultFrame({
 *   requestId: "1",
 *   summary: "The user asked for the time.",
 *   lastSummarizedIndex: 8,
 * });
 * console.log(frame.uninterruptible); // true
 * ```
 */
export class LLMContextSummaryResultFrame extends ControlFrame {
  /** The request that it answers. */
  readonly requestId: string;
  /** The summary; empty if there is none. */
  readonly summary: string;
  /** Index of the last message that the summary stands for. */
  readonly lastSummarizedIndex: number;
  /** Why there is no summary. */
  readonly error: string | undefined;

  /** Makes the frame. */
  constructor(options: LLMContextSummaryResultFrameOptions) {
    super();
    this.requestId = options.requestId;
    this.summary = options.summary;
    this.lastSummarizedIndex = options.lastSummarizedIndex;
    this.error = options.error;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}
