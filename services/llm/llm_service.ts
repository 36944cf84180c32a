import {
  type FunctionCallHandler,
  type InferenceOptions,
  type LLMContext,
  LLMContextFrame,
  type LLMContextSnapshot,
  LLMContextSummaryRequestFrame,
  LLMMessagesAppendFrame,
  type ToolOptions,
  writeSummary,
} from "../../context/mod.ts";
import {
  EndFrame,
  type Frame,
  type FrameClass,
  type FunctionCallFromLLM,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  LLMContextSummaryResultFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  LLMUpdateSettingsFrame,
  StopFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { TimeoutError } from "../../async/mod.ts";
import { LLMMarkerFrame, type UserTurnCompletionConfig } from "../../turns/mod.ts";
import type { FrameContext, ProcessorEvents, ProcessorRole } from "../../processors/mod.ts";
import { AIService, type AIServiceOptions, type ServiceSettings, StallGuard } from "../wire/mod.ts";
import { AnswerLimit } from "./_answer_limit.ts";
import { FunctionCallRunner } from "./_function_calls.ts";
import { instructed, type JudgedAnswer, TurnCompletion } from "./_turn_completion.ts";
import { type LLMEvent, ToolCallCollector, type ToolCallRequest } from "./generation.ts";

/** Settings that every LLM service has. */
export interface LLMSettings extends ServiceSettings {
  /** What the model is told to be, before the context's own messages. */
  readonly systemInstruction?: string | undefined;
  /** How freely it chooses its words; the provider's range. */
  readonly temperature?: number | undefined;
  /** Tokens an answer has at most. */
  readonly maxTokens?: number | undefined;
  /** Share of probability that words are chosen from. */
  readonly topP?: number | undefined;
  /** How many words are chosen from. */
  readonly topK?: number | undefined;
  /** How much repeated words are avoided. */
  readonly frequencyPenalty?: number | undefined;
  /** How much words that were used are avoided. */
  readonly presencePenalty?: number | undefined;
  /** Makes answers repeatable, where the provider can. */
  readonly seed?: number | undefined;
  /**
   * Whether the model judges if the user has said all, and stays silent while he
   * has not; set by an `LLMUserAggregator`.
   */
  readonly filterIncompleteUserTurns?: boolean | undefined;
  /** How it judges, and how long it then waits. */
  readonly userTurnCompletionConfig?: UserTurnCompletionConfig | undefined;
}

/** What every LLM service can be given. */
export interface LLMServiceOptions<S extends LLMSettings = LLMSettings>
  extends AIServiceOptions<S> {
  /**
   * Milliseconds without anything from the model after which an answer counts
   * as stalled and is given up.
   *
   * @default {30000}
   */
  readonly stallTimeoutMs?: number | undefined;
  /**
   * Milliseconds for which the model is waited for in one answer, all waits
   * together: one that trickles for ever is given up then. What the voice takes
   * to speak does not count.
   *
   * @default {120000}
   */
  readonly answerTimeoutMs?: number | undefined;
}

/** Events of every LLM service. */
export interface LLMServiceEvents extends ProcessorEvents {
  /** The model asked for calls, which are about to run. */
  readonly functionCallsStarted: readonly [functionCalls: readonly FunctionCallFromLLM[]];
  /** Calls were cancelled. */
  readonly functionCallsCancelled: readonly [functionCalls: readonly FunctionCallFromLLM[]];
  /** An answer stalled, or took too long, and was given up. */
  readonly completionTimeout: readonly [];
}

/** What a model is asked. */
export interface LLMRequest<S extends LLMSettings = LLMSettings> {
  /** The conversation and the tools, as they stand. */
  readonly context: LLMContextSnapshot;
  /** The settings in force. */
  readonly settings: S;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * A language model: answers the context, and has functions called.
 *
 * A service of its own asks its model in {@linkcode LLMService.generate}; the
 * rest, from frames to function calls and timeouts, stands here.
 *
 * @example
 * ```ts
 * import { type LLMEvent, LLMService } from "@parley/sdk/services/llm";
 * class Yes extends LLMService {
 *   async *generate(): AsyncIterable<LLMEvent> {
 *     yield { type: "text", text: "Yes." };
 *   }
 * }
 * console.log(new Yes({}, {}).role); // "llm"
 * ```
 */
export abstract class LLMService<S extends LLMSettings = LLMSettings>
  extends AIService<S, LLMServiceEvents> {
  readonly #stallTimeoutMs: number;
  readonly #answerTimeoutMs: number;
  readonly #calls: FunctionCallRunner;
  readonly #turns: TurnCompletion;
  #skipTts = false;

  /** Makes a service; nothing is asked until a context comes. */
  constructor(options: LLMServiceOptions<S>, defaults: S) {
    super(options, defaults);
    this.#stallTimeoutMs = options.stallTimeoutMs ?? 30_000;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 120_000;
    this.#calls = new FunctionCallRunner({
      name: this.name,
      llm: this,
      clock: () => this.clock,
      log: () => this.log,
      appResources: () => this.env.appResources,
      scope: () => this.lasting,
      started: (calls) => this.emit("functionCallsStarted", calls),
      cancelled: (calls) => this.emit("functionCallsCancelled", calls),
    });
    this.#turns = new TurnCompletion({
      name: this.name,
      clock: () => this.clock,
      log: () => this.log,
      prompt: (content) => {
        const messages = [{ role: "developer", content }] as const;
        void this.lasting.push(new LLMMessagesAppendFrame(messages, { runLlm: true }), "upstream");
      },
    });
    this.#followUser();
    this.handle<LLMContextFrame>(
      LLMContextFrame,
      (frame, context) => this.#answer(frame.context, context),
    );
    this.handle(LLMConfigureOutputFrame, (frame) => {
      this.#skipTts = frame.skipTts;
    });
    this.handle(LLMUpdateSettingsFrame, (frame, context) => {
      if (!this.updateSettings(frame)) return context.forward();
    });
    this.handle(LLMContextSummaryRequestFrame, (frame) => {
      this.spawn("summarize", (signal) => this.#summarize(frame, signal));
    });
    this.handle(InterruptionFrame, () => {
      this.#turns.interrupted();
      this.#calls.interrupt();
    });
    this.onInterruption(() => this.metrics.cancel());
  }

  /** Always `"llm"`. */
  override get role(): ProcessorRole {
    return "llm";
  }

  /**
   * Has `handler` run the calls of a function that the context's tools name
   * without a handler of its own.
   */
  registerFunction(name: string, handler: FunctionCallHandler, options: ToolOptions = {}): void {
    this.#calls.register(name, handler, options);
  }

  /** Takes back what {@linkcode LLMService.registerFunction} did. */
  unregisterFunction(name: string): void {
    this.#calls.unregister(name);
  }

  /** Whether a function of that name is registered. */
  hasFunction(name: string): boolean {
    return this.#calls.has(name);
  }

  /**
   * Has the model answer a context outside of the pipeline, at once and with
   * nothing called: gives what it writes, or nothing where that is no text.
   *
   * @throws {TimeoutError} If the answer stalls, or takes too long.
   * @throws {Error} What the provider says, and the reason of an aborted signal.
   */
  async runInference(
    context: LLMContext,
    options: InferenceOptions = {},
  ): Promise<string | undefined> {
    const { signal = this.lifeSignal } = options;
    const { tools, ...snapshot } = context.snapshot();
    const request: Omit<LLMRequest<S>, "signal"> = {
      // Past calls make no sense without the tools, and nobody would run another.
      context: { ...snapshot, tools, toolChoice: tools && "none" },
      settings: this.inferenceSettings(options),
    };
    let text = "";
    for await (const event of this.#ask(request, signal)) {
      if (event.type === "text") text += event.text;
      else if (event.type === "usage") this.metrics.tokens(event.usage);
    }
    return text === "" ? undefined : text;
  }

  /** The settings of an answer outside of the pipeline. */
  protected inferenceSettings(options: InferenceOptions): S {
    const { maxTokens, systemInstruction } = options;
    return {
      ...this.settings,
      ...maxTokens !== undefined && { maxTokens },
      ...systemInstruction !== undefined && { systemInstruction },
    };
  }

  /** Asks the model, and gives its answer as it comes. */
  protected abstract generate(request: LLMRequest<S>): AsyncIterable<LLMEvent>;

  /** Stops whatever still runs. */
  protected override onClose(): void {
    this.#turns.close();
    this.#calls.close();
  }

  /** Whoever speaks, or has left, need not be encouraged to go on. */
  #followUser(): void {
    const on = (frameClass: FrameClass, then: () => void) => {
      this.handle<Frame>(frameClass, (_frame, context) => {
        then();
        return context.forward();
      });
    };
    on(UserStartedSpeakingFrame, () => this.#turns.userSpeaks());
    on(UserStoppedSpeakingFrame, () => this.#turns.userStops());
    on(VADUserStartedSpeakingFrame, () => this.#turns.voice(true));
    on(VADUserStoppedSpeakingFrame, () => this.#turns.voice(false));
    on(EndFrame, () => this.#turns.close());
    on(StopFrame, () => this.#turns.close());
  }

  async #summarize(request: LLMContextSummaryRequestFrame, signal: AbortSignal): Promise<void> {
    const result = await writeSummary(request, { llm: this, clock: this.clock, signal });
    // The half of the conversation that stands before takes it at once, the other as it comes by.
    await this.lasting.broadcast(() => new LLMContextSummaryResultFrame(result));
  }

  async #answer(context: LLMContext, frame: FrameContext): Promise<void> {
    const skipTts = this.#skipTts;
    const { filterIncompleteUserTurns, userTurnCompletionConfig } = this.settings;
    const judged = filterIncompleteUserTurns
      ? this.#turns.answer(userTurnCompletionConfig)
      : undefined;
    await frame.push(new LLMFullResponseStartFrame({ skipTts }));
    const calls = await this.#follow(context, { frame, skipTts, judged });
    // An interruption makes the calls it asked for stale, and fences off what is pushed.
    if (frame.signal.aborted) return;
    this.#calls.run(calls, context);
    await frame.push(new LLMFullResponseEndFrame({ skipTts }));
  }

  /** Has the model answer; gives the calls it asked for, none unless it came to its end. */
  async #follow(context: LLMContext, to: AnswerTarget): Promise<readonly ToolCallRequest[]> {
    const { signal } = to.frame;
    const collector = new ToolCallCollector();
    const request = this.#question(context, to.judged);
    this.metrics.startProcessing();
    this.metrics.startTtfb();
    try {
      for await (const event of this.#ask(request, signal)) {
        if (signal.aborted) return [];
        this.#measure(event);
        if (event.type === "toolCall") collector.add(event);
        else await this.#pass(event, to);
      }
      await this.#say(to.judged?.end() ?? "", to);
    } catch (error) {
      if (signal.aborted) return [];
      this.metrics.cancel();
      this.#failed(error);
      return [];
    }
    this.metrics.stopProcessing();
    // What half a sentence seems to ask for is not done.
    return to.judged?.withheld ? [] : collector.calls;
  }

  /** Asks the model; neither a stall nor an answer without an end is waited for. */
  async *#ask(
    request: Omit<LLMRequest<S>, "signal">,
    signal: AbortSignal,
  ): AsyncIterable<LLMEvent> {
    const stallTimeoutMs = this.#stallTimeoutMs;
    const timeoutMs = this.#answerTimeoutMs;
    using limit = new AnswerLimit(this.clock, { timeoutMs, stallTimeoutMs, signal });
    using guard = new StallGuard(this.clock, { timeoutMs: stallTimeoutMs, signal: limit.signal });
    yield* limit.watch(guard.watch(this.generate({ ...request, signal: guard.signal })));
  }

  #question(context: LLMContext, judged: JudgedAnswer | undefined): Omit<LLMRequest<S>, "signal"> {
    const snapshot = context.snapshot();
    if (!judged) return { context: snapshot, settings: this.settings };
    const { instructions } = judged;
    const { systemInstruction } = this.settings;
    const told = instructed(snapshot, { systemInstruction, instructions });
    const settings = { ...this.settings, systemInstruction: told.systemInstruction };
    return { context: told.context, settings };
  }

  /** What only acknowledges the request is no part of an answer, and thoughts are not the answer. */
  #measure(event: LLMEvent): void {
    if (event.type === "usage" || event.type === "text" && event.text === "") return;
    if (event.type === "text" || event.type === "toolCall") this.metrics.stopTtfat();
    else this.metrics.stopTtfb();
  }

  #pass(event: Exclude<LLMEvent, { type: "toolCall" }>, to: AnswerTarget): void | Promise<void> {
    if (event.type === "usage") return this.metrics.tokens(event.usage);
    if (!to.judged) return this.#say(event.text, to);
    const { marker, text } = to.judged.take(event.text);
    if (!marker) return this.#say(text, to);
    const appendToContextImmediately = to.judged.withheld;
    void to.frame.push(new LLMMarkerFrame(marker, { appendToContextImmediately }));
    return this.#say(text, to);
  }

  #say(text: string, { frame, skipTts }: AnswerTarget): void | Promise<void> {
    if (text !== "") return frame.push(new LLMTextFrame(text, { skipTts }));
  }

  #failed(error: unknown): void {
    if (error instanceof TimeoutError) this.emit("completionTimeout");
    this.reportFailure("get an answer", error);
  }
}

/** Where an answer goes. */
interface AnswerTarget {
  readonly frame: FrameContext;
  readonly skipTts: boolean;
  /** Where the model judges the user's turn. */
  readonly judged: JudgedAnswer | undefined;
}
