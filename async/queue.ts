/**
 * A first-in, first-out queue with constant-time ends.
 *
 * @example
 * ```ts
 * import { Deque } from "@parley/sdk/async";
 * import { assertEquals } from "@std/assert";
 * const queue = new Deque<number>();
 * queue.push(1);
 * queue.push(2);
 * assertEquals(queue.shift(), 1);
 * ```
 */
export class Deque<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  /** How many items wait. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the first item, or gives `undefined` when there is none. */
  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#items.length = this.#head = 0;
    else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Drops all items. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
  }

  /** Keeps the items that `keep` accepts, in order; says how many went. */
  retain(keep: (item: T) => boolean): number {
    const before = this.length;
    if (before === 0) return 0;
    this.#items = this.#items.slice(this.#head).filter((item) => keep(item as T));
    this.#head = 0;
    return before - this.#items.length;
  }

  /** Removes the first item that `match` accepts and gives it back. */
  remove(match: (item: T) => boolean): T | undefined {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i] as T;
      if (match(item)) {
        this.#items.splice(i, 1);
        return item;
      }
    }
    return undefined;
  }

  /** The items in order, left in place. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#items.length; i++) {
      yield this.#items[i] as T;
    }
  }
}

/**
 * A queue that tells its writers when it is full.
 *
 * Writing never fails and never waits by itself: {@linkcode Lane.credit} is
 * what a writer awaits before it goes on.
 *
 * @example
 * ```ts
 * import { Lane } from "@parley/sdk/async";
 * import { assertEquals } from "@std/assert";
 * const lane = new Lane<number>({ highWaterMark: 1 });
 * lane.push(1);
 * const credit = lane.credit();
 * lane.shift();
 * await credit;
 * assertEquals(lane.length, 0);
 * ```
 */
export class Lane<T> extends Deque<T> {
  /** How many items may wait before writers do. */
  readonly highWaterMark: number;
  #credit: PromiseWithResolvers<void> | undefined;

  /** Makes an empty lane. */
  constructor(options: { readonly highWaterMark: number }) {
    super();
    this.highWaterMark = options.highWaterMark;
  }

  /** A promise of room, or `undefined` when there is room now. */
  credit(): Promise<void> | undefined {
    if (this.length < this.highWaterMark) return undefined;
    this.#credit ??= Promise.withResolvers<void>();
    return this.#credit.promise;
  }

  /** Lets every waiting writer go on, room or not. */
  release(): void {
    const credit = this.#credit;
    this.#credit = undefined;
    credit?.resolve();
  }

  /** Takes the first item and lets writers go on when there is room. */
  override shift(): T | undefined {
    const item = super.shift();
    if (this.#credit && this.length < this.highWaterMark) this.release();
    return item;
  }
}
