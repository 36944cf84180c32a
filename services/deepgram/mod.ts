/**
 * Deepgram: speech to text.
 *
 * @module
 */
export {
  type DeepgramSTTEvents,
  DeepgramSTTService,
  type DeepgramSTTServiceOptions,
  type DeepgramSTTSettings,
} from "./stt.ts";
