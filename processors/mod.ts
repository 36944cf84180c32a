/**
 * The processor contract: what every step of a pipeline is.
 *
 * @module
 */
export { Announcer, type AnnouncerOptions } from "./announcer.ts";
export { ConsumerProcessor, type ConsumerProcessorOptions } from "./consumer_processor.ts";
export type { FrameContext, FrameScope, Handler, Port, ProcessorRole } from "./contract.ts";
export {
  type Environment,
  type EnvironmentOptions,
  type EnvironmentParams,
  type FramePath,
  type FrameSink,
  type FrameWatch,
  makeEnvironment,
  type Named,
} from "./environment.ts";
export {
  type AnyFrameProcessor,
  type FrameEvent,
  FrameProcessor,
  type FrameProcessorOptions,
  type ProcessorEvents,
} from "./frame_processor.ts";
export {
  BaseObserver,
  type FrameProcessed,
  type FramePushed,
  type ObserverSetting,
} from "./observer.ts";
export {
  type FrameConsumer,
  type FrameTransformer,
  ProducerProcessor,
  type ProducerProcessorOptions,
} from "./producer_processor.ts";
export {
  AssistantTranscriptProcessor,
  type AssistantTranscriptProcessorOptions,
  type TranscriptEvents,
  type TranscriptionMessage,
  TranscriptionUpdateFrame,
  TranscriptProcessor,
  type TranscriptProcessorEvents,
  type TranscriptProcessorOptions,
  UserTranscriptProcessor,
} from "./transcript_processor.ts";
