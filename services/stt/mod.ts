/**
 * The engine of speech to text.
 *
 * @module
 */
export {
  type HttpSTTContext,
  type HttpSTTProtocol,
  HttpSTTService,
  type HttpSTTServiceOptions,
} from "./http_stt_service.ts";
export type {
  STTConnection,
  STTErrorEvent,
  STTEvent,
  STTKeepalive,
  STTProtocol,
  STTTurnPhase,
  STTWords,
} from "./protocol.ts";
export {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
  type SegmentListener,
} from "./segmented_stt_service.ts";
export {
  STTService,
  type STTServiceEvents,
  type STTServiceOptions,
  type STTSettings,
  type Transcript,
} from "./stt_service.ts";
export type {
  ServerTurnEvents,
  ServerTurnOptions,
  WebSocketSTTServiceOptions,
} from "./websocket_stt_options.ts";
export { WebSocketSTTService } from "./websocket_stt_service.ts";
