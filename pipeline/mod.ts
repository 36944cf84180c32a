/**
 * Pipelines, and the task and runner that bring them to life.
 *
 * @module
 */
export { graphOf, type PipelineEdge, type PipelineGraph, type PipelineNode } from "./graph.ts";
export { type Composite, link, type Part, type PipelineElement } from "./link.ts";
export {
  LLMSwitcher,
  type LLMSwitcherOptions,
  type SwitchableLLM,
  type SwitchedInferenceOptions,
} from "./llm_switcher.ts";
export { ParallelPipeline } from "./parallel_pipeline.ts";
export type { PipelineParams } from "./params.ts";
export { Pipeline, type PipelineOptions } from "./pipeline.ts";
export { PipelineRunner, type PipelineRunnerEvents, type PipelineRunnerOptions } from "./runner.ts";
export {
  ServiceSwitcher,
  type ServiceSwitcherOptions,
  type ServiceSwitcherStrategyType,
} from "./service_switcher.ts";
export {
  type ServiceSwitcherEvents,
  ServiceSwitcherStrategy,
  ServiceSwitcherStrategyFailover,
  ServiceSwitcherStrategyManual,
} from "./service_switcher_strategy.ts";
export { StreamProcessor } from "./stream_processor.ts";
export { SyncFrame } from "./sync_frame.ts";
export {
  type FrameOrder,
  SyncParallelPipeline,
  type SyncParallelPipelineOptions,
} from "./sync_parallel_pipeline.ts";
export { PipelineTask } from "./task.ts";
export type {
  PipelineTaskEvents,
  PipelineTaskOptions,
  ProcessorUnusablePolicy,
  TaskRTVI,
  TerminalFrame,
} from "./task_options.ts";
