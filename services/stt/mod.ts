/**
 * The engine of speech to text.
 *
 * @module
 */
export {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
  type SegmentListener,
} from "./segmented_stt_service.ts";
export {
  STTService,
  type STTServiceOptions,
  type STTSettings,
  type Transcript,
} from "./stt_service.ts";
