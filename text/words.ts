import { graphemeFloor } from "./_graphemes.ts";
import { MappedText } from "./mapped_text.ts";
import { estimateSpeechMs } from "./word_times.ts";
import { timeWords } from "./_word_timing.ts";
import { type WordPlace, WordSearch } from "./_word_search.ts";
import { tokenizeWords } from "./_word_tokens.ts";

/** A word as a TTS service reports it: one of the text, one of what it says, or a part of either. */
export interface SpokenWord {
  /** The word. */
  readonly text: string;
  /** When it begins, in milliseconds from the beginning of the audio. */
  readonly startMs?: number | undefined;
  /** When it ends, if the service says so. */
  readonly endMs?: number | undefined;
  /**
   * Where it begins in the text that was added last, for services that say so, in UTF-16 code units:
   * then it need not be searched for.
   */
  readonly sentStart?: number | undefined;
}

/** A spoken word, and what part of what the model wrote it is. */
export interface AlignedWord {
  /** The word as it was reported. */
  readonly text: string;
  /** Which added text it is in, counted from 0. All those before have been said to their ends. */
  readonly segment: number;
  /** Where in that text's original the word before ended. */
  readonly start: number;
  /**
   * Where in that text's original it ends: `original.slice(0, end)` is what has been heard of it,
   * with the marks that close it. Equal to `start` for a word that completes nothing.
   */
  readonly end: number;
  /** When it begins, in milliseconds, if that was reported. */
  readonly startMs?: number;
  /** When it ends: as reported, or else when the next one begins, or else estimated. */
  readonly endMs?: number;
}

/** How a text is added to a {@linkcode WordAligner}. */
export interface AddTextOptions {
  /** Whether it goes on where the last one ended, maybe within a word. @default {false} */
  readonly continues?: boolean;
}

/** How an utterance ended. */
export interface FinishOptions {
  /** When its audio ends, in milliseconds. */
  readonly endMs: number;
}

/** One text that was sent. */
interface Segment {
  readonly mapped: MappedText;
  /** Where its sent text begins in all that was sent. */
  readonly base: number;
}

/**
 * Follows what a TTS service says, word by word, through the text it was sent, back to what the
 * model wrote.
 *
 * Words may come as they were written, without marks and accents, as numbers read out, in pieces, or
 * not at all. Places never fall back and split no character; the last word of a text takes its end
 * with it. Each call of {@linkcode WordAligner.align} settles what it returns, so words that come
 * together are understood better than one by one.
 *
 * @example
 * ```ts
 * import { MarkdownTextFilter, MappedText, WordAligner } from "@parley/sdk/text";
 * const original = "It is **$12.50**, dear.";
 * const aligner = new WordAligner();
 * aligner.add(new MarkdownTextFilter().apply(new MappedText(original)));
 * const said = ["it", "is", "twelve", "dollars", "fifty", "dear"].map((text) => ({ text }));
 * for (const { text, end } of aligner.align(said)) console.log(text, original.slice(0, end));
 * // dear It is **$12.50**, dear.
 * ```
 */
export class WordAligner {
  #segments: Segment[] = [];
  #search = new WordSearch();
  #sent = "";
  /** How much of what was sent has been said. */
  #said = 0;
  #lastEndMs = 0;

