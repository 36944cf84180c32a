import type { Timer } from "../async/mod.ts";
import type { LLMContext } from "../context/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  EndTaskFrame,
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
  StopFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import {
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type ProcessorEvents,
  type ProcessorRole,
} from "../processors/mod.ts";
import { DeadAirDebts } from "./_dead_air_debts.ts";
import { LLMMarkerFrame } from "./frames.ts";

/** A silence in which the bot should be speaking. */
export interface DeadAir {
  /**
   * What is waited for: `"llm"`, `"tts"`, a function by its name (`"tool get_weather"`),
   * or `"stt"` where the user has spoken for two seconds and nothing was understood.
   */
  readonly waitingFor: string;
  /** How long it has lasted, in milliseconds. */
  readonly silentMs: number;
}

/** What to say in a silence: a text, or a function that says so; nothing to say nothing. */
export type DeadAirText = string | ((silence: DeadAir) => string | undefined);

/** What a {@linkcode DeadAirDetector} can be given. */
export interface DeadAirDetectorOptions extends FrameProcessorOptions {
  /** Milliseconds of silence before something is said. @default {3000} */
  readonly silenceMs?: number | undefined;
  /** What is said then, once in a silence. @default {"One moment, please."} */
  readonly filler?: DeadAirText | undefined;
  /** Milliseconds of silence after that before the bot gives up. @default {10000} */
  readonly giveUpMs?: number | undefined;
  /**
   * What is said when it gives up, and at once where nothing was understood; an
   * apology in English by default.
   */
  readonly apology?: DeadAirText | undefined;
  /** What comes after the apology: the user's turn, or the end of the session. @default {"goOn"} */
  readonly afterwards?: "goOn" | "end" | undefined;
}

/** Events of a {@linkcode DeadAirDetector}. */
export interface DeadAirDetectorEvents extends ProcessorEvents {
  /** The bot should be speaking, and is not. Comes once in a silence. */
  readonly deadAir: readonly [silence: DeadAir];
  /** The bot still is not speaking; what it was doing is interrupted. */
  readonly gaveUp: readonly [silence: DeadAir];
}

/**
 * Sees to it that nobody waits in silence for an answer.
 *
 * When the user's turn is over, or the bot has begun to answer, and nothing is
 * heard for too long, because the model, a function or the voice is slow, has
 * failed or hangs, it says what is waited for and has a filler spoken; a model
 * that nobody has asked is asked. When that does not help either, it interrupts
 * what hangs and apologises. Who has spoken and was not understood is asked to
 * say it again.
 *
 * While anybody speaks it waits; and when the bot has said what it had to say,
 * was interrupted, or answers in writing, silence is nothing to fill. Stands
 * between the model and the TTS service.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { DeadAirDetector } from "@parley/sdk/turns";
 * const context = new LLMContext();
 * await using deadAir = new DeadAirDetector(context, {
 *   silenceMs: 2_500,
 *   filler: ({ waitingFor }) =>
 *     waitingFor === "tool get_weather" ? "I am looking at the sky." : "One moment.",
 * });
 * deadAir.on("deadAir", ({ waitingFor, silentMs }) => console.warn(waitingFor, silentMs));
 * ```
 */
export class DeadAirDetector extends FrameProcessor<DeadAirDetectorEvents> {
  readonly #silenceMs: number;
  readonly #giveUpMs: number;
  readonly #filler: DeadAirText;
  readonly #apology: DeadAirText;
  readonly #afterwards: "goOn" | "end";
  readonly #debts: DeadAirDebts;
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  #user = false;
  #voiceSince = 0;
  /** How long a voice was heard in the user's turn, up to the last pause. */
  #voiceMs = 0;
  #bot = false;
  #paused = false;
  /** A filler was given to the voice, and nothing else since. */
  #filling = false;
  /** What was done about the present silence; nothing where there is none. */
  #silence: "noticed" | "filled" | undefined;
  #timer: Timer | undefined;
  #apologising: Timer | undefined;

  /**
   * Makes a detector for a conversation; give it the context of the aggregators.
   *
   * @throws {RangeError} If a time is not above zero.
   */
  constructor(context: LLMContext, options: DeadAirDetectorOptions = {}) {
    super(options);
    this.#silenceMs = checked("silenceMs", options.silenceMs ?? 3_000);
    this.#giveUpMs = checked("giveUpMs", options.giveUpMs ?? 10_000);
    this.#filler = options.filler ?? "One moment, please.";
    this.#apology = options.apology ?? apologise;
    this.#afterwards = options.afterwards ?? "goOn";
    this.#debts = new DeadAirDebts(context);
    this.#followUser();
    this.#followBot();
    this.#followAnswers();
    this.#followCalls();
    for (const last of [EndFrame, StopFrame]) this.#follow<Frame>(last, () => this.#reset());
  }

  /** It has something to say: it stands between the model and the voice. */
  override get role(): ProcessorRole {
    return "filler";
  }

  /** Fills no silence from now on, such as while music plays or a human has taken over. */
  pause(): void {
    this.#paused = true;
    this.#reset();
  }

  /** Looks after silence again. */
  resume(): void {
    this.#paused = false;
    this.#look();
  }

  /** Sets no more timers. */
  protected override onClose(): void {
    this.#reset();
  }

