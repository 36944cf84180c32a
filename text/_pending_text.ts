import type { Aggregation, AggregationType } from "./base_text_aggregator.ts";
import { scanSentence, type Span } from "./_sentence_scan.ts";

/** How pending text is cut. */
export interface PendingTextOptions {
  readonly aggregationType: AggregationType;
  readonly language: string | undefined;
}

/** Something the model wrote that is not part of the text, and where it stood. */
interface Hidden {
  readonly at: number;
  readonly text: string;
  readonly sticksTo: "before" | "after";
}

/** Text that waits to be cut, and what the model wrote for it. */
export class PendingText {
  #text = "";
  #hidden: Hidden[] = [];
  #protected: Span[] = [];
  #from = 0;
  #options: PendingTextOptions;

  constructor(options: PendingTextOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#text;
  }

  append(text: string): void {
    this.#text += text;
  }

  /** Appends text that is never cut. */
  appendProtected(text: string): void {
    const start = this.#text.length;
    this.#text += text;
    this.#protected.push({ start, end: this.#text.length });
  }

  /** Appends what counts as written but not as text, such as a delimiter. */
  appendHidden(text: string, sticksTo: Hidden["sticksTo"]): void {
    this.#hidden.push({ at: this.#text.length, text, sticksTo });
  }

  /** What is complete, given that `lookahead` follows. */
  take(lookahead = ""): Aggregation[] {
    switch (this.#options.aggregationType) {
      case "sentence":
        return this.#sentences(lookahead, false);
      case "word":
        return this.#words();
      case "token":
        return this.#text === "" ? [] : [this.#cut(this.#text.length, asIs)];
      case "whole":
        return [];
    }
  }

  /** Everything, as if the text ended here. Only white space may stay. */
  takeAll(): Aggregation[] {
    const { aggregationType } = this.#options;
    this.#from = 0;
    const taken = aggregationType === "sentence"
      ? this.#sentences("", true)
      : aggregationType === "word"
      ? this.#words()
      : [];
    if (this.#text.trim() === "") return taken;
    return [
      ...taken,
      this.#cut(this.#text.length, aggregationType === "token" ? asIs : stripSpaces),
    ];
  }

  /** Empties it, and gives what was written for what it held. */
  drainRaw(): string {
    const raw = this.#raw(this.#text.length);
    this.clear();
    return raw;
  }

  clear(): void {
    this.#text = "";
    this.#hidden = [];
    this.#protected = [];
    this.#from = 0;
  }

  #sentences(lookahead: string, complete: boolean): Aggregation[] {
    const taken: Aggregation[] = [];
    while (true) {
      const { end, from } = scanSentence(this.#text + lookahead, {
        from: this.#from,
        complete,
        protectedSpans: this.#protected,
        language: this.#options.language,
      });
      if (end === 0 || end > this.#text.length) {
        this.#from = Math.min(from, this.#text.length);
        return taken;
      }
      taken.push(this.#cut(end, stripSpaces));
    }
  }

  #words(): Aggregation[] {
    const taken: Aggregation[] = [];
    while (true) {
      const end = this.#wordEnd();
      if (end === 0) return taken;
      taken.push(this.#cut(end, (text) => text.trim()));
    }
  }

  /** Where the first word ends that white space follows; 0 if there is none. */
  #wordEnd(): number {
    for (const { index } of this.#text.matchAll(/(?<=\S)\s/g)) {
      const isFree = this.#protected.every(({ start, end }) => index < start || index >= end);
      if (isFree) return index;
    }
    return 0;
  }

  #cut(end: number, tidy: (text: string) => string): Aggregation {
    const raw = this.#raw(end);
    const text = tidy(this.#text.slice(0, end));
    this.#text = this.#text.slice(end);
    this.#hidden = this.#hidden
      .filter((hidden) => !isWithin(hidden, end))
      .map((hidden) => ({ ...hidden, at: hidden.at - end }));
    this.#protected = this.#protected
      .filter((span) => span.end > end)
      .map((span) => ({ start: Math.max(0, span.start - end), end: span.end - end }));
    this.#from = 0;
    const type = this.#options.aggregationType;
    return raw === text ? { text, type } : { text, type, rawText: raw };
  }

  #raw(end: number): string {
    let raw = "";
    let at = 0;
    for (const hidden of this.#hidden) {
      if (!isWithin(hidden, end)) break;
      raw += this.#text.slice(at, hidden.at) + hidden.text;
      at = hidden.at;
    }
    return raw + this.#text.slice(at, end);
  }
}

function isWithin({ at, sticksTo }: Hidden, end: number): boolean {
  return at < end || (at === end && sticksTo === "before");
}

function asIs(text: string): string {
  return text;
}

/** Takes spaces from both ends; line breaks stay, since they are pauses. */
function stripSpaces(text: string): string {
  return text.replace(/^ +| +$/g, "");
}
