/**
 * What of the bot's text has been spoken, and which word is being spoken now.
 *
 * @module
 */
import type { BotItem, Segment } from "./items.ts";

/** A word with the place where it stands. */
export interface Word {
  /** The word without the white space around it. */
  readonly text: string;
  /** Index of its first character. */
  readonly start: number;
  /** Index behind its last character. */
  readonly end: number;
}

/** How a word looks. */
export type WordState = "spoken" | "current" | "waiting" | "unheard" | "silent";

/** Splits a text into words. */
export function wordsOf(text: string): Word[] {
  return Array.from(text.matchAll(/\S+/gu), ({ 0: word, index }) => ({
    text: word,
    start: index,
    end: index + word.length,
  }));
}

/**
 * Tells how a word looks.
 *
 * The word being spoken is the last one before the cursor where words count
 * as they begin, and the first one behind it where they count once heard.
 */
export function stateOfWord(item: BotItem, segment: Segment, word: Word): WordState {
  if (!segment.audible) return "silent";
  const { spokenChars } = segment;
  const isSpoken = item.timing === "begun" ? word.start < spokenChars : word.end <= spokenChars;
  if (item.current === segment && isAtCursor(item, segment, word)) return "current";
  return isSpoken ? "spoken" : REST[item.outcome];
}

function isAtCursor(item: BotItem, segment: Segment, word: Word): boolean {
  const { text, spokenChars } = segment;
  if (item.timing === "begun") return word.start < spokenChars && word.end >= spokenChars;
  return word.end > spokenChars && !/\S\s/u.test(text.slice(spokenChars, word.end));
}

/** How the words look that have not begun. */
const REST: Readonly<Record<BotItem["outcome"], WordState>> = {
  open: "waiting",
  whole: "spoken",
  cut: "unheard",
  lost: "unheard",
};

/** Tells whether some of an item was meant to be heard and has not been yet. */
export function hasUnheard(item: BotItem): boolean {
  return item.segments.some((segment) => !isHeard(segment));
}

/** Tells whether all of a part has been heard, or was never meant to be. */
export function isHeard(segment: Segment): boolean {
  if (!segment.audible) return true;
  return segment.spokenChars >= segment.text.trimEnd().length;
}

/** Gives the heard text of an item. */
export function heardText(item: BotItem): string {
  return item.segments
    .map((part) => part.text.slice(0, part.spokenChars))
    .join(" ").trim();
}
