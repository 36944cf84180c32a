import type { FrameSerializer } from "../../serializers/mod.ts";
import type { TransportParams } from "../base/mod.ts";

/** What of a `WebSocket` a transport needs. */
export type SocketLike = Pick<
  WebSocket,
  | "addEventListener"
  | "binaryType"
  | "bufferedAmount"
  | "close"
  | "readyState"
  | "removeEventListener"
  | "send"
>;

/** What every transport over a WebSocket can be told. */
export interface WebSocketParams extends TransportParams {
  /** How frames travel. */
  readonly serializer: FrameSerializer;
  /** Whether every chunk of audio that goes out begins with a WAV header. */
  readonly addWavHeader?: boolean | undefined;
  /** Most bytes that a message may have to be read. @default {1_048_576} */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Most bytes that may wait for a peer that does not read, before it is disconnected. From a quarter of it on,
   * audio is dropped. @default {1_048_576}
   */
  readonly maxBufferedBytes?: number | undefined;
  /** Milliseconds for which audio may have to be dropped before the peer is disconnected. @default {10_000} */
  readonly stallTimeoutMs?: number | undefined;
  /** Seconds to wait for a peer to answer a close, before it is given up. @default {0.5} */
  readonly wsCloseTimeout?: number | undefined;
}

/** What a {@linkcode WebSocketTransport} can be told. */
export interface WebSocketTransportParams extends WebSocketParams {
  /** Whether every chunk of audio that goes out begins with a WAV header. @default {false} */
  readonly addWavHeader?: boolean | undefined;
  /** Seconds after which `sessionTimeout` is announced; never when left out. */
  readonly sessionTimeout?: number | undefined;
  /**
   * Bytes of every packet of audio, for a peer that insists, such as 640 for 20 ms at 16 kHz. It counts for what the
   * serializer gives as bytes.
   */
  readonly fixedAudioPacketSize?: number | undefined;
}

/** What a {@linkcode WebSocketClientTransport} can be told. */
export interface WebSocketClientParams extends WebSocketParams {
  /** Whether every chunk of audio that goes out begins with a WAV header. @default {true} */
  readonly addWavHeader?: boolean | undefined;
  /** Headers of the request that opens the socket. */
  readonly additionalHeaders?: Readonly<Record<string, string>> | undefined;
}
