import type { SpokenWord } from "../../text/mod.ts";

/** When each character of a text is spoken, in milliseconds. */
export interface CharacterTimes {
  /** The characters. */
  readonly characters: readonly string[];
  /** When each begins. */
  readonly startsMs: readonly number[];
  /** When each ends; by default when the next begins. */
  readonly endsMs?: readonly number[] | undefined;
}

/** Characters that are words by themselves, as far as times go: nobody writes spaces between them. */
const ALONE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** What is written above, below or around the character before it. */
const MARK = /^\p{M}/u;

/**
 * Makes words of characters, for providers that say when each of those is spoken.
 * A word that goes on in the next message comes in two parts, which is fine.
 *
 * @example
 * ```ts
 * import { characterWords } from "@parley/sdk/services/tts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(
 *   characterWords({
 *     characters: ["H", "i", " ", "y", "o", "u"],
 *     startsMs: [0, 50, 100, 150, 200, 250],
 *     endsMs: [50, 100, 150, 200, 250, 300],
 *   }),
 *   [{ text: "Hi", startMs: 0, endMs: 100 }, { text: "you", startMs: 150, endMs: 300 }],
 * );
 * ```
 */
export function characterWords(
  { characters, startsMs, endsMs = startsMs.slice(1) }: CharacterTimes,
): SpokenWord[] {
  const words: { text: string; startMs: number; endMs: number }[] = [];
  let begun = false;
  characters.forEach((character, k) => {
    if (character.trim() === "") {
      begun = false;
      return;
    }
    const startMs = startsMs[k] ?? NaN;
    const endMs = endsMs[k] ?? startMs;
    if (Number.isNaN(startMs)) return;
    const alone = ALONE.test(character) && !MARK.test(character);
    const last = words.at(-1);
    if (begun && last && !alone) {
      last.text += character;
      last.endMs = Math.max(last.endMs, endMs);
    } else words.push({ text: character, startMs, endMs });
    // Punctuation goes with the character before it.
    begun = true;
  });
  return words;
}
