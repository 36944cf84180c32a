import { isLLMSpecificMessage, LLMMessagesAppendFrame, textOf } from "../context/mod.ts";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  type FrameClass,
  FunctionCallCancelFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMRunFrame,
  LLMTextFrame,
  TranscriptionFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSTextFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { Answer, type OpenTurn } from "./_answer.ts";
import { isOf } from "./_endpoints.ts";
import { FrameWatch } from "./_frame_watch.ts";

/**
 * Where the time of one turn went. Times count from the end of the user's
 * speech, from when the text was typed, or from when the bot had something to
 * say by itself.
 */
export interface TurnLatency {
  /** Number of the turn within the session. */
  readonly turn: number;
  /** Whether it answers speech, typed text, or is the bot's own. */
  readonly source: "speech" | "text" | "bot";
  /** What the user said or typed. */
  readonly userText: string;
  /** When it began to count, in milliseconds of the clock. */
  readonly startedAt: number;
  /** Milliseconds until it was certain that the voice had ended. */
  readonly vadStopMs: number | undefined;
  /** Milliseconds to the last transcript before the model ran. */
  readonly transcriptMs: number | undefined;
  /** Milliseconds to the end of the turn: from then on the model may run. */
  readonly turnEndMs: number | undefined;
  /** Milliseconds to the model's first text. */
  readonly firstTokenMs: number | undefined;
  /** Milliseconds to the first piece that is whole enough to be spoken. */
  readonly firstSentenceMs: number | undefined;
  /** Milliseconds to the first audio that the voice gives. */
  readonly firstSpeechMs: number | undefined;
  /** Milliseconds to the first audio that is heard. */
  readonly firstAudioMs: number | undefined;
  /** Milliseconds that functions took which the model called, if it did. */
  readonly toolMs: number | undefined;
  /** Whether the answer was cut by an interruption. */
  readonly interrupted: boolean;
}

/** What happens once in an answer. */
type Milestone = "firstTokenMs" | "firstSentenceMs" | "firstSpeechMs" | "firstAudioMs";

/** Turns that are kept. */
const KEPT = 1_000;
/** Transcripts that one turn may have. */
const TEXTS = 256;
/** Utterances that may be on their way to be heard. */
const UTTERANCES = 64;
/** Milliseconds of nothing after which no more of an answer is expected. */
const ABANDONED_MS = 10_000;

/**
 * Measures each turn, from the end of the user's speech to the first audio that
 * is heard, with what lies between: the end of the voice noticed, the
 * transcript, the end of the turn, the first token, sentence and speech.
 *
 * @example
 * ```ts
 * import { TurnLatencyObserver } from "@parley/sdk/observers";
 * const observer = new TurnLatencyObserver((turn) => console.log(turn.firstAudioMs));
 * console.log(observer.turns.length); // 0
 * ```
 */
export class TurnLatencyObserver extends BaseObserver {
  readonly #changed: (turn: TurnLatency) => void;
  readonly #frames: FrameWatch = new FrameWatch();
  readonly #turns: OpenTurn[] = [];
  #count = 0;
  #speechEndedAt: number | undefined;
  #vadStoppedAt: number | undefined;
  #inTurn = false;
  #heard: string[] = [];
  #heardAt = 0;
  /** The newest turn. */
  #open: Answer | undefined;
  /** When something last happened to an answer. */
  #activeAt = 0;
  /** Whose answer is being written. */
  #writing: Answer | undefined;
  /** Whose audio is heard. */
  #speaking: Answer | undefined;
  /** Whose audio comes next. */
  #upcoming: Answer | undefined;
  /** Utterances that have not begun to be heard. */
  readonly #utterances: Map<string, Answer> = new Map();
  /** Utterances of which there is no audio yet. */
  readonly #silent: Map<string, Answer> = new Map();

  /** Makes an observer that calls `changed` whenever more of a turn is known. */
  constructor(changed: (turn: TurnLatency) => void = () => {}) {
    super();
    this.#changed = changed;
    this.#followUser();
    this.#followModel();
    this.#followBot();
  }

  /** The turns so far, of a long session the last thousand. */
  get turns(): readonly TurnLatency[] {
    return this.#turns.map((turn) => ({ ...turn }));
  }

