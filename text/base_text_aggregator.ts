/** How a text is cut. */
export const AggregationType = {
  /** By sentence. */
  SENTENCE: "sentence",
  /** As it comes. */
  TOKEN: "token",
  /** By word. */
  WORD: "word",
  /** Not at all: everything at the end. */
  WHOLE: "whole",
} as const;

/** How a text is cut. */
export type AggregationType = (typeof AggregationType)[keyof typeof AggregationType];

/** A piece of text that belongs together. */
export interface Aggregation {
  /** The text, as it is to be spoken or shown. */
  readonly text: string;
  /** How it was cut: an {@linkcode AggregationType}, or the name of the pattern that it matched. */
  readonly type: string;
  /**
   * What the model wrote for it, where that differs: with its white space and delimiters. The raw
   * texts of all pieces, joined, are what the model wrote, less what patterns removed.
   */
  readonly rawText?: string;
}

/** Options of every text aggregator. */
export interface TextAggregatorOptions {
  /** How text outside any pattern is cut. @default {"sentence"} */
  readonly aggregationType?: AggregationType;
  /** Language of the text (BCP 47), where cutting depends on it. */
  readonly language?: string | undefined;
}

/**
 * Collects text as it comes, and gives it in pieces that belong together.
 *
 * @example Lines instead of sentences
 * ```ts
 * import { type Aggregation, BaseTextAggregator } from "@parley/sdk/text";
 *
 * class LineAggregator extends BaseTextAggregator {
 *   #line = "";
 *   get text(): Aggregation {
 *     return { text: this.#line, type: "line" };
 *   }
 *   aggregate(text: string): readonly Aggregation[] {
 *     const lines = (this.#line + text).split("\n");
 *     this.#line = lines.pop() ?? "";
 *     return lines.map((line) => ({ text: line, type: "line" }));
 *   }
 *   flush(): readonly Aggregation[] {
 *     const rest = this.text;
 *     this.reset();
 *     return rest.text ? [rest] : [];
 *   }
 *   reset(): void {
 *     this.#line = "";
 *   }
 * }
 * console.log(new LineAggregator().aggregate("one\ntwo")); // [{ text: "one", type: "line" }]
 * ```
 */
export abstract class BaseTextAggregator {
  /** How text outside any pattern is cut. */
  readonly aggregationType: AggregationType;
  /** Language of the text (BCP 47), if it was given. */
  readonly language: string | undefined;

  /** Makes an aggregator that holds nothing. */
  constructor(options: TextAggregatorOptions = {}) {
    this.aggregationType = options.aggregationType ?? AggregationType.SENTENCE;
    this.language = options.language;
  }

  /** What has been taken in and not given out yet. */
  abstract get text(): Aggregation;

  /** Takes a piece of text, and gives what is complete now. */
  abstract aggregate(text: string): readonly Aggregation[];

  /** Takes the text as ended, and gives what is left of it. */
  abstract flush(): readonly Aggregation[];

  /** Forgets what it holds. */
  abstract reset(): void;

  /** Forgets what it holds, because the speaker was interrupted. */
  handleInterruption(): void {
    this.reset();
  }
}
