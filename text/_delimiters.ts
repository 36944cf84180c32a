/** A pair of marks around a part of a text. */
export interface DelimiterPair {
  readonly start: string;
  readonly end: string;
}

/** What comes out of a text with delimiters, in order. */
export type DelimiterEvent<P> =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "open"; readonly pair: P }
  | { readonly type: "close"; readonly pair: P; readonly content: string };

/** Finds pairs of delimiters in text that comes in pieces. Pairs do not nest. */
export class DelimiterScanner<P extends DelimiterPair> {
  #pairs: readonly P[];
  #text = "";
  #open: P | undefined;
  #searched = 0;

  constructor(pairs: readonly P[]) {
    this.#pairs = pairs;
  }

  /** The pair that has been opened and not closed. */
  get open(): P | undefined {
    return this.#open;
  }

  /** What is held: the content so far of an open pair, or what may become a start. */
  get held(): string {
    return this.#text;
  }

  set pairs(pairs: readonly P[]) {
    this.#pairs = pairs;
  }

  push(text: string): DelimiterEvent<P>[] {
    this.#text += text;
    const events: DelimiterEvent<P>[] = [];
    while (this.#open ? this.#close(this.#open, events) : this.#begin(events));
    return events;
  }

  clear(): void {
    this.#text = "";
    this.#open = undefined;
    this.#searched = 0;
  }

  /** Looks for the end of the open pair; whether there is more to look at. */
  #close(pair: P, events: DelimiterEvent<P>[]): boolean {
    const at = this.#text.indexOf(pair.end, this.#searched);
    if (at < 0) {
      this.#searched = Math.max(0, this.#text.length - pair.end.length + 1);
      return false;
    }
    events.push({ type: "close", pair, content: this.#text.slice(0, at) });
    this.#text = this.#text.slice(at + pair.end.length);
    this.#open = undefined;
    this.#searched = 0;
    return true;
  }

  /** Looks for the start of a pair; whether there is more to look at. */
  #begin(events: DelimiterEvent<P>[]): boolean {
    const { at, pair } = this.#firstStart();
    if (at > 0) events.push({ type: "text", text: this.#text.slice(0, at) });
    this.#text = this.#text.slice(at);
    if (!pair) return false;
    events.push({ type: "open", pair });
    this.#text = this.#text.slice(pair.start.length);
    this.#open = pair;
    return true;
  }

  /** The first start and the longest there; no pair if there is none, or it may yet be another. */
  #firstStart(): { at: number; pair?: P } {
    const text = this.#text;
    const held = Math.min(
      ...this.#pairs.map(({ start }) => partialStart(text, start)),
      text.length,
    );
    let best: { at: number; pair: P } | undefined;
    for (const pair of this.#pairs) {
      const at = text.indexOf(pair.start);
      if (at < 0 || (best && at > best.at)) continue;
      const isBetter = !best || at < best.at || pair.start.length > best.pair.start.length;
      if (isBetter) best = { at, pair };
    }
    return best && best.at < held ? best : { at: held };
  }
}

/** Where the longest end of `text` begins that begins `start`. */
function partialStart(text: string, start: string): number {
  for (let length = Math.min(start.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(start.slice(0, length))) return text.length - length;
  }
  return text.length;
}
