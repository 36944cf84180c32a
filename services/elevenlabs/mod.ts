/**
 * ElevenLabs's voices.
 *
 * @module
 */
export type {
  ElevenLabsTTSSettings,
  ElevenLabsVoiceOptions,
  PronunciationDictionaryLocator,
} from "./_speech.ts";
export {
  ElevenLabsHttpTTSService,
  type ElevenLabsHttpTTSServiceOptions,
  type ElevenLabsHttpTTSSettings,
} from "./http_tts.ts";
export { ElevenLabsTTSService, type ElevenLabsTTSServiceOptions } from "./tts.ts";
