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
  /** Where it begins in the model's text. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** When it has been said, in milliseconds from the segment's first sample. */
  readonly endMs: number;
}

/**
 * Says which piece of the model's text has been spoken when: from the times
 * that the provider reports, else from an estimate, which gets better once all
 * audio has been read.
 */
export class WordFollower {
  readonly #spoken: MappedText;
  readonly #speech: Speech;
  readonly #aligner = new WordAligner();
  /** Reported words whose audio has not been given out. */
  #ahead: SpokenPiece[] = [];
  #timed: { readonly totalMs: number; readonly words: readonly TimedWord[] } | undefined;
  #taken = 0;
  #end = 0;
  #estimatedEnd = 0;
  #lastMs = 0;

  constructor(spoken: MappedText, speech: Speech) {
    this.#spoken = spoken;
    this.#speech = speech;
    this.#aligner.add(spoken);
  }

  /** The pieces to announce before the audio up to `ms` goes out. */
  until(ms: number): SpokenPiece[] {
    if (this.#speech.words.length === 0) return this.#estimated(ms);
    this.#ahead.push(...this.#reported());
    const later = this.#ahead.findIndex(({ endMs }) => endMs > ms);
    return this.#ahead.splice(0, later < 0 ? this.#ahead.length : later);
  }

  /** The pieces that are left, all of the audio having gone out. */
  rest(): SpokenPiece[] {
    const endMs = this.#speech.givenMs;
    const pieces = this.#speech.words.length === 0
      ? this.#estimated(Infinity)
      : [...this.#ahead.splice(0), ...this.#reported(), ...this.#unreported(endMs)];
    return [...pieces, ...this.#piece(this.#spoken.original.length, endMs)];
  }

  #reported(): SpokenPiece[] {
    const words = this.#speech.words.slice(this.#taken);
    this.#taken += words.length;
    const lead = this.#spoken.text.length - this.#spoken.text.trimStart().length;
    const placed = words.map((word): SpokenWord =>
      word.sentStart === undefined ? word : { ...word, sentStart: word.sentStart + lead }
    );
    return this.#aligner.align(placed).flatMap(({ end, endMs }) =>
      this.#piece(end, endMs ?? this.#lastMs)
    );
  }

  #unreported(endMs: number): SpokenPiece[] {
    return this.#aligner.finish({ endMs }).flatMap(({ end, endMs: at }) =>
      this.#piece(end, at ?? endMs)
    );
  }

  #estimated(until: number): SpokenPiece[] {
    const { text } = this.#spoken;
    const { complete, readMs } = this.#speech;
    const words = this.#estimate(complete ? readMs : Math.max(readMs, estimateSpeechMs(text)));
    // The last word ends with the audio, and nobody knows yet when that is.
    return (complete ? words : words.slice(0, -1))
      .filter(({ end, endMs }) => end > this.#estimatedEnd && endMs <= until)
      .flatMap(({ end, endMs }) => {
        this.#estimatedEnd = end;
        return this.#piece(this.#wordEnd(this.#spoken.map(end)), endMs);
      });
  }

  /** The words' times within so much audio, which is the same for many pieces of it. */
  #estimate(totalMs: number): readonly TimedWord[] {
    if (this.#timed?.totalMs !== totalMs) {
      this.#timed = { totalMs, words: estimateWordTimes(this.#spoken.text, totalMs) };
    }
    return this.#timed.words;
  }

  /** Without the white space behind it, which goes with the next word. */
  #wordEnd(end: number): number {
    const { original } = this.#spoken;
    return end < original.length ? original.slice(0, end).trimEnd().length : end;
  }

  #piece(end: number, endMs: number): SpokenPiece[] {
    if (end <= this.#end) return [];
    const start = this.#end;
    this.#end = end;
    this.#lastMs = Math.max(this.#lastMs, endMs);
    return [{ start, end, endMs: this.#lastMs }];
  }
}
