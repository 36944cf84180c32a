import { type AnyFrameProcessor, FrameProcessor } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import { engineOf } from "../processors/frame_processor.ts";
import {
  chain,
  checkFree,
  checkOnce,
  type Part,
  type PipelineElement,
  processorsOf,
} from "./link.ts";

/** Branches side by side with their two ends, not joined yet. */
export interface Branches {
  readonly parts: readonly Part[];
  readonly head: AnyFrameProcessor;
  readonly tail: AnyFrameProcessor;
  /** The first processor of each branch. */
  readonly heads: readonly Engine[];
  /** The last processor of each branch. */
  readonly tails: readonly Engine[];
}

/**
 * Makes a branch of each list.
 *
 * @throws {TypeError} If a processor stands in a pipeline already.
 */
export function makeBranches(
  name: string,
  branches: readonly (readonly PipelineElement[])[],
): Branches {
  if (branches.length === 0) {
    throw new TypeError("Cannot make a parallel pipeline: it has no branch");
  }
  const list = branches.map(chain);
  const head = new FrameProcessor({ name: `${name}.in` });
  const tail = new FrameProcessor({ name: `${name}.out` });
  const parts = [head, { branches: list }, tail];
  checkOnce([...processorsOf(parts)]);
  const heads = list.map((branch) => engineOf(branch.head));
  const tails = list.map((branch) => engineOf(branch.tail));
  heads.forEach((engine, i) => checkFree(engine, tails[i]));
  return { parts, head, tail, heads, tails };
}
