/**
 * LMNT's voices.
 *
 * @module
 */
export {
  LMNTTTSService,
  LmntTTSService,
  type LmntTTSServiceOptions,
  type LmntTTSSettings,
} from "./tts.ts";
