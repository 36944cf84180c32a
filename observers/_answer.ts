import type { TurnLatency } from "./turn_latency_observer.ts";

/** A turn of which more is to be known. */
export type OpenTurn = { -readonly [K in keyof TurnLatency]: TurnLatency[K] };

/** How far the answer of one turn is. */
export class Answer {
  /** What is known of the turn. */
  readonly turn: OpenTurn;
  readonly #calls: Set<string> = new Set();
  #begun = false;
  #responding = false;
  #said = false;
  #silenced = false;
  #calledAt = 0;
  #wanted = false;
  #rerun = false;

  constructor(turn: OpenTurn) {
    this.turn = turn;
  }

  /** Whether anybody has begun to answer. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the model has no more to add to it: what it writes next is another answer. */
  get written(): boolean {
    return this.#begun && !this.working && !this.#rerun;
  }

  /** Whether the model, or a function that it called, is at work on it. */
  get working(): boolean {
    return this.#responding || this.#calls.size > 0;
  }

  /** Whether nothing more of it is going to be heard. */
  get over(): boolean {
    return this.#begun && !this.working && (!this.#said || this.#silenced);
  }

  /** The model begins to write. */
  respond(): void {
    this.#begun = this.#responding = true;
    this.#rerun = false;
  }

  /** The model has written. */
  responded(): void {
    this.#responding = false;
  }

  /** Something of it is going to be heard. */
  say(): void {
    this.#begun = this.#said = true;
    this.#silenced = false;
  }

  /** The bot has fallen silent. */
  silence(): void {
    this.#silenced = true;
  }

  /** The model called functions. */
  call(ids: readonly string[], at: number): void {
    if (this.#calls.size === 0) this.#calledAt = at;
    for (const id of ids) this.#calls.add(id);
  }

  /** A call has ended; gives whether it was one of this answer. */
  returned(id: string, options: { readonly at: number; readonly runs: boolean }): boolean {
    if (!this.#calls.delete(id)) return false;
    this.#wanted ||= options.runs;
    if (this.#calls.size > 0) return true;
    this.#rerun = this.#wanted;
    this.#wanted = false;
    this.turn.toolMs = (this.turn.toolMs ?? 0) + options.at - this.#calledAt;
    return true;
  }
}
