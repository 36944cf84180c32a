import type { SpokenToken } from "./_spoken_text.ts";

/** What espeak-ng says of a moment of its audio. */
export interface EspeakEvent {
  /** What happens: `"word"`, `"phoneme"`, `"sentence"`, `"end"`. */
  readonly type: string;
  /** When, in milliseconds from the beginning of the audio. */
  readonly audio_position: number;
  /** Where in the text, in code points, counted from 1. */
  readonly text_position: number;
  /** Name of a sound; empty for a pause. */
  readonly id?: string | number | undefined;
}

/** When a written word is said, in milliseconds. */
export interface WordTime {
  /** When it begins. */
  readonly startMs: number;
  /** When it ends. */
  readonly endMs: number;
}

/** The text of a call: what is said for each word, with one space between. */
export function spokenLine(tokens: readonly SpokenToken[]): string {
  return tokens.map(({ spoken }) => spoken).filter((spoken) => spoken !== "").join(" ");
}

/**
 * When each written word is said, in order and without overlap.
 *
 * espeak-ng reports the words that it says, which are not those that are written: five for
 * "$12.50", one for "I am", and some at places a little beside. What is reported inside of a
 * written word is its own, and words without a report share the time of the one before.
 */
export function wordTimes(
  tokens: readonly SpokenToken[],
  events: readonly EspeakEvent[],
): WordTime[] {
  const starts = startsOf(tokens, events);
  const endMs = speechEnd(events);
  return tokens.map((_, k) => {
    const startMs = starts[k] ?? endMs;
    return { startMs, endMs: wordEnd(events, startMs, starts[k + 1] ?? endMs) };
  });
}

/** When the last sound is over and only silence follows. */
export function speechEnd(events: readonly EspeakEvent[]): number {
  const last = events.findLastIndex(isSound);
  return events.slice(last + 1).find(isPause)?.audio_position ??
    events.at(-1)?.audio_position ?? 0;
}

function startsOf(tokens: readonly SpokenToken[], events: readonly EspeakEvent[]): number[] {
  const known = knownStarts(tokens, events);
  const endMs = speechEnd(events);
  const starts: number[] = [];
  for (let k = 0; k < tokens.length;) {
    let next = k + 1;
    while (next < tokens.length && known[next] === undefined) next++;
    const from = Math.max(known[k] ?? 0, starts.at(-1) ?? 0);
    const until = Math.max(known[next] ?? endMs, from);
    const sizes = tokens.slice(k, next).map(({ spoken }) => spoken.length);
    starts.push(...shares(sizes, from, until));
    k = next;
  }
  return starts;
}

/** Beginnings of parts of a time that are as long as their sizes say. */
function shares(sizes: readonly number[], from: number, until: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0) || 1;
  let before = 0;
  return sizes.map((size) => {
    const start = from + (until - from) * before / total;
    before += size;
    return Math.round(start);
  });
}

/** When the words begin that were reported; the first report inside of a word is its beginning. */
function knownStarts(
  tokens: readonly SpokenToken[],
  events: readonly EspeakEvent[],
): (number | undefined)[] {
  const known = tokens.map((): number | undefined => undefined);
  const ends: number[] = [];
  for (const { spoken } of tokens) {
    // Code points, and the space behind a word that is said.
    ends.push((ends.at(-1) ?? 0) + (spoken === "" ? 0 : [...spoken].length + 1));
  }
  for (const { type, text_position, audio_position } of events) {
    if (type !== "word") continue;
    const token = ends.findIndex((end) => text_position <= end);
    if (token >= 0) known[token] ??= audio_position;
  }
  return known;
}

/** Where a word ends that begins at one time, and the next at another: before a pause between them. */
function wordEnd(events: readonly EspeakEvent[], startMs: number, nextMs: number): number {
  const inside = events.filter(({ audio_position: at }) => at >= startMs && at < nextMs);
  const lastSound = inside.findLastIndex(isSound);
  if (lastSound < 0) return nextMs;
  return inside.slice(lastSound + 1).find(isPause)?.audio_position ?? nextMs;
}

function isSound({ type, id }: EspeakEvent): boolean {
  return type === "phoneme" && id !== "" && id !== undefined;
}

function isPause({ type, id }: EspeakEvent): boolean {
  return type === "phoneme" && id === "";
}
