/**
 * What services of every kind are made of: keys, errors, settings, metrics.
 *
 * @module
 */
export { baseAddress, type QueryValue, socketAddress, withQuery } from "./address.ts";
export { AIService, type AIServiceOptions, type ServiceSettings } from "./ai_service.ts";
export { type ByteConnection, type Dial, dialTCP } from "./dial.ts";
export {
  ConnectionError,
  type ConnectionErrorOptions,
  MissingKeyError,
  ProviderError,
  type ProviderErrorCategory,
  type ProviderErrorOptions,
} from "./errors.ts";
export { decodeEventStream, encodeEventStream, type EventStreamMessage } from "./event_stream.ts";
export { holdEach } from "./hold_each.ts";
export { httpError, type HTTPErrorOptions } from "./http_error.ts";
export {
  type HttpAnswer,
  type HttpRequest,
  type HttpStreamOptions,
  requestStream,
  requestText,
} from "./http_stream.ts";
export { JSONFields } from "./json_fields.ts";
export { parseJson, readJsonLines } from "./json_lines.ts";
export { type KeySource, readEnv, resolveKey } from "./keys.ts";
export { Lazy } from "./lazy.ts";
export { ServiceMetrics, type ServiceMetricsOptions } from "./metrics.ts";
export { sdkError, type SDKErrorOptions } from "./sdk_error.ts";
export {
  type AWSCredentials,
  type PresignOptions,
  presignURL,
  type SignatureScope,
  signRequest,
  type UnsignedRequest,
} from "./sigv4.ts";
export { connectSocket, Socket } from "./socket.ts";
export type { SocketEnd, SocketMessage, SocketOptions, SocketRequest } from "./socket_types.ts";
export { type MessageStreamOptions, readServerSentEvents, type ServerSentEvent } from "./sse.ts";
export { StallGuard, type StallGuardOptions } from "./stall_guard.ts";
