/** Items for which an empty {@linkcode Deque} keeps room. */
const MAX_ROOM = 1024;

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
  // What it holds lies from head to tail; the room before and behind is kept for what comes.
  #items: (T | undefined)[] = [];
  #head = 0;
  #tail = 0;

  /** How many items wait. */
  get length(): number {
    return this.#tail - this.#head;
  }

  /** Adds an item at the end. */
  push(item: T): void {
    this.#items[this.#tail++] = item;
  }

  /** Takes the first item, or gives `undefined` when there is none. */
  shift(): T | undefined {
    if (this.#head === this.#tail) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#tail) this.#restart();
    else if (this.#head > MAX_ROOM && this.#head * 2 > this.#tail) this.#set(this.#waiting());
    return item;
  }

  /** The first item, which stays. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Drops all items. */
  clear(): void {
    this.#set([]);
  }

  /** Keeps the items that `keep` accepts, in order; says how many went. */
  retain(keep: (item: T) => boolean): number {
    const before = this.length;
    if (before > 0) this.#set(this.#waiting().filter((item) => keep(item as T)));
    return before - this.length;
  }

  /** Removes the first item that `match` accepts and gives it back. */
  remove(match: (item: T) => boolean): T | undefined {
    for (let i = this.#head; i < this.#tail; i++) {
      const item = this.#items[i] as T;
      if (!match(item)) continue;
      this.#items.splice(i, 1);
      this.#tail--;
      return item;
    }
    return undefined;
  }

  /** The items in order, left in place. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = this.#head; i < this.#tail; i++) yield this.#items[i] as T;
  }

  #waiting(): (T | undefined)[] {
    return this.#items.slice(this.#head, this.#tail);
  }

  #set(items: (T | undefined)[]): void {
    this.#items = items;
    this.#head = 0;
    this.#tail = items.length;
  }

  /** It is empty: the room of few items stays, that of many goes. */
  #restart(): void {
    this.#head = this.#tail = 0;
    if (this.#items.length > MAX_ROOM) this.#items = [];
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
