import { Frame } from "../frames/mod.ts";
import { isLifecycle } from "./_lifecycle.ts";
import { FrameProcessor, type FrameProcessorOptions } from "./frame_processor.ts";

/** Makes another frame of one. */
export type FrameTransformer = (frame: Frame) => Frame | Promise<Frame>;

/** What a {@linkcode ProducerProcessor} can be given. */
export interface ProducerProcessorOptions extends FrameProcessorOptions {
  /** Says which frames consumers get. What starts, ends or interrupts a pipeline is never asked about. */
  readonly filter: (frame: Frame) => boolean | Promise<boolean>;
  /** Makes of such a frame what consumers get; the frame itself by default. */
  readonly transformer?: FrameTransformer | undefined;
  /** Whether such frames also pass on where they are. @default {true} */
  readonly passthrough?: boolean | undefined;
}

/** Takes what a producer shares. */
export type FrameConsumer = (frame: Frame) => void | Promise<void>;

/**
 * Shares some of the frames that pass with other places of a pipeline, such as
 * another branch, where a {@linkcode ConsumerProcessor} puts them in.
 *
 * @example
 * ```ts
 * import { TTSAudioRawFrame } from "@parley/sdk/frames";
 * import { ProducerProcessor } from "@parley/sdk/processors";
 * await using producer = new ProducerProcessor({
 *   filter: (frame) => frame instanceof TTSAudioRawFrame,
 * });
 * using _consumer = producer.addConsumer((frame) => console.log(frame.name));
 * ```
 */
export class ProducerProcessor extends FrameProcessor {
  readonly #transformer: FrameTransformer;
  readonly #consumers: Set<FrameConsumer> = new Set();

  /** Makes a producer without consumers. */
  constructor(options: ProducerProcessorOptions) {
    super(options);
    const { filter, passthrough = true } = options;
    this.#transformer = options.transformer ?? ((frame) => frame);
    this.handle<Frame>(Frame, (frame, context) => {
      const wanted = !isLifecycle(frame) && filter(frame);
      if (wanted === false) return context.forward();
      return (async () => {
        const shared = await wanted;
        if (shared) await this.#share(frame);
        if (!shared || passthrough) await context.forward();
      })();
    });
  }

  /** Has what is shared given to `consumer`, until what is returned is disposed of. */
  addConsumer(consumer: FrameConsumer): Disposable {
    this.#consumers.add(consumer);
    return { [Symbol.dispose]: () => void this.#consumers.delete(consumer) };
  }

  /** Each consumer gets a frame of its own where the transformer makes one. */
  async #share(frame: Frame): Promise<void> {
    for (const consumer of [...this.#consumers]) {
      await consumer(await this.#transformer(frame));
    }
  }
}
