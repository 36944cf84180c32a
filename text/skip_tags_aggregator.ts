import {
  type Aggregation,
  BaseTextAggregator,
  type TextAggregatorOptions,
} from "./base_text_aggregator.ts";
import { type DelimiterPair, DelimiterScanner } from "./_delimiters.ts";
import { PendingText } from "./_pending_text.ts";

/** The tag that starts a part of a text, and the one that ends it. */
export type StartEndTags = readonly [start: string, end: string];

/**
 * Cuts text as {@linkcode SimpleTextAggregator} does, but never between a tag and its end: for parts
 * that a TTS service has to get in one piece. The tags stay in the text.
 *
 * @example
 * ```ts
 * import { SkipTagsAggregator } from "@parley/sdk/text";
 * const aggregator = new SkipTagsAggregator([["<spell>", "</spell>"]]);
 * const [sentence] = aggregator.aggregate("It is <spell>A. B.</spell>. Got it?");
 * console.log(sentence?.text); // "It is <spell>A. B.</spell>."
 * ```
 */
export class SkipTagsAggregator extends BaseTextAggregator {
  #pending: PendingText;
  #scanner: DelimiterScanner<DelimiterPair>;

  /**
   * Makes an aggregator that holds nothing.
   *
   * @throws {RangeError} If a tag is empty.
   */
  constructor(tags: readonly StartEndTags[], options: TextAggregatorOptions = {}) {
    super(options);
    if (tags.some(([start, end]) => start === "" || end === "")) {
      throw new RangeError(
        "Cannot skip between tags: a tag is empty, give it at least one character",
      );
    }
    this.#pending = new PendingText(this);
    this.#scanner = new DelimiterScanner(tags.map(([start, end]) => ({ start, end })));
  }

  /** What has been taken in and not given out yet. */
  get text(): Aggregation {
    const { open, held } = this.#scanner;
    const text = this.#pending.text + (open?.start ?? "") + held;
    return { text: text.replace(/^ +| +$/g, ""), type: this.aggregationType };
  }

  /** Takes a piece of text, and gives what is complete now. */
  aggregate(text: string): readonly Aggregation[] {
    const ready: Aggregation[] = [];
    for (const event of this.#scanner.push(text)) {
      if (event.type === "text") this.#pending.append(event.text);
      // What a tag follows is complete, except that a token keeps the tag with it.
      else if (event.type === "open" && this.aggregationType === "sentence") {
        ready.push(...this.#pending.take(event.pair.start));
      } else if (event.type === "close") {
        const { pair, content } = event;
        this.#pending.appendProtected(pair.start + content + pair.end);
      }
    }
    if (!this.#scanner.open) ready.push(...this.#pending.take(this.#scanner.held));
    return ready;
  }

  /** Takes the text as ended, and gives what is left of it; an open tag too. */
  flush(): readonly Aggregation[] {
    const { open, held } = this.#scanner;
    if (open) this.#pending.appendProtected(open.start + held);
    else this.#pending.append(held);
    const rest = this.#pending.takeAll();
    this.reset();
    return rest;
  }

  /** Forgets what it holds. */
  reset(): void {
    this.#scanner.clear();
    this.#pending.clear();
  }
}
