import type { Clock, Timer } from "../../async/mod.ts";

/** Whether the rest of what was said was asked for and is still to come. */
export class Finalization {
  #timer: Timer | undefined;
  #asked = 0;
  #ended = Promise.withResolvers<void>();

  /** Whether it is still to come. */
  get pending(): boolean {
    return this.#timer !== undefined;
  }

  /** How many answers are still to come. */
  get asked(): number {
    return this.#asked;
  }

  /** So many answers are to come; the timer says when they are late. */
  begin(timer: Timer, asked: number): void {
    this.#timer?.cancel();
    this.#timer = timer;
    this.#asked = asked;
  }

  /** One answer is there; says whether it was the last. */
  answer(): boolean {
    this.#asked = Math.max(0, this.#asked - 1);
    return this.#asked === 0;
  }

  /** It is there, or is not going to come. */
  end(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asked = 0;
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
