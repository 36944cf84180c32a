/**
 * Processors that work on the audio of a conversation.
 *
 * @module
 */
export {
  pushVADEvent,
  VADController,
  type VADControllerOptions,
  type VADEvent,
} from "./vad_controller.ts";
export { VADProcessor, type VADProcessorOptions } from "./vad_processor.ts";
