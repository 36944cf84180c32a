import type { Clock, Timer } from "../../async/mod.ts";

/** Whether the rest of what was said was asked for and is still to come. */
export class Finalization {
  #timer: Timer | undefined;
  #ended = Promise.withResolvers<void>();

  /** Whether it is still to come. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** It was asked for; the timer says when it is late. */
  begin(timer: Timer): void {
    this.#timer?.cancel();
    this.#timer = timer;
  }

  /** It is there, or is not going to come. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }

  /** Resolves when nothing is to come any more, or after so many milliseconds. */
  async settled(clock: Clock, withinMs: number): Promise<void> {
    if (!this.pending) return;
    const { promise, resolve } = this.#ended;
    const timer = clock.timer(withinMs, resolve);
    await promise;
    timer.cancel();
  }
}
