import { type Clock, TimeoutError, type Timer } from "../../async/mod.ts";

/** What a {@linkcode StallGuard} needs to know. */
export interface StallGuardOptions {
  /** Milliseconds without any event after which a source counts as stalled. */
  readonly timeoutMs: number;
  /** Aborted when nobody wants the events any more. */
  readonly signal: AbortSignal;
}

/**
 * Gives a stream of events up when nothing has come for too long, or when it is
 * aborted, whether or not its source heeds a signal.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { StallGuard } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const { signal } = new AbortController();
 * using guard = new StallGuard(systemClock, { timeoutMs: 1_000, signal });
 * assertEquals(await Array.fromAsync(guard.watch(ReadableStream.from([1, 2]))), [1, 2]);
 * ```
 */
export class StallGuard implements Disposable {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #outer: AbortSignal;
  readonly #controller = new AbortController();
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);
  #timer: Timer | undefined;

  /** Makes a guard that measures with `clock`. */
  constructor(clock: Clock, options: StallGuardOptions) {
    this.#clock = clock;
    this.#timeoutMs = options.timeoutMs;
    this.#outer = options.signal;
    if (this.#outer.aborted) this.#abort();
    else this.#outer.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborted with the outer signal, on a stall, and when the events have ended. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Gives the events of a source.
   *
   * @throws {TimeoutError} If the source stalls.
   * @throws The reason of the signal, if that aborts.
   */
  async *watch<T>(events: AsyncIterable<T>): AsyncIterable<T> {
    const iterator = events[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#next(iterator);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      this[Symbol.dispose]();
      // A source that ignores its signal may never return: nobody waits for it.
      void Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }

  /** Aborts its signal. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#outer.removeEventListener("abort", this.#abort);
    this.#controller.abort(new DOMException("Nobody listens any more", "AbortError"));
  }

  /** One resolver with three ends: an event, a stall, an abort. */
  #next<T>(iterator: AsyncIterator<T>): Promise<IteratorResult<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<IteratorResult<T>>();
    const aborted = () => reject(this.signal.reason);
    if (this.signal.aborted) {
      aborted();
      return promise;
    }
    this.signal.addEventListener("abort", aborted, { once: true });
    this.#timer = this.#clock.timer(this.#timeoutMs, () => {
      this.#controller.abort(
        new TimeoutError(`Cannot go on: nothing came for ${this.#timeoutMs} ms`),
      );
    });
    iterator.next().then(resolve, reject);
    return promise.finally(() => {
      this.#timer?.cancel();
      this.signal.removeEventListener("abort", aborted);
    });
  }
}
