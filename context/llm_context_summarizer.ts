import {
  type Clock,
  consoleLogger,
  type Logger,
  systemClock,
  type Timer,
  TypedEvents,
} from "../async/mod.ts";
import { type LLMContextSummaryConfigLike, LLMContextSummaryResultFrame } from "../frames/mod.ts";
import { LLMContextSummaryRequestFrame } from "./frames.ts";
import { LLMContext } from "./llm_context.ts";
import type { LLMContextMessage } from "./messages.ts";
import type { LLMAutoContextSummarizationConfig, SummaryAppliedEvent } from "./summary_config.ts";
import { summaryRange } from "./_summary_range.ts";
import {
  autoSummarySettings,
  type SummaryLimits,
  type SummarySettings,
  summarySettings,
} from "./_summary_settings.ts";
import { estimateTokens } from "./_summary_text.ts";
import { writeSummary } from "./write_summary.ts";

/** What an {@linkcode LLMContextSummarizer} can be given. */
export interface LLMContextSummarizerOptions {
  /** When the context is summarized, and how. */
  readonly config?: LLMAutoContextSummarizationConfig | undefined;
  /** Whether it is summarized of its own accord. @default {true} */
  readonly autoTrigger?: boolean | undefined;
  /** Gives the clock that measures. @default {() => systemClock} */
  readonly clock?: (() => Clock) | undefined;
  /** Gives the log that warnings go to. @default {() => consoleLogger("warn")} */
  readonly log?: (() => Logger) | undefined;
  /** Says whether it must wait, such as for a call that is open. @default {() => false} */
  readonly held?: (() => boolean) | undefined;
}

/** Events of an {@linkcode LLMContextSummarizer}. */
export interface LLMContextSummarizerEvents {
  /** A model must write a summary; told within the doing. Its result goes to `take`. */
  readonly requestSummarization: readonly [frame: LLMContextSummaryRequestFrame];
  /** The context has been summarized. */
  readonly summaryApplied: readonly [event: SummaryAppliedEvent];
}

/** A summary that is being written. */
interface Pending {
  readonly request: LLMContextSummaryRequestFrame;
  readonly settings: SummarySettings;
  readonly controller: AbortController;
  readonly timer: Timer | undefined;
}

/**
 * Puts a summary in the place of the older messages of a context when that
 * becomes too long, or when it is asked to. One summary is written at a time,
 * while the conversation goes on; messages that come meanwhile stay.
 *
 * An `LLMAssistantAggregator` has one.
 *
 * @example
 * ```ts
 * import { LLMContext, LLMContextSummarizer } from "@parley/sdk/context";
 * const context = new LLMContext();
 * const summarizer = new LLMContextSummarizer(context, { config: { maxContextTokens: 4_000 } });
 * summarizer.on("summaryApplied", ({ originalMessageCount, newMessageCount }) => {
 *   console.log(`${originalMessageCount} messages became ${newMessageCount}`);
 * });
 * ```
 */
export class LLMContextSummarizer extends TypedEvents<LLMContextSummarizerEvents> {
  static #requests = 0;
  readonly #context: LLMContext;
  readonly #options: LLMContextSummarizerOptions;
  readonly #limits: SummaryLimits;
  readonly #settings: SummarySettings;
  #pending: Pending | undefined;
  #waiting: SummarySettings | undefined;
  #lengthAfter = 0;

  /**
   * Makes a summarizer.
   *
   * @throws {TypeError | RangeError} If the configuration makes no sense.
   */
  constructor(context: LLMContext, options: LLMContextSummarizerOptions = {}) {
    super();
    this.#context = context;
    this.#options = options;
    const { limits, settings } = autoSummarySettings(options.config);
    this.#limits = limits;
    this.#settings = settings;
  }

  /** Whether a summary is being written. */
  get inProgress(): boolean {
    return this.#pending !== undefined;
  }

