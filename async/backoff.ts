import type { Clock } from "./clock.ts";

/** How a {@linkcode Backoff} waits. */
export interface BackoffOptions {
  /** Milliseconds before the first try, at most. @default {0} */
  readonly firstMs?: number | undefined;
  /** Milliseconds before the second try, at most; each later wait is twice as long. @default {500} */
  readonly baseMs?: number | undefined;
  /** Milliseconds that no wait exceeds, unless the other side asks for longer. @default {10000} */
  readonly maxMs?: number | undefined;
  /** Part of a wait that is left to chance, from 0 to 1, so that many clients do not come at once. @default {0.5} */
  readonly jitter?: number | undefined;
  /** Gives a number from 0 up to 1. @default {Math.random} */
  readonly random?: (() => number) | undefined;
}

/** What one wait of a {@linkcode Backoff} can be given. */
export interface BackoffWaitOptions {
  /** The clock that measures. */
  readonly clock: Clock;
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the other side asked to wait; at least that is waited, up to a minute. */
  readonly atLeastMs?: number | undefined;
}

/** What the other side asks for is heeded up to here. */
const LONGEST_WISH_MS = 60_000;

/**
 * Waits longer and longer between tries of what failed.
 *
 * @example
 * ```ts
 * import { Backoff } from "@parley/sdk/async";
 * import { assertEquals } from "@std/assert";
 * const backoff = new Backoff({ firstMs: 0, baseMs: 100, maxMs: 300, jitter: 0 });
 * assertEquals([1, 2, 3, 4, 5].map(() => backoff.nextMs()), [0, 100, 200, 300, 300]);
 * ```
 */
export class Backoff {
  readonly #firstMs: number;
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #jitter: number;
  readonly #random: () => number;
  #tries = 0;

  /** Makes a backoff that has not waited yet. */
  constructor(options: BackoffOptions = {}) {
    this.#firstMs = options.firstMs ?? 0;
    this.#baseMs = options.baseMs ?? 500;
    this.#maxMs = options.maxMs ?? 10_000;
    this.#jitter = options.jitter ?? 0.5;
    this.#random = options.random ?? Math.random;
  }

  /** How many waits there were since the last success. */
  get tries(): number {
    return this.#tries;
  }

  /** It worked: the next failure begins anew. */
  reset(): void {
    this.#tries = 0;
  }

  /** Milliseconds to wait before the next try. */
  nextMs(): number {
    const tries = this.#tries++;
    const longest = tries === 0 ? this.#firstMs : this.#baseMs * 2 ** Math.min(tries - 1, 30);
    const whole = Math.min(longest, this.#maxMs);
    return whole - whole * this.#jitter * this.#random();
  }

  /** Waits before the next try; rejects with the signal's reason when that aborts first. */
  async wait({ clock, signal, atLeastMs = 0 }: BackoffWaitOptions): Promise<void> {
    const delayMs = Math.max(this.nextMs(), Math.min(atLeastMs, LONGEST_WISH_MS));
    signal?.throwIfAborted();
    if (delayMs > 0) await clock.sleep(delayMs, signal ? { signal } : {});
  }
}
