/**
 * How a TTS provider talks, as data and pure functions: what a provider *says*.
 * What every service *does* stands in the engines.
 *
 * A protocol awaits nothing, keeps nothing, logs nothing and reads no environment.
 * State that a decoder needs is made by `state` for each connection, and passed in.
 *
 * ## Over a WebSocket: {@linkcode TTSProtocol}
 *
 * The engine opens `connect` when the pipeline starts, sends `hello`, and waits for a
 * `ready` event if the protocol says that one comes. An answer of the bot is a
 * **context**: its first text is sent by `open` and `speak`, each further text by
 * `speak`, its end by `flush`; when the provider is done with it, `finished` is sent.
 * A text is a sentence, or a token, as the user of the service chooses.
 *
 * - A provider that knows contexts is given `context.contextId` and names it in its
 *   events. One that does not names none: its events belong to the oldest context
 *   that is not done.
 * - An interruption sends `cancel`. Without `cancel` the connection is closed and
 *   opened anew, which silences every provider. Where late audio bears no context,
 *   say `acknowledgesCancel`, and yield `cancelled` for the acknowledgement: up to
 *   there everything is dropped.
 * - A context is done by a `done` event, or when each of its texts had its `textDone`.
 *   For a provider that says neither, `ends: "silence"` takes silence for the end.
 * - `fixed` are the settings that an open connection cannot change: a change of one of
 *   them opens a new one. The others are used from the next context on.
 *
 * ## Over HTTP: {@linkcode HttpTTSProtocol}
 *
 * Each text is a `request`. `answer` says how its body is to be read: audio as it is
 * (`"audio"`), or messages (`"sse"`, `"json_lines"`, `"json"`) that `receive` turns into
 * the same events as above.
 *
 * ## Audio
 *
 * Bytes as they come: of `encoding` (16-bit PCM by default), mono, at
 * `connection.sampleRate`, which is the rate of `sampleRates` that suits the output
 * best. Cut samples, other encodings, WAV headers and other rates are the engine's.
 *
 * ## Words
 *
 * As the provider reports them, in milliseconds. Which part of what the model wrote
 * each one is, is the engine's: through normalisation, markup, emoji and CJK.
 */
import type { SpokenWord } from "../../text/mod.ts";
import type { HttpRequest } from "../wire/http_stream.ts";
import type { JSONFields } from "../wire/json_fields.ts";
import type { SocketMessage, SocketRequest } from "../wire/socket_types.ts";
import type { TTSSettings } from "./tts_service.ts";

/** How samples are written. `"wav"` says itself how, and at which rate. */
export type TTSAudioEncoding = "pcm_s16le" | "pcm_f32le" | "mulaw" | "alaw" | "wav";

/** What a protocol knows of the service that speaks. */
export interface TTSConnection<S extends TTSSettings, O extends object = object> {
  /** Address of the provider: the protocol's, or what the service was given. */
  readonly url: string;
  /** The key; empty for a provider without. */
  readonly apiKey: string;
  /** The settings in force. */
  readonly settings: S;
  /** What the service was made with. */
  readonly options: O;
  /** Rate of the audio that the provider is asked for, in hertz. */
  readonly sampleRate: number;
}

/** What a protocol knows of the context whose text is sent. */
export interface TTSContext<S extends TTSSettings, O extends object = object>
  extends TTSConnection<S, O> {
  /** Its id, a UUID. */
  readonly contextId: string;
  /** All text that was sent in it before; empty at first. */
  readonly before: string;
}

/** One message of a provider. */
export interface TTSMessage {
  /** What it says, if it is JSON; else it has no fields. */
  readonly json: JSONFields;
  /** What it holds, if it is binary. */
  readonly bytes?: Uint8Array | undefined;
  /** Its kind, if it is a server-sent event. */
  readonly event?: string | undefined;
}

/** What a message of a provider means. */
export type TTSEvent =
  | {
    /** The connection can be used: for protocols that say `awaitsReady`. */
    readonly type: "ready";
  }
  | {
    /** A piece of the audio, in order. */
    readonly type: "audio";
    /** Its bytes, cut anywhere. */
    readonly audio: Uint8Array;
    /** The context it is of, if the provider says so. */
    readonly contextId?: string | undefined;
    /** Its rate in hertz, where that is not the one that was asked for. */
    readonly sampleRate?: number | undefined;
  }
  | {
    /** When words are spoken, in order; before or after their audio. */
    readonly type: "words";
    /** The words. */
    readonly words: readonly SpokenWord[];
    /**
     * What their times count from: the first sample of the context, or the first
     * that comes behind this event. @default {"context"}
     */
    readonly from?: "context" | "here" | undefined;
    /** The context they are of, if the provider says so. */
    readonly contextId?: string | undefined;
  }
  | {
    /** One text of a context has been spoken. */
    readonly type: "textDone";
    /** The context, if the provider says so. */
    readonly contextId?: string | undefined;
  }
  | {
    /** All of a context has been spoken. */
    readonly type: "done";
    /** The context, if the provider says so. */
    readonly contextId?: string | undefined;
  }
  | {
    /** A cancel was heeded: nothing of what was before it comes any more. */
    readonly type: "cancelled";
  }
  | {
    /** A goodbye was heard: the connection can be closed. */
    readonly type: "bye";
  }
  | {
    /** The provider cannot go on, with one context or with all. */
    readonly type: "error";
    /** What it says; never logged, since it can quote what it was sent. */
    readonly message: string;
    /** Its word for it, such as `model_not_found`. */
    readonly code?: string | undefined;
    /** The HTTP status that it means, if any. */
    readonly status?: number | undefined;
    /** The context, if the provider says so. */
    readonly contextId?: string | undefined;
  };

