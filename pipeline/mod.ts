/**
 * Pipelines, and the task and runner that bring them to life.
 *
 * @module
 */
export { graphOf, type PipelineEdge, type PipelineGraph, type PipelineNode } from "./graph.ts";
export { type Composite, link, type Part, type PipelineElement } from "./link.ts";
export { ParallelPipeline } from "./parallel_pipeline.ts";
export type { PipelineParams } from "./params.ts";
export { Pipeline } from "./pipeline.ts";
export { PipelineRunner, type PipelineRunnerOptions } from "./runner.ts";
export { StreamProcessor } from "./stream_processor.ts";
export {
  PipelineTask,
  type PipelineTaskEvents,
  type PipelineTaskOptions,
  type TaskRTVI,
} from "./task.ts";
