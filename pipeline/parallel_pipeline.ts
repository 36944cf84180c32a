import { type AnyFrameProcessor, FrameProcessor } from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";
import {
  chain,
  checkFree,
  checkOnce,
  type Composite,
  type Part,
  type PipelineElement,
  processorsOf,
  shareEnvironment,
} from "./link.ts";
import { Fan, Gather } from "./_gather.ts";

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
    if (branches.length === 0) {
      throw new TypeError("Cannot make a parallel pipeline: it has no branch");
    }
    this.name = `ParallelPipeline#${++count}`;
    const list = branches.map(chain);
    this.head = new FrameProcessor({ name: `${this.name}.in` });
    this.tail = new FrameProcessor({ name: `${this.name}.out` });
    this.parts = [this.head, { branches: list }, this.tail];
    this.#join(list);
  }

  #join(branches: readonly Composite[]): void {
    checkOnce([...processorsOf(this.parts)]);
    for (const branch of branches) checkFree(engineOf(branch.head), engineOf(branch.tail));
    const head = engineOf(this.head);
    const tail = engineOf(this.tail);
    const heads = branches.map((branch) => engineOf(branch.head));
    const tails = branches.map((branch) => engineOf(branch.tail));
    const down = new Gather(this.name, tail, branches.length);
    const up = new Gather(this.name, head, branches.length);
    head.next = new Fan(head, heads, down);
    tail.previous = new Fan(tail, tails, up);
    tails.forEach((engine, i) => engine.next = down.port(i, engine));
    heads.forEach((engine, i) => engine.previous = up.port(i, engine));
    shareEnvironment(this.parts, head.env);
  }
}
