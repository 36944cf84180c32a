import type { AnyFrameProcessor } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { type Branches, makeBranches } from "./_branches.ts";
import { nameOf } from "./_culprits.ts";
import { Fan, Gather } from "./_gather.ts";
import { SyncRounds } from "./_sync_rounds.ts";
import {
  type Composite,
  type Part,
  type PipelineElement,
  processorsOf,
  shareEnvironment,
} from "./link.ts";

/** In which order frames leave together: as they came, or one branch after another. */
export type FrameOrder = "arrival" | "pipeline";

/** How a {@linkcode SyncParallelPipeline} works. */
export interface SyncParallelPipelineOptions {
  /** In which order what the branches made of one frame leaves. @default {"arrival"} */
  readonly frameOrder?: FrameOrder | undefined;
  /**
   * Milliseconds a branch may take over one frame. One that takes longer is
   * named in an error, and not waited for until it is done.
   *
   * @default {30000}
   */
  readonly branchTimeoutMs?: number | undefined;
}

/** The elements of a branch, in order. */
type Branch = readonly PipelineElement[];

let count = 0;

/**
 * Branches side by side that are given one frame at a time: what all of them
 * made of it leaves together, and only then they are given the next.
 *
 * So a picture and the speech about it come out at the same time, however long
 * either takes. System frames wait for nobody. What a branch makes of its own
 * accord, when no frame is in the branches, leaves at once.
 *
 * A branch is done with a frame when the {@linkcode SyncFrame} behind it comes
 * out; a processor that swallows frames it does not know makes its branch late.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { Pipeline, SyncParallelPipeline } from "@parley/sdk/pipeline";
 * await using pipeline = new Pipeline([
 *   new SyncParallelPipeline([new FrameProcessor()], [new FrameProcessor()], {
 *     frameOrder: "pipeline",
 *   }),
 * ]);
 * console.log(pipeline.processors.length); // 4, with its two ends
 * ```
 */
export class SyncParallelPipeline implements Composite {
  /** Its name in logs and errors. */
  readonly name: string;
  /** Its two ends and the branches between them. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;

  /**
   * Makes a branch of each list; options come last.
   *
   * @throws {TypeError} If there is no branch, or if a processor stands in a
   * pipeline already.
   */
  constructor(...branches: readonly Branch[] | [...Branch[], SyncParallelPipelineOptions]) {
    const last = branches.at(-1);
    const options = last && !isBranch(last) ? last : {};
    this.name = `SyncParallelPipeline#${++count}`;
    const made = makeBranches(this.name, branches.filter(isBranch));
    this.parts = made.parts;
    this.head = made.head;
    this.tail = made.tail;
    this.#join(made, options);
  }

  #join(branches: Branches, options: SyncParallelPipelineOptions): void {
    const { heads, tails } = branches;
    const head = engineOf(this.head);
    const tail = engineOf(this.tail);
    const down = this.#rounds({ from: head, to: tail, starts: heads, ends: tails }, options);
    const up = this.#rounds({ from: tail, to: head, starts: tails, ends: heads }, options);
    head.next = down;
    tail.previous = up;
    tails.forEach((engine, i) => engine.next = down.port(i));
    heads.forEach((engine, i) => engine.previous = up.port(i));
    shareEnvironment(this.parts, head.env);
  }

  /** What keeps the branches in step, in one direction. */
  #rounds(way: Way, options: SyncParallelPipelineOptions): SyncRounds {
    const { frameOrder, branchTimeoutMs: timeoutMs = 30_000 } = options;
    const gather = new Gather(this.name, way.to, way.ends.length);
    return new SyncRounds({
      fan: new Fan(way.from, way.starts, gather),
      ends: way.ends,
      gather,
      target: way.to,
      inOrderOfBranches: frameOrder === "pipeline",
      timeoutMs,
      late: (late, frame) => {
        const who = late.map((branch) => this.#describe(branch)).join(" and ");
        way.to.report(
          `Cannot keep the branches of "${this.name}" in step: ${who} did not finish ` +
            `"${frame.name}" in ${timeoutMs} ms`,
        );
      },
    });
  }

  /** Names a branch, and who is at work in it. */
  #describe(branch: number): string {
    const busy = this.#enginesOf(branch).filter(({ working }) => working).map(nameOf);
    return `branch ${branch + 1}${busy.length > 0 ? `, ${busy.join(", ")},` : ""}`;
  }

  #enginesOf(branch: number): Engine[] {
    const [, middle] = this.parts;
    if (!middle || !("branches" in middle)) return [];
    return [...processorsOf(middle.branches[branch]?.parts ?? [])].map(engineOf);
  }
}

/** One direction through the branches. */
interface Way {
  readonly from: Engine;
  readonly to: Engine;
  /** Where each branch begins, and where it ends, this way. */
  readonly starts: readonly Engine[];
  readonly ends: readonly Engine[];
}

function isBranch(each: Branch | SyncParallelPipelineOptions): each is Branch {
  return Array.isArray(each);
}
