/**
 * Conversations without a network.
 *
 * @module
 */
export type { WavEvent, WavEventType } from "./_wav_conversation.ts";
export {
  type FileAudio,
  WavTransport,
  type WavTransportEvents,
  type WavTransportOptions,
} from "./wav_transport.ts";