  /** Looks whether the context has become too long, or a summary has waited long enough. */
  check(): void {
    const { held, autoTrigger = true } = this.#options;
    if (this.#pending || held?.()) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#begin(waiting);
    else if (autoTrigger && this.#isTooLong) this.#begin(this.#settings);
  }

  /**
   * Has the context summarized, now or when it need not wait any more. While a
   * summary is being written, that does nothing.
   */
  summarize(config?: LLMContextSummaryConfigLike): void {
    if (this.#pending) {
      this.#log.debug("A context is not summarized once more: a summary is being written");
      return;
    }
    try {
      this.#waiting = summarySettings(config, this.#settings);
    } catch (error) {
      // Another wish may come true; this one cannot.
      this.#log.warn(error instanceof Error ? error.message : String(error));
      return;
    }
    this.check();
  }

  /** Takes a summary that was asked for; any other is not meant for this context. */
  take(result: LLMContextSummaryResultFrame): void {
    const pending = this.#pending;
    if (!pending || pending.request.requestId !== result.requestId) return;
    this.#drop();
    if (result.error !== undefined || result.summary === "") {
      this.#log.warn(`A context was not summarized: ${result.error ?? "the summary is empty"}`);
    } else this.#apply(pending, result);
  }

  /** Gives up what is being written, and what waits. */
  close(): void {
    this.#waiting = undefined;
    this.#drop(new DOMException("Nobody wants the summary any more", "AbortError"));
  }

  get #log(): Logger {
    return this.#options.log?.() ?? consoleLogger("warn");
  }

  get #isTooLong(): boolean {
    const { messages } = this.#context;
    const { maxContextTokens, maxUnsummarizedMessages } = this.#limits;
    // A conversation that the application has replaced by a shorter one is new.
    const before = this.#lengthAfter <= messages.length ? this.#lengthAfter : 0;
    return messages.length - before >= maxUnsummarizedMessages ||
      Number.isFinite(maxContextTokens) && estimateTokens(messages) >= maxContextTokens;
  }

  #begin(settings: SummarySettings): void {
    const { messages } = this.#context;
    const { start, end } = summaryRange(messages, settings.minMessagesAfterSummary);
    // One message in the place of one is no gain.
    if (end - start < 2) {
      this.#log.debug("A context is not summarized: there is nothing to shorten");
      return;
    }
    const { summarizationTimeoutSecs: secs, llm } = settings;
    const clock = this.#options.clock?.() ?? systemClock;
    // The request holds the conversation as it stands: the live one goes on.
    const request = new LLMContextSummaryRequestFrame(new LLMContext(messages), {
      requestId: String(++LLMContextSummarizer.#requests),
      minMessagesToKeep: settings.minMessagesAfterSummary,
      targetContextTokens: settings.targetContextTokens,
      summarizationPrompt: settings.summarizationPrompt,
      summarizationTimeoutSecs: secs,
    });
    const controller = new AbortController();
    const timer = secs === undefined || llm
      ? undefined
      : clock.timer(secs * 1000, () => this.#late(secs));
    this.#pending = { request, settings, controller, timer };
    if (!llm) return this.emitNow("requestSummarization", request);
    void writeSummary(request, { llm, clock, signal: controller.signal }).then((result) => {
      this.take(new LLMContextSummaryResultFrame(result));
    });
  }

  #late(secs: number): void {
    this.#drop();
    this.#log.warn(`A context was not summarized: no model did so in ${secs} s`);
  }

  #drop(reason?: unknown): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.timer?.cancel();
    if (reason !== undefined) pending?.controller.abort(reason);
  }

  #apply({ request, settings }: Pending, result: LLMContextSummaryResultFrame): void {
    const then = request.context.messages;
    const { start, end } = summaryRange(then, request.minMessagesToKeep);
    const last = result.lastSummarizedIndex;
    if (!Number.isInteger(last) || last < start || last >= end) {
      return this.#log.warn(`A context was not summarized: there is no summary up to ${last}`);
    }
    const summarized = new Set(then.slice(start, last + 1));
    const now = this.#context.messages;
    const kept = now.filter((message) => !summarized.has(message));
    if (now.length - kept.length !== summarized.size) {
      return this.#log.warn("A context was not summarized: it has been replaced meanwhile");
    }
    const at = now.findIndex((message) => summarized.has(message));
    const content = settings.summaryMessageTemplate.replaceAll("{summary}", () => result.summary);
    const summary: LLMContextMessage = { role: "developer", content };
    this.#context.setMessages(kept.toSpliced(at, 0, summary));
    this.#lengthAfter = kept.length + 1;
    this.emit("summaryApplied", {
      originalMessageCount: now.length,
      newMessageCount: kept.length + 1,
      summarizedMessageCount: summarized.size,
      preservedMessageCount: kept.length,
    });
  }
}
