import { nextTurn } from "../async/mod.ts";
import { EndFrame, Frame, StopFrame } from "../frames/mod.ts";
import { type FrameContext, FrameProcessor, type FrameScope } from "../processors/mod.ts";

/**
 * Lets a plain `TransformStream` of frames stand in a pipeline.
 *
 * Data frames that go downstream go through the stream; system frames and what
 * goes upstream pass by. What is inside at an interruption is dropped when it
 * comes out, and the next frame goes in once the stream is empty: a plain
 * stream cannot be told to stop.
 *
 * @example
 * ```ts
 * import { type Frame } from "@parley/sdk/frames";
 * import { StreamProcessor } from "@parley/sdk/pipeline";
 * const stream = new TransformStream<Frame, Frame>();
 * await using processor = new StreamProcessor(stream);
 * console.log(processor.name); // "StreamProcessor#1"
 * ```
 */
export class StreamProcessor extends FrameProcessor {
  readonly #writer: WritableStreamDefaultWriter<Frame>;
  readonly #reader: ReadableStreamDefaultReader<Frame>;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** The epoch of what is inside the stream. */
  #epoch = 0;
  /** Writes that are not done. */
  #writing = 0;
  /** Whether everything that came out so far was dealt with. */
  #reading = false;
  #read = 0;
  #closing = false;
  #moved: PromiseWithResolvers<void> | undefined;
  #out: FrameScope | undefined;

  /** Wraps a stream, whose ends belong to it from now on. */
  constructor(stream: TransformStream<Frame, Frame>) {
    super();
    this.#writer = stream.writable.getWriter();
    this.#reader = stream.readable.getReader();
    // The reader loop reports a stream that failed; here it would be said twice.
    this.#writer.closed.catch(() => {});
    this.handle(Frame, (frame, context) => this.#through(frame, context));
    this.handle(StopFrame, () => this.#empty());
    this.handle(EndFrame, async () => {
      this.#closing = true;
      await this.#writer.close();
      await this.#ended.promise;
    });
    this.spawn("read", (signal) => this.#readAll(signal));
  }

  #through(frame: Frame, context: FrameContext): void | Promise<void> {
    if (frame.kind === "system" || context.direction === "upstream") return context.forward(frame);
    return this.#write(frame, context.signal);
  }

  async #write(frame: Frame, signal: AbortSignal): Promise<void> {
    const { epochs } = this.env;
    const epoch = epochs.current;
    if (this.#isStale) {
      await this.#empty();
      if (signal.aborted || (epoch !== epochs.current && !frame.uninterruptible)) return;
      this.#epoch = epochs.current;
    }
    if (this.#closing) return;
    this.#writing++;
    try {
      await this.#writer.write(frame);
    } finally {
      this.#writing--;
      this.#move();
    }
  }

  /** Whether there was an interruption since what is inside went in. */
  get #isStale(): boolean {
    return this.#epoch !== this.env.epochs.current;
  }

  /** Waits until nothing is inside the stream. */
  async #empty(): Promise<void> {
    let read: number;
    do {
      read = this.#read;
      while (this.#writing > 0 || !this.#reading) {
        await (this.#moved ??= Promise.withResolvers()).promise;
      }
      // What is in the stream's queue comes out within this turn.
      await this.clock.hold(nextTurn());
    } while (this.#read !== read);
  }

  #move(): void {
    this.#moved?.resolve();
    this.#moved = undefined;
  }

  async #readAll(signal: AbortSignal): Promise<void> {
    const abort = () => {
      void this.#reader.cancel(signal.reason).catch(() => {});
      void this.#writer.abort(signal.reason).catch(() => {});
    };
    signal.addEventListener("abort", abort, { once: true });
    try {
      for (;;) {
        this.#reading = true;
        this.#move();
        const { done, value } = await this.#reader.read();
        if (done) break;
        this.#reading = false;
        this.#read++;
        await this.#give(value);
      }
    } finally {
      signal.removeEventListener("abort", abort);
      this.#reading = true;
      this.#move();
      this.#ended.resolve();
    }
  }

  #give(frame: Frame): void | Promise<void> {
    if (this.#isStale && !frame.uninterruptible) return;
    this.#out ??= this.scope({ uninterruptible: true });
    return this.#out.push(frame);
  }
}
