import type { Clock } from "../../async/mod.ts";

/** Holds a clock while something is expected from outside. */
export class ClockHold {
  readonly #clock: () => Clock;
  #held: PromiseWithResolvers<void> | undefined;

  constructor(clock: () => Clock) {
    this.#clock = clock;
  }

  /** Says whether it is to be held from now on. */
  set(on: boolean): void {
    if (on === (this.#held !== undefined)) return;
    if (on) {
      this.#held = Promise.withResolvers();
      void this.#clock().hold(this.#held.promise);
    } else {
      this.#held?.resolve();
      this.#held = undefined;
    }
  }
}
