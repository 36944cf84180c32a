/**
 * Finds out whether a person or a voicemail system has answered an outgoing call.
 *
 * @module
 */
export {
  VoicemailDetector,
  type VoicemailDetectorEvents,
  type VoicemailDetectorOptions,
  type VoicemailOutcome,
} from "./voicemail_detector.ts";
