import { FrameProcessor } from "../mod.ts";

/**
 * Lets every frame by, in both directions: a place to keep for a filter, or a
 * branch of its own beside others.
 *
 * @example
 * ```ts
 * import { ParallelPipeline, Pipeline } from "@parley/sdk/pipeline";
 * import { IdentityFilter } from "@parley/sdk/processors/filters";
 * await using pipeline = new Pipeline([
 *   new ParallelPipeline([new IdentityFilter()], [new IdentityFilter()]),
 * ]);
 * console.log(pipeline.processors.length); // 4
 * ```
 */
export class IdentityFilter extends FrameProcessor {}
