/**
 * RTVI: the messages between a bot and its client.
 *
 * @module
 */
export {
  RTVIClientMessageFrame,
  type RTVIClientMessageFrameOptions,
  RTVIServerMessageFrame,
  RTVIServerResponseFrame,
} from "./frames.ts";
export {
  makeMessage,
  type ParsedMessage,
  parseMessage,
  RTVI_LABEL,
  RTVI_PROTOCOL_VERSION,
  type RTVIClientMessage,
  type RTVIClientMessageType,
  type RTVIMessage,
  type RTVIServerMessageType,
} from "./messages.ts";
export { RTVIObserver } from "./observer.ts";
export type {
  BotOutputTransform,
  RTVIFunctionCallReportLevel,
  RTVIObserverParams,
} from "./params.ts";
export { RTVIProcessor, type RTVIProcessorEvents, type RTVIProcessorOptions } from "./processor.ts";
