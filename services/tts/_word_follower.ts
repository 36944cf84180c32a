import {
  estimateSpeechMs,
  estimateWordTimes,
  type MappedText,
  type SpokenWord,
  type TimedWord,
  WordAligner,
} from "../../text/mod.ts";
import type { Speech } from "./_speech.ts";

/** A piece of what the model wrote, and when it has been said. */
export interface SpokenPiece {
  /** Number of the text it is in, in the order in which they were added. */
  readonly text: number;
  /** Where it begins in the model's text. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** When it has been said, in milliseconds from the speech's first sample. */
  readonly endMs: number;
}

/** One text of a speech. */
interface FollowedText {
  readonly spoken: MappedText;
  /** Where it begins in all that is spoken. */
  readonly base: number;
  /** How far what the model wrote has been said. */
  said: number;
}

/** An estimate of when words are said. */
interface Timing {
  /** What it is of. */
  readonly text: string;
  /** How long that takes at a usual pace. */
  readonly usualMs: number;
  /** The words, with times as if all took one millisecond. */
  readonly words: readonly TimedWord[];
  /** The first word that was not told of. */
  next: number;
}

/** How a text is added to a {@linkcode WordFollower}. */
export interface FollowOptions {
  /** How far the model's text has been said already. */
  readonly said: number;
  /** Whether it goes on where the text before ended, maybe within a word. */
  readonly continues: boolean;
}

/**
 * Says which piece of the model's texts has been spoken when: from the times
 * that the provider reports, else from an estimate, which gets better once all
 * audio has been read.
 */
export class WordFollower {
  readonly #speech: Speech;
  readonly #aligner = new WordAligner();
  readonly #texts: FollowedText[] = [];
  #all = "";
  /** The text that is being said. */
  #at = 0;
  /** Reported words whose audio has not been given out. */
  #ahead: Omit<SpokenPiece, "start">[] = [];
  #timing: Timing = { text: "", usualMs: 0, words: [], next: 0 };
  #taken = 0;
  #estimatedEnd = 0;
  #lastMs = 0;

  constructor(speech: Speech) {
    this.#speech = speech;
  }

  /** Adds a text that is spoken behind those before it. */
  add(spoken: MappedText, { said, continues }: FollowOptions): void {
    this.#texts.push({ spoken, base: this.#all.length, said });
    this.#all += spoken.text;
    this.#aligner.add(spoken, { continues });
  }

  /** The pieces to announce before the audio up to `ms` goes out. */
  until(ms: number): SpokenPiece[] {
    if (this.#speech.words.length === 0) return this.#estimated(ms);
    this.#ahead.push(...this.#reported());
    const later = this.#ahead.findIndex(({ endMs }) => endMs > ms);
    return this.#ahead.splice(0, later < 0 ? this.#ahead.length : later)
      .flatMap((word) => this.#pieces(word));
  }

  /** The pieces of the first so many texts that are left, all of the audio having gone out. */
  rest(texts: number = this.#texts.length): SpokenPiece[] {
    const endMs = this.#speech.givenMs;
    const all = texts === this.#texts.length;
    const pieces = this.#speech.words.length === 0 ? this.#estimated(Infinity) : [
      ...this.#ahead.splice(0),
      ...this.#reported(),
      ...all ? this.#unreported(endMs) : [],
      // Nothing is said behind the end of the audio, whatever the provider says.
    ].flatMap((word) => this.#pieces({ ...word, endMs: Math.min(word.endMs, endMs) }));
    return [...pieces, ...this.#end(texts - 1, endMs)];
  }

  /** What has not been said of a text; nothing if it has been said to its end. */
  remainder(text: number): { readonly spoken: MappedText; readonly said: number } | undefined {
    const followed = this.#texts[text];
    if (!followed) return undefined;
    const { spoken, said } = followed;
    if (text < this.#at || said >= spoken.original.length) return undefined;
    let offset = 0;
    // A text that was cut before begins where it was cut, and its first place counts as before that.
    while (offset < spoken.text.length && spoken.map(offset + 1) <= said) offset++;
    return { spoken: spoken.edit(offset > 0 ? [{ start: 0, end: offset }] : []), said };
  }

  /** Whether the provider has said when a word of a text is spoken, be it out or not. */
  isReported(text: number): boolean {
    this.#ahead.push(...this.#reported());
    return this.#ahead.some((word) => word.text === text);
  }

  #reported(): Omit<SpokenPiece, "start">[] {
    const words = this.#speech.words.slice(this.#taken);
    this.#taken += words.length;
    const { text = "" } = this.#texts.at(-1)?.spoken ?? {};
    const lead = text.length - text.trimStart().length;
    const placed = words.map((word): SpokenWord =>
      word.sentStart === undefined ? word : { ...word, sentStart: word.sentStart + lead }
    );
    return this.#aligner.align(placed).map(({ segment, end, endMs }) => ({
      text: segment,
      end,
      endMs: endMs ?? this.#lastMs,
    }));
  }

