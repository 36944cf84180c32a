/** What stands in a transcript for an id that the client makes up: `$CTX1`. */
const NAME = /^\$[A-Z]+\d*$/;

/** What the names in a transcript mean: what the client says first in their places. */
export class TranscriptNames {
  readonly #meanings: Map<string, string> = new Map();

  /** A value of the transcript with what its names mean; a new one means what `said` has there. */
  meant(value: unknown, said?: unknown): unknown {
    if (typeof value === "string") return this.#meaning(value, said);
    if (Array.isArray(value)) {
      return value.map((item, i) => this.meant(item, Array.isArray(said) ? said[i] : undefined));
    }
    if (typeof value !== "object" || value === null) return value;
    const there: Partial<Record<string, unknown>> = Object(said);
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [key, this.meant(item, there[key])]));
  }

  #meaning(text: string, said: unknown): string {
    if (!NAME.test(text)) return text;
    const known = this.#meanings.get(text);
    if (known !== undefined || typeof said !== "string") return known ?? text;
    const taken = [...this.#meanings.values()].includes(said);
    // What has another name already is not what is meant.
    if (taken) return text;
    this.#meanings.set(text, said);
    return said;
  }
}
