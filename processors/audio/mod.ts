/**
 * Processors that work on the audio of a conversation.
 *
 * @module
 */
export type {
  AudioBufferProcessorEvents,
  AudioBufferProcessorOptions,
  TurnAudioData,
} from "./audio_buffer_options.ts";
export { AudioBufferProcessor } from "./audio_buffer_processor.ts";
export {
  AudioBufferStartRecordingFrame,
  AudioBufferStopRecordingFrame,
} from "./recording_frames.ts";
export {
  pushVADEvent,
  VADController,
  type VADControllerOptions,
  type VADEvent,
} from "./vad_controller.ts";
export { VADProcessor, type VADProcessorOptions } from "./vad_processor.ts";
