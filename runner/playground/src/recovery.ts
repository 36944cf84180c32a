/**
 * Waits for a server that is gone, and says when it is back.
 *
 * @module
 */
import type { Cancel, Later } from "./browser_time.ts";

/** The pauses between two looks; the last one repeats. */
export const PAUSES_MS: readonly number[] = [
  1000,
  2000,
  3000,
  5000,
  8000,
  10_000,
];

/** How a recovery looks and what it tells. */
export interface RecoveryOptions {
  /** Asks the server whether it is there. */
  readonly probe: () => Promise<boolean>;
  /** Plans an action. */
  readonly later: Later;
  /** Called before each pause. */
  readonly onPause: (pauseMs: number) => void;
  /** Called once, when the server is there. */
  readonly onBack: () => void;
}

/** One wait for the server. */
export class Recovery {
  readonly #options: RecoveryOptions;
  #looks = 0;
  #timer: Cancel = () => {};
  #stopped = false;

  /** Begins to wait: the first look comes after the first pause. */
  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#pause();
  }

  /** Looks at once, and begins with short pauses again. */
  lookNow(): void {
    if (this.#stopped) return;
    this.#looks = 0;
    this.#timer();
    void this.#look();
  }

  /** Gives up waiting. */
  stop(): void {
    this.#stopped = true;
    this.#timer();
  }

  #pause(): void {
    const index = Math.min(this.#looks, PAUSES_MS.length - 1);
    const pauseMs = PAUSES_MS[index] ?? 1000;
    this.#looks++;
    this.#options.onPause(pauseMs);
    this.#timer = this.#options.later(pauseMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const isBack = await this.#options.probe();
    if (this.#stopped) return;
    if (!isBack) return this.#pause();
    this.#stopped = true;
    this.#options.onBack();
  }
}
