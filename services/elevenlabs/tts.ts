import {
  characterWords,
  type TTSConnection,
  type TTSProtocol,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";
import { isLanguageTaken, languageCodeOf } from "./_languages.ts";
import {
  type ElevenLabsTTSSettings,
  type ElevenLabsVoiceOptions,
  SAMPLE_RATES,
  voiceOf,
} from "./_speech.ts";

// Wire: https://elevenlabs.io/docs/api-reference/text-to-speech/v-1-text-to-speech-voice-id-multi-stream-input (read 2026-11-21)

/** What an {@linkcode ElevenLabsTTSService} can be given. */
export interface ElevenLabsTTSServiceOptions
  extends WebSocketTTSServiceOptions<ElevenLabsTTSSettings>, ElevenLabsVoiceOptions {
  /** Whether each text is spoken at once. @default {true, unless tokens are sent} */
  readonly autoMode?: boolean | undefined;
  /** Whether SSML in the text is heeded. */
  readonly enableSsmlParsing?: boolean | undefined;
}

type Connection = TTSConnection<ElevenLabsTTSSettings, ElevenLabsTTSServiceOptions>;

const protocol: TTSProtocol<ElevenLabsTTSSettings, ElevenLabsTTSServiceOptions> = {
  provider: "ElevenLabs",
  keyEnv: "ELEVENLABS_API_KEY",
  url: "wss://api.elevenlabs.io",
  defaults: { model: "eleven_flash_v2_5" },
  fixed: ["voice", "model", "language", "applyTextNormalization"],
  sampleRates: SAMPLE_RATES,
  unsent: (settings) => isLanguageTaken(settings) ? [] : ["language"],
  keepalive: {
    everyMs: 10_000,
    messages: (_connection, context_id) => [JSON.stringify({ text: "", context_id })],
  },
  connect: (connection) => ({
    url: addressOf(connection),
    headers: { "xi-api-key": connection.apiKey },
  }),
  open: (context) => [
    JSON.stringify({ text: " ", context_id: context.contextId, ...voiceOf(context) }),
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
