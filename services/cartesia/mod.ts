/**
 * Cartesia's voices.
 *
 * @module
 */
export type { CartesiaOutputOptions, CartesiaTTSSettings } from "./_speech.ts";
export { CartesiaEmotion, type GenerationConfig } from "./generation.ts";
export { CartesiaHttpTTSService, type CartesiaHttpTTSServiceOptions } from "./http_tts.ts";
export { CartesiaTTSService, type CartesiaTTSServiceOptions } from "./tts.ts";
