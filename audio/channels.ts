/**
 * Weaves channels together, sample by sample; the shortest channel sets the length.
 *
 * @example Left and right
 * ```ts
 * import { interleave } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const stereo = interleave([new Int16Array([1, 2]), new Int16Array([10, 20])]);
 * assertEquals([...stereo], [1, 10, 2, 20]);
 * ```
 *
 * @param channels The channels in order, at least one.
 * @returns Interleaved samples, in memory of its own.
 * @throws {RangeError} If there is no channel.
 */
export function interleave(channels: readonly Int16Array[]): Int16Array {
  if (channels.length === 0) {
    throw new RangeError("Cannot interleave: there is no channel; pass at least one");
  }
  const frames = Math.min(...channels.map((channel) => channel.length));
  const woven = new Int16Array(frames * channels.length);
  channels.forEach((channel, index) => {
    for (let i = 0, o = index; i < frames; i++, o += channels.length) woven[o] = channel[i] ?? 0;
  });
  return woven;
}

/**
 * Takes interleaved channels apart.
 *
 * @example Left and right
 * ```ts
 * import { deinterleave } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const [left, right] = deinterleave(new Int16Array([1, 10, 2, 20]), 2);
 * assertEquals([[...left ?? []], [...right ?? []]], [[1, 2], [10, 20]]);
 * ```
 *
 * @param pcm Interleaved samples.
 * @param numChannels How many channels there are.
 * @returns One array for each channel; for one channel `pcm` itself.
 * @throws {RangeError} If the samples do not divide evenly into the channels.
 */
export function deinterleave(pcm: Int16Array, numChannels: number): Int16Array[] {
  const frames = countFrames(pcm, numChannels);
  if (numChannels === 1) return [pcm];
  return Array.from({ length: numChannels }, (_, index) => {
    const channel = new Int16Array(frames);
    for (let i = 0, o = index; i < frames; i++, o += numChannels) channel[i] = pcm[o] ?? 0;
    return channel;
  });
}

/**
 * Averages interleaved channels into one.
 *
 * @example Stereo to mono
 * ```ts
 * import { downmix } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...downmix(new Int16Array([100, 300, -5, -7]), 2)], [200, -6]);
 * ```
 *
 * @param pcm Interleaved samples.
 * @param numChannels How many channels there are.
 * @returns One channel, rounded; for one channel `pcm` itself.
 * @throws {RangeError} If the samples do not divide evenly into the channels.
 */
export function downmix(pcm: Int16Array, numChannels: number): Int16Array {
  const frames = countFrames(pcm, numChannels);
  if (numChannels === 1) return pcm;
  const mono = new Int16Array(frames);
  for (let i = 0, o = 0; i < frames; i++) {
    let sum = 0;
    for (let channel = 0; channel < numChannels; channel++) sum += pcm[o++] ?? 0;
    mono[i] = Math.round(sum / numChannels);
  }
  return mono;
}

/**
 * Repeats one channel in several.
 *
 * @example Mono to stereo
 * ```ts
 * import { upmix } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...upmix(new Int16Array([1, 2]), 2)], [1, 1, 2, 2]);
 * ```
 *
 * @param mono One channel.
 * @param numChannels How many channels are wanted.
 * @returns Interleaved samples; for one channel `mono` itself.
 * @throws {RangeError} If the number of channels is not a positive whole number.
 */
export function upmix(mono: Int16Array, numChannels: number): Int16Array {
  countFrames(mono.subarray(0, 0), numChannels);
  return numChannels === 1 ? mono : interleave(Array(numChannels).fill(mono));
}

function countFrames(pcm: Int16Array, numChannels: number): number {
  if (!Number.isInteger(numChannels) || numChannels < 1) {
    throw new RangeError(
      `Cannot use ${numChannels} channels: pass a positive whole number, such as 2`,
    );
  }
  if (pcm.length % numChannels !== 0) {
    throw new RangeError(
      `Cannot split ${pcm.length} samples into ${numChannels} channels: the last frame is not complete`,
    );
  }
  return pcm.length / numChannels;
}
