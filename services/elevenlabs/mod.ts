/**
 * ElevenLabs's voices.
 *
 * @module
 */
export {
  ElevenLabsTTSService,
  type ElevenLabsTTSServiceOptions,
  type ElevenLabsTTSSettings,
  type PronunciationDictionaryLocator,
} from "./tts.ts";
