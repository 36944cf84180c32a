import type { Clock, Timer } from "../async/mod.ts";
import type { LLMContext } from "../context/mod.ts";

/** Who can be in the way of an answer that nobody asked for just now. */
export type Busy = "user" | "bot" | "answer";

/** How long the same question counts as asked when nobody says what became of it. */
const ASKED_MS = 5_000;
/** After an interruption, time for who interrupted to ask for an answer of his own. */
const GRACE_MS = 100;

/**
 * Decides when the model is asked: never twice about the same conversation, and
 * with what nobody waits for, such as the result of a call, in the next pause.
 * Both halves of an aggregator pair share one.
 */
export class InferenceGate {
  readonly #context: LLMContext;
  readonly #clock: () => Clock;
  readonly #busy: Set<Busy> = new Set();
  #asked: { readonly version: number; readonly at: number } | undefined;
  #owed = false;
  #grace: Timer | undefined;
  /** Asks the model; set by the half that can. */
  askModel: () => void = () => {};

  constructor(context: LLMContext, clock: () => Clock) {
    this.#context = context;
    this.#clock = clock;
  }

  /** Whether the model is to be asked now; once said, it counts as asked. */
  ask(): boolean {
    const { version } = this.#context;
    const at = this.#clock().now();
    this.#settle();
    if (this.#asked?.version === version && at - this.#asked.at < ASKED_MS) return false;
    this.#asked = { version, at };
    return true;
  }

  /** Has the model asked once nobody speaks. */
  owe(): void {
    this.#owed = true;
    this.#pay();
  }

  /** Says who is speaking, or no longer is. */
  busy(who: Busy, busy: boolean): void {
    if (busy) this.#busy.add(who);
    else if (this.#busy.delete(who)) this.#pay();
  }

  /** The model has answered, or failed to: it may be asked the same again. */
  answered(): void {
    this.#asked = undefined;
  }

  /** The bot was interrupted. What is owed waits for what the user says. */
  interrupted(): void {
    this.#asked = undefined;
    this.#busy.delete("bot");
    this.#busy.delete("answer");
    if (!this.#owed || this.#busy.size > 0) return;
    this.#grace?.cancel();
    this.#grace = this.#clock().timer(GRACE_MS, () => {
      this.#grace = undefined;
      this.#pay();
    });
  }

  /** Owes nothing any more. */
  close(): void {
    this.#settle();
  }

  #settle(): void {
    this.#owed = false;
    this.#grace?.cancel();
    this.#grace = undefined;
  }

  #pay(): void {
    if (!this.#owed || this.#busy.size > 0 || this.#grace) return;
    this.#owed = false;
    this.askModel();
  }
}
