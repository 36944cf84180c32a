import {
  type HttpTTSProtocol,
  HttpTTSService,
  type HttpTTSServiceOptions,
  type TTSSettings,
} from "../tts/mod.ts";
import { headersOf, type OpenAIAccountOptions } from "./_account.ts";

// Wire: https://platform.openai.com/docs/api-reference/audio/createSpeech (openai 7.55, read 2026-11-20)

/**
 * The voices that OpenAI has, as of 2026-11-20.
 *
 * @example
 * ```ts
 * import { OPENAI_VOICES } from "@parley/sdk/services/openai";
 * console.log(OPENAI_VOICES.length); // 13
 * ```
 */
export const OPENAI_VOICES = [
  "alloy",
  "ash",
  "ballad",
  "cedar",
  "coral",
  "echo",
  "fable",
  "marin",
  "nova",
  "onyx",
  "sage",
  "shimmer",
  "verse",
] as const;

/** A voice of OpenAI's, or the id of one that was made from a recording. */
export type OpenAIVoice = (typeof OPENAI_VOICES)[number] | (string & Record<never, never>);

/** Settings of an {@linkcode OpenAITTSService}. */
export interface OpenAITTSSettings extends TTSSettings {
  /** The model. @default {"gpt-4o-mini-tts"} */
  readonly model?: string | undefined;
  /** The voice. @default {"alloy"} */
  readonly voice?: OpenAIVoice | undefined;
  /** How to speak: tone, mood, pace. Models named `tts-1` take no notice. */
  readonly instructions?: string | undefined;
  /** How fast to speak, from 0.25 to 4. */
  readonly speed?: number | undefined;
  /** What else a request says, as OpenAI calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** What an {@linkcode OpenAITTSService} can be given. */
export interface OpenAITTSServiceOptions
  extends HttpTTSServiceOptions<OpenAITTSSettings>, OpenAIAccountOptions {
  /** Address of the API, or of one that is compatible. @default {"https://api.openai.com/v1"} */
  readonly baseUrl?: string | undefined;
}

const protocol: HttpTTSProtocol<OpenAITTSSettings, OpenAITTSServiceOptions> = {
  provider: "OpenAI",
  keyEnv: "OPENAI_API_KEY",
  url: "https://api.openai.com/v1",
  defaults: { model: "gpt-4o-mini-tts", voice: "alloy" },
  // What "pcm" always has.
  sampleRates: [24_000],
  request: (input, context) => {
    const { model, voice, instructions, speed, extra } = context.settings;
    return {
      url: `${context.url}/audio/speech`,
      headers: { Accept: "application/octet-stream", ...headersOf(context) },
      json: {
        model,
        voice,
        input,
        response_format: "pcm",
        instructions: instructions || undefined,
        speed: speed || undefined,
        ...extra,
      },
    };
  },
};

/**
 * Speaks with OpenAI's voices, streamed.
 *
 * OpenAI's audio has 24 kHz; another rate of the pipeline is made from that. It
 * does not say when which word is spoken: that is estimated.
 *
 * @example
 * ```ts
 * import { OpenAITTSService } from "@parley/sdk/services/openai";
 * const tts = new OpenAITTSService({ apiKey: "key", settings: { voice: "nova" } });
 * console.log(tts.settings.model); // "gpt-4o-mini-tts"
 * ```
 * @see https://platform.openai.com/docs/guides/text-to-speech
 */
export class OpenAITTSService extends HttpTTSService<OpenAITTSSettings, OpenAITTSServiceOptions> {
  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: OpenAITTSServiceOptions = {}) {
    super(protocol, options);
  }
}
