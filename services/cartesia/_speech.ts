import { languageBase } from "../../text/mod.ts";
import type { TTSAudioEncoding, TTSConnection, TTSSettings } from "../tts/mod.ts";
import type { GenerationConfig } from "./generation.ts";

/** Rates that Cartesia speaks at, in hertz. */
export const SAMPLE_RATES = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];

/** The version of Cartesia's API that is spoken. */
export const VERSION = "2026-03-01";

/** Settings of Cartesia's voices. */
export interface CartesiaTTSSettings extends TTSSettings {
  /** The model. @default {"sonic-3.5"} */
  readonly model?: string | undefined;
  /** Id of the voice. */
  readonly voice?: string | undefined;
  /** Language to speak (BCP 47). @default {"en"} */
  readonly language?: string | undefined;
  /** How to speak; from `sonic-3` on. */
  readonly generationConfig?: GenerationConfig | undefined;
  /** Id of a dictionary of pronunciations. */
  readonly pronunciationDictId?: string | undefined;
  /** What else a request says, as Cartesia calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** How Cartesia is to write its audio. */
export interface CartesiaOutputOptions {
  /** How samples are written; whatever it is, frames hold 16-bit PCM. @default {"pcm_s16le"} */
  readonly encoding?: "pcm_s16le" | "pcm_f32le" | "pcm_mulaw" | "pcm_alaw" | undefined;
  /** What the samples come in. @default {"raw"} */
  readonly container?: "raw" | "wav" | undefined;
  /** Further headers. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
}

type Connection = TTSConnection<CartesiaTTSSettings, CartesiaOutputOptions>;

/** Settings of a service that is given none. */
export const DEFAULTS: CartesiaTTSSettings = { model: "sonic-3.5", language: "en" };

/** The headers of every connection and request. */
export function headersOf({ apiKey, options }: Connection): Record<string, string> {
  return { "X-API-Key": apiKey, "Cartesia-Version": VERSION, ...options.extraHeaders };
}

/** How the audio is written that such a service is given. */
export function encodingOf({ options }: Connection): TTSAudioEncoding {
  if (options.container === "wav") return "wav";
  switch (options.encoding) {
    case "pcm_mulaw":
      return "mulaw";
    case "pcm_alaw":
      return "alaw";
    default:
      return options.encoding ?? "pcm_s16le";
  }
}

/** What every request says of how to speak. */
export function speechOf({ settings, options, sampleRate }: Connection): Record<string, unknown> {
  const { model, voice, language, generationConfig, pronunciationDictId, extra } = settings;
  const { container = "raw", encoding = "pcm_s16le" } = options;
  return {
    model_id: model,
    voice: { mode: "id", id: voice },
    output_format: { container, encoding, sample_rate: sampleRate },
    ...language && { language: languageBase(language) },
    ...generationConfig && { generation_config: generationConfig },
    ...pronunciationDictId && { pronunciation_dict_id: pronunciationDictId },
    ...extra,
  };
}
