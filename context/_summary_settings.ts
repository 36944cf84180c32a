import type { LLMContextSummaryConfigLike } from "../frames/mod.ts";
import type { AskableLLM, LLMAutoContextSummarizationConfig } from "./summary_config.ts";

/** How a context is summarized, whole and checked. */
export interface SummarySettings {
  readonly targetContextTokens: number;
  readonly minMessagesAfterSummary: number;
  readonly summarizationPrompt: string;
  readonly summaryMessageTemplate: string;
  readonly llm: AskableLLM | undefined;
  readonly summarizationTimeoutSecs: number | undefined;
}

/** When a context is summarized, whole and checked. */
export interface SummaryLimits {
  readonly maxContextTokens: number;
  readonly maxUnsummarizedMessages: number;
}

const PROMPT = `You condense a conversation between a user and a voice assistant, so that the \
assistant can go on from your text alone.

Write down, as briefly as you can without losing any of it:
- what the user wants, and what has come of it so far
- every fact that may be needed again: names, numbers, dates, addresses, preferences, decisions
- what was looked up or done with tools, and its result
- what is still open: questions without an answer, promises, the next step

Leave out greetings and repetitions. Invent nothing. Write in the language of the conversation, \
in plain sentences, without a heading or an introduction.`;

const DEFAULTS: SummarySettings = {
  targetContextTokens: 6_000,
  minMessagesAfterSummary: 4,
  summarizationPrompt: PROMPT,
  summaryMessageTemplate: "Conversation summary: {summary}",
  llm: undefined,
  summarizationTimeoutSecs: 120,
};

/** Share of the context's limit that its summary may take up. */
const SUMMARY_SHARE = 0.8;

/**
 * Fills up what a configuration leaves open.
 *
 * @throws {TypeError | RangeError} If it makes no sense.
 */
export function summarySettings(
  config: LLMContextSummaryConfigLike = {},
  base: SummarySettings = DEFAULTS,
): SummarySettings {
  const { summarizationTimeoutSecs: timeout = base.summarizationTimeoutSecs } = config;
  const settings: SummarySettings = {
    targetContextTokens: config.targetContextTokens ?? base.targetContextTokens,
    minMessagesAfterSummary: config.minMessagesAfterSummary ?? base.minMessagesAfterSummary,
    summarizationPrompt: config.summarizationPrompt ?? base.summarizationPrompt,
    summaryMessageTemplate: config.summaryMessageTemplate ?? base.summaryMessageTemplate,
    llm: config.llm ? summarizing(config.llm) : base.llm,
    summarizationTimeoutSecs: timeout ?? undefined,
  };
  atLeast("targetContextTokens", settings.targetContextTokens, 1);
  atLeast("minMessagesAfterSummary", settings.minMessagesAfterSummary, 0);
  if (timeout !== null && timeout !== undefined && !(timeout > 0)) {
    throw wrong("summarizationTimeoutSecs", timeout, "pass seconds above 0, or null for no limit");
  }
  if (!settings.summaryMessageTemplate.includes("{summary}")) {
    throw new TypeError(
      `Cannot summarize a context: "summaryMessageTemplate" has no place for the summary; ` +
        `write "{summary}" where it goes`,
    );
  }
  return settings;
}

/**
 * Fills up what a configuration leaves open.
 *
 * @throws {TypeError | RangeError} If it makes no sense.
 */
export function autoSummarySettings(
  config: LLMAutoContextSummarizationConfig = {},
): { readonly limits: SummaryLimits; readonly settings: SummarySettings } {
  const { maxContextTokens = 8_000, maxUnsummarizedMessages = 20, summaryConfig } = config;
  if (maxContextTokens === null && maxUnsummarizedMessages === null) {
    throw new TypeError(
      `Cannot summarize a context: it has no limit; set "maxContextTokens" or "maxUnsummarizedMessages"`,
    );
  }
  const limits = {
    maxContextTokens: maxContextTokens ?? Infinity,
    maxUnsummarizedMessages: maxUnsummarizedMessages ?? Infinity,
  };
  if (maxContextTokens !== null) atLeast("maxContextTokens", maxContextTokens, 1);
  if (maxUnsummarizedMessages !== null) {
    atLeast("maxUnsummarizedMessages", maxUnsummarizedMessages, 1);
  }
  const settings = summarySettings(summaryConfig);
  const most = Math.max(1, Math.floor(limits.maxContextTokens * SUMMARY_SHARE));
  const targetContextTokens = Math.min(settings.targetContextTokens, most);
  return { limits, settings: { ...settings, targetContextTokens } };
}

function summarizing(llm: { readonly name: string }): AskableLLM {
  if ("runInference" in llm && typeof llm.runInference === "function") return llm as AskableLLM;
  throw new TypeError(
    `Cannot summarize a context with "${llm.name}": it has no "runInference"; pass an LLM service`,
  );
}

function atLeast(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw wrong(name, value, `pass a whole number, ${least} or more`);
}

function wrong(name: string, value: unknown, fix: string): RangeError {
  return new RangeError(`Cannot summarize a context: "${name}" is ${value}; ${fix}`);
}