  #followUser(): void {
    this.#follow(UserStartedSpeakingFrame, () => {
      this.#user = true;
      this.#voiceMs = 0;
      this.#debts.clear();
    });
    this.#follow(UserStoppedSpeakingFrame, () => {
      this.#user = false;
      this.#debts.turnEnded(this.#voiceMs);
    });
    this.#follow(VADUserStartedSpeakingFrame, () => {
      this.#user = true;
      this.#voiceSince = this.clock.now();
    });
    this.#follow(VADUserStoppedSpeakingFrame, () => {
      this.#user = false;
      this.#voiceMs += this.clock.now() - this.#voiceSince;
    });
    this.#follow(InterruptionFrame, () => this.#debts.interrupted());
  }

  #followBot(): void {
    this.#follow(BotStartedSpeakingFrame, () => {
      this.#bot = true;
      this.#apologising?.cancel();
      if (this.#filling) return;
      this.#debts.heard();
      this.#forgetSilence();
    });
    this.#follow(BotStoppedSpeakingFrame, () => {
      this.#bot = this.#filling = false;
    });
  }

  #followAnswers(): void {
    this.#follow(
      LLMFullResponseStartFrame,
      ({ skipTts }) => this.#debts.begin({ silent: skipTts }),
    );
    this.#follow(LLMTextFrame, ({ text, skipTts }) => {
      if (text.trim() !== "") this.#debts.wrote({ spoken: !skipTts });
    });
    this.#follow(LLMMarkerFrame, ({ appendToContextImmediately }) => {
      // The model lets the user go on: it owes him nothing.
      if (appendToContextImmediately) this.#debts.wrote({ spoken: false });
    });
    this.#follow(LLMFullResponseEndFrame, () => this.#debts.end());
    this.#follow(TTSSpeakFrame, () => {
      this.#debts.begin({ whole: true });
      if (this.#bot) this.#debts.heard();
    });
  }

  #followCalls(): void {
    this.#follow(
      FunctionCallsStartedFrame,
      (frame) => this.#debts.callsStarted(frame.functionCalls),
    );
    this.#follow(FunctionCallResultFrame, ({ toolCallId, properties, runLlm }) => {
      if (properties?.isFinal === false) return;
      this.#debts.callEnded(toolCallId, { runLlm: properties?.runLlm ?? runLlm ?? true });
    });
    this.#follow(FunctionCallCancelFrame, ({ toolCallId, runLlm }) => {
      this.#debts.callEnded(toolCallId, { runLlm });
    });
  }

  #follow<F extends Frame>(frameClass: FrameClass<F>, note: (frame: F) => void): void {
    this.handle<F>(frameClass, (frame, context) => {
      note(frame);
      this.#look();
      return context.forward();
    });
  }

  /** Measures the silence, if there is one in which the bot should be speaking. */
  #look(): void {
    const owed = !this.#paused && this.#debts.waitingFor("perhaps") !== undefined;
    if (!owed) this.#forgetSilence();
    else if (!this.#user && !this.#bot) return this.#measure();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #forgetSilence(): void {
    this.#silence = undefined;
    this.#filling = false;
  }

  #measure(): void {
    if (this.#timer) return;
    const since = this.clock.now();
    this.#silence ??= "noticed";
    const delayMs = this.#silence === "noticed" ? this.#silenceMs : this.#giveUpMs;
    this.#timer = this.clock.timer(delayMs, () => {
      this.#timer = undefined;
      const waitingFor = this.#debts.waitingFor("surely");
      if (waitingFor === undefined) return this.#reset();
      this.#act({ waitingFor, silentMs: this.clock.now() - since });
    });
  }

  #act(silence: DeadAir): void {
    if (silence.waitingFor === "stt") return this.#askAgain(silence);
    if (this.#silence === "filled") return this.#giveUp(silence);
    this.#silence = "filled";
    this.emit("deadAir", silence);
    const filler = this.#textOf(this.#filler, silence);
    if (filler) {
      this.#filling = true;
      void this.#out.push(new TTSSpeakFrame(filler, { appendToContext: false }));
    }
    // A cough can have cut off the answer to what was asked before it.
    if (this.#debts.unasked) void this.#out.push(new LLMRunFrame(), "upstream");
    this.#look();
  }

  /** Nothing hangs: the user has to say it once more. */
  #askAgain(silence: DeadAir): void {
    this.#reset();
    this.emit("deadAir", silence);
    const apology = this.#textOf(this.#apology, silence);
    if (apology) void this.#out.push(new TTSSpeakFrame(apology));
  }

  #giveUp(silence: DeadAir): void {
    this.#reset();
    this.emit("gaveUp", silence);
    // What hangs would hold up the apology as well.
    void this.#out.broadcast(() => new InterruptionFrame());
    const apology = this.#textOf(this.#apology, silence);
    if (apology) {
      void this.#out.push(new TTSSpeakFrame(apology));
      this.#apologising = this.clock.timer(this.#giveUpMs, () => {
        this.reportError(
          `Cannot break the silence in "${this.name}": not even the apology was heard`,
        );
      });
    }
    if (this.#afterwards === "end") {
      void this.#out.push(new EndTaskFrame(`Waited for: ${silence.waitingFor}`), "upstream");
    }
  }

  #textOf(text: DeadAirText, silence: DeadAir): string | undefined {
    if (typeof text === "string") return text;
    try {
      return text(silence);
    } catch (error) {
      this.reportError(`Cannot say anything in "${this.name}": ${String(error)}`, error);
      return undefined;
    }
  }

  #reset(): void {
    this.#timer?.cancel();
    this.#apologising?.cancel();
    this.#timer = undefined;
    this.#forgetSilence();
    this.#debts.clear();
  }
}

function apologise({ waitingFor }: DeadAir): string {
  if (waitingFor === "stt") return "I'm sorry, I didn't understand. Could you say that again?";
  return waitingFor.startsWith("tool ")
    ? "I'm sorry, this takes longer than I thought. Is there anything else meanwhile?"
    : "I'm sorry, something went wrong. Could you say that again?";
}

function checked(name: string, ms: number): number {
  if (ms > 0) return ms;
  throw new RangeError(`Cannot detect silence with "${name}" ${ms}: pass a number above 0`);
}
