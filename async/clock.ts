/** A timer that has been set and can be taken back. */
export interface Timer {
  /** Takes the timer back; after it fired, or twice, this does nothing. */
  cancel(): void;
}

/**
 * The source of time of a conversation.
 *
 * Nothing else in the SDK reads the time or sets timers, so that a conversation
 * can run on a virtual clock, faster than real time and the same every time.
 */
export interface Clock {
  /** Milliseconds since a fixed but arbitrary moment; never goes back. */
  now(): number;
  /** The date and time of day, for what people and logs read. */
  date(): Date;
  /** Calls `callback` once, `delayMs` milliseconds from now. */
  timer(delayMs: number, callback: () => void): Timer;
  /**
   * Resolves after `delayMs` milliseconds; rejects with the signal's reason
   * when the signal aborts first.
   */
  sleep(
    delayMs: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void>;
  /**
   * Says that `work` happens outside (inference, a request, a file). A virtual
   * clock stands still until it is settled. Gives `work` back.
   */
  hold<T>(work: Promise<T>): Promise<T>;
}

/**
 * Sleeps on any clock: what {@linkcode Clock.sleep} does, from its timer.
 *
 * @example
 * ```ts
 * import { sleepOn, systemClock } from "@parley/sdk/async";
 * await sleepOn(systemClock, 1);
 * ```
 */
export function sleepOn(
  clock: Pick<Clock, "timer">,
  delayMs: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { signal } = options;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => {
    timer.cancel();
    reject(signal?.reason);
  };
  const timer = clock.timer(delayMs, () => {
    signal?.removeEventListener("abort", abort);
    resolve();
  });
  signal?.addEventListener("abort", abort, { once: true });
  return promise;
}

/**
 * The clock of the machine.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * const started = systemClock.now();
 * await systemClock.sleep(1);
 * console.log(systemClock.now() - started);
 * ```
 */
export const systemClock: Clock = Object.freeze({
  now: (): number => performance.now(),
  date: (): Date => new Date(),
  timer(delayMs: number, callback: () => void): Timer {
    // A deadline that has just passed is due now, as on a virtual clock.
    const id = setTimeout(callback, Math.max(0, delayMs));
    return { cancel: () => clearTimeout(id) };
  },
  sleep(
    delayMs: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<void> {
    return sleepOn(systemClock, delayMs, options);
  },
  hold: <T>(work: Promise<T>): Promise<T> => work,
});
