import { type Clock, nextTurn, sleepOn, type Timer } from "../async/mod.ts";

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** How a {@linkcode VirtualClock} begins. */
export interface VirtualClockOptions {
  /** Date and time of day at the beginning. @default {new Date("2026-01-01T12:00:00Z")} */
  readonly startDate?: Date | undefined;
  /**
   * Gives a number for each timer: timers of the same moment fire in the order
   * of their numbers. By default in the order in which they were set.
   */
  readonly order?: (() => number) | undefined;
}

/**
 * A clock that stands still while anything is in work and steps to the next
 * timer when nothing is, so that a conversation of minutes takes milliseconds
 * and runs the same every time.
 *
 * Work that happens outside, such as inference, holds it: see
 * {@linkcode VirtualClock.hold}.
 *
 * @example
 * ```ts
 * import { VirtualClock } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const clock = new VirtualClock();
 * const slept = clock.sleep(600_000);
 * await clock.runUntil(slept);
 * assertEquals(clock.now(), 600_000);
 * ```
 */
export class VirtualClock implements Clock {
  readonly #start: number;
  #now = 0;
  readonly #order: () => number;
  #timers: Pending[] = [];
  #holds = 0;
  #released: PromiseWithResolvers<void> | undefined;

  /** Makes a clock that stands at zero. */
  constructor(options: VirtualClockOptions = {}) {
    this.#start = (options.startDate ?? new Date("2026-01-01T12:00:00Z")).getTime();
    let count = 0;
    this.#order = options.order ?? (() => count++);
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Virtual milliseconds since the beginning. */
  now(): number {
    return this.#now;
  }

  /** The virtual date and time of day. */
  date(): Date {
    return new Date(this.#start + this.#now);
  }

  /** Calls `callback` once the clock has stepped `delayMs` milliseconds on. */
  timer(delayMs: number, callback: () => void): Timer {
    const pending: Pending = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order(),
      callback,
    };
    this.#insert(pending);
    return {
      cancel: () => {
        const i = this.#timers.indexOf(pending);
        if (i >= 0) this.#timers.splice(i, 1);
      },
    };
  }

  /** Resolves `delayMs` virtual milliseconds from now. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal }): Promise<void> {
    return sleepOn(this, delayMs, options);
  }

  /** Stands still until `work` is settled. */
  hold<T>(work: Promise<T>): Promise<T> {
    this.#holds++;
    const release = () => {
      if (--this.#holds === 0) this.#release();
    };
    work.then(release, release);
    return work;
  }

  /**
   * The contrary of {@linkcode VirtualClock.hold}, for who plays what is outside: until `work` is settled, one that
   * holds the clock for it does not count.
   */
  lend<T>(work: Promise<T>): Promise<T> {
    this.#holds--;
    if (this.#holds === 0) this.#release();
    const takeBack = () => void this.#holds++;
    work.then(takeBack, takeBack);
    return work;
  }

  /** Steps on by so many milliseconds, through every timer on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (let next = this.#timers[0]; next && next.at <= until; next = this.#timers[0]) {
      await this.#fire(next);
    }
    this.#now = until;
  }

  /**
   * Steps from timer to timer until `work` is settled, and gives what it gives.
   *
   * @throws {Error} If nothing is left that could settle it, or if it is not
   * settled after `limitMs` virtual milliseconds (an hour by default).
   */
  async runUntil<T>(work: Promise<T>, options: { readonly limitMs?: number } = {}): Promise<T> {
    const limit = this.#now + (options.limitMs ?? 3_600_000);
    let settled = false;
    const done = () => {
      settled = true;
      // Whatever else holds the clock: it has gone far enough.
      this.#release();
    };
    work.then(done, done);
    await this.#settle(() => settled);
    while (!settled) {
      const next = this.#timers[0];
      if (!next) throw new Error("Cannot go on: nothing is in work and no timer is set");
      if (next.at > limit) throw new Error(`Cannot go on: not settled at ${this.#now} ms`);
      await this.#fire(next, () => settled);
    }
    return await work;
  }

  /** Waits until nothing is in work: no microtask and nothing that holds. */
  async settle(): Promise<void> {
    await this.#settle(() => false);
  }

  async #settle(enough: () => boolean): Promise<void> {
    await nextTurn();
    while (this.#holds > 0 && !enough()) {
      this.#released ??= Promise.withResolvers<void>();
      await this.#released.promise;
      await nextTurn();
    }
  }

  /** Has everybody look who waits for what holds the clock. */
  #release(): void {
    this.#released?.resolve();
    this.#released = undefined;
  }

  async #fire(next: Pending, enough: () => boolean = () => false): Promise<void> {
    this.#timers.shift();
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    await this.#settle(enough);
  }

  /** Keeps the timers in order of time, then of their numbers. */
  #insert(pending: Pending): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#timers[middle] as Pending;
      const isBefore = other.at === pending.at
        ? other.order <= pending.order
        : other.at < pending.at;
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, pending);
  }
}
