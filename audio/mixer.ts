import type { MixerControlFrame } from "../frames/mod.ts";

/**
 * Mixes something into the audio that goes out, such as the sounds of an office behind the bot's voice.
 *
 * An output transport calls {@linkcode BaseAudioMixer.start} once with the rate of its audio, then
 * {@linkcode BaseAudioMixer.mix} for every chunk, in order and one at a time, with silence while the bot says nothing,
 * and {@linkcode BaseAudioMixer.stop} once at the end. A `MixerEnableFrame` becomes a call of
 * {@linkcode BaseAudioMixer.setEnabled}, a `MixerUpdateSettingsFrame` one of
 * {@linkcode BaseAudioMixer.updateSettings}; frames of a mixer's own go to {@linkcode BaseAudioMixer.processFrame}.
 * What is mixed in is never taken for the bot's speech. What a mixer throws is reported, and speech goes out as it is.
 *
 * @example A mixer that hums
 * ```ts
 * import { BaseAudioMixer, mixAudio } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * class Hum extends BaseAudioMixer {
 *   #enabled = true;
 *   override setEnabled(enable: boolean) {
 *     this.#enabled = enable;
 *   }
 *   mix(pcm: Int16Array) {
 *     return this.#enabled ? mixAudio(pcm, new Int16Array(pcm.length).fill(5)) : pcm;
 *   }
 * }
 *
 * const mixer = new Hum();
 * assertEquals([...mixer.mix(new Int16Array([100, 0]))], [105, 5]);
 * ```
 */
export abstract class BaseAudioMixer {
  /**
   * Gets ready; the first call of all. Does nothing unless a mixer needs it.
   *
   * @param _sampleRate The rate in Hz of the mono audio that will come.
   */
  start(_sampleRate: number): void | Promise<void> {}

  /** Lets go of what the mixer holds; the last call of all. Does nothing unless a mixer needs it. */
  stop(): void | Promise<void> {}

  /**
   * Turns mixing on or off; while off, audio passes unchanged.
   *
   * @param enable Whether to mix.
   */
  abstract setEnabled(enable: boolean): void | Promise<void>;

  /**
   * Changes settings while running. A mixer that has none refuses every name.
   *
   * @param settings The settings to change, by name; the others stay.
   * @throws {TypeError} If a setting is not known.
   */
  updateSettings(settings: Readonly<Record<string, unknown>>): void | Promise<void> {
    const [name] = Object.keys(settings);
    if (name !== undefined) {
      throw new TypeError(
        `Cannot change "${name}" of ${this.constructor.name}: it has no such setting`,
      );
    }
  }

  /**
   * Takes a control frame that is neither of the two above, such as one that a mixer brings along. Does nothing
   * unless a mixer needs it; a frame of another mixer's is to be left alone.
   *
   * @param _frame The frame, which passes on afterwards.
   */
  processFrame(_frame: MixerControlFrame): void | Promise<void> {}

  /**
   * Mixes into the next chunk.
   *
   * @param pcm Mono samples, which must stay as they are.
   * @returns As many samples, with something mixed in.
   */
  abstract mix(pcm: Int16Array): Int16Array | Promise<Int16Array>;
}