  #unreported(endMs: number): Omit<SpokenPiece, "start">[] {
    return this.#aligner.finish({ endMs })
      .map(({ segment, end, endMs: at = endMs }) => ({ text: segment, end, endMs: at }));
  }

  #estimated(until: number): SpokenPiece[] {
    const { complete, readMs } = this.#speech;
    const timing = this.#estimate();
    const totalMs = complete ? readMs : Math.max(readMs, timing.usualMs);
    // The last word ends with the audio, and nobody knows yet when that is.
    const last = timing.words.length - (complete ? 0 : 1);
    const pieces: SpokenPiece[] = [];
    for (; timing.next < last; timing.next++) {
      const { end = 0, endMs: share = 0 } = timing.words[timing.next] ?? {};
      const endMs = share * totalMs;
      if (endMs > until) break;
      pieces.push(...this.#estimatedPiece(end, endMs));
    }
    return pieces;
  }

  #estimatedPiece(end: number, endMs: number): SpokenPiece[] {
    this.#estimatedEnd = end;
    const text = this.#texts.findLastIndex(({ base }) => base < end);
    const followed = this.#texts[text];
    if (!followed) return [];
    const { spoken, base } = followed;
    return this.#pieces({ text, end: wordEnd(spoken, spoken.map(end - base)), endMs });
  }

  /** Which share of the audio each word takes: the same, however much of it there is. */
  #estimate(): Timing {
    const text = this.#all;
    if (this.#timing.text === text) return this.#timing;
    const words = estimateWordTimes(text, 1);
    const first = words.findIndex(({ end }) => end > this.#estimatedEnd);
    const next = first < 0 ? words.length : first;
    return this.#timing = { text, usualMs: estimateSpeechMs(text), words, next };
  }

  /** All up to the end of a word, in the texts before it as well. */
  #pieces({ text, end, endMs }: Omit<SpokenPiece, "start">): SpokenPiece[] {
    const before = this.#end(text - 1, this.#lastMs);
    return text < this.#at ? before : [...before, ...this.#piece(text, end, endMs)];
  }

  /** What is left of all texts up to one, that one included. */
  #end(last: number, endMs: number): SpokenPiece[] {
    const pieces: SpokenPiece[] = [];
    for (; this.#at <= last; this.#at++) {
      const length = this.#texts[this.#at]?.spoken.original.length ?? 0;
      pieces.push(...this.#piece(this.#at, length, endMs));
    }
    return pieces;
  }

  #piece(text: number, end: number, endMs: number): SpokenPiece[] {
    const followed = this.#texts[text];
    if (!followed || end <= followed.said) return [];
    const start = followed.said;
    followed.said = end;
    // A time that is no number changes nothing.
    if (endMs > this.#lastMs) this.#lastMs = endMs;
    return [{ text, start, end, endMs: this.#lastMs }];
  }
}

/** Without the white space behind it, which goes with the next word. */
function wordEnd({ original }: MappedText, end: number): number {
  return end < original.length ? original.slice(0, end).trimEnd().length : end;
}
