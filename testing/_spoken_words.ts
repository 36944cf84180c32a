/** A word that the caller says. */
interface SpokenWord {
  readonly text: string;
  /** The middle of it, in milliseconds of the clock. */
  readonly atMs: number;
}

/** When something was said. */
export interface SpokenTime {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * What the caller says, word by word, and when: a recogniser that is given the
 * audio of some time hears the words of that time, each once.
 */
export class SpokenWords {
  #words: SpokenWord[] = [];

  /** Notes what is said; words take time by their length. */
  say(text: string, { fromMs, toMs }: SpokenTime): void {
    const msPerCharacter = (toMs - fromMs) / text.length;
    for (const { 0: word, index } of text.matchAll(/\S+/g)) {
      const atMs = fromMs + (index + word.length / 2) * msPerCharacter;
      this.#words.push({ text: word, atMs });
    }
  }

  /** What is heard of a time; nothing if nothing was said then. */
  hear({ fromMs, toMs }: SpokenTime): string | undefined {
    const heard = this.#words.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    this.#words = this.#words.filter((word) => !heard.includes(word));
    return heard.length > 0 ? heard.map(({ text }) => text).join(" ") : undefined;
  }
}