  /**
   * Adds a text that is sent to the service, with what was done to it on the way.
   *
   * @returns Number of the text, for {@linkcode AlignedWord.segment}.
   */
  add(text: MappedText | string, options: AddTextOptions = {}): number {
    const mapped = typeof text === "string" ? new MappedText(text) : text;
    const { tokens } = this.#search;
    const last = options.continues ? tokens.at(-1) : undefined;
    const from = last?.start ?? this.#sent.length;
    this.#segments.push({ mapped, base: this.#sent.length });
    this.#sent += mapped.text;
    const added = tokenizeWords(this.#sent.slice(from), from);
    this.#search.replaceFrom(last ? tokens.length - 1 : tokens.length, added);
    return this.#segments.length - 1;
  }

  /** Takes words as they are reported, in order, and says where each leads. */
  align(words: readonly SpokenWord[]): AlignedWord[] {
    words.forEach((word, k) => {
      const place = this.#placeOf(word, words[k + 1]);
      if (place) this.#search.moveTo(place);
      else this.#search.step(word.text);
    });
    const places = this.#search.places(words.length);
    this.#search.settle();
    return words.map((word, k) => {
      const place = places[k];
      const sentEnd = place ? this.#endOf(place) : this.#said;
      return this.#advance(word.text, sentEnd, timesOf(word, words[k + 1]));
    });
  }

  /**
   * Gives the words that were never reported, up to the end of all texts. Their times are estimated,
   * between the last known one and the end of the audio; with a service that reports none, that is
   * all of them.
   */
  finish({ endMs }: FinishOptions): AlignedWord[] {
    if (this.#said === this.#sent.length) return [];
    const from = Math.min(this.#lastEndMs, endMs);
    const rest = this.#search.tokens.filter(({ end }) => end > this.#said)
      .map(({ start, end }) => ({ start: Math.max(start, this.#said), end }));
    // A text without a word, such as one emoji, counts as one.
    const places = rest.length > 0 ? rest : [{ start: this.#said, end: this.#sent.length }];
    return timeWords(this.#sent, places, endMs - from).map((word) =>
      this.#advance(word.text, word.end, {
        startMs: from + word.startMs,
        endMs: from + word.endMs,
      })
    );
  }

  /** The place of a word that says itself where it is. */
  #placeOf({ sentStart }: SpokenWord, next: SpokenWord | undefined): WordPlace | undefined {
    if (sentStart === undefined) return undefined;
    const token = this.#tokenAt(sentStart);
    // Several words for one written word, as of a number: the last of them completes it.
    const isLast = next?.sentStart === undefined || this.#tokenAt(next.sentStart) > token;
    return { token: isLast ? token + 1 : token, letters: 0, absorbed: 0 };
  }

  /** Index of the written word at an offset of the text added last. */
  #tokenAt(offset: number): number {
    const at = (this.#segments.at(-1)?.base ?? 0) + offset;
    const after = this.#search.tokens.findIndex(({ start }) => start > at);
    return after < 0 ? this.#search.tokens.length - 1 : after - 1;
  }

  #endOf({ token, letters }: WordPlace): number {
    const { tokens } = this.#search;
    if (letters > 0) return tokens[token]?.ends[letters - 1] ?? this.#said;
    return tokens[token - 1]?.end ?? 0;
  }

  #advance(text: string, sentEnd: number, times: Times): AlignedWord {
    const start = this.#locate(this.#said);
    this.#said = Math.max(this.#said, sentEnd);
    this.#lastEndMs = Math.max(this.#lastEndMs, times.endMs ?? 0);
    const { segment, offset: end } = this.#locate(this.#said);
    return { text, segment, start: start.segment === segment ? start.offset : 0, end, ...times };
  }

  /** The segment and the place in its original that an offset of what was sent is. */
  #locate(sentOffset: number): { segment: number; offset: number } {
    const after = this.#segments.findIndex(({ base }) => base >= sentOffset);
    const segment = Math.max(0, (after < 0 ? this.#segments.length : after) - 1);
    const { mapped, base } = this.#segments[segment] ?? { mapped: new MappedText(""), base: 0 };
    const { original } = mapped;
    const offset = graphemeFloor(original, mapped.map(sentOffset - base));
    // The space before a word that is not yet complete comes with that word.
    const end = offset < original.length ? original.slice(0, offset).trimEnd().length : offset;
    return { segment, offset: end };
  }
}

type Times = Pick<AlignedWord, "startMs" | "endMs">;

function timesOf(word: SpokenWord, next: SpokenWord | undefined): Times {
  const { startMs } = word;
  const endMs = word.endMs ?? next?.startMs ??
    (startMs === undefined ? undefined : startMs + estimateSpeechMs(word.text));
  return {
    ...startMs !== undefined && { startMs },
    ...endMs !== undefined && { endMs },
  };
}
