/**
 * The phrases that a local bot understands: the grammar its recogniser hears, and what the same
 * phrases mean when they are typed.
 *
 * @example
 * ```ts
 * import { PhraseBook } from "@parley/sdk/services/local/grammar";
 * import { assertEquals } from "@std/assert";
 *
 * const book = new PhraseBook(["what is {a:number} plus {b:number}", "tell me a [short] story"]);
 * assertEquals(book.match("What's 12 + 5?")?.slots, { a: 12, b: 5 });
 * assertEquals(book.match("Sing me a song"), undefined);
 * ```
 *
 * @module
 */
import { phraseRules, spokenWords } from "./_jsgf.ts";
import { matchPattern, parsePattern, type PatternNode, type SlotValue } from "./_pattern.ts";
import { fullWords, writtenWords } from "./_phrase_words.ts";
import { wordsOf } from "./_pattern.ts";

export type { SlotValue };

/** A text that one of the phrases fits. */
export interface PhraseMatch {
  /** The phrase, as it was defined. */
  readonly phrase: string;
  /**
   * What stood in its places: a number, or the words that were said there. A name that a phrase has
   * twice counts on, as in `number` and `number2`. Options that were not taken are missing.
   */
  readonly slots: Readonly<Record<string, SlotValue>>;
}

/** What a {@linkcode PhraseBook} can be given. */
export interface PhraseBookOptions {
  /** Values of slots of your own, as in `{ city: ["paris", "new york"] }` for `{city}`. */
  readonly slots?: Readonly<Record<string, readonly string[]>> | undefined;
  /**
   * How words sound, for those that the recogniser's dictionary lacks or says otherwise: ARPAbet
   * without stress, as in `{ parley: "P AA R L IY" }`; several ways in an array.
   */
  readonly pronunciations?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

/** The sounds that pronunciations are made of. */
export const ARPABET: readonly string[] =
  ("AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y " +
    "Z ZH").split(" ");

/**
 * The phrases that a bot understands, spoken or typed.
 *
 * A phrase is words, `(one|other)`, `[optional]`, `{number}` for whole numbers from 0 to 999 (typed
 * ones can be any), `{name: number}` and `{name: one|other}`. Case, punctuation, digits and
 * contractions ("what's") make no difference, in phrases and in texts.
 *
 * @example
 * ```ts
 * import { PhraseBook } from "@parley/sdk/services/local/grammar";
 * import { assertEquals } from "@std/assert";
 *
 * const timer = "set a timer for {number} {unit: seconds|minutes} [please]";
 * const book = new PhraseBook([timer, "stop"]);
 * assertEquals(book.match("Set a timer for twenty-one minutes!"), {
 *   phrase: timer,
 *   slots: { number: 21, unit: "minutes" },
 * });
 * ```
 */
export class PhraseBook {
  /** The phrases, as they were defined. */
  readonly phrases: readonly string[];
  /** Every word that a phrase can be spoken with. */
  readonly words: ReadonlySet<string>;
  /** How words sound whose sound was given. */
  readonly pronunciations: ReadonlyMap<string, readonly string[]>;
  /** The rule `<phrase>` that is any of the phrases, and those it needs, in JSGF. */
  readonly rules: string;
  readonly #patterns: readonly PatternNode[];

  /**
   * Reads phrases.
   *
   * @throws {SyntaxError} If a phrase or a pronunciation is not written as it should be.
   */
  constructor(phrases: readonly string[], options: PhraseBookOptions = {}) {
    const kinds = slotKinds(options.slots ?? {});
    this.phrases = [...phrases];
    this.#patterns = phrases.map((phrase) => parsePattern(phrase, kinds));
    this.words = new Set(this.#patterns.flatMap(spokenWords));
    this.pronunciations = readPronunciations(options.pronunciations ?? {});
    this.rules = phraseRules(this.#patterns);
  }

  /** The first phrase that a text fits as a whole, typed or recognised. */
  match(text: string): PhraseMatch | undefined {
    const words = writtenWords(text).flatMap(fullWords);
    for (const [k, phrase] of this.phrases.entries()) {
      const pattern = this.#patterns[k];
      const slots = pattern && matchPattern(pattern, words);
      if (slots) return { phrase, slots };
    }
    return undefined;
  }

  /** The phrases that a word can be spoken in, for messages about it. */
  phrasesWith(word: string): string[] {
    return this.phrases.filter((_, k) => {
      const pattern = this.#patterns[k];
      return pattern && spokenWords(pattern).includes(word);
    });
  }
}

function slotKinds(slots: Readonly<Record<string, readonly string[]>>): Map<string, PatternNode> {
  const kinds = new Map<string, PatternNode>([["number", { kind: "number" }]]);
  for (const [name, values] of Object.entries(slots)) {
    const nodes = values.map((value): PatternNode => ({ kind: "sequence", nodes: wordsOf(value) }));
    if (nodes.length === 0) {
      throw new SyntaxError(`Cannot define the slot "${name}": it has no values`);
    }
    kinds.set(name, { kind: "choice", nodes });
  }
  return kinds;
}

function readPronunciations(
  given: Readonly<Record<string, string | readonly string[]>>,
): Map<string, readonly string[]> {
  return new Map(
    Object.entries(given).map(([word, sounds]) => {
      const ways = (typeof sounds === "string" ? [sounds] : sounds)
        .map((way) => way.trim().split(/\s+/));
      const unknown = ways.flat().find((sound) => !ARPABET.includes(sound));
      if (unknown !== undefined || ways.length === 0) {
        throw new SyntaxError(
          `Cannot pronounce "${word}" as "${ways.map((way) => way.join(" ")).join(", ")}": ` +
            `"${unknown ?? ""}" is no sound of ARPAbet without stress ("${ARPABET.join(" ")}")`,
        );
      }
      return [word.toLowerCase(), ways.map((way) => way.join(" "))];
    }),
  );
}
