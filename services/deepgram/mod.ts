/**
 * Deepgram: speech to text.
 *
 * @module
 */
export {
  type DeepgramFluxSTTEvents,
  DeepgramFluxSTTService,
  type DeepgramFluxSTTServiceOptions,
  type DeepgramFluxSTTSettings,
} from "./flux.ts";
export {
  type DeepgramSTTEvents,
  DeepgramSTTService,
  type DeepgramSTTServiceOptions,
  type DeepgramSTTSettings,
} from "./stt.ts";
