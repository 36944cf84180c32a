import {
  type STTEvent,
  type STTProtocol,
  type STTServiceEvents,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import { JSONFields, type QueryValue, socketAddress, withQuery } from "../wire/mod.ts";

// Wire: https://developers.deepgram.com/reference/speech-to-text/listen-streaming (read 2026-11-21)

/** Settings of a {@linkcode DeepgramSTTService}; a change opens a new connection between turns. */
export interface DeepgramSTTSettings extends STTSettings {
  /** Whether names, places and the like are marked. @default {false} */
  readonly detectEntities?: boolean | undefined;
  /** Whether speakers are told apart. @default {false} */
  readonly diarize?: boolean | undefined;
  /** Whether spoken commands become marks. @default {false} */
  readonly dictation?: boolean | undefined;
  /** Milliseconds of silence that end a result, or `false` for none. */
  readonly endpointing?: number | boolean | undefined;
  /** Whether results come while the user speaks. @default {true} */
  readonly interimResults?: boolean | undefined;
  /** Words to expect, for models from Nova-3 on. */
  readonly keyterm?: string | readonly string[] | undefined;
  /** Words to expect, each with a weight behind a colon, for models before Nova-3. */
  readonly keywords?: string | readonly string[] | undefined;
  /** Whether spoken numbers become digits. @default {false} */
  readonly numerals?: boolean | undefined;
  /** Whether swearing is left out. @default {true} */
  readonly profanityFilter?: boolean | undefined;
  /** Whether marks are set. @default {true} */
  readonly punctuate?: boolean | undefined;
  /** What is to be made unreadable, such as `pci`. */
  readonly redact?: string | readonly string[] | undefined;
  /** Words and what to write in their place, as `word:other`. */
  readonly replace?: string | readonly string[] | undefined;
  /** Words to look for. */
  readonly search?: string | readonly string[] | undefined;
  /** Whether dates, amounts and the like are written as people do. @default {false} */
  readonly smartFormat?: boolean | undefined;
  /** Milliseconds between words after which `utteranceEnd` is announced. */
  readonly utteranceEndMs?: number | undefined;
  /** Further parameters, as the provider names them. */
  readonly extra?: Readonly<Record<string, QueryValue>> | undefined;
}

/** What a {@linkcode DeepgramSTTService} can be given. */
export interface DeepgramSTTServiceOptions extends WebSocketSTTServiceOptions<DeepgramSTTSettings> {
  /** Where the service is: a host, or an address that also says whether TLS is used. @default {"api.deepgram.com"} */
  readonly baseUrl?: string | undefined;
  /** How audio is encoded; what is sent is 16-bit PCM. @default {"linear16"} */
  readonly encoding?: "linear16" | undefined;
  /** Channels of the audio; what is sent is mono. @default {1} */
  readonly channels?: 1 | undefined;
  /** Whether channels are transcribed apart. @default {false} */
  readonly multichannel?: boolean | undefined;
  /** Where results are also sent to. */
  readonly callback?: string | undefined;
  /** How they are sent there. */
  readonly callbackMethod?: "GET" | "POST" | "PUT" | undefined;
  /** What the account's reports call it. */
  readonly tag?: string | readonly string[] | undefined;
  /** Whether the provider may not learn from the audio. */
  readonly mipOptOut?: boolean | undefined;
  /** Further parameters, as the provider names them. */
  readonly addons?: Readonly<Record<string, QueryValue>> | undefined;
}

/** Events of a {@linkcode DeepgramSTTService}. */
export interface DeepgramSTTEvents extends STTServiceEvents {
  /** The provider hears a voice; needs `addons: { vad_events: true }`. */
  readonly speechStarted: readonly [];
  /** The provider finds an utterance to be over; needs the setting `utteranceEndMs`. */
  readonly utteranceEnd: readonly [];
}

const protocol: STTProtocol<DeepgramSTTSettings, DeepgramSTTServiceOptions> = {
  provider: "Deepgram",
  keyEnv: "DEEPGRAM_API_KEY",
  ttfsP99LatencySecs: 0.35,
  defaults: {
    model: "nova-3-general",
    language: "en",
    detectEntities: false,
    diarize: false,
    dictation: false,
    interimResults: true,
    numerals: false,
    profanityFilter: true,
    punctuate: true,
    smartFormat: false,
  },
  awaitsEnd: true,
  // Without audio or this the connection is closed after 10 seconds.
  keepalive: { timeoutSecs: 5, intervalSecs: 3, message: () => ['{"type":"KeepAlive"}'] },
  connect: ({ apiKey, settings, options, sampleRate }) => ({
    url: withQuery(socketAddress(options.baseUrl || "api.deepgram.com", "/v1/listen"), {
      ...settingsQuery(settings),
      encoding: options.encoding ?? "linear16",
      sample_rate: sampleRate,
      channels: options.channels ?? 1,
      multichannel: options.multichannel ?? false,
      callback: options.callback,
      callback_method: options.callbackMethod,
      tag: options.tag,
      mip_opt_out: options.mipOptOut,
      ...options.addons,
    }),
    headers: { Authorization: `Token ${apiKey}` },
  }),
  finalize: () => ['{"type":"Finalize"}'],
  end: () => ['{"type":"CloseStream"}'],
  *receive(message) {
    const fields = new JSONFields(JSON.parse(String(message)));
    switch (fields.text("type")) {
      case "Results":
        return yield* results(fields);
      case "SpeechStarted":
        return yield { type: "event", name: "speechStarted" };
      case "UtteranceEnd":
        return yield { type: "event", name: "utteranceEnd" };
      case "Error":
        yield {
          type: "error",
          code: fields.text("err_code") ?? fields.text("variant"),
          body: fields.value,
        };
    }
  },
};

function settingsQuery(settings: DeepgramSTTSettings): Readonly<Record<string, QueryValue>> {
  return {
    model: settings.model,
    language: settings.language ?? "multi",
    detect_entities: settings.detectEntities,
    diarize: settings.diarize,
    dictation: settings.dictation,
    endpointing: settings.endpointing,
    interim_results: settings.interimResults,
    keyterm: settings.keyterm,
    keywords: settings.keywords,
    numerals: settings.numerals,
    profanity_filter: settings.profanityFilter,
    punctuate: settings.punctuate,
    redact: settings.redact,
    replace: settings.replace,
    search: settings.search,
    smart_format: settings.smartFormat,
    utterance_end_ms: settings.utteranceEndMs,
    ...settings.extra,
  };
}

function* results(fields: JSONFields): Iterable<STTEvent> {
  const [best] = fields.fields("channel").list("alternatives");
  const finalized = fields.flag("from_finalize");
  const text = best?.text("transcript") ?? "";
  if (text !== "") {
    const [language] = best?.texts("languages") ?? [];
    const words = { text, language: language || undefined, result: fields.value };
    if (fields.flag("is_final")) yield { type: "final", ...words, finalized };
    else yield { type: "interim", ...words };
  } else if (finalized) yield { type: "finalized" };
}

/**
 * Transcribes speech with Deepgram's streaming API.
 *
 * @example
 * ```ts
 * import { DeepgramSTTService } from "@parley/sdk/services/deepgram";
 * const stt = new DeepgramSTTService({ apiKey: "key", settings: { language: "es" } });
 * stt.on("connected", () => console.log("Deepgram listens"));
 * console.log(stt.settings.model); // "nova-3-general"
 * ```
 * @see https://developers.deepgram.com/docs/live-streaming-audio
 */
export class DeepgramSTTService
  extends WebSocketSTTService<DeepgramSTTSettings, DeepgramSTTServiceOptions, DeepgramSTTEvents> {
  /**
   * Makes a service; nothing is opened before the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: DeepgramSTTServiceOptions = {}) {
    super(protocol, options);
  }
}
