import type { Frame, FrameDirection } from "../frames/mod.ts";
import { engineOf, FrameProcessor, type FrameProcessorOptions } from "./frame_processor.ts";
import type { FrameTransformer, ProducerProcessor } from "./producer_processor.ts";

/** What a {@linkcode ConsumerProcessor} can be given. */
export interface ConsumerProcessorOptions extends FrameProcessorOptions {
  /** Where the frames come from. */
  readonly producer: ProducerProcessor;
  /** Makes of a frame what goes on from here; the frame itself by default. */
  readonly transformer?: FrameTransformer | undefined;
  /** Where the frames go from here. @default {"downstream"} */
  readonly direction?: FrameDirection | undefined;
}

/**
 * Puts in, where it stands, what a {@linkcode ProducerProcessor} shares, in
 * order, among the frames that pass.
 *
 * An interruption drops what has not come out yet. A producer never waits for
 * its consumers.
 *
 * @example Speech of one branch as input of another
 * ```ts
 * import { InputAudioRawFrame, TTSAudioRawFrame } from "@parley/sdk/frames";
 * import { ConsumerProcessor, ProducerProcessor } from "@parley/sdk/processors";
 * await using producer = new ProducerProcessor({
 *   filter: (frame) => frame instanceof TTSAudioRawFrame,
 * });
 * await using consumer = new ConsumerProcessor({
 *   producer,
 *   transformer: (frame) =>
 *     frame instanceof TTSAudioRawFrame ? new InputAudioRawFrame(frame.audio, frame) : frame,
 * });
 * console.log(consumer.name); // "ConsumerProcessor#1"
 * ```
 */
export class ConsumerProcessor extends FrameProcessor {
  readonly #transformer: FrameTransformer | undefined;
  readonly #direction: FrameDirection;
  readonly #subscription: Disposable;
  /** Settled when everything so far has been put in: the next frame stays behind it. */
  #last: Promise<void> | undefined;

  /** Makes a consumer of a producer. */
  constructor(options: ConsumerProcessorOptions) {
    super(options);
    this.#transformer = options.transformer;
    this.#direction = options.direction ?? "downstream";
    this.#subscription = options.producer.addConsumer((frame) => this.#take(frame));
  }

  /** Takes nothing more from the producer. */
  protected override onClose(): void {
    this.#subscription[Symbol.dispose]();
  }

  #take(frame: Frame): void {
    // What an interruption makes stale in the meantime does not come out.
    const epoch = this.env.epochs.current;
    const put = (changed: Frame) => void engineOf(this).arrive(changed, this.#direction, epoch);
    if (!this.#transformer) return put(frame);
    this.#last = this.#change(frame, put, this.#last);
  }

  async #change(
    frame: Frame,
    put: (changed: Frame) => void,
    before: Promise<void> | undefined,
  ): Promise<void> {
    try {
      const changed = await this.#transformer?.(frame) ?? frame;
      await before;
      put(changed);
    } catch (error) {
      await before;
      const why = error instanceof Error ? error.message : String(error);
      this.reportError(`Cannot put in "${frame.name}" in "${this.name}": ${why}`, error);
    }
  }
}
