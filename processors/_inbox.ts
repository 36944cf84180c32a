import { Deque, Lane } from "../async/mod.ts";
import { type Frame, type FrameDirection, StartFrame } from "../frames/mod.ts";

/** A frame on its way, with the epoch of the work that pushed it. */
export interface Entry {
  readonly frame: Frame;
  readonly direction: FrameDirection;
  epoch: number;
  /** Of a data frame: how many system frames of its sender go before it, of all that ever waited. */
  readonly after?: number;
}

/** Data frames that may wait in one processor before those who push must wait. */
const HIGH_WATER_MARK = 16;
/** Live input that may wait behind a slow handler: 10 s of 20 ms chunks. */
const LIVE_LIMIT = 500;
/** Data frames that may pile up where nobody heeds the high-water mark. */
const DATA_LIMIT = 50_000;

/** What waits behind a processor's door: system frames in one lane, the others in the other. */
export class Inbox {
  readonly data: Lane<Entry> = new Lane({ highWaterMark: HIGH_WATER_MARK });
  readonly #system: Deque<Entry> = new Deque();
  /** System frames that came to wait, and that wait no more, by the direction they came in. */
  readonly #came: Record<FrameDirection, number> = { downstream: 0, upstream: 0 };
  readonly #gone: Record<FrameDirection, number> = { downstream: 0, upstream: 0 };
  #live = 0;
  /** Live frames that had to go. */
  droppedLive = 0;
  /** Data frames that had to go. */
  droppedData = 0;

  get systemLength(): number {
    return this.#system.length;
  }

  /** Lets a system frame wait; gives a warning if others had to go for it. */
  addSystem(entry: Entry): string | undefined {
    this.#system.push(entry);
    if (isOrdered(entry.frame)) this.#came[entry.direction]++;
    if (!entry.frame.live || ++this.#live <= LIVE_LIMIT) return undefined;
    this.#system.remove((waiting) => waiting.frame.live);
    this.#live--;
    if (this.droppedLive++ % LIVE_LIMIT !== 0) return undefined;
    return `is too slow for live input: ${this.droppedLive} frames dropped so far`;
  }

  /** Lets a start wait, before whatever else does. */
  addStart(entry: Entry): void {
    const waiting = [...this.#system];
    this.#system.clear();
    for (const each of [entry, ...waiting]) this.#system.push(each);
  }

  /** Whether a data frame has to let system frames of the same sender begin first. */
  isBehindSystem(direction: FrameDirection): boolean {
    return this.#gone[direction] < this.#came[direction];
  }

  /** Whether the data frame that waits longest has no system frame of its sender before it. */
  get dataMayBegin(): boolean {
    const entry = this.data.peek();
    return entry !== undefined && (entry.after ?? 0) <= this.#gone[entry.direction];
  }

  /** Lets a frame of the data lane wait; says what is wrong if others had to go for it. */
  addData(frame: Frame, direction: FrameDirection, epoch: number): string | undefined {
    this.data.push({ frame, direction, epoch, after: this.#came[direction] });
    if (this.data.length <= DATA_LIMIT) return undefined;
    if (!this.data.remove((waiting) => !waiting.frame.uninterruptible)) return undefined;
    if (this.droppedData++ % DATA_LIMIT !== 0) return undefined;
    return `${DATA_LIMIT} frames wait, ${this.droppedData} dropped so far`;
  }

  takeSystem(): Entry | undefined {
    const entry = this.#system.shift();
    if (entry?.frame.live) this.#live--;
    if (entry && isOrdered(entry.frame)) this.#gone[entry.direction]++;
    return entry;
  }

  /** Drops what an interruption drops, and lets every writer go on. */
  cut(epoch: number): void {
    this.data.retain((entry) => entry.frame.uninterruptible || entry.epoch >= epoch);
    this.data.release();
  }

  /** Has everything that waits belong to an epoch. */
  rebase(epoch: number): void {
    for (const entry of this.data) entry.epoch = epoch;
  }

  clear(): void {
    this.clearSystem();
    this.clearData();
  }

  clearSystem(): void {
    this.#system.clear();
    this.#live = 0;
    Object.assign(this.#gone, this.#came);
  }

  clearData(): void {
    this.data.clear();
    this.data.release();
  }
}

/** Whether data keeps behind it: live input may come faster than it is handled, and a start goes first anyway. */
function isOrdered(frame: Frame): boolean {
  return !frame.live && !(frame instanceof StartFrame);
}
