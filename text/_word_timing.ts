import { countPause, countSyllables } from "./_spoken_size.ts";

/** A word of a text, and when it is probably said. */
export interface TimedWord {
  /** The word, with the marks around it. */
  readonly text: string;
  /** Where the word before ends in the text. */
  readonly start: number;
  /** Where it ends; the last one ends where the text does. */
  readonly end: number;
  /** When it begins, in milliseconds. */
  readonly startMs: number;
  /** When it ends. */
  readonly endMs: number;
}

/** Shares out `durationMs` among the words of a text that stand at `places`. */
export function timeWords(
  text: string,
  places: readonly { readonly start: number; readonly end: number }[],
  durationMs: number,
): TimedWord[] {
  const sizes = places.map(({ start, end }, k) => {
    const until = places[k + 1]?.start;
    const after = /[^\p{L}\p{N}]*$/u.exec(text.slice(start, until))?.[0] ?? "";
    const pause = until === undefined ? 0 : countPause(after);
    return { spoken: Math.max(1, countSyllables(text.slice(start, end))), pause };
  });
  const total = sizes.reduce((sum, { spoken, pause }) => sum + spoken + pause, 0);
  const scale = Math.max(0, durationMs) / total;
  let at = 0;
  return places.map(({ start, end }, k) => {
    const { spoken, pause } = sizes[k] ?? { spoken: 0, pause: 0 };
    const startMs = at * scale;
    const endMs = (at + spoken) * scale;
    at += spoken + pause;
    const before = places[k - 1]?.end ?? 0;
    return { text: text.slice(start, end).trim(), start: before, end, startMs, endMs };
  });
}
