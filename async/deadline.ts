import type { Clock } from "./clock.ts";

/**
 * Thrown when something did not happen in time.
 *
 * @example
 * ```ts
 * import { TimeoutError } from "@parley/sdk/async";
 * const error = new TimeoutError("Cannot connect: no answer in 5000 ms");
 * console.log(error.name);
 * ```
 */
export class TimeoutError extends Error {
  /** Name of the class. */
  override readonly name = "TimeoutError";
}

/** What {@linkcode deadline} needs to know. */
export interface DeadlineOptions {
  /** The clock that measures. */
  readonly clock: Clock;
  /** Milliseconds to wait. */
  readonly timeoutMs: number;
  /** What cannot be done in time, for the message: `Cannot <doing>: …`. */
  readonly doing: string;
}

/**
 * Gives what `work` gives, or rejects when it takes too long.
 *
 * The work itself goes on; what it throws later is swallowed.
 *
 * @example
 * ```ts
 * import { deadline, systemClock } from "@parley/sdk/async";
 * const value = await deadline(Promise.resolve(1), {
 *   clock: systemClock,
 *   timeoutMs: 100,
 *   doing: "count to one",
 * });
 * console.log(value);
 * ```
 * @throws {TimeoutError} If `work` is not settled after `timeoutMs`.
 */
export function deadline<T>(
  work: Promise<T>,
  options: DeadlineOptions,
): Promise<T> {
  const { clock, timeoutMs, doing } = options;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = clock.timer(timeoutMs, () => {
    reject(
      new TimeoutError(`Cannot ${doing}: not done after ${timeoutMs} ms`),
    );
  });
  work.then(
    (value) => (timer.cancel(), resolve(value)),
    (error) => (timer.cancel(), reject(error)),
  );
  return promise;
}
