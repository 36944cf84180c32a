/** Those who wait for one thing, which happens to all of them at once. */
export class Waiters {
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Whether anybody waits. */
  get any(): boolean {
    return this.#waiting !== undefined;
  }

  /** Resolves when it happens the next time. */
  wait(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  /** Says that it has happened. */
  release(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
