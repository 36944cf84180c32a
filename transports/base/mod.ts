/**
 * What every transport is made of: an input, an output that knows what has been heard, and their params.
 *
 * @module
 */
export type { AudioChunk } from "./audio_chunk.ts";
export { BaseInputTransport, type ReceivedAudioOptions } from "./base_input_transport.ts";
export { BaseOutputTransport } from "./base_output_transport.ts";
export { BaseTransport, type BaseTransportOptions } from "./base_transport.ts";
export { HeardLedger, type SpokenText } from "./ledger.ts";
export { checkTransportParams, type TransportParams } from "./params.ts";
