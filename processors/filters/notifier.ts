/** What {@linkcode BaseNotifier.wait} can be given. */
export interface NotifierWaitOptions {
  /** Ends the waiting when it aborts; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells whoever waits that something has happened.
 *
 * @example
 * ```ts
 * import { type BaseNotifier, EventNotifier } from "@parley/sdk/processors/filters";
 * const notifier: BaseNotifier = new EventNotifier();
 * await notifier.notify();
 * await notifier.wait();
 * ```
 */
export abstract class BaseNotifier {
  /** Says that it has happened. */
  abstract notify(): void | Promise<void>;

  /** Resolves when it has happened. */
  abstract wait(options?: NotifierWaitOptions): Promise<void>;
}

/**
 * Wakes everybody who waits; where nobody does, the next one who comes does not
 * have to wait.
 *
 * @example
 * ```ts
 * import { EventNotifier } from "@parley/sdk/processors/filters";
 * const notifier = new EventNotifier();
 * const woken = notifier.wait();
 * notifier.notify();
 * await woken;
 * ```
 */
export class EventNotifier extends BaseNotifier {
  readonly #waiting: Set<() => void> = new Set();
  #happened = false;

  /** Wakes who waits. */
  notify(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#happened = waiting.length === 0;
    for (const wake of waiting) wake();
  }

  /** Resolves at the next notification, or at once if one is left over. */
  wait(options: NotifierWaitOptions = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#happened) {
      this.#happened = false;
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => {
      this.#waiting.delete(wake);
      reject(signal?.reason);
    };
    const wake = () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    this.#waiting.add(wake);
    signal?.addEventListener("abort", abort, { once: true });
    return promise;
  }
}
