import type { Clock } from "../../async/mod.ts";
import type { Dial } from "./dial.ts";

/** One message of a socket: text, or bytes. */
export type SocketMessage = string | Uint8Array;

/** Where and how to open a socket. */
export interface SocketRequest {
  /** Address: `ws:` or `wss:`. */
  readonly url: string;
  /** Headers of the handshake. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols to offer. */
  readonly protocols?: readonly string[] | undefined;
}

/** How a socket is opened and lives. */
export interface SocketOptions {
  /** The clock that measures. */
  readonly clock: Clock;
  /** Ends the attempt, and the socket later on, at once. */
  readonly signal?: AbortSignal | undefined;
  /** The provider, as it writes itself, for errors. */
  readonly provider?: string | undefined;
  /** What the socket is for, for errors: `transcribe`. @default {"connect"} */
  readonly doing?: string | undefined;
  /** The environment variable that holds the key, for errors. */
  readonly keyEnv?: string | undefined;
  /** Milliseconds until the peer must have answered. @default {10000} */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds that the peer has to answer a close. @default {1000} */
  readonly closeTimeoutMs?: number | undefined;
  /** Milliseconds between pings; a peer that answers none counts as gone. 0 for none. @default {20000} */
  readonly pingMs?: number | undefined;
  /** Bytes that a message from the peer may have. @default {16777216} */
  readonly maxMessageBytes?: number | undefined;
  /** Opens the connection below, such as through a proxy. @default {dialTCP} */
  readonly dial?: Dial | undefined;
}

/** How a socket ended. */
export interface SocketEnd {
  /** The close code: that of the peer, or 1006 when there was none. */
  readonly code: number;
  /** What the peer said; it can quote what it was sent. */
  readonly reason: string;
  /** Whether the peer closed it, or answered a close, as it should. */
  readonly clean: boolean;
  /** Why it broke, in words that can be logged. */
  readonly why?: string | undefined;
}
