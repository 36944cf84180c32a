/**
 * Something that is made when it is first wanted, and once; a failure is
 * forgotten, so that it can be tried again.
 *
 * @example
 * ```ts
 * import { Lazy } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * let made = 0;
 * const lazy = new Lazy(() => Promise.resolve(++made));
 * assertEquals([await lazy.get(), await lazy.get()], [1, 1]);
 * ```
 */
export class Lazy<T> {
  readonly #make: () => Promise<T>;
  #made: Promise<T> | undefined;

  /** Makes nothing yet. */
  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Gives it, made now or before. */
  get(): Promise<T> {
    return this.#made ??= this.#try();
  }

  async #try(): Promise<T> {
    try {
      return await this.#make();
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }
}
