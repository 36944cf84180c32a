import { type LLMContext, LLMContextFrame } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  type FrameClass,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  HeardTextFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TranscriptionFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
} from "../frames/mod.ts";
import { FirstSight } from "../observers/_first_sight.ts";
import { FrameTable } from "../observers/_frame_table.ts";
import { BaseObserver, type FramePushed } from "../observers/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";

/** What the caller did. */
export interface CallerAct {
  readonly what: "says" | "types" | "hangs up";
  readonly text: string;
  readonly atMs: number;
}

/** What the bot says in one go, as it is heard. */
export interface BotAnswer {
  readonly contextId: string | undefined;
  /** When its first sound was heard. */
  readonly atMs: number;
  /** What was heard of it so far. */
  text: string;
  /** When it was over, if it is. */
  endMs: number | undefined;
  /** Whether it was interrupted. */
  cut: boolean;
  /** Whether the voice has no more of it. */
  spoken: boolean;
}

/** What the model wrote in one go. */
export interface WrittenAnswer {
  readonly atMs: number;
  text: string;
  endMs: number | undefined;
  cut: boolean;
}

/** A function that the model called. */
export interface CalledTool {
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
  readonly atMs: number;
  /** What it gave, once it has; its last result counts. */
  result: { readonly value: unknown; readonly atMs: number } | undefined;
  cancelled: boolean;
}

/** What was understood of the caller, and what went wrong. */
export interface Remark {
  readonly text: string;
  readonly atMs: number;
}

/** Follows a call: what is said, called and understood, and when, in milliseconds from its beginning. */
export class CallLog extends BaseObserver {
  readonly acts: CallerAct[] = [];
  readonly answers: BotAnswer[] = [];
  readonly written: WrittenAnswer[] = [];
  readonly tools: CalledTool[] = [];
  readonly understood: Remark[] = [];
  readonly problems: Remark[] = [];
  /** When the bot was interrupted. */
  readonly interruptions: number[] = [];
  /** The conversation as the model is told of it, once it was asked. */
  context: LLMContext | undefined;
  /** When the call was over, if it is. */
  endMs: number | undefined;
  readonly #changed: () => void;
  readonly #first: FirstSight = new FirstSight();
  readonly #table: FrameTable<[atMs: number]> = new FrameTable();
  #beganAt = 0;
  #speaking = false;
  /** The utterance whose sound comes next. */
  #upcoming: { readonly contextId: string | undefined } | undefined;
  /** When a sound began of which it is not known yet whose it is. */
  #soundMs: number | undefined;

  constructor(changed: () => void) {
    super();
    this.#changed = changed;
    this.#followBot();
    this.#followModel();
    this.#followTools();
    this.#on(TranscriptionFrame, ({ text }, atMs) => this.understood.push({ text, atMs }));
  }

  /** Times count from now, in milliseconds of the clock. */
  begin(atMs: number): void {
    this.#beganAt = atMs;
  }

  /** Milliseconds from the beginning of the call to a moment of the clock. */
  timeOf(clockMs: number): number {
    return clockMs - this.#beganAt;
  }

  /** Notes what the caller does. */
  act(act: CallerAct): void {
    this.acts.push(act);
  }

  /** Notes what went wrong. */
  problem(text: string, clockMs: number): void {
    this.problems.push({ text, atMs: this.timeOf(clockMs) });
    this.#changed();
  }

  /** It is over. */
  end(clockMs: number): void {
    this.endMs ??= this.timeOf(clockMs);
    for (const answer of this.answers) this.#close(answer, this.endMs);
    this.#changed();
  }

  override onPushFrame({ frame, source, timestamp }: FramePushed): void {
    const atMs = timestamp / 1e6 - this.#beganAt;
    const isOutput = source instanceof FrameProcessor && source.role === "output";
    if (isOutput && frame instanceof TTSStartedFrame) this.#utterance(frame.contextId, atMs);
    else if (isOutput && frame instanceof TTSStoppedFrame) this.#spoken(frame.contextId, atMs);
    const action = this.#table.find(frame);
    if (!action || !this.#first.isFirst(frame)) return;
    action(frame, atMs);
    this.#changed();
  }

  #on<F extends Frame>(frameClass: FrameClass<F>, action: (frame: F, atMs: number) => void): void {
    this.#table.on(frameClass, action);
  }

