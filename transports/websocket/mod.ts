/**
 * Conversations over WebSockets, from the server's end and from the client's.
 *
 * @module
 */
export type {
  SocketLike,
  WebSocketClientParams,
  WebSocketParams,
  WebSocketTransportParams,
} from "./params.ts";
export {
  WebSocketClientTransport,
  type WebSocketClientTransportEvents,
  type WebSocketClientTransportOptions,
} from "./websocket_client_transport.ts";
export {
  WebSocketTransport,
  type WebSocketTransportEvents,
  type WebSocketTransportOptions,
} from "./websocket_transport.ts";
