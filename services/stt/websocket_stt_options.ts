import type { Dial } from "../wire/mod.ts";
import type { STTServiceEvents, STTServiceOptions, STTSettings } from "./stt_service.ts";

/** What every STT service can be given that talks over a WebSocket. */
export interface WebSocketSTTServiceOptions<S extends STTSettings = STTSettings>
  extends STTServiceOptions<S> {
  /** The key; that of the provider's environment variable by default. */
  readonly apiKey?: string | undefined;
  /** Whether another connection is opened when one breaks. @default {true} */
  readonly reconnectOnError?: boolean | undefined;
  /** Seconds without audio after which the connection is kept alive; the provider's by default. */
  readonly keepaliveTimeoutSecs?: number | undefined;
  /** Seconds between one keepalive and the next; the provider's by default. */
  readonly keepaliveIntervalSecs?: number | undefined;
  /** Milliseconds until the provider must have let it in. @default {10000} */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds of audio that are kept while there is no connection. @default {60000} */
  readonly maxBacklogMs?: number | undefined;
  /** Milliseconds after the end of speech in which its last words must come. @default {5000} */
  readonly transcribeTimeoutMs?: number | undefined;
  /** Opens connections, such as through a proxy. @default {dialTCP} */
  readonly dial?: Dial | undefined;
}

/** What an STT service can be given, beside all else, whose server finds the turns. */
export interface ServerTurnOptions {
  /** Whether a turn that the server finds interrupts the bot. @default {true} */
  readonly shouldInterrupt?: boolean | undefined;
  /**
   * Seconds without audio within a turn after which silence is sent, so that
   * the turn can end; at least twice as long as a piece of audio.
   *
   * @default {0.5}
   */
  readonly watchdogMinTimeoutSecs?: number | undefined;
}

/** Events of an STT service whose server finds the turns. */
export interface ServerTurnEvents extends STTServiceEvents {
  /** The user begins to speak. */
  readonly turnStart: readonly [transcript: string];
  /** There are more words; these are all of the turn so far. */
  readonly turnUpdate: readonly [transcript: string];
  /** The user has probably finished. */
  readonly turnEagerEnd: readonly [transcript: string];
  /** The user has not finished after all. */
  readonly turnResume: readonly [];
  /** The user has finished. */
  readonly turnEnd: readonly [transcript: string];
}
