/**
 * Filters that clean the audio that comes in. What they have in common is `BaseAudioFilter` of `@parley/sdk/audio`.
 *
 * @example Noise suppression at the input
 * ```ts
 * import { RNNoiseFilter } from "@parley/sdk/audio/filters";
 *
 * const params = { audioInEnabled: true, audioInFilter: new RNNoiseFilter() };
 * console.log(params.audioInFilter.latencyMs); // 0 until it starts
 * ```
 *
 * @module
 */
export { RNNoiseFilter, type RNNoiseFilterOptions } from "./rnnoise.ts";