/** What protocols over every kind of connection say. */
export interface TTSProtocolBase<S extends TTSSettings, O extends object> {
  /** The provider, as it writes itself. */
  readonly provider: string;
  /** The environment variable that holds the key; none for a provider without a key. */
  readonly keyEnv?: string | undefined;
  /** Its address, unless the service is given another. */
  readonly url: string;
  /** Settings of a service that is given none. */
  readonly defaults: S;
  /** The rates that it can speak at, in hertz; any, where none are listed. */
  readonly sampleRates?: readonly number[] | undefined;
  /** Settings of which the provider is not told all, since it would refuse that: who sets them is warned. */
  unsent?(settings: S): readonly (keyof S & string)[];
  /** How it writes samples. @default {"pcm_s16le"} */
  encoding?(connection: TTSConnection<S, O>): TTSAudioEncoding;
}

/** How a provider talks over a WebSocket. `D` is the state of its decoder. */
export interface TTSProtocol<
  S extends TTSSettings,
  O extends object = object,
  D = undefined,
> extends TTSProtocolBase<S, O> {
  /** Settings that an open connection cannot change. */
  readonly fixed: readonly (keyof S)[] | "all";
  /** Whether a `ready` event comes before it takes any text. @default {false} */
  readonly awaitsReady?: boolean | undefined;
  /** Whether a `cancelled` event answers each cancel. @default {false} */
  readonly acknowledgesCancel?: boolean | undefined;
  /** Whether it says when it is done, or just falls silent. @default {"done"} */
  readonly ends?: "done" | "silence" | undefined;
  /** What is sent so that it does not hang up, and how often. */
  readonly keepalive?: {
    /** Milliseconds from one to the next. */
    readonly everyMs: number;
    /** The messages; while a context is being spoken, with its id. */
    messages(
      connection: TTSConnection<S, O>,
      contextId: string | undefined,
    ): readonly SocketMessage[];
  } | undefined;
  /** The handshake. */
  connect(connection: TTSConnection<S, O>): SocketRequest;
  /** Sent once, when the connection is open. */
  hello?(connection: TTSConnection<S, O>): readonly SocketMessage[];
  /** Sent before the first text of a context. */
  open?(context: TTSContext<S, O>): readonly SocketMessage[];
  /** Sends a text. */
  speak(text: string, context: TTSContext<S, O>): readonly SocketMessage[];
  /** Sent behind the last text of a context. */
  flush?(context: TTSContext<S, O>): readonly SocketMessage[];
  /** Sent when all of a context has come. */
  finished?(context: TTSContext<S, O>): readonly SocketMessage[];
  /** Stops a context that is not done; without it, the connection is opened anew. */
  cancel?(context: TTSContext<S, O>): readonly SocketMessage[];
  /**
   * Sent before the connection is closed: the provider has two seconds to close it
   * itself, or for a `bye` event.
   */
  goodbye?(connection: TTSConnection<S, O>): readonly SocketMessage[];
  /** State of the decoder, made for each connection. */
  state?(): D;
  /** What a message means. A throw is a warning, and the message is left out. */
  receive(
    message: TTSMessage,
    connection: TTSConnection<S, O>,
    state: D,
  ): Iterable<TTSEvent>;
}

/** How the body of an answer is to be read. */
export type HttpTTSAnswer = "audio" | "sse" | "json_lines" | "json";

/** How a provider talks over HTTP, a request for each text. `D` is the state of its decoder. */
export interface HttpTTSProtocol<
  S extends TTSSettings,
  O extends object = object,
  D = undefined,
> extends TTSProtocolBase<S, O> {
  /** How the body of an answer is to be read. @default {"audio"} */
  answer?(connection: TTSConnection<S, O>): HttpTTSAnswer;
  /** Asks for the speech of a text; `before` is what was asked for in the same utterance. */
  request(text: string, context: TTSContext<S, O>): HttpRequest;
  /** State of the decoder, made for each answer. */
  state?(): D;
  /** What a message of an answer means, where it is made of messages. */
  receive?(
    message: TTSMessage,
    connection: TTSConnection<S, O>,
    state: D,
  ): Iterable<TTSEvent>;
}