  #followBot(): void {
    this.#on(BotStartedSpeakingFrame, (_frame, atMs) => {
      this.#speaking = true;
      if (this.#upcoming) this.#begin(this.#upcoming.contextId, atMs);
      else if (this.answers.every(({ endMs }) => endMs !== undefined)) this.#soundMs = atMs;
    });
    this.#on(BotStoppedSpeakingFrame, (_frame, atMs) => {
      this.#speaking = false;
      this.#settle(atMs);
    });
    this.#on(HeardTextFrame, ({ text, contextId }, atMs) => {
      const isIts = (each: BotAnswer) =>
        each.contextId === contextId && (contextId !== undefined || each.endMs === undefined);
      const answer = this.answers.findLast(isIts) ?? this.#begin(contextId, atMs);
      answer.text += text;
    });
    this.#on(InterruptionFrame, (_frame, atMs) => {
      this.interruptions.push(atMs);
      this.#upcoming = this.#soundMs = undefined;
      for (const answer of this.answers) this.#close(answer, atMs, { cut: true });
      const writing = this.written.at(-1);
      if (writing && writing.endMs === undefined) {
        writing.endMs = atMs;
        writing.cut = true;
      }
    });
  }

  #followModel(): void {
    this.#on(LLMContextFrame, ({ context }) => {
      this.context = context;
    });
    this.#on(LLMFullResponseStartFrame, (_frame, atMs) => {
      this.written.push({ atMs, text: "", endMs: undefined, cut: false });
    });
    this.#on(LLMTextFrame, ({ text }) => {
      const writing = this.written.at(-1);
      if (writing) writing.text += text;
    });
    this.#on(LLMFullResponseEndFrame, (_frame, atMs) => {
      const writing = this.written.at(-1);
      if (writing) writing.endMs ??= atMs;
    });
  }

  #followTools(): void {
    this.#on(FunctionCallInProgressFrame, (frame, atMs) => {
      const { toolCallId: id, functionName: name } = frame;
      const tool = { id, name, arguments: frame.arguments, atMs };
      this.tools.push({ ...tool, result: undefined, cancelled: false });
    });
    this.#on(FunctionCallResultFrame, ({ toolCallId, result: value }, atMs) => {
      const tool = this.tools.findLast(({ id }) => id === toolCallId);
      if (tool) tool.result = { value, atMs };
    });
    this.#on(FunctionCallCancelFrame, ({ toolCallId }) => {
      const tool = this.tools.findLast(({ id }) => id === toolCallId);
      if (tool) tool.cancelled = true;
    });
  }

  /** Sound of an utterance comes next; where the bot speaks already, it comes now. */
  #utterance(contextId: string | undefined, atMs: number): void {
    this.#upcoming = { contextId };
    if (this.#speaking) this.#begin(contextId, atMs);
  }

  #spoken(contextId: string | undefined, atMs: number): void {
    const answer = this.answers.findLast((each) => each.contextId === contextId);
    if (answer) answer.spoken = true;
    if (!this.#speaking) this.#settle(atMs);
    this.#changed();
  }

  #begin(contextId: string | undefined, atMs: number): BotAnswer {
    this.#settle(atMs);
    const spoken = contextId === undefined;
    const answer = {
      contextId,
      atMs: this.#soundMs ?? atMs,
      text: "",
      endMs: undefined,
      cut: false,
      spoken,
    };
    this.#upcoming = this.#soundMs = undefined;
    this.answers.push(answer);
    this.#changed();
    return answer;
  }

  /** What the voice has no more of is over when something else is heard, or nothing. */
  #settle(atMs: number): void {
    for (const answer of this.answers) if (answer.spoken) this.#close(answer, atMs);
  }

  #close(answer: BotAnswer, atMs: number, options: { readonly cut?: boolean } = {}): void {
    if (answer.endMs !== undefined) return;
    answer.endMs = atMs;
    answer.cut = options.cut ?? false;
  }
}
