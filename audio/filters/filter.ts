import type { FilterControlFrame } from "../../frames/mod.ts";

/**
 * Cleans the audio that comes in, before a VAD or a recogniser hears it: noise suppression, voice isolation.
 *
 * An input transport calls {@linkcode BaseAudioFilter.start} once with the rate of its audio, then
 * {@linkcode BaseAudioFilter.filter} for every chunk, in order and one at a time, and
 * {@linkcode BaseAudioFilter.stop} once at the end. A `FilterEnableFrame` becomes a call of
 * {@linkcode BaseAudioFilter.setEnabled}, a `FilterUpdateSettingsFrame` one of
 * {@linkcode BaseAudioFilter.updateSettings}; frames of a filter's own go to {@linkcode BaseAudioFilter.processFrame}.
 * What a filter throws is reported, and audio passes as it came.
 *
 * @example A filter that makes everything quieter
 * ```ts
 * import { applyGain, BaseAudioFilter } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * class Quieter extends BaseAudioFilter {
 *   #enabled = true;
 *   override setEnabled(enable: boolean) {
 *     this.#enabled = enable;
 *   }
 *   filter(pcm: Int16Array) {
 *     return this.#enabled ? applyGain(pcm, 0.5) : pcm;
 *   }
 * }
 *
 * const filter = new Quieter();
 * assertEquals([...filter.filter(new Int16Array([100]))], [50]);
 * ```
 */
export abstract class BaseAudioFilter {
  /**
   * Gets ready; the first call of all. Does nothing unless a filter needs it.
   *
   * @param _sampleRate The rate in Hz of the mono audio that will come.
   */
  start(_sampleRate: number): void | Promise<void> {}

  /** Lets go of what the filter holds; the last call of all. Does nothing unless a filter needs it. */
  stop(): void | Promise<void> {}

  /**
   * Turns the filter on or off; while off, audio passes unchanged. A filter starts on.
   *
   * @param enable Whether to filter.
   */
  abstract setEnabled(enable: boolean): void | Promise<void>;

  /**
   * Changes settings while running. A filter that has none refuses every name.
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
   * Takes a control frame that is neither of the two above, such as one that a filter brings along. Does nothing
   * unless a filter needs it; a frame of another filter's is to be left alone.
   *
   * @param _frame The frame, which passes on afterwards.
   */
  processFrame(_frame: FilterControlFrame): void | Promise<void> {}

  /**
   * Filters the next chunk.
   *
   * A filter with a frame size of its own may hold samples back: what it returns can be shorter or longer than what
   * it was given, or empty.
   *
   * @param pcm Mono samples, which must stay as they are.
   * @returns The filtered samples at the same rate.
   */
  abstract filter(pcm: Int16Array): Int16Array | Promise<Int16Array>;
}
