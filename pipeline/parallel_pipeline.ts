import type { AnyFrameProcessor } from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { type Branches, makeBranches } from "./_branches.ts";
import { Fan, Gather } from "./_gather.ts";
import { type Composite, type Part, type PipelineElement, shareEnvironment } from "./link.ts";

let count = 0;

/**
 * Branches side by side, each of which is given every frame.
 *
 * A branch that is slow or full does not delay another: each queues for
 * itself, and whoever pushes waits only while all of them have too much to do.
 * A frame that crosses several branches leaves once. Start, stop, end, cancel
 * and interruption leave when every branch has let them by, or when nothing
 * moved for so long that the branch that holds them is named.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { ParallelPipeline, Pipeline } from "@parley/sdk/pipeline";
 * await using pipeline = new Pipeline([
 *   new ParallelPipeline([new FrameProcessor()], [new FrameProcessor()]),
 * ]);
 * console.log(pipeline.processors.length); // 4, with its two ends
 * ```
 */
export class ParallelPipeline implements Composite {
  /** Its name in logs and errors. */
  readonly name: string;
  /** Its two ends and the branches between them. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;

  /**
   * Makes a branch of each list.
   *
   * @throws {TypeError} If there is no branch, or if a processor stands in a
   * pipeline already.
   */
  constructor(...branches: readonly (readonly PipelineElement[])[]) {
    this.name = `ParallelPipeline#${++count}`;
    const made = makeBranches(this.name, branches);
    this.head = made.head;
    this.tail = made.tail;
    this.parts = made.parts;
    this.#join(made);
  }

  #join({ heads, tails }: Branches): void {
    const head = engineOf(this.head);
    const tail = engineOf(this.tail);
    const down = new Gather(this.name, tail, tails.length);
    const up = new Gather(this.name, head, heads.length);
    head.next = new Fan(head, heads, down);
    tail.previous = new Fan(tail, tails, up);
    tails.forEach((engine, i) => engine.next = down.port(i, engine));
    heads.forEach((engine, i) => engine.previous = up.port(i, engine));
    shareEnvironment(this.parts, head.env);
  }
}
