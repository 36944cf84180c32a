import type { LLMContext } from "./llm_context.ts";

/** How a model is asked for one answer outside of the pipeline. */
export interface InferenceOptions {
  /** Tokens the answer has at most; as the service's settings say by default. */
  readonly maxTokens?: number | undefined;
  /** What the model is told to be, in place of the service's own instruction. */
  readonly systemInstruction?: string | undefined;
  /** Aborted when nobody wants the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A model that can be asked outside of the pipeline: every LLM service, and every `LLMSwitcher`. */
export interface AskableLLM {
  /** Its name. */
  readonly name: string;
  /** Answers a context outside of the pipeline. */
  runInference(context: LLMContext, options?: InferenceOptions): Promise<string | undefined>;
}

/** How a context is summarized. */
export interface LLMContextSummaryConfig {
  /**
   * Tokens the summary has at most; no more than 80 % of `maxContextTokens`.
   *
   * @default {6000}
   */
  readonly targetContextTokens?: number | undefined;
  /** How many of the newest messages stay as they are. @default {4} */
  readonly minMessagesAfterSummary?: number | undefined;
  /** What tells the model how to summarize. */
  readonly summarizationPrompt?: string | undefined;
  /**
   * What the context then holds, with `{summary}` where the summary goes.
   *
   * @default {"Conversation summary: {summary}"}
   */
  readonly summaryMessageTemplate?: string | undefined;
  /** The service that writes the summary, if not the one in the pipeline. */
  readonly llm?: AskableLLM | undefined;
  /** Seconds the model may take; `null` for as long as it likes. @default {120} */
  readonly summarizationTimeoutSecs?: number | null | undefined;
}

/** When a context is summarized of its own accord, and how. */
export interface LLMAutoContextSummarizationConfig {
  /** Tokens, at about four characters each, at which it is; `null` for no such limit. @default {8000} */
  readonly maxContextTokens?: number | null | undefined;
  /** New messages at which it is; `null` for no such limit. @default {20} */
  readonly maxUnsummarizedMessages?: number | null | undefined;
  /** How it is summarized. */
  readonly summaryConfig?: LLMContextSummaryConfig | undefined;
}

/** A context has been summarized. */
export interface SummaryAppliedEvent {
  /** Messages before. */
  readonly originalMessageCount: number;
  /** Messages now. */
  readonly newMessageCount: number;
  /** Messages that the summary stands for. */
  readonly summarizedMessageCount: number;
  /** Messages that stayed as they were. */
  readonly preservedMessageCount: number;
}
