import {
  type Aggregation,
  BaseTextAggregator,
  type TextAggregatorOptions,
} from "./base_text_aggregator.ts";
import { PendingText } from "./_pending_text.ts";

/**
 * Cuts text into sentences, words or tokens, or gives all of it at the end.
 *
 * @example
 * ```ts
 * import { SimpleTextAggregator } from "@parley/sdk/text";
 * const aggregator = new SimpleTextAggregator();
 * for (const token of ["Hello", " there.", " How", " are you?"]) {
 *   for (const { text } of aggregator.aggregate(token)) console.log(text); // "Hello there."
 * }
 * console.log(aggregator.flush()[0]?.text); // "How are you?"
 * ```
 */
export class SimpleTextAggregator extends BaseTextAggregator {
  #pending: PendingText;

  /** Makes an aggregator that holds nothing. */
  constructor(options: TextAggregatorOptions = {}) {
    super(options);
    this.#pending = new PendingText(this);
  }

  /** What has been taken in and not given out yet. */
  get text(): Aggregation {
    return { text: this.#pending.text.replace(/^ +| +$/g, ""), type: this.aggregationType };
  }

  /** Takes a piece of text, and gives what is complete now. */
  aggregate(text: string): readonly Aggregation[] {
    this.#pending.append(text);
    return this.#pending.take();
  }

  /** Takes the text as ended, and gives what is left of it. */
  flush(): readonly Aggregation[] {
    const rest = this.#pending.takeAll();
    this.#pending.clear();
    return rest;
  }

  /** Forgets what it holds. */
  reset(): void {
    this.#pending.clear();
  }
}
