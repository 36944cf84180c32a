/**
 * How a streaming recogniser talks: the protocol, apart from the engine.
 *
 * A provider is one constant of the type {@linkcode STTProtocol}: data and pure
 * functions that turn what is wanted into messages, and messages into events. It
 * never waits, logs, keeps time, reads the environment or touches a socket; state
 * that a decoder or a counter needs is made by `state()`, anew for every
 * connection, and handed to each function as `c.state`.
 *
 * What happens on a connection, in this order:
 *
 * 1. `prepare` (few need it): an HTTP request whose answer the connection needs.
 * 2. `connect`: address, headers, subprotocols. Then the messages of `hello`.
 * 3. Audio goes out as `audio` says, from the start, or from the event `ready` on
 *    where `awaitsReady` is set. It is mono, 16-bit, at `c.sampleRate`.
 * 4. Whatever comes in goes to `receive`, in order, which yields events.
 * 5. When the VAD says that the user stopped, `finalize` asks for the rest.
 * 6. When nothing was sent for a while, `keepalive` says what is.
 * 7. At the end of the conversation `end` is sent, what still comes is read where
 *    `awaitsEnd` is set, and the socket is closed.
 *
 * The {@linkcode WebSocketSTTService} does the rest: key, connecting in the
 * background, timeouts, backoff, replay of set-up, audio kept while there is no
 * connection, settings, mute, user and language of transcripts, turns, metrics,
 * errors, closing. A provider that needs one of these otherwise gets an optional
 * member here.
 */
import type {
  HttpRequest,
  JSONFields,
  ProviderErrorCategory,
  SocketMessage,
  SocketRequest,
} from "../wire/mod.ts";
import type { STTSettings } from "./stt_service.ts";

/** What a protocol knows of the connection it speaks on. */
export interface STTConnection<S extends STTSettings, O = unknown, T = unknown> {
  /** The settings in force when the connection was opened, and live changes since. */
  readonly settings: S;
  /** What the service was given at construction. */
  readonly options: O;
  /** The key; empty where the protocol names no variable for one. */
  readonly apiKey: string;
  /** The environment variables that the protocol asks for in `env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Sample rate of the audio that is sent, in hertz. */
  readonly sampleRate: number;
  /** A UUID of this connection's own. */
  readonly id: string;
  /** When the connection was opened. */
  readonly openedAt: Date;
  /** The JSON that came in answer to `prepare`; without fields where nothing was asked. */
  readonly prepared: JSONFields;
  /** Whether the rest was asked for with `finalize` and has not come yet. */
  readonly finalizing: boolean;
  /** What `state` made for this connection. */
  readonly state: T;
}

/** How a connection is kept when nothing is said. */
export interface STTKeepalive<C> {
  /** Seconds without anything sent after which it is due. */
  readonly timeoutSecs: number;
  /** Seconds between looks, and between one keepalive and the next. @default {5} */
  readonly intervalSecs?: number | undefined;
  /** What is sent. @default {100 ms of silence, as audio} */
  message?(c: C): readonly SocketMessage[];
}

/** Words, as a provider gives them. */
export interface STTWords {
  /** The words; none are pushed where there are none. */
  readonly text: string;
  /** Language that was heard (BCP 47); that of the settings by default. */
  readonly language?: string | undefined;
  /** Who spoke, where the provider tells speakers apart. */
  readonly userId?: string | undefined;
  /** What the provider said, as it said it. */
  readonly result?: unknown;
}

/** What a server that finds turns itself says of one. */
export type STTTurnPhase =
  /** The user begins to speak. */
  | "start"
  /** More words; they are all words of the turn so far. */
  | "update"
  /** The user has probably finished; `resume` takes it back. */
  | "eagerEnd"
  /** The user has not finished after all. */
  | "resume"
  /** The user has finished, with these words. */
  | "end";

/** What a provider said, in our words. */
export type STTEvent =
  /** Audio can be sent from now on. */
  | { readonly type: "ready" }
  /** What the user seems to be saying since the last final words. */
  | ({ readonly type: "interim" } & STTWords)
  /** What the user said, for good. `finalized` where it is the answer to `finalize`. */
  | ({ readonly type: "final"; readonly finalized?: boolean | undefined } & STTWords)
  /** Everything that `finalize` asked for has come. */
  | { readonly type: "finalized" }
  /** A turn that the server finds; an end with empty words says that there were none. */
  | ({ readonly type: "turn"; readonly phase: STTTurnPhase } & Partial<STTWords>)
  /** An event of the provider's own, announced under its name. */
  | { readonly type: "event"; readonly name: string; readonly args?: readonly unknown[] }
  /** Something that the provider wants to be answered. */
  | { readonly type: "reply"; readonly messages: readonly SocketMessage[] }
  /** Something went wrong. */
  | STTErrorEvent;

