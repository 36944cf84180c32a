/**
 * The processor contract: what every step of a pipeline is.
 *
 * @module
 */
export { Announcer, type AnnouncerOptions } from "./announcer.ts";
export type { FrameContext, FrameScope, Handler, Port, ProcessorRole } from "./contract.ts";
export {
  type Environment,
  type EnvironmentOptions,
  type EnvironmentParams,
  type FramePath,
  type FrameSink,
  makeEnvironment,
  type Named,
} from "./environment.ts";
export {
  type AnyFrameProcessor,
  FrameProcessor,
  type FrameProcessorOptions,
  type ProcessorEvents,
} from "./frame_processor.ts";
export { BaseObserver, type FrameProcessed, type FramePushed } from "./observer.ts";
