import {
  ControlFrame,
  DataFrame,
  EndFrame,
  type Frame,
  StopFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { Aside } from "../../processors/_aside.ts";
import { type FrameContext, FrameProcessor } from "../../processors/mod.ts";

/** How much of the bot's voice may be held before the voice is made to wait, in milliseconds. */
const LIMIT_MS = 120_000;

/**
 * Holds what the bot would say, until it is known who listens, and whatever
 * follows that downstream. An interruption drops it as anywhere, and a voice
 * that gets far ahead is made to wait; what goes upstream does not wait.
 */
export class SpeechGate extends FrameProcessor {
  /** The processor that decides, without which the gate would never open. */
  #partner: { readonly name: string } | undefined;
  #state: "holding" | "dropping" | "open" = "holding";
  readonly #aside: Aside = new Aside("downstream", {
    scope: (options) => this.scope(options),
    weigh: lengthMs,
  });
  readonly #held: () => void;

  constructor(
    options: { readonly name: string; /** Something waits. */ readonly held: () => void },
  ) {
    super(options);
    this.#held = options.held;
    for (const frameClass of [DataFrame, ControlFrame]) {
      this.handle<Frame>(frameClass, (frame, context) => this.#take(frame, context));
    }
    this.handle(EndFrame, () => this.#aside.until(() => this.#aside.empty));
    this.handle(StopFrame, () => {
      // Whoever runs the pipeline again has no call to decide about.
      this.open();
      return this.#aside.until(() => this.#aside.empty);
    });
    this.onInterruption((frame) => {
      this.#aside.interrupted(frame);
      // What is left of it is no speech, and follows none.
      void this.#aside.release();
    });
  }

  override get partner(): { readonly name: string } | undefined {
    return this.#partner;
  }

  /** Says which processor decides. */
  join(partner: { readonly name: string }): void {
    this.#partner = partner;
  }

  /** Lets through what waits, and all that comes. */
  open(): void {
    this.#state = "open";
    void this.#aside.release();
  }

  /** Drops what waits, and all that comes until it is opened. */
  drop(): void {
    this.#state = "dropping";
    this.#aside.retain((frame) => !isSpeech(frame));
    void this.#aside.release();
  }

  protected override onClose(): void {
    this.#aside.retain(() => false);
  }

  #take(frame: Frame, context: FrameContext): void | Promise<void> {
    if (context.direction === "upstream") return context.forward();
    const speech = isSpeech(frame);
    if (speech && this.#state === "dropping") return;
    const first = this.#aside.empty;
    if (first && !(speech && this.#state === "holding")) return context.forward();
    if (first) this.#held();
    this.#aside.add(frame);
    if (this.#aside.weight > LIMIT_MS) {
      return this.#aside.until(() => this.#aside.weight <= LIMIT_MS);
    }
  }
}

function isSpeech(frame: Frame): boolean {
  return frame instanceof TTSStartedFrame || frame instanceof TTSAudioRawFrame ||
    frame instanceof TTSTextFrame || frame instanceof TTSStoppedFrame;
}

function lengthMs(frame: Frame): number {
  if (!(frame instanceof TTSAudioRawFrame)) return 0;
  return frame.audio.length * 1000 / (frame.sampleRate * frame.numChannels);
}
