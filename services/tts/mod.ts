/**
 * The engine of text to speech.
 *
 * @module
 */
export type { SpeechEvent, SpeechRequest } from "./synthesis.ts";
export {
  TTSService,
  type TTSServiceEvents,
  type TTSServiceOptions,
  type TTSSettings,
} from "./tts_service.ts";
