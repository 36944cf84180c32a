import { encodeALaw, encodeMuLaw, pcmToBytes } from "../../audio/mod.ts";
import { languageBase } from "../../text/mod.ts";
import {
  type STTConnection,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import { JSONFields, type QueryValue, socketAddress, withQuery } from "../wire/mod.ts";
import { hearingError, hearingHeaders, isTaken, keytermsOf } from "./_hearing.ts";

// Wire: https://docs.cartesia.ai/api-reference/stt/stt (read 2026-11-21)

/** Settings of a {@linkcode CartesiaSTTService}; a change opens a new connection between turns. */
export interface CartesiaSTTSettings extends STTSettings {
  /** The model. @default {"ink-whisper"} */
  readonly model?: string | undefined;
  /** Words to expect, for models from `ink-2` on: the first 100 of them, of 1200 characters in all. */
  readonly keyterm?: readonly string[] | undefined;
  /** Further parameters, as Cartesia names them. */
  readonly extra?: Readonly<Record<string, QueryValue>> | undefined;
}

/** What a {@linkcode CartesiaSTTService} can be given. */
export interface CartesiaSTTServiceOptions extends WebSocketSTTServiceOptions<CartesiaSTTSettings> {
  /** Where the service is: a host, or an address that also says whether TLS is used. @default {"api.cartesia.ai"} */
  readonly baseUrl?: string | undefined;
  /** How the audio is sent. @default {"pcm_s16le"} */
  readonly encoding?: "pcm_s16le" | "pcm_mulaw" | "pcm_alaw" | undefined;
  /** Further headers of the handshake. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
}

/** What came in answer to `finalize` so far. */
interface Rest {
  text: string;
}

type Connection = STTConnection<CartesiaSTTSettings, CartesiaSTTServiceOptions, Rest>;

const protocol: STTProtocol<CartesiaSTTSettings, CartesiaSTTServiceOptions, Rest> = {
  provider: "Cartesia",
  keyEnv: "CARTESIA_API_KEY",
  defaults: { model: "ink-whisper", language: "en" },
  ttfsP99LatencySecs: 0.81,
  confirms: true,
  awaitsEnd: true,
  // It hangs up after three minutes without a message.
  keepalive: { timeoutSecs: 120, intervalSecs: 30 },
  unsent: ({ model, keyterm }) =>
    !isTaken(keyterm) || isWhisper(model) && keyterm?.length ? ["keyterm"] : [],
  state: () => ({ text: "" }),
  connect: (c) => ({ url: addressOf(c), headers: hearingHeaders(c) }),
  audio(samples, { options: { encoding } }) {
    if (encoding === "pcm_mulaw") return [encodeMuLaw(samples)];
    return [encoding === "pcm_alaw" ? encodeALaw(samples) : pcmToBytes(samples)];
  },
  finalize({ state }) {
    state.text = "";
    return ["finalize"];
  },
  end: () => ["done"],
  *receive(message, c) {
    const fields = new JSONFields(JSON.parse(String(message)));
    switch (fields.text("type")) {
      case "transcript":
        return yield* wordsOf(fields, c);
      case "flush_done":
        return yield restOf(fields, c);
      case "error":
        yield hearingError(fields);
    }
  },
};

/** Whisper takes no words to expect. */
function isWhisper(model: string | undefined): boolean {
  return model?.startsWith("ink-whisper") ?? false;
}

function addressOf({ settings, options, sampleRate }: Connection): string {
  const { model, language, keyterm, extra } = settings;
  return withQuery(socketAddress(options.baseUrl || "api.cartesia.ai", "/stt/websocket"), {
    model,
    language: language ? languageBase(language) : undefined,
    encoding: options.encoding ?? "pcm_s16le",
    sample_rate: sampleRate,
    keyterm: isWhisper(model) ? undefined : keytermsOf(keyterm),
    ...extra,
  });
}

/**
 * A piece of a transcript. Of what was asked for the pieces are put together, as
 * they come: a piece may begin in the middle of a word.
 */
function* wordsOf(fields: JSONFields, { finalizing, state }: Connection): Iterable<STTEvent> {
  const piece = fields.text("text") ?? "";
  const isFinal = fields.flag("is_final");
  const text = finalizing ? state.text + piece : piece;
  const words = { text, language: fields.text("language"), result: fields.value };
  if (finalizing && isFinal) state.text = text;
  yield { type: isFinal && !finalizing ? "final" : "interim", ...words };
}

/** All that was asked for is there. */
function restOf(fields: JSONFields, { state }: Connection): STTEvent {
  const { text } = state;
  state.text = "";
  return text === ""
    ? { type: "finalized" }
    : { type: "final", finalized: true, text, result: fields.value };
}

/**
 * Transcribes with Cartesia's Ink as the user speaks; the VAD of the pipeline
 * says when he has finished.
 *
 * @example
 * ```ts
 * import { CartesiaSTTService } from "@parley/sdk/services/cartesia";
 * const stt = new CartesiaSTTService({ apiKey: "key", settings: { language: "es" } });
 * console.log(stt.settings.model); // "ink-whisper"
 * ```
 * @see https://docs.cartesia.ai/api-reference/stt/stt
 */
export class CartesiaSTTService
  extends WebSocketSTTService<CartesiaSTTSettings, CartesiaSTTServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: CartesiaSTTServiceOptions = {}) {
    super(protocol, options);
  }
}
