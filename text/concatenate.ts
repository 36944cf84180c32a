/** A piece of text that was spoken, in order with others. */
export interface SpokenPart {
  /** The text. */
  readonly text: string;
  /** Whether it brings its own spaces: then none is added between it and others that do. */
  readonly includesInterPartSpaces: boolean;
}

/**
 * Joins what was spoken piece by piece into one text.
 *
 * Pieces that bring their spaces are put together as they are; others get one space between them,
 * and so do pieces of one kind and the other.
 *
 * @example
 * ```ts
 * import { concatenateAggregatedText } from "@parley/sdk/text";
 * const words = ["Hello", "world."].map((text) => ({ text, includesInterPartSpaces: false }));
 * console.log(concatenateAggregatedText(words)); // "Hello world."
 * ```
 */
export function concatenateAggregatedText(parts: readonly SpokenPart[]): string {
  let joined = "";
  let hadSpaces = true;
  for (const { text, includesInterPartSpaces } of parts) {
    if (text === "") continue;
    const belongs = includesInterPartSpaces && hadSpaces;
    const isSpaced = joined === "" || /\s$/.test(joined) || /^\s/.test(text);
    joined += belongs || isSpaced ? text : ` ${text}`;
    hadSpaces = includesInterPartSpaces;
  }
  return joined.trim();
}
