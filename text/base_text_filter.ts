import type { MappedText } from "./mapped_text.ts";

/**
 * Changes text on its way to a TTS service.
 *
 * A subclass implements {@linkcode BaseTextFilter.filter}. One that knows its edits also overrides
 * {@linkcode BaseTextFilter.apply}, so that spoken words can be followed back through it exactly;
 * otherwise the edits are found by comparing.
 *
 * @example
 * ```ts
 * import { BaseTextFilter, MappedText } from "@parley/sdk/text";
 *
 * class QuietFilter extends BaseTextFilter {
 *   filter(text: string): string {
 *     return text.replaceAll("!", ".");
 *   }
 * }
 * console.log(new QuietFilter().apply(new MappedText("Hello!")).text); // "Hello."
 * ```
 */
export abstract class BaseTextFilter {
  /** The text as it is to be spoken. */
  abstract filter(text: string): string;

  /** Same as {@linkcode BaseTextFilter.filter}, for a text that keeps track of its changes. */
  apply(text: MappedText): MappedText {
    return text.changedTo(this.filter(text.text));
  }

  /** Changes settings while it is in use. A filter without settings ignores them. */
  updateSettings(_settings: object): void {}

  /** Told that the speaker was interrupted: what was begun does not go on. */
  handleInterruption(): void {}

  /** Told that speech goes on after an interruption. */
  resetInterruption(): void {}
}
