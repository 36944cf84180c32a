import type { Timer } from "../../async/mod.ts";
import {
  EndFrame,
  type Frame,
  type FrameClass,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  StartFrame,
  StopFrame,
  TranscriptionFrame,
  TranslationFrame,
  UserSpeakingFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { type AnyFrameProcessor, FrameProcessor, type FrameScope } from "../../processors/mod.ts";
import { Classifier } from "./_classifier.ts";
import { verdictOf } from "./_prompt.ts";
import { SpeechGate } from "./_speech_gate.ts";

/** What became of the call; see `VoicemailOutcome`. */
export type Outcome = "undecided" | "conversation" | "unclear" | "voicemail" | "ended";

export interface ConversationGateOptions {
  readonly name: string;
  readonly llm: AnyFrameProcessor;
  readonly prompt: string;
  /** What is wrong with the prompt, if anything. */
  readonly complaint: string | undefined;
  /** Silence after the greeting of a machine, before a message is left. */
  readonly responseDelayMs: number;
  /** Silence without a verdict after which it is taken for a conversation. */
  readonly decisionTimeoutMs: number;
  /** It is known who listens; for a machine, once it does. */
  readonly decided: (outcome: "conversation" | "unclear" | "voicemail") => void;
}

/** How long a machine may talk, from the verdict on, before the message is left all the same. */
const LONGEST_GREETING_MS = 60_000;

/** What is said at the other end, in words. */
const WORDS: readonly FrameClass[] = [
  TranscriptionFrame,
  InterimTranscriptionFrame,
  TranslationFrame,
];

/** Signs of a voice at the other end. */
const VOICE: readonly FrameClass[] = [InputAudioRawFrame, UserSpeakingFrame];

/**
 * Listens to what is said at the other end and has it classified, beside the
 * conversation, which goes on; once it is a machine, the conversation hears
 * nothing more of it.
 */
export class ConversationGate extends FrameProcessor {
  /** Holds the bot's voice until it is decided. */
  readonly speech: SpeechGate;
  readonly #options: ConversationGateOptions;
  readonly #classifier: Classifier;
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  readonly #words: string[] = [];
  #asked = 0;
  #outcome: Outcome = "undecided";
  /** Whether the conversation is kept from words, or from everything. */
  #closed: "no" | "words" | "all" = "no";
  #voice = false;
  /** Whether somebody finds voices in what is heard. */
  #knowsVoice = false;
  /** Whether the conversation has given the other end the floor. */
  #turn = false;
  /** Whether words wait for the conversation to answer them. */
  #unanswered = false;
  #quietSince = 0;
  #timer: Timer | undefined;
  #limit: Timer | undefined;

  constructor(options: ConversationGateOptions) {
    super({ name: `${options.name}.detector` });
    this.#options = options;
    this.speech = new SpeechGate({
      name: `${options.name}.gate`,
      held: () => this.#wait(),
    });
    this.speech.join(this);
    this.#classifier = new Classifier({
      llm: options.llm,
      prompt: options.prompt,
      answered: (text) => this.#answered(text),
      failed: ({ error, exception, category }) =>
        this.reportError(error, exception, { ...category && { category } }),
      measured: (frame) => void this.#out.push(frame),
    });
    this.handle(StartFrame, () => this.#start());
    for (const last of [EndFrame, StopFrame]) this.handle<Frame>(last, () => this.#end());
    this.#handleWords();
    this.#handleVoice();
  }

  override get partner(): { readonly name: string } {
    return this.speech;
  }

  /** What became of the call. */
  get outcome(): Outcome {
    return this.#outcome;
  }

  /** Reports that a handler of an event threw. */
  eventFailed(event: string, error: unknown): void {
    this.handlerFailed(event, error);
  }

  protected override onClose(): void {
    this.#classifier.close();
    this.#end();
  }

  #handleWords(): void {
    for (const words of WORDS) {
      this.handle<Frame>(words, (frame, context) => {
        if (context.direction === "upstream") return context.forward();
        this.#heard(frame instanceof TranscriptionFrame ? frame.text.trim() : "");
        if (this.#closed === "no") return context.forward();
      });
    }
  }

  #handleVoice(): void {
    const follow = (frameClass: FrameClass, note: () => void) =>
      this.handle<Frame>(frameClass, (_frame, context) => {
        note();
        if (context.direction === "upstream" || this.#closed !== "all") return context.forward();
      });
    follow(VADUserStartedSpeakingFrame, () => this.#speaks(true));
    follow(VADUserStoppedSpeakingFrame, () => this.#speaks(false));
    // The conversation's own turns, which it announces both ways.
    follow(UserStartedSpeakingFrame, () => this.#takesTurn(true));
    follow(UserStoppedSpeakingFrame, () => this.#takesTurn(false));
    for (const voice of VOICE) follow(voice, () => {});
  }

  #start(): void {
    const { complaint } = this.#options;
    if (this.#outcome !== "undecided") return;
    if (complaint) this.log.warn(complaint);
    const { clock, log, env: { params } } = this;
    this.spawn("classify", (signal) => this.#classifier.run({ clock, log, params, signal }));
  }

  /** Words have come, final ones or not. */
  #heard(final: string): void {
    if (this.#outcome === "undecided" && final !== "") {
      this.#words.push(final);
      this.#unanswered = true;
    }
    // They come when they are over; where a voice is heard, that says more.
    if (!this.#knowsVoice) this.#quietSince = this.clock.now();
    this.#look();
  }

  #speaks(speaking: boolean): void {
    this.#voice = speaking;
    this.#knowsVoice = true;
    this.#quietSince = this.clock.now();
    this.#look();
  }

  #takesTurn(open: boolean): void {
    this.#turn = open;
    if (!open) this.#unanswered = false;
    this.#look();
  }

  /** Somebody has spoken, or ceased to: asks, and counts the silence from here. */
  #look(): void {
    if (this.#outcome === "voicemail") return this.#awaitSilence();
    if (this.#outcome !== "undecided") return;
    this.#ask();
    if (this.#words.length > 0) this.#wait();
  }

  /** Asks about what was said so far, once nobody speaks. */
  #ask(): void {
    const { length } = this.#words;
    if (this.#voice || this.#turn || this.#classifier.asking || length === this.#asked) return;
    this.#asked = length;
    this.#classifier.ask(this.#words.join(" "));
  }

  /** Bounds how long nobody speaks because nothing is decided. */
  #wait(): void {
    if (this.#outcome !== "undecided") return;
    this.#timer?.cancel();
    // Whoever speaks is not left in silence; the timer only shows that there is something to decide.
    const { decisionTimeoutMs } = this.#options;
    this.#timer = this.clock.timer(decisionTimeoutMs, () => {
      if (this.#voice || this.#turn) return this.#wait();
      this.#decide(verdictOf(this.#classifier.text) ?? "unclear");
    });
  }

  #answered(text: string): void {
    if (this.#outcome !== "undecided") return;
    const verdict = verdictOf(text);
    if (verdict) return this.#decide(verdict);
    this.log.warn(
      `Cannot tell who answered the call in "${this.name}": the answer names neither ` +
        '"CONVERSATION" nor "VOICEMAIL", or both',
    );
    this.#ask();
  }

  #decide(outcome: "conversation" | "unclear" | "voicemail"): void {
    this.#outcome = outcome;
    this.#timer?.cancel();
    this.#classifier.close();
    if (outcome === "voicemail") return this.#keepSilent();
    this.speech.open();
    this.#options.decided(outcome);
  }

  /** A machine gets no answer: what the conversation was about to say is dropped. */
  #keepSilent(): void {
    this.#closed = "words";
    this.speech.drop();
    void this.#out.push(new InterruptionFrame());
    this.#limit = this.clock.timer(LONGEST_GREETING_MS, () => this.#leaveMessage());
    this.#awaitSilence();
  }

  /** Waits until the machine has been silent for long enough, and nothing of it is still to be answered. */
  #awaitSilence(): void {
    this.#timer?.cancel();
    if (this.#closed === "all" || this.#voice || (this.#turn && this.#unanswered)) return;
    const dueAt = this.#quietSince + this.#options.responseDelayMs;
    const delayMs = Math.max(0, dueAt - this.clock.now());
    this.#timer = this.clock.timer(delayMs, () => this.#leaveMessage());
  }

  /** From here on the bot speaks, and nothing at the other end interrupts it. */
  #leaveMessage(): void {
    this.#timer?.cancel();
    this.#limit?.cancel();
    this.#closed = "all";
    // Whatever the conversation still had to answer to the greeting.
    void this.#out.push(new InterruptionFrame());
    this.speech.open();
    this.#options.decided("voicemail");
  }

  #end(): void {
    this.#timer?.cancel();
    this.#limit?.cancel();
    if (this.#outcome !== "undecided") return;
    this.#outcome = "ended";
    this.speech.drop();
  }
}