  /** Sees a frame; the first time counts. */
  override onPushFrame(data: FramePushed): void {
    const { frame, timestamp } = data;
    if (frame instanceof TTSAudioRawFrame) this.#voiced(frame, timestamp / 1e6);
    else if (this.#frames.see(data) && frame instanceof TTSStartedFrame) {
      if (isOf(data.source, "output")) this.#utteranceBegins(frame, timestamp / 1e6);
    }
  }

  #on<F extends Frame>(frameClass: FrameClass<F>, action: (frame: F, at: number) => void): void {
    this.#frames.on(frameClass, action);
  }

  #onAnswer<F extends Frame>(
    frameClass: FrameClass<F>,
    action: (frame: F, at: number) => void,
  ): void {
    this.#on(frameClass, (frame, at) => {
      action(frame, at);
      this.#activeAt = at;
    });
  }

  #followUser(): void {
    this.#on(VADUserStartedSpeakingFrame, () => {
      this.#speechEndedAt = this.#vadStoppedAt = undefined;
      // What was heard outside a turn made none.
      if (!this.#inTurn) this.#heard = [];
    });
    this.#on(VADUserStoppedSpeakingFrame, ({ stopSecs }, at) => {
      this.#vadStoppedAt = at;
      this.#speechEndedAt = at - stopSecs * 1000;
    });
    this.#on(TranscriptionFrame, ({ text }, at) => {
      this.#heard.push(text);
      if (this.#heard.length > TEXTS) this.#heard.shift();
      this.#heardAt = at;
    });
    // A turn may be started by its transcript: what was heard before belongs to it.
    this.#on(UserStartedSpeakingFrame, () => void (this.#inTurn = true));
    this.#on(UserStoppedSpeakingFrame, (_frame, at) => this.#turnEnded(at));
    this.#on(LLMMessagesAppendFrame, (frame, at) => this.#appended(frame, at));
  }

  /** The turn's speech ended when the voice did; where no VAD said so, when the text came. */
  #turnEnded(at: number): void {
    this.#inTurn = false;
    const heard = this.#heard.splice(0);
    if (heard.length === 0) return;
    const startedAt = this.#speechEndedAt ?? this.#heardAt;
    const { turn } = this.#begin("speech", startedAt, heard.join(" "));
    if (this.#vadStoppedAt !== undefined) turn.vadStopMs = this.#vadStoppedAt - startedAt;
    turn.transcriptMs = Math.max(0, this.#heardAt - startedAt);
    turn.turnEndMs = at - startedAt;
    this.#tell(turn);
  }

  #appended({ messages, runLlm }: LLMMessagesAppendFrame, at: number): void {
    const message = messages.at(-1);
    if (runLlm !== true || !message) return;
    const typed = !isLLMSpecificMessage(message) && message.role === "user";
    if (typed) this.#tell(this.#begin("text", at, textOf(message)).turn);
    else this.#begin("bot", at, "");
  }

  #followModel(): void {
    this.#onAnswer(LLMRunFrame, (_frame, at) => void this.#toWrite(at));
    this.#onAnswer(LLMFullResponseStartFrame, (_frame, at) => {
      this.#writing = this.#toWrite(at);
      this.#writing.respond();
    });
    this.#onAnswer(LLMTextFrame, ({ text, skipTts }, at) => {
      const answer = this.#writing;
      if (!answer || text.trim() === "") return;
      if (!skipTts) answer.say();
      this.#mark(answer, "firstTokenMs", at);
    });
    this.#onAnswer(LLMFullResponseEndFrame, () => this.#writing?.responded());
    this.#onAnswer(FunctionCallsStartedFrame, ({ functionCalls }, at) => {
      this.#writing?.call(functionCalls.map(({ toolCallId }) => toolCallId), at);
    });
    this.#onAnswer(FunctionCallResultFrame, ({ toolCallId, runLlm, properties }, at) => {
      if (properties?.isFinal === false) return;
      this.#returned(toolCallId, at, (runLlm ?? properties?.runLlm) !== false);
    });
    this.#onAnswer(FunctionCallCancelFrame, ({ toolCallId, runLlm }, at) => {
      this.#returned(toolCallId, at, runLlm);
    });
  }

  #returned(id: string, at: number, runs: boolean): void {
    for (const answer of new Set([this.#writing, this.#open])) {
      if (answer?.returned(id, { at, runs })) return this.#tell(answer.turn);
    }
  }

  #followBot(): void {
    this.#onAnswer(TTSSpeakFrame, (_frame, at) => {
      this.#writing = this.#toSpeak(at);
      this.#writing.say();
    });
    this.#onAnswer(TTSStartedFrame, ({ contextId }) => {
      if (contextId === undefined || !this.#writing) return;
      for (const waiting of [this.#utterances, this.#silent]) {
        waiting.set(contextId, this.#writing);
        const [oldest] = waiting.keys();
        if (waiting.size > UTTERANCES && oldest !== undefined) waiting.delete(oldest);
      }
    });
    this.#onAnswer(AggregatedTextFrame, ({ contextId, willBeSpoken }, at) => {
      const answer = contextId === undefined ? undefined : this.#silent.get(contextId);
      if (answer && willBeSpoken) this.#mark(answer, "firstSentenceMs", at);
    });
    // Words are pieces of a piece.
    this.#frames.on(TTSTextFrame, () => {});
    this.#onAnswer(BotStartedSpeakingFrame, (_frame, at) => {
      const waiting = this.#open?.begun && !this.#open.over ? this.#open : undefined;
      this.#speaks(this.#upcoming ?? waiting, at);
    });
    this.#onAnswer(BotStoppedSpeakingFrame, () => {
      this.#speaking?.silence();
      this.#speaking = undefined;
    });
    this.#onAnswer(InterruptionFrame, () => this.#interrupted());
  }

  #voiced({ contextId }: TTSAudioRawFrame, at: number): void {
    const answer = contextId === undefined ? undefined : this.#silent.get(contextId);
    if (contextId === undefined || !answer) return;
    this.#silent.delete(contextId);
    this.#mark(answer, "firstSpeechMs", at);
  }

  /** Audio of an utterance comes next; where the bot speaks already, it comes now. */
  #utteranceBegins({ contextId }: TTSStartedFrame, at: number): void {
    const answer = contextId === undefined ? undefined : this.#utterances.get(contextId);
    if (contextId === undefined || !answer) return;
    this.#utterances.delete(contextId);
    if (this.#speaking) this.#speaks(answer, at);
    else this.#upcoming = answer;
  }

  #speaks(answer: Answer | undefined, at: number): void {
    this.#upcoming = undefined;
    this.#speaking = answer;
    if (answer) this.#mark(answer, "firstAudioMs", at);
  }

  /** Cuts what is being said, and what is being prepared to be. */
  #interrupted(): void {
    const prepared = this.#open?.begun && !this.#open.over ? this.#open : undefined;
    this.#upcoming = this.#open = undefined;
    this.#utterances.clear();
    this.#silent.clear();
    for (const { turn } of new Set([this.#speaking, prepared].filter((cut) => cut !== undefined))) {
      if (turn.interrupted) continue;
      turn.interrupted = true;
      this.#tell(turn);
    }
  }

  /** The turn that the model answers now: one that is not answered yet, or one of its own. */
  #toWrite(at: number): Answer {
    return this.#open && !this.#open.written ? this.#open : this.#begin("bot", at, "");
  }

  /** The turn that a text answers which the model did not write. */
  #toSpeak(at: number): Answer {
    const answer = this.#open;
    if (!answer || answer.over) return this.#begin("bot", at, "");
    const idle = !answer.working && !this.#speaking;
    return idle && at - this.#activeAt > ABANDONED_MS ? this.#begin("bot", at, "") : answer;
  }

  #begin(source: TurnLatency["source"], startedAt: number, userText: string): Answer {
    const turn: OpenTurn = {
      turn: ++this.#count,
      source,
      userText,
      startedAt,
      vadStopMs: undefined,
      transcriptMs: undefined,
      turnEndMs: undefined,
      firstTokenMs: undefined,
      firstSentenceMs: undefined,
      firstSpeechMs: undefined,
      firstAudioMs: undefined,
      toolMs: undefined,
      interrupted: false,
    };
    this.#turns.push(turn);
    if (this.#turns.length > KEPT) this.#turns.shift();
    this.#activeAt = Math.max(this.#activeAt, startedAt);
    return this.#open = new Answer(turn);
  }

  #mark({ turn }: Answer, what: Milestone, at: number): void {
    if (turn[what] !== undefined) return;
    turn[what] = at - turn.startedAt;
    this.#tell(turn);
  }

  #tell(turn: OpenTurn): void {
    this.#changed({ ...turn });
  }
}
