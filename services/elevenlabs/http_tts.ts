import {
  characterWords,
  type HttpTTSProtocol,
  HttpTTSService,
  type HttpTTSServiceOptions,
  type TTSContext,
} from "../tts/mod.ts";
import { withQuery } from "../wire/mod.ts";
import { isLanguageTaken, languageCodeOf } from "./_languages.ts";
import {
  type ElevenLabsTTSSettings,
  type ElevenLabsVoiceOptions,
  SAMPLE_RATES,
  voiceOf,
} from "./_speech.ts";

// Wire: https://elevenlabs.io/docs/api-reference/text-to-speech/stream-with-timestamps, and the types
// of ElevenLabs's npm package @elevenlabs/elevenlabs-js 2.73 (read 2026-11-21)

/** Settings of an {@linkcode ElevenLabsHttpTTSService}. */
export interface ElevenLabsHttpTTSSettings extends ElevenLabsTTSSettings {
  /** How much quality may be given for an earlier beginning, from 0 to 4. */
  readonly optimizeStreamingLatency?: number | undefined;
}

/** What an {@linkcode ElevenLabsHttpTTSService} can be given. */
export interface ElevenLabsHttpTTSServiceOptions
  extends HttpTTSServiceOptions<ElevenLabsHttpTTSSettings>, ElevenLabsVoiceOptions {
  /** Where the service is. @default {"https://api.elevenlabs.io"} */
  readonly baseUrl?: string | undefined;
}

const protocol: HttpTTSProtocol<ElevenLabsHttpTTSSettings, ElevenLabsHttpTTSServiceOptions> = {
  provider: "ElevenLabs",
  keyEnv: "ELEVENLABS_API_KEY",
  url: "https://api.elevenlabs.io",
  defaults: { model: "eleven_flash_v2_5" },
  sampleRates: SAMPLE_RATES,
  unsent: (settings) => isLanguageTaken(settings) ? [] : ["language"],
  answer: () => "json_lines",
  request: (text, context) => ({
    url: addressOf(context),
    headers: { "xi-api-key": context.apiKey },
    json: { text, ...manner(context) },
  }),
  *receive({ json }) {
    if (json.has("alignment")) {
      const times = json.fields("alignment");
      const words = characterWords({
        characters: times.texts("characters"),
        startsMs: milliseconds(times.numbers("character_start_times_seconds")),
        endsMs: milliseconds(times.numbers("character_end_times_seconds")),
      });
      yield { type: "words", words };
    }
    if (json.has("audio_base64")) yield { type: "audio", audio: json.bytes("audio_base64") };
  },
};

type Context = TTSContext<ElevenLabsHttpTTSSettings, ElevenLabsHttpTTSServiceOptions>;

function addressOf({ url, settings, options, sampleRate }: Context): string {
  const voice = encodeURIComponent(settings.voice ?? "");
  return withQuery(`${url}/v1/text-to-speech/${voice}/stream/with-timestamps`, {
    output_format: `pcm_${sampleRate}`,
    enable_logging: options.enableLogging,
    optimize_streaming_latency: settings.optimizeStreamingLatency,
  });
}

/** How a text is to be spoken. */
function manner(context: Context): Record<string, unknown> {
  const { before, settings: { model = "", language, applyTextNormalization } } = context;
  // Eleven v3 refuses to be told what went before.
  const previous = before !== "" && model !== "eleven_v3" ? { previous_text: before } : {};
  return {
    model_id: model,
    ...previous,
    language_code: languageCodeOf(language, model),
    apply_text_normalization: applyTextNormalization,
    ...voiceOf(context),
  };
}

function milliseconds(seconds: readonly number[]): number[] {
  return seconds.map((one) => Math.round(one * 1000));
}

/**
 * Speaks with ElevenLabs's voices, a request for each sentence, and says when
 * which word is spoken. {@linkcode ElevenLabsTTSService} begins sooner.
 *
 * @example
 * ```ts
 * import { ElevenLabsHttpTTSService } from "@parley/sdk/services/elevenlabs";
 * const tts = new ElevenLabsHttpTTSService({
 *   apiKey: "key",
 *   settings: { voice: "21m00Tcm4TlvDq8ikWAM", speed: 1.1 },
 * });
 * console.log(tts.settings.model); // "eleven_flash_v2_5"
 * ```
 * @see https://elevenlabs.io/docs/api-reference/text-to-speech/stream-with-timestamps
 */
export class ElevenLabsHttpTTSService
  extends HttpTTSService<ElevenLabsHttpTTSSettings, ElevenLabsHttpTTSServiceOptions> {
  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: ElevenLabsHttpTTSServiceOptions = {}) {
    super(protocol, options);
  }
}
