/**
 * Services of Amazon Web Services.
 *
 * @module
 */
export {
  AWSTranscribeSTTService,
  type AWSTranscribeSTTServiceOptions,
  type AWSTranscribeSTTSettings,
} from "./stt.ts";
