import {
  type Frame,
  type FrameClass,
  StopFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { type FrameContext, FrameProcessor } from "../../processors/mod.ts";

const SPEECH: readonly FrameClass[] = [
  TTSStartedFrame,
  TTSAudioRawFrame,
  TTSTextFrame,
  TTSStoppedFrame,
];

/**
 * Holds what the bot would say, until it is known who listens. What waits,
 * waits in this processor's own lane: an interruption drops it as anywhere, and
 * a voice that gets ahead is made to wait.
 */
export class SpeechGate extends FrameProcessor {
  /** The processor that decides, without which the gate would never open. */
  #partner: { readonly name: string } | undefined;
  #state: "holding" | "dropping" | "open" = "holding";
  readonly #decided: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #held: () => void;

  constructor(
    options: { readonly name: string; /** Something waits. */ readonly held: () => void },
  ) {
    super(options);
    this.#held = options.held;
    for (const frameClass of SPEECH) {
      this.handle<Frame>(frameClass, (frame, context) => this.#speech(frame, context));
    }
    // Whoever runs the pipeline again has no call to decide about.
    this.handle(StopFrame, () => this.open());
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
    this.#decided.resolve();
  }

  /** Drops what waits, and all that comes until it is opened. */
  drop(): void {
    this.#state = "dropping";
    this.#decided.resolve();
  }

  #speech(_frame: Frame, context: FrameContext): void | Promise<void> {
    if (context.direction === "upstream" || this.#state === "open") return context.forward();
    if (this.#state === "dropping") return;
    this.#held();
    return this.#hold(context);
  }

  async #hold(context: FrameContext): Promise<void> {
    await this.#decided.promise;
    if (this.#state === "open") await context.forward();
  }
}
