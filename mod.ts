/**
 * Real-time voice agents: what a first bot needs, and no provider.
 *
 * Each service, transport and tool has a subpath of its own, so that a program
 * loads what it uses and nothing else.
 *
 * @example A pipeline of one processor
 * ```ts
 * import { EndFrame, FrameProcessor, Pipeline, PipelineTask, TextFrame } from "@parley/sdk";
 *
 * class Shout extends FrameProcessor {
 *   constructor() {
 *     super();
 *     this.handle(TextFrame, (frame, context) =>
 *       context.push(new TextFrame(frame.text.toUpperCase())));
 *   }
 * }
 * const task = new PipelineTask(new Pipeline([new Shout()]));
 * task.queueFrames([new TextFrame("hello"), new EndFrame()]);
 * await task.run();
 * ```
 *
 * @module
 */
export { type Clock, systemClock } from "./async/mod.ts";
export { defineTool, LLMContext, LLMContextFrame, LLMMessagesAppendFrame } from "./context/mod.ts";
export {
  CancelFrame,
  ControlFrame,
  DataFrame,
  EndFrame,
  EndTaskFrame,
  ErrorFrame,
  Frame,
  type FrameClass,
  type FrameDirection,
  InterruptionFrame,
  LLMRunFrame,
  LLMTextFrame,
  StartFrame,
  SystemFrame,
  TextFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
} from "./frames/mod.ts";
export {
  link,
  ParallelPipeline,
  Pipeline,
  PipelineRunner,
  PipelineTask,
  type PipelineTaskOptions,
} from "./pipeline/mod.ts";
export { type FrameContext, FrameProcessor, type FrameScope } from "./processors/mod.ts";
export { LLMContextAggregatorPair, UserTurnStrategies } from "./turns/mod.ts";
