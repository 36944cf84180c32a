import {
  characterWords,
  type TTSConnection,
  type TTSProtocol,
  type TTSSettings,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";
import { languageCodeOf } from "./_languages.ts";

// Wire: https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input (read 2026-11-21)

/** Settings of an {@linkcode ElevenLabsTTSService}. */
export interface ElevenLabsTTSSettings extends TTSSettings {
  /** The model. @default {"eleven_flash_v2_5"} */
  readonly model?: string | undefined;
  /** Id of the voice. */
  readonly voice?: string | undefined;
  /** Language to speak (BCP 47); models that do not take it find out by the text. */
  readonly language?: string | undefined;
  /** How even the voice is, from 0 to 1. */
  readonly stability?: number | undefined;
  /** How close it is to the original, from 0 to 1. */
  readonly similarityBoost?: number | undefined;
  /** How much its style is exaggerated, from 0 to 1. */
  readonly style?: number | undefined;
  /** Whether likeness to the speaker is enhanced. */
  readonly useSpeakerBoost?: boolean | undefined;
  /** How fast, from 0.7 to 1.2. */
  readonly speed?: number | undefined;
  /** Whether numbers and the like are written out before they are spoken. */
  readonly applyTextNormalization?: "auto" | "on" | "off" | undefined;
  /** What else the first message of an utterance says, as ElevenLabs calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** A dictionary of pronunciations. */
export interface PronunciationDictionaryLocator {
  /** Id of the dictionary. */
  readonly pronunciationDictionaryId: string;
  /** Id of its version. */
  readonly versionId: string;
}

/** What an {@linkcode ElevenLabsTTSService} can be given. */
export interface ElevenLabsTTSServiceOptions
  extends WebSocketTTSServiceOptions<ElevenLabsTTSSettings> {
  /** Whether each text is spoken at once. @default {true, unless tokens are sent} */
  readonly autoMode?: boolean | undefined;
  /** Whether SSML in the text is heeded. */
  readonly enableSsmlParsing?: boolean | undefined;
  /** Whether ElevenLabs keeps a history. */
  readonly enableLogging?: boolean | undefined;
  /** Dictionaries of pronunciations, in the order in which they apply. */
  readonly pronunciationDictionaryLocators?: readonly PronunciationDictionaryLocator[] | undefined;
}

type Connection = TTSConnection<ElevenLabsTTSSettings, ElevenLabsTTSServiceOptions>;

const protocol: TTSProtocol<ElevenLabsTTSSettings, ElevenLabsTTSServiceOptions> = {
  provider: "ElevenLabs",
  keyEnv: "ELEVENLABS_API_KEY",
  url: "wss://api.elevenlabs.io",
  defaults: { model: "eleven_flash_v2_5" },
  fixed: ["voice", "model", "language", "applyTextNormalization"],
  sampleRates: [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
  unsent: ({ language, model = "" }) =>
    language && !languageCodeOf(language, model) ? ["language"] : [],
  keepalive: {
    everyMs: 10_000,
    messages: (_connection, context_id) => [JSON.stringify({ text: "", context_id })],
  },
  connect: (connection) => ({
    url: addressOf(connection),
    headers: { "xi-api-key": connection.apiKey },
  }),
  open: (context) => [
    JSON.stringify({ text: " ", context_id: context.contextId, ...beginningOf(context) }),
  ],
  speak: (text, { contextId }) => [JSON.stringify({ text, context_id: contextId })],
  flush: ({ contextId: context_id }) => [
    JSON.stringify({ context_id, flush: true }),
    JSON.stringify({ context_id, close_context: true }),
  ],
  cancel: ({ contextId }) => [JSON.stringify({ context_id: contextId, close_context: true })],
  goodbye: () => [JSON.stringify({ close_socket: true })],
  *receive({ json }) {
    const contextId = json.text("contextId");
    if (json.has("alignment")) {
      const times = json.fields("alignment");
      const startsMs = times.numbers("charStartTimesMs");
      const lengthsMs = times.numbers("charDurationsMs");
      const endsMs = startsMs.map((startMs, k) => startMs + (lengthsMs[k] ?? 0));
      const words = characterWords({ characters: times.texts("chars"), startsMs, endsMs });
      yield { type: "words", words, from: "here", contextId };
    }
    if (json.has("audio")) yield { type: "audio", audio: json.bytes("audio"), contextId };
    if (json.flag("isFinal")) yield { type: "done", contextId };
    if (json.has("error")) {
      const message = json.text("message") ?? "";
      yield { type: "error", message, code: json.text("error"), contextId };
    }
  },
};

function addressOf({ url, settings, options, sampleRate }: Connection): string {
  const { model = "", voice = "", language, applyTextNormalization } = settings;
  const { autoMode = options.textAggregationMode !== "token" } = options;
  const query = new URLSearchParams({
    model_id: model,
    output_format: `pcm_${sampleRate}`,
    auto_mode: `${autoMode}`,
  });
  const { enableSsmlParsing, enableLogging } = options;
  if (enableSsmlParsing !== undefined) query.set("enable_ssml_parsing", `${enableSsmlParsing}`);
  if (enableLogging !== undefined) query.set("enable_logging", `${enableLogging}`);
  const code = languageCodeOf(language, model);
  if (code) query.set("language_code", code);
  if (applyTextNormalization) query.set("apply_text_normalization", applyTextNormalization);
  return `${url}/v1/text-to-speech/${encodeURIComponent(voice)}/multi-stream-input?${query}`;
}

/** What the first message of an utterance says of how to speak. */
function beginningOf({ settings, options }: Connection): Record<string, unknown> {
  const { stability, similarityBoost, style, useSpeakerBoost, speed, extra } = settings;
  const voice = {
    stability,
    similarity_boost: similarityBoost,
    style,
    use_speaker_boost: useSpeakerBoost,
    speed,
  };
  const locators = options.pronunciationDictionaryLocators?.map((locator) => ({
    pronunciation_dictionary_id: locator.pronunciationDictionaryId,
    version_id: locator.versionId,
  }));
  return {
    ...Object.values(voice).some((value) => value !== undefined) && { voice_settings: voice },
    ...locators?.length && { pronunciation_dictionary_locators: locators },
    ...extra,
  };
}

/**
 * Speaks with ElevenLabs's voices over a WebSocket, and says when which word is
 * spoken.
 *
 * @example
 * ```ts
 * import { ElevenLabsTTSService } from "@parley/sdk/services/elevenlabs";
 * const tts = new ElevenLabsTTSService({
 *   apiKey: "key",
 *   settings: { voice: "21m00Tcm4TlvDq8ikWAM", stability: 0.7 },
 * });
 * console.log(tts.settings.model); // "eleven_flash_v2_5"
 * ```
 * @see https://elevenlabs.io/docs/api-reference/text-to-speech
 */
export class ElevenLabsTTSService
  extends WebSocketTTSService<ElevenLabsTTSSettings, ElevenLabsTTSServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: ElevenLabsTTSServiceOptions = {}) {
    super(protocol, options);
  }
}
