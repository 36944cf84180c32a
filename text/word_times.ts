import { countSyllables } from "./_spoken_size.ts";
import { type TimedWord, timeWords } from "./_word_timing.ts";
import { tokenizeWords } from "./_word_tokens.ts";

export type { TimedWord };

/** Milliseconds per syllable at a usual pace of speech. */
const SYLLABLE_MS = 200;

/**
 * Estimates when each word of a text is said, from how long it takes to say all of it: for TTS
 * services that report no times.
 *
 * Time is shared out by syllables, numbers counting as they are read out, with pauses after marks.
 *
 * @example
 * ```ts
 * import { estimateWordTimes } from "@parley/sdk/text";
 * const words = estimateWordTimes("Good afternoon, Ann.", 1200);
 * console.log(words.map(({ text, startMs }) => [text, Math.round(startMs)]));
 * // [["Good", 0], ["afternoon,", 207], ["Ann.", 993]]
 * ```
 */
export function estimateWordTimes(text: string, durationMs: number): TimedWord[] {
  const words = tokenizeWords(text);
  // A text without a word, such as one emoji, counts as one.
  const places = words.length > 0 || text === "" ? words : [{ start: 0, end: text.length }];
  return timeWords(text, places, durationMs);
}

/**
 * About how long it takes to say a text at a usual pace, in milliseconds.
 *
 * @example
 * ```ts
 * import { estimateSpeechMs } from "@parley/sdk/text";
 * console.log(estimateSpeechMs("Good afternoon")); // 800
 * ```
 */
export function estimateSpeechMs(text: string): number {
  return countSyllables(text) * SYLLABLE_MS;
}
