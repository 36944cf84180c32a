import type { Timer } from "../async/mod.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  type FrameClass,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSSpeakFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { FrameScope } from "./contract.ts";
import { FrameProcessor, type FrameProcessorOptions } from "./frame_processor.ts";

/** What an {@linkcode Announcer} can be given. */
export interface AnnouncerOptions extends FrameProcessorOptions {
  /** Milliseconds that nobody must have spoken. @default {600} */
  readonly pauseMs?: number | undefined;
}

/** What stands in the way of an announcement; `"voice"` is text that is to be spoken next. */
type Busy = "user" | "bot" | "model" | "voice";

/** Milliseconds after which no voice is expected any more for a text. */
const VOICE_MS = 15_000;

/**
 * Says what nobody asked for, such as that a timer rings, in the next pause:
 * while the user or the bot speaks, or an answer is under way, it waits. What
 * is interrupted before it begins to be heard is said in the pause after that.
 * Stands between the model and the TTS service.
 *
 * @example
 * ```ts
 * import { Announcer } from "@parley/sdk/processors";
 * await using announcer = new Announcer({ pauseMs: 300 });
 * announcer.announce("Your tea is ready.");
 * ```
 */
export class Announcer extends FrameProcessor {
  readonly #pauseMs: number;
  readonly #texts: string[] = [];
  readonly #alarms: Set<Timer> = new Set();
  readonly #busy: Set<Busy> = new Set();
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  /** Given to the voice, and not heard yet. */
  #given: string | undefined;
  #pause: Timer | undefined;
  #patience: Timer | undefined;

  /** Makes an announcer with nothing to say. */
  constructor(options: AnnouncerOptions = {}) {
    super(options);
    this.#pauseMs = options.pauseMs ?? 600;
    this.#follow(UserStartedSpeakingFrame, () => this.#busy.add("user"));
    this.#follow(UserStoppedSpeakingFrame, () => this.#busy.delete("user"));
    this.#follow(LLMFullResponseStartFrame, () => this.#busy.add("model"));
    this.#follow(LLMFullResponseEndFrame, () => this.#busy.delete("model"));
    this.#follow(LLMTextFrame, ({ text, skipTts }) => skipTts || this.#expectVoice(text));
    this.#follow(TTSSpeakFrame, ({ text }) => this.#expectVoice(text));
    this.#follow(BotStartedSpeakingFrame, () => {
      this.#busy.add("bot");
      this.#expectNothing();
    });
    this.#follow(BotStoppedSpeakingFrame, () => this.#busy.delete("bot"));
    this.#follow(InterruptionFrame, () => {
      this.#busy.delete("model");
      if (this.#given !== undefined) this.#texts.unshift(this.#given);
      this.#expectNothing();
    });
  }

  /** Says a text in the next pause; texts are said one after another. */
  announce(text: string): void {
    if (this.lifeSignal.aborted) return;
    this.#texts.push(text);
    this.#look();
  }

  /** Says a text in the first pause after so many milliseconds. */
  announceIn(delayMs: number, text: string): void {
    if (this.lifeSignal.aborted) return;
    const alarm = this.clock.timer(delayMs, () => {
      this.#alarms.delete(alarm);
      this.announce(text);
    });
    this.#alarms.add(alarm);
  }

  /** Forgets everything it was to say. */
  protected override onClose(): void {
    this.#pause?.cancel();
    this.#patience?.cancel();
    for (const alarm of this.#alarms) alarm.cancel();
    this.#alarms.clear();
    this.#texts.length = 0;
  }

  #follow<F extends Frame>(frameClass: FrameClass<F>, note: (frame: F) => void): void {
    this.handle<F>(frameClass, (frame, context) => {
      note(frame);
      this.#look();
      return context.forward();
    });
  }

  /** Waits for the pause to have lasted, anew whenever somebody speaks. */
  #look(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    if (this.#busy.size > 0 || this.#texts.length === 0) return;
    this.#pause = this.clock.timer(this.#pauseMs, () => this.#say());
  }

  #say(): void {
    this.#given = this.#texts.shift();
    if (this.#given === undefined) return;
    this.#expectVoice(this.#given);
    void this.#out.push(new TTSSpeakFrame(this.#given));
  }

  /** A text is on its way to be spoken: until it is heard there is no pause. */
  #expectVoice(text: string): void {
    if (text.trim() === "" || this.#busy.has("bot")) return;
    this.#busy.add("voice");
    this.#patience?.cancel();
    this.#patience = this.clock.timer(VOICE_MS, () => {
      this.#expectNothing();
      this.#look();
    });
  }

  #expectNothing(): void {
    this.#patience?.cancel();
    this.#busy.delete("voice");
    this.#given = undefined;
  }
}
