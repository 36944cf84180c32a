import { Deque } from "../../async/mod.ts";

/** A chunk that was given to the wire, or dropped before it. */
export interface Span {
  /** When it begins to be heard, in milliseconds of the clock. */
  readonly at: number;
  /** Position of its first sample, in samples of one channel since the beginning. */
  readonly from: number;
  /** Position after its last sample that is not filled-in silence. */
  readonly to: number;
  /** Whether any of it is speech. */
  readonly speech: boolean;
  /** Whether it never reached the wire. */
  readonly lost: boolean;
  /** What was written. */
  readonly pcm: Int16Array;
}

/** What rounding can add up to, in samples. */
const EPSILON = 1e-3;

/** When each sample that was written is heard. */
export class Timeline {
  readonly #rate: number;
  readonly #spans: Deque<Span> = new Deque();
  #position = 0;
  #speechEnd = -Infinity;

  constructor(sampleRate: number) {
    this.#rate = sampleRate;
  }

  /** How much has been played or dropped, in samples. */
  get position(): number {
    return this.#position;
  }

  /** The span that is being heard at a moment. */
  current(now: number): Span | undefined {
    const span = this.#spans.peek();
    return span && span.at <= now ? span : undefined;
  }

  /** When the first speech that is not over begins, in milliseconds of the clock. */
  get speechBegins(): number | undefined {
    for (const span of this.#spans) if (span.speech) return span.at;
    return undefined;
  }

  /** The first span that is not over, and when it ends, in milliseconds of the clock. */
  get first(): { readonly span: Span; readonly endsAt: number } | undefined {
    const span = this.#spans.peek();
    return span && { span, endsAt: this.#endOf(span) };
  }

  /** Whether some of what is not over never reached the wire. */
  get lossy(): boolean {
    for (const span of this.#spans) if (span.lost) return true;
    return false;
  }

  /** When the last speech ends, in milliseconds of the clock. */
  get speechEnd(): number {
    return this.#speechEnd;
  }

  add(span: Span): void {
    this.#spans.push(span);
    if (span.speech) this.#speechEnd = this.#endOf(span);
  }

  /**
   * Moves on to a moment of the clock, but not past a position.
   *
   * @param over Called with every span that is over, in order.
   */
  advance(now: number, limit: number, over: (span: Span) => void): number {
    for (let span = this.#spans.peek(); span && span.at <= now; span = this.#spans.peek()) {
      const end = this.#endOf(span);
      // What was dropped is not waited for.
      const done = span.lost || now >= end - EPSILON;
      const reached = done ? span.to : this.#within(span, now);
      this.#position = Math.max(this.#position, span.lost ? reached : Math.min(reached, limit));
      if (this.#position < span.to - EPSILON) break;
      this.#position = span.to;
      this.#spans.shift();
      over(span);
    }
    return this.#position;
  }

  /** When a position is reached, as far as it has been written. */
  timeOf(position: number): number | undefined {
    for (const span of this.#spans) {
      if (position <= span.to + EPSILON) {
        return span.at + Math.max(0, position - span.from) * 1000 / this.#rate;
      }
    }
    return undefined;
  }

  /** Forgets what was written; the next samples have the positions after it. */
  clear(position: number): void {
    this.#spans.clear();
    this.#position = position;
    this.#speechEnd = -Infinity;
  }

  #endOf(span: Span): number {
    return span.at + (span.to - span.from) * 1000 / this.#rate;
  }

  #within(span: Span, now: number): number {
    return span.from + (now - span.at) * this.#rate / 1000 + EPSILON;
  }
}
