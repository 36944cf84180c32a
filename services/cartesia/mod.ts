/**
 * Cartesia's voices and ears.
 *
 * @module
 */
export type { CartesiaOutputOptions, CartesiaTTSSettings } from "./_speech.ts";
export { CartesiaEmotion, type GenerationConfig } from "./generation.ts";
export { CartesiaHttpTTSService, type CartesiaHttpTTSServiceOptions } from "./http_tts.ts";
export {
  CartesiaSTTService,
  type CartesiaSTTServiceOptions,
  type CartesiaSTTSettings,
} from "./stt.ts";
export { CartesiaTTSService, type CartesiaTTSServiceOptions } from "./tts.ts";
export {
  CartesiaTurnsSTTService,
  type CartesiaTurnsSTTServiceOptions,
  type CartesiaTurnsSTTSettings,
} from "./turns_stt.ts";
