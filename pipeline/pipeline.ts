import type { Frame } from "../frames/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { Outlets } from "../processors/_outlets.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { chain, type Composite, type Part, type PipelineElement, processorsOf } from "./link.ts";

/** What a {@linkcode Pipeline} can be given beside its processors. */
export interface PipelineOptions {
  /** Stands before all the others, such as what frames come in by. */
  readonly source?: PipelineElement | undefined;
  /** Stands behind all the others. */
  readonly sink?: PipelineElement | undefined;
}

/**
 * Processors in a row, joined in both directions. Pipelines nest.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { Pipeline } from "@parley/sdk/pipeline";
 * await using pipeline = new Pipeline([new FrameProcessor(), new FrameProcessor()]);
 * console.log(pipeline.processors.length); // 2
 * ```
 */
export class Pipeline implements Composite, TransformStream<Frame, Frame>, AsyncDisposable {
  /** Its parts, in order. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;
  #outlets: Outlets | undefined;

  /**
   * Joins processors and whatever else can stand in a pipeline.
   *
   * @throws {TypeError} If one of them stands in a pipeline already.
   */
  constructor(processors: readonly PipelineElement[], options: PipelineOptions = {}) {
    const { source, sink } = options;
    const { parts, head, tail } = chain([
      ...(source ? [source] : []),
      ...processors,
      ...(sink ? [sink] : []),
    ]);
    this.parts = parts;
    this.head = head;
    this.tail = tail;
  }

  /** Every processor, in order, those of branches one branch after another. */
  get processors(): AnyFrameProcessor[] {
    return [...processorsOf(this.parts)];
  }

  /** Frames it gives, from input to output. */
  get readable(): ReadableStream<Frame> {
    return this.#streams.readable("downstream");
  }

  /** Takes frames, from input to output. */
  get writable(): WritableStream<Frame> {
    return this.#streams.writable("downstream");
  }

  /** Closes every processor. */
  async close(): Promise<void> {
    await Promise.all(this.processors.map((processor) => processor.close()));
  }

  /** Same as {@linkcode Pipeline.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The streams at its two ends: what is closed or cancelled at one is so at the other. */
  get #streams(): Outlets {
    if (this.#outlets) return this.#outlets;
    const [head, tail] = [engineOf(this.head), engineOf(this.tail)];
    return this.#outlets = head.outlets = tail.outlets = new Outlets({
      enter: (frame, direction) =>
        (direction === "downstream" ? head : tail).enter(frame, direction),
      idle: () => this.#idle(),
      close: () => void this.close(),
    });
  }

  /** What one processor does last may give another something to do. */
  async #idle(): Promise<void> {
    const engines = this.processors.map(engineOf);
    while (!engines.every((engine) => engine.lanes.isIdle)) {
      for (const engine of engines) await engine.idle();
    }
  }
}
