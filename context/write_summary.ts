import { type Clock, TimeoutError } from "../async/mod.ts";
import type { LLMContextSummaryResultFrameOptions } from "../frames/mod.ts";
import type { LLMContextSummaryRequestFrame } from "./frames.ts";
import { LLMContext } from "./llm_context.ts";
import { summaryRange } from "./_summary_range.ts";
import { transcriptOf } from "./_summary_text.ts";
import type { AskableLLM } from "./summary_config.ts";

/** Who writes a summary, and in what time. */
export interface WriteSummaryOptions {
  /** The model. */
  readonly llm: AskableLLM;
  /** The clock that measures how long it takes. */
  readonly clock: Clock;
  /** Aborted when nobody wants the summary any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has a model summarize what a request says, and gives what its result frame
 * says. It never throws: what went wrong is the result's `error`.
 *
 * Calls are never parted from their results; one that is still open stays out
 * of the summary, with all that follows it.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { LLMContext, LLMContextSummaryRequestFrame, writeSummary } from "@parley/sdk/context";
 * import { assertEquals } from "@std/assert";
 * const context = new LLMContext([
 *   { role: "user", content: "My name is Ada." },
 *   { role: "assistant", content: "Hello, Ada!" },
 * ]);
 * const request = new LLMContextSummaryRequestFrame(context, {
 *   requestId: "1",
 *   minMessagesToKeep: 0,
 *   targetContextTokens: 100,
 *   summarizationPrompt: "Be brief.",
 * });
 * const llm = { name: "fake", runInference: () => Promise.resolve("The user is called Ada.") };
 * const { summary, lastSummarizedIndex } = await writeSummary(request, { llm, clock: systemClock });
 * assertEquals([summary, lastSummarizedIndex], ["The user is called Ada.", 1]);
 * ```
 */
export async function writeSummary(
  request: LLMContextSummaryRequestFrame,
  options: WriteSummaryOptions,
): Promise<LLMContextSummaryResultFrameOptions> {
  const { requestId, context, minMessagesToKeep } = request;
  const { messages } = context;
  const { start, end } = summaryRange(messages, minMessagesToKeep);
  const failed = (error: string) => ({ requestId, summary: "", lastSummarizedIndex: -1, error });
  const transcript = transcriptOf(messages.slice(start, end));
  if (transcript === "") return failed("Cannot summarize the context: there is nothing to shorten");
  try {
    const text = await inTime(request, options, (signal) => {
      const content = `The conversation so far:\n\n${transcript}`;
      return options.llm.runInference(new LLMContext([{ role: "user", content }]), {
        maxTokens: request.targetContextTokens,
        systemInstruction: request.summarizationPrompt,
        signal,
      });
    });
    const summary = text?.trim() ?? "";
    if (summary === "") return failed("Cannot summarize the context: the model wrote nothing");
    return { requestId, summary, lastSummarizedIndex: end - 1 };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** One resolver with three ends: the work is done, takes too long, or is wanted no more. */
async function inTime<T>(
  { summarizationTimeoutSecs: secs }: LLMContextSummaryRequestFrame,
  { clock, signal: outer }: WriteSummaryOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const controller = new AbortController();
  const stop = (reason: unknown) => {
    reject(reason);
    controller.abort(reason);
  };
  const abort = () => stop(outer?.reason);
  const timer = secs === undefined ? undefined : clock.timer(secs * 1000, () => {
    stop(new TimeoutError(`Cannot summarize the context: no summary after ${secs} s`));
  });
  if (outer?.aborted) abort();
  else outer?.addEventListener("abort", abort, { once: true });
  Promise.try(work, controller.signal).then(resolve, reject);
  try {
    return await promise;
  } finally {
    timer?.cancel();
    outer?.removeEventListener("abort", abort);
  }
}
