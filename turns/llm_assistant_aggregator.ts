import {
  type LLMAutoContextSummarizationConfig,
  type LLMContext,
  LLMContextAssistantTimestampFrame,
  LLMContextAssistantTurnFrame,
  LLMContextFrame,
  type LLMContextMessage,
  LLMContextSummarizer,
  type SummaryAppliedEvent,
} from "../context/mod.ts";
import {
  AggregatedTextFrame,
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  HeardTextFrame,
  InputTextRawFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMThoughtEndFrame,
  LLMThoughtStartFrame,
  LLMThoughtTextFrame,
  StopFrame,
  TextFrame,
  TranscriptionFrame,
  TranslationFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { FrameContext, ProcessorEvents, ProcessorRole } from "../processors/mod.ts";
import { conversationOf, enterConversation, partnerOf } from "./_conversation.ts";
import { LLMMarkerFrame } from "./frames.ts";
import { type CallFrame, FunctionCallRecords } from "./_function_calls.ts";
import { LLMContextAggregator, type LLMContextAggregatorParams } from "./llm_context_aggregator.ts";
import { SpokenTurn, type SpokenTurnKind } from "./_spoken_turn.ts";
import { UnheardAnswer } from "./_unheard_answer.ts";

/** Texts of the user, of which the bot said none. */
const USERS = [TranscriptionFrame, InterimTranscriptionFrame, TranslationFrame, InputTextRawFrame];

/** What an {@linkcode LLMAssistantAggregator} can be given. */
export interface LLMAssistantAggregatorParams extends LLMContextAggregatorParams {
  /** Whether the context is summarized when it becomes too long. @default {false} */
  readonly enableAutoContextSummarization?: boolean | undefined;
  /** When that is, and how a context is summarized, also by `LLMSummarizeContextFrame`. */
  readonly autoContextSummarizationConfig?: LLMAutoContextSummarizationConfig | undefined;
}

/** What the bot said in a turn that is over. */
export interface AssistantTurnStoppedMessage {
  /** What was heard, or shown where nothing is spoken. */
  readonly content: string;
  /** Whether it was interrupted. */
  readonly interrupted: boolean;
  /** When the turn began, as an ISO 8601 date. */
  readonly timestamp: string;
}

/** What the model thought aloud. */
export interface AssistantThoughtMessage {
  /** The thought. */
  readonly content: string;
  /** When it began, as an ISO 8601 date. */
  readonly timestamp: string;
}

/** Events of an {@linkcode LLMAssistantAggregator}. */
export interface LLMAssistantAggregatorEvents extends ProcessorEvents {
  /** The bot begins to answer, or to say something of its own accord. */
  readonly assistantTurnStarted: readonly [];
  /** The bot has said it, or was interrupted. */
  readonly assistantTurnStopped: readonly [message: AssistantTurnStoppedMessage];
  /** The model has ended a thought. */
  readonly assistantThought: readonly [message: AssistantThoughtMessage];
  /** A summary stands in the place of older messages. */
  readonly summaryApplied: readonly [
    summarizer: LLMContextSummarizer,
    event: SummaryAppliedEvent,
  ];
}

/** A thought under way. */
interface Thought {
  readonly llm: string | undefined;
  readonly timestamp: string;
  text: string;
}

/** Utterances that words may still come for after they are over. */
const REMEMBERED = 64;

/**
 * The bot's half of a conversation: writes into the context what was heard, and
 * nothing else, records function calls with their results, and has the model
 * go on when results are there. Stands at the end, behind the output transport.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { LLMAssistantAggregator } from "@parley/sdk/turns";
 * await using assistant = new LLMAssistantAggregator(new LLMContext());
 * assistant.on("assistantTurnStopped", ({ content, interrupted }) => {
 *   console.log(interrupted ? `${content} …` : content);
 * });
 * ```
 */
export class LLMAssistantAggregator extends LLMContextAggregator<LLMAssistantAggregatorEvents> {
  /** Shortens the context. */
  readonly summarizer: LLMContextSummarizer;
  readonly #calls: FunctionCallRecords;
  readonly #unheard: UnheardAnswer;
  readonly #byContextId: Map<string, SpokenTurn> = new Map();
  #open: SpokenTurn | undefined;
  #interrupted: SpokenTurn | undefined;
  #early: LLMContextMessage | undefined;
  #botSpeaking = false;
  #thought: Thought | undefined;

  /**
   * Makes the half; give the same context to the user's.
   *
   * @throws {TypeError | RangeError} If the context cannot be summarized in that way.
   */
  constructor(context: LLMContext, params: LLMAssistantAggregatorParams = {}) {
    super(context, { ...params, toModel: "upstream" });
    const { gate } = conversationOf(this);
    gate.askModel = () => this.askModel();
    this.#calls = new FunctionCallRecords({
      context,
      log: () => this.log,
      recorded: (first) => this.#recorded(first),
      run: () => gate.owe(),
      cancelled: () => this.#unheard.callCancelled(),
      asked: () => this.#unheard.current,
      kept: (asked) => this.#unheard.kept(asked),
    });
    this.#unheard = new UnheardAnswer({ context, callsOpen: () => this.#calls.open });
    this.summarizer = this.#makeSummarizer(params);
    enterConversation(this, {
      gate,
      calls: this.#calls,
      summarizer: this.summarizer,
      unheard: this.#unheard,
    });
    this.#handleText();
    this.#handleAnswers();
    this.#handleThoughts();
    this.#handleCalls();
    this.#handleSpeaking();
    this.#handleEnds();
    this.lifeSignal.addEventListener("abort", () => this.#finish(true), { once: true });
  }

  /** Always `"assistant-context"`. */
  override get role(): ProcessorRole {
    return "assistant-context";
  }

  /** The user's half, if the two were made as a pair. */
  override get partner(): { readonly name: string } | undefined {
    return partnerOf(this);
  }

  /** Whether any function is being called. */
  get hasFunctionCallsInProgress(): boolean {
    return this.#calls.open;
  }

  #makeSummarizer(params: LLMAssistantAggregatorParams): LLMContextSummarizer {
    const summarizer = new LLMContextSummarizer(this.context, {
      config: params.autoContextSummarizationConfig,
      autoTrigger: params.enableAutoContextSummarization ?? false,
      clock: () => this.clock,
      log: () => this.log,
      held: () => this.#calls.open,
    });
    return summarizer
      .on("requestSummarization", (request) => void this.out.push(request, "upstream"))
      .on("summaryApplied", (event) => this.emit("summaryApplied", summarizer, event));
  }

  #handleText(): void {
    this.handle(TextFrame, (frame) => this.#take(frame));
    this.handle(TTSTextFrame, (frame) => this.#take(frame));
    this.handle(HeardTextFrame, (frame, context) => {
      this.#take(frame);
      return context.forward();
    });
    this.handle(AggregatedTextFrame, (frame, context) => {
      // What is going to be spoken counts when it is heard.
      if (!frame.willBeSpoken) this.#take(frame);
      return context.forward();
    });
    for (const users of USERS) {
      this.handle<Frame>(users, (_frame, context) => context.forward());
    }
  }

  #handleAnswers(): void {
    const { gate } = conversationOf(this);
    this.handle(LLMFullResponseStartFrame, () => {
      this.#unheard.begun(this.#begin("answer"));
      if (this.#early) this.#open?.standBefore(this.#early);
      this.#early = undefined;
      gate.busy("answer", true);
      // The model has read the context as it is: while it is heard, there is time.
      this.summarizer.check();
    });
    this.handle(LLMMarkerFrame, ({ marker, appendToContextImmediately }) => {
      if (appendToContextImmediately) this.#write(marker);
      else this.#open?.mark(marker);
    });
    this.handle(LLMFullResponseEndFrame, () => {
      if (this.#open?.kind === "answer") this.#end(false);
      this.#unheard.ended();
      gate.answered();
      gate.busy("answer", false);
    });
    this.handle(TTSStartedFrame, ({ contextId, appendToContext }, context) => {
      if (!this.#open && appendToContext) this.#begin("utterance");
      if (this.#open && appendToContext) {
        this.#bind(contextId, this.#open);
        this.#open.voiced = true;
      }
      return context.forward();
    });
    this.handle(TTSStoppedFrame, ({ contextId }, context) => {
      const turn = contextId === undefined ? this.#open : this.#byContextId.get(contextId);
      if (turn && turn === this.#open && turn.kind !== "answer") this.#end(false);
      return context.forward();
    });
  }

  #handleThoughts(): void {
    this.handle(LLMThoughtStartFrame, ({ appendToContext, llm }) => {
      const timestamp = this.clock.date().toISOString();
      this.#thought = { llm: appendToContext ? llm : undefined, timestamp, text: "" };
    });
    this.handle(LLMThoughtTextFrame, ({ text, includesInterFrameSpaces }) => {
      const thought = this.#thought;
      if (!thought) return;
      const space = includesInterFrameSpaces || thought.text === "" ? "" : " ";
      thought.text += space + text;
    });
    this.handle(LLMThoughtEndFrame, ({ signature }) => {
      if (!this.#thought) return;
      const { llm, text, timestamp } = this.#thought;
      this.#thought = undefined;
      if (llm !== undefined) {
        this.context.addMessage({ llm, message: { type: "thought", text, signature } });
      }
      this.emit("assistantThought", { content: text, timestamp });
    });
  }

  #handleCalls(): void {
    const frames = [
      FunctionCallsStartedFrame,
      FunctionCallInProgressFrame,
      FunctionCallResultFrame,
      FunctionCallCancelFrame,
    ];
    for (const frameClass of frames) {
      this.handle<CallFrame>(frameClass, (frame) => {
        this.#calls.handle(frame);
        // A summary may have waited for the end of a call.
        this.summarizer.check();
      });
    }
  }

  #handleSpeaking(): void {
    const { gate } = conversationOf(this);
    const sounds = () => this.#unheard.sounds(this.#open, this.clock.now());
    const bot = (speaking: boolean) => (_frame: Frame, context: FrameContext) => {
      this.#botSpeaking = speaking;
      if (speaking) sounds();
      void context.forward();
      gate.busy("bot", speaking);
    };
    this.handle(BotStartedSpeakingFrame, bot(true));
    this.handle(BotStoppedSpeakingFrame, bot(false));
    this.handle(BotSpeakingFrame, (_frame, context) => {
      sounds();
      return context.forward();
    });
    const user = (speaking: boolean) => (_frame: Frame, context: FrameContext) => {
      void context.forward();
      // The user's half knows better: it asks the model before it says that the user is done.
      if (!this.partner) gate.busy("user", speaking);
    };
    this.handle(UserStartedSpeakingFrame, user(true));
    this.handle(UserStoppedSpeakingFrame, user(false));
  }

  #handleEnds(): void {
    const { gate } = conversationOf(this);
    this.handle(InterruptionFrame, () => {
      this.#early = this.#thought = undefined;
      this.#botSpeaking = false;
      this.#interrupted = this.#end(true) ?? this.#interrupted;
      gate.interrupted();
    });
    for (const last of [EndFrame, StopFrame]) {
      this.handle<Frame>(last, () => this.#finish(false));
    }
  }

  /** Brings what is under way to its end, because the session ends. */
  #finish(interrupted: boolean): void {
    this.#end(interrupted);
    this.#calls.endAll();
    this.summarizer.close();
    this.#unheard.close();
    conversationOf(this).gate.close();
  }

  /** Takes a text that was heard, or shown. */
  #take(frame: TextFrame): void {
    if (!frame.appendToContext) return;
    const contextId = frame instanceof AggregatedTextFrame ? frame.contextId : undefined;
    const known = contextId === undefined ? undefined : this.#byContextId.get(contextId);
    // A word that was on its way when the bot was interrupted belongs to what was interrupted.
    const turn = known ?? this.#open ?? (contextId === undefined ? this.#interrupted : undefined) ??
      this.#begin("loose");
    this.#bind(contextId, turn);
    turn.add(frame);
    this.#unheard.heard(turn);
  }

  #begin(kind: SpokenTurnKind): SpokenTurn {
    this.#end(false);
    this.#interrupted = undefined;
    const timestamp = this.clock.date().toISOString();
    this.#open = new SpokenTurn(this.context, { kind, timestamp });
    this.emit("assistantTurnStarted");
    return this.#open;
  }

  #bind(contextId: string | undefined, turn: SpokenTurn): void {
    if (contextId === undefined || this.#byContextId.has(contextId)) return;
    this.#byContextId.set(contextId, turn);
    for (const oldest of this.#byContextId.keys()) {
      if (this.#byContextId.size <= REMEMBERED) return;
      this.#byContextId.delete(oldest);
    }
  }

  /** Ends the turn that is open, if any, and says so. */
  #end(interrupted: boolean): SpokenTurn | undefined {
    const turn = this.#open;
    if (!turn) return undefined;
    this.#open = undefined;
    const { content, timestamp } = turn;
    if (content !== "") {
      this.#announce();
      void this.out.broadcast(() => new LLMContextAssistantTurnFrame(content, { timestamp }));
    }
    this.emit("assistantTurnStopped", { content, interrupted, timestamp });
    return turn;
  }

  /** Writes something into the context that nobody heard. */
  #write(content: string): void {
    this.context.addMessage({ role: "assistant", content });
    this.#announce();
  }

  /** Tells those behind that the context holds more of the bot. */
  #announce(): void {
    void this.out.push(new LLMContextFrame(this.context));
    void this.out.push(new LLMContextAssistantTimestampFrame(this.clock.date().toISOString()));
  }

  /**
   * Calls were written down. What the answer that asked for them says, though
   * it is heard later, stands before them.
   */
  #recorded(first: LLMContextMessage): void {
    if (this.#open?.kind === "answer") this.#open.standBefore(first);
    else if (this.#botSpeaking) this.#early ??= first;
  }
}
