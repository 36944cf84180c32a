import type { Clock } from "../../async/mod.ts";

/** How what is forgotten is waited for. */
export interface ForgottenOptions {
  readonly clock: () => Clock;
  /** Milliseconds after which an answer is not going to come any more. */
  readonly withinMs: number;
  /** Whether every answer is sure. */
  readonly sure: boolean;
}

/** Answers that are still to come, to words that were half heard when the user was muted. */
export class Forgotten {
  readonly #options: ForgottenOptions;
  #answers = 0;
  #at = 0;

  constructor(options: ForgottenOptions) {
    this.#options = options;
  }

  /** Whether what comes next is not wanted. */
  get isNext(): boolean {
    const { clock, withinMs } = this.#options;
    if (clock().now() - this.#at > withinMs) this.#answers = 0;
    return this.#answers > 0;
  }

  /** Another answer is to come that is not wanted. */
  add(): void {
    this.#answers++;
    this.#at = this.#options.clock().now();
  }

  /** An answer is there; says whether it was one of these. */
  answer(): boolean {
    if (!this.isNext) return false;
    this.#answers--;
    return true;
  }

  /** What is said from now on is wanted, unless words that are not are sure to come before it. */
  listenAgain(): void {
    if (!this.#options.sure) this.clear();
  }

  /** Nothing is to come any more. */
  clear(): void {
    this.#answers = 0;
  }
}
