/**
 * Audio as 16-bit samples: reading and writing it, changing rates and channels, mixing and measuring it.
 *
 * @example A WAV file at another rate
 * ```ts
 * import { decodeWav, encodeWav, resample } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const wav = decodeWav(encodeWav(new Int16Array(24000), { sampleRate: 24000 }));
 * const pcm = resample(wav.samples, { fromRate: wav.sampleRate, toRate: 16000 });
 * assertEquals(pcm.length, 16000);
 * ```
 *
 * @module
 */
export type { WavEncoding } from "./_wav_samples.ts";
export { deinterleave, downmix, interleave, upmix } from "./channels.ts";
export { PcmChunker } from "./chunker.ts";
export { BaseAudioFilter } from "./filters/filter.ts";
export { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from "./g711.ts";
export { isSilence, peak, rms, SILENCE_THRESHOLD, toDbfs } from "./level.ts";
export { applyGain, gainFromDb, mixAudio } from "./mix.ts";
export { BaseAudioMixer } from "./mixer.ts";
export {
  type AudioShape,
  bytesToPcm,
  clampSample,
  concatAudio,
  durationMs,
  float32ToPcm,
  PcmReader,
  pcmToBytes,
  pcmToFloat32,
  samplesForMs,
} from "./pcm.ts";
export {
  resample,
  type ResampleOptions,
  type ResamplerQuality,
  StreamResampler,
  type StreamResamplerOptions,
} from "./resample.ts";
export {
  AudioVolumeTracker,
  calculateAudioVolume,
  expSmoothing,
  loudness,
  normalizeValue,
  type SmoothingOptions,
  type ValueRange,
} from "./volume.ts";
export {
  decodeWav,
  encodeWav,
  type WavAudio,
  wavHeader,
  type WavHeaderOptions,
  type WavOptions,
  WavWriter,
} from "./wav.ts";
