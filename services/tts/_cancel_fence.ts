import type { Clock, Timer } from "../../async/mod.ts";

/** Milliseconds that a provider has to acknowledge a cancel. */
const ACKNOWLEDGE_MS = 2_000;

/** Counts the cancels that a provider has not acknowledged: up to there, what bears no name is stale. */
export class CancelFence {
  readonly #clock: () => Clock;
  readonly #ignored: () => void;
  #count = 0;
  #timer: Timer | undefined;

  /** Makes one; `ignored` is called when no acknowledgement comes. */
  constructor(clock: () => Clock, ignored: () => void) {
    this.#clock = clock;
    this.#ignored = ignored;
  }

  /** Whether a cancel has not been acknowledged. */
  get up(): boolean {
    return this.#count > 0;
  }

  /** A cancel was sent. */
  raise(): void {
    this.#count++;
    this.#watch();
  }

  /** A cancel was acknowledged. */
  lower(): void {
    this.#count = Math.max(0, this.#count - 1);
    this.#watch();
  }

  /** Nothing that was cancelled can come any more. */
  clear(): void {
    this.#count = 0;
    this.#watch();
  }

  #watch(): void {
    this.#timer?.cancel();
    this.#timer = this.up ? this.#clock().timer(ACKNOWLEDGE_MS, this.#ignored) : undefined;
  }
}
