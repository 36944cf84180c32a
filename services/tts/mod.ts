/**
 * The engine of text to speech.
 *
 * @module
 */
export { type CharacterTimes, characterWords } from "./character_words.ts";
export { HttpTTSService, type HttpTTSServiceOptions } from "./http_tts_service.ts";
export type {
  HttpTTSAnswer,
  HttpTTSProtocol,
  TTSAudioEncoding,
  TTSConnection,
  TTSContext,
  TTSEvent,
  TTSMessage,
  TTSProtocol,
  TTSProtocolBase,
} from "./protocol.ts";
export { type CachedSpeech, SpeechCache, type SpeechCacheOptions } from "./speech_cache.ts";
export type { SpeechEvent, SpeechRequest, SpeechStream, SpeechStreamRequest } from "./synthesis.ts";
export {
  TextAggregationMode,
  type TextTransform,
  TTSService,
  type TTSServiceEvents,
  type TTSServiceOptions,
  type TTSSettings,
} from "./tts_service.ts";
export { WebSocketTTSService, type WebSocketTTSServiceOptions } from "./websocket_tts_service.ts";
