import type { TTSSettings } from "../tts/mod.ts";

/** Settings of ElevenLabs's voices. */
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
  /** What else is said of how to speak, as ElevenLabs calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** A dictionary of pronunciations. */
export interface PronunciationDictionaryLocator {
  /** Id of the dictionary. */
  readonly pronunciationDictionaryId: string;
  /** Id of its version. */
  readonly versionId: string;
}

/** What ElevenLabs's services can be given, however they talk. */
export interface ElevenLabsVoiceOptions {
  /** Whether ElevenLabs keeps a history. */
  readonly enableLogging?: boolean | undefined;
  /** Dictionaries of pronunciations, in the order in which they apply. */
  readonly pronunciationDictionaryLocators?: readonly PronunciationDictionaryLocator[] | undefined;
}

/** Rates of the 16-bit PCM that ElevenLabs makes, in hertz. */
export const SAMPLE_RATES = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

/** How to speak, in the words of both interfaces. */
export function voiceOf({ settings, options }: {
  readonly settings: ElevenLabsTTSSettings;
  readonly options: ElevenLabsVoiceOptions;
}): Record<string, unknown> {
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