/** What went wrong, as a provider says it. */
export interface STTErrorEvent {
  /** Tells events apart. */
  readonly type: "error";
  /** The provider's word for it, such as `invalid_model`; a sentence is not shown. */
  readonly code?: string | undefined;
  /** What kind of trouble it is. @default {"server_error"} */
  readonly category?: ProviderErrorCategory | undefined;
  /** Whether the connection is of no more use and has to be opened anew. @default {false} */
  readonly fatal?: boolean | undefined;
  /** Whether another connection can work, where this one is of no use. @default {true} */
  readonly retryable?: boolean | undefined;
  /** What the provider said, as it said it. */
  readonly body?: unknown;
}

/**
 * How a streaming recogniser talks. Every function is pure.
 *
 * `S` is its settings, `O` what its class can be given, `T` the state of one
 * connection. The events and their order are explained at the top of this file.
 */
export interface STTProtocol<S extends STTSettings, O = unknown, T = unknown> {
  /** The provider, as it writes itself. */
  readonly provider: string;
  /** The environment variable that holds the key; none where no key is needed. */
  readonly keyEnv?: string | undefined;
  /** Further environment variables that it reads. */
  readonly env?: readonly string[] | undefined;
  /** Settings in force when the caller names none. */
  readonly defaults: S;
  /** Seconds from the end of speech within which 99 of 100 final transcripts come. */
  readonly ttfsP99LatencySecs?: number | undefined;
  /** Sample rates it hears at; audio of any other is brought to the nearest. Any by default. */
  readonly sampleRates?: readonly number[] | undefined;
  /** Milliseconds of audio that go into one message; what comes by default. */
  readonly chunkMs?: number | undefined;
  /** Settings that an open connection can change, with `update`. */
  readonly live?: readonly (keyof S)[] | undefined;
  /** Settings that cannot change at all once the service is made. The others open a new connection. */
  readonly frozen?: readonly (keyof S)[] | undefined;
  /** Whether audio waits for the event `ready`. @default {false} */
  readonly awaitsReady?: boolean | undefined;
  /** Whether the server closes, after `end`, once it has said everything. @default {false} */
  readonly awaitsEnd?: boolean | undefined;
  /** Whether every `finalize` is answered, so that one that is not means a stall. @default {false} */
  readonly confirms?: boolean | undefined;
  /** Milliseconds between pings; 0 where the server does not know them. @default {20000} */
  readonly pingMs?: number | undefined;
  /** Close codes after which another connection is refused as well. */
  readonly refusals?: readonly number[] | undefined;
  /** How a connection is kept when nothing is said. */
  readonly keepalive?: STTKeepalive<STTConnection<S, O, T>> | undefined;
  /** Whether the server finds the turns. @default {never} */
  readonly serverTurns?: ((settings: S, options: O) => boolean) | undefined;
  /** What its class calls the events of a turn. @default {`turnStart`, `turnUpdate` and so on} */
  readonly turnEvents?: Readonly<Record<STTTurnPhase, string>> | undefined;
  /** Settings of which the provider is not told all, since it would refuse that: who sets them is warned. */
  unsent?(settings: S): readonly (keyof S & string)[];
  /** Makes the state of a connection. */
  state?(): T;
  /** What has to be asked before. */
  prepare?(c: STTConnection<S, O, T>): HttpRequest;
  /** The handshake. */
  connect(c: STTConnection<S, O, T>): SocketRequest;
  /** What is said first. */
  hello?(c: STTConnection<S, O, T>): readonly SocketMessage[];
  /** Audio, on its way. @default {its bytes, as one message} */
  audio?(samples: Int16Array, c: STTConnection<S, O, T>): readonly SocketMessage[];
  /** Asks for what was not transcribed yet; without it the provider finds the ends itself. */
  finalize?(c: STTConnection<S, O, T>): readonly SocketMessage[];
  /** Says that live settings have changed to `c.settings`. */
  update?(changed: readonly (keyof S)[], c: STTConnection<S, O, T>): readonly SocketMessage[];
  /** Says good-bye. */
  end?(c: STTConnection<S, O, T>): readonly SocketMessage[];
  /** What an incoming message means. What it throws counts as a message that cannot be read. */
  receive(message: SocketMessage, c: STTConnection<S, O, T>): Iterable<STTEvent>;
}
