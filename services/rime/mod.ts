/**
 * Rime's voices.
 *
 * @module
 */
export type { RimeTTSSettings } from "./_speech.ts";
export { RimeHttpTTSService, type RimeHttpTTSServiceOptions } from "./http_tts.ts";
export { RimeNonJsonTTSService, type RimeNonJsonTTSServiceOptions } from "./non_json_tts.ts";
export { RimeTTSService, type RimeTTSServiceOptions } from "./tts.ts";
