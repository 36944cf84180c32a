import { scanSentence } from "./_sentence_scan.ts";

/** How sentences are found. */
export interface SentenceOptions {
  /**
   * Language of the text (BCP 47). It matters where "5." can mean "fifth", as in German; all other
   * rules hold for every language at once.
   */
  readonly language?: string | undefined;
}

/**
 * Finds where the first sentence of a text ends, quotes and brackets that close it included; 0 when
 * it does not end.
 *
 * The text is taken as all there is, so that a mark at its very end counts. While text is still
 * coming, use {@linkcode SentenceSplitter}, which trusts an end only once it has seen what follows.
 *
 * @example
 * ```ts
 * import { matchEndOfSentence } from "@parley/sdk/text";
 * const text = "It is $12.50, Dr. Who. Pay now.";
 * console.log(text.slice(0, matchEndOfSentence(text))); // "It is $12.50, Dr. Who."
 * ```
 */
export function matchEndOfSentence(text: string, options: SentenceOptions = {}): number {
  return scanSentence(text, { ...options, complete: true }).end;
}

/**
 * Cuts a whole text into its sentences. Joined they are the text again: each keeps the white space
 * before it, the last one also what follows.
 *
 * @example
 * ```ts
 * import { splitSentences } from "@parley/sdk/text";
 * console.log(splitSentences("你好。今天 3.5 度。")); // ["你好。", "今天 3.5 度。"]
 * ```
 */
export function splitSentences(text: string, options: SentenceOptions = {}): string[] {
  const splitter = new SentenceSplitter(options);
  return [...splitter.push(text), ...splitter.flush()];
}

/**
 * Cuts a text into sentences while it is coming.
 *
 * @example
 * ```ts
 * import { SentenceSplitter } from "@parley/sdk/text";
 * const splitter = new SentenceSplitter();
 * for (const token of ["It costs $3.", "50. ", "Shall", " I?"]) {
 *   console.log(splitter.push(token)); // [], [], ["It costs $3.50."], []
 * }
 * console.log(splitter.flush()); // [" Shall I?"]
 * ```
 */
export class SentenceSplitter {
  #text = "";
  #from = 0;
  #options: SentenceOptions;

  /** Makes a splitter that has seen nothing yet. */
  constructor(options: SentenceOptions = {}) {
    this.#options = options;
  }

  /** Takes a piece of text, and gives the sentences that are now sure to have ended. */
  push(text: string): string[] {
    this.#text += text;
    return this.#take(false);
  }

  /** Takes the text as ended, and gives what is left of it. */
  flush(): string[] {
    this.#from = 0;
    const sentences = this.#take(true);
    const rest = this.#text;
    this.reset();
    if (rest.trim() !== "" || sentences.length === 0) return rest ? [...sentences, rest] : [];
    return [...sentences.slice(0, -1), (sentences.at(-1) ?? "") + rest];
  }

  /** Forgets what it holds. */
  reset(): void {
    this.#text = "";
    this.#from = 0;
  }

  #take(complete: boolean): string[] {
    const sentences: string[] = [];
    while (true) {
      const { end, from } = scanSentence(this.#text, {
        ...this.#options,
        complete,
        from: this.#from,
      });
      this.#from = end > 0 ? 0 : from;
      if (end === 0) return sentences;
      sentences.push(this.#text.slice(0, end));
      this.#text = this.#text.slice(end);
    }
  }
}
