/** Hertz of all audio: low, since there is much of it. */
export const RATE = 8_000;

/** Milliseconds that a character takes to say. */
const CHARACTER_MS = 60;
/** The level of the first word: louder than what a VAD takes for silence. */
const FIRST_LEVEL = 1_000;
const SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu za".split(" ");

/** A word that is said once in a conversation: every sample of it has its level, so that audio tells which it is. */
export interface Word {
  readonly text: string;
  readonly level: number;
  /** How long it takes to say. */
  readonly ms: number;
}

/** The words of one conversation, none of which is said twice. */
export class Vocabulary {
  readonly #words: Word[] = [];
  readonly #named: Map<string, Word> = new Map();

  /** Words that nobody has said before. */
  take(count: number): Word[] {
    return Array.from({ length: count }, () => this.#make());
  }

  /** The word that samples of this level are of. */
  at(level: number): Word | undefined {
    return this.#words[level - FIRST_LEVEL];
  }

  /** The words of a text, as far as they are of this conversation. */
  of(text: string): Word[] {
    const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
    return words.flatMap((word) => this.#named.get(word) ?? []);
  }

  #make(): Word {
    const n = this.#words.length;
    const text = [n >> 8, n >> 4, n].map((k) => SYLLABLES[k & 15]).join("");
    const word = { text, level: FIRST_LEVEL + n, ms: text.length * CHARACTER_MS };
    this.#words.push(word);
    this.#named.set(text, word);
    return word;
  }
}

/** Words as sentences, of so many words each. */
export function sentences(words: readonly Word[], length: number): string {
  return words.map(({ text }, i) => {
    const begins = i % length === 0;
    const ends = i % length === length - 1 || i === words.length - 1;
    return (begins ? text[0]?.toUpperCase() + text.slice(1) : text) + (ends ? "." : "");
  }).join(" ");
}

/** The runs of samples of one level, and what word each is of; nothing for silence. */
export function* runsOf(pcm: Int16Array): Iterable<{ readonly level: number; samples: number }> {
  for (let from = 0; from < pcm.length;) {
    const level = pcm[from] ?? 0;
    let to = pcm.length;
    if (pcm[to - 1] !== level) { for (to = from; pcm[to] === level;) to++; }
    yield { level, samples: to - from };
    from = to;
  }
}

/** How many samples so many milliseconds are. */
export function samplesOf(ms: number): number {
  return Math.round(ms * RATE / 1000);
}

/** A list of words, for who reads it. */
export function listOf(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(" ");
}
