import { type Clock, TimeoutError } from "../../async/mod.ts";

export interface AnswerLimitOptions {
  /** Milliseconds for which a model is waited for in all, however often it gives something. */
  readonly timeoutMs: number;
  /** Milliseconds after which somebody else gives up a single wait. */
  readonly stallTimeoutMs: number;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Bounds how long a model is waited for in all while it answers: one that gives
 * a word now and then never stalls, and never ends. Only waiting counts: who
 * takes long over what is there, such as a voice that speaks it, takes nothing
 * from the model's time.
 */
export class AnswerLimit implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #stallTimeoutMs: number;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(clock: Clock, options: AnswerLimitOptions) {
    this.#clock = clock;
    this.#timeoutMs = options.timeoutMs;
    this.#stallTimeoutMs = options.stallTimeoutMs;
    this.#outer = options.signal;
    if (this.#outer.aborted) this.#abort();
    else this.#outer.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborted with the outer signal, and when time is up; what is waited for has to heed it. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives the events of a source that ends with the signal's reason when that aborts. */
  async *watch<T>(events: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = events[Symbol.asyncIterator]();
    let leftMs = this.#timeoutMs;
    try {
      for (;;) {
        const from = this.#clock.now();
        const isLast = leftMs < this.#stallTimeoutMs;
        const timer = isLast ? this.#clock.timer(leftMs, () => this.#timeUp()) : undefined;
        const next = await iterator.next().finally(() => timer?.cancel());
        if (next.done) return;
        leftMs = Math.max(0, leftMs - (this.#clock.now() - from));
        yield next.value;
      }
    } finally {
      this[Symbol.dispose]();
      await iterator.return?.();
    }
  }

  [Symbol.dispose](): void {
    this.#outer.removeEventListener("abort", this.#abort);
  }

  #timeUp(): void {
    const state = `the answer has not come to its end after ${this.#timeoutMs} ms of waiting`;
    this.#controller.abort(new TimeoutError(`Cannot go on: ${state}`));
  }
}
