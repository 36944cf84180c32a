const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Texts that are remembered. */
const MOST_TEXTS = 10_000;

/**
 * Names that are the same in every run: processors are numbered within the whole
 * process and conversations at random, which here are numbered by first sight.
 */
export class StableNames {
  readonly #names: Map<string, string> = new Map();
  readonly #counts: Map<string, number> = new Map();
  /** Texts that were asked for before, as long as no other processor is known. */
  readonly #texts: Map<string, string> = new Map();
  #pattern: RegExp | undefined;

  /** The name of a processor. */
  of(processor: { readonly name: string }): string {
    const { name } = processor;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const numbered = /^(.*)#\d+$/.exec(name)?.[1];
    this.#pattern = undefined;
    this.#texts.clear();
    return this.#note(name, numbered);
  }

  /** A text in which processors go by these names, and which is no random id. */
  in(text: string): string {
    if (text.includes("#")) {
      const known = this.#texts.get(text);
      if (known !== undefined) return known;
      const stable = text.replaceAll(this.#matching(), (name) => this.#names.get(name) ?? name);
      if (this.#texts.size < MOST_TEXTS) this.#texts.set(text, stable);
      return stable;
    }
    if (text.length !== 36 || !UUID.test(text)) return text;
    return this.#names.get(text) ?? this.#note(text, "uuid");
  }

  #note(name: string, kind: string | undefined): string {
    let stable = name;
    if (kind !== undefined) {
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      stable = `${kind}#${count}`;
    }
    this.#names.set(name, stable);
    return stable;
  }

  #matching(): RegExp {
    const names = [...this.#names.keys()].filter((name) => name.includes("#"));
    // The longer one first, lest "A#1" is found in "A#12".
    const sorted = names.toSorted((a, b) => b.length - a.length);
    const escaped = sorted.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    return this.#pattern ??= names.length > 0 ? new RegExp(escaped.join("|"), "g") : /(?!)/g;
  }
}
