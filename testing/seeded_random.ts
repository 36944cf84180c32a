/**
 * Numbers that look random and are the same for the same seed.
 *
 * @example
 * ```ts
 * import { SeededRandom } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const [a, b] = [new SeededRandom(7), new SeededRandom(7)];
 * assertEquals(a.int(1, 6), b.int(1, 6));
 * ```
 */
export class SeededRandom {
  #state: number;

  /** Makes a row of numbers. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1. */
  next(): number {
    // mulberry32
    this.#state = (this.#state + 0x6D2B79F5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** Whether something that happens with this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /**
   * One of a list.
   *
   * @throws {RangeError} If there is none.
   */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("Cannot pick one of a list: it is empty");
    return list[this.int(0, list.length - 1)] as T;
  }

  /**
   * One of the keys, each as often as its weight says.
   *
   * @example
   * ```ts
   * import { SeededRandom } from "@parley/sdk/testing";
   * import { assertEquals } from "@std/assert";
   * const random = new SeededRandom(7);
   * const drawn = Array.from({ length: 100 }, () => random.weighted({ heads: 3, tails: 1 }));
   * assertEquals(drawn.filter((side) => side === "heads").length, 74);
   * ```
   * @throws {RangeError} If no weight is above 0.
   */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const entries = (Object.entries(weights) as [K, number][]).filter(([, weight]) => weight > 0);
    const last = entries.at(-1);
    if (!last) throw new RangeError("Cannot draw by weights: none is above 0");
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    // Sums of fractions are not exact: what may be left of the whole is the last one's.
    const [key] = entries.find(([, weight]) => (left -= weight) < 0) ?? last;
    return key;
  }
}
