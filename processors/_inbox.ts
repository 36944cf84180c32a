import { Deque, Lane } from "../async/mod.ts";
import type { Frame, FrameDirection } from "../frames/mod.ts";

/** A frame on its way, with the epoch of the work that pushed it. */
export interface Entry {
  readonly frame: Frame;
  readonly direction: FrameDirection;
  readonly epoch: number;
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

  /** Lets a frame of the data lane wait; says what is wrong if others had to go for it. */
  addData(entry: Entry): string | undefined {
    this.data.push(entry);
    if (this.data.length <= DATA_LIMIT) return undefined;
    if (!this.data.remove((waiting) => !waiting.frame.uninterruptible)) return undefined;
    if (this.droppedData++ % DATA_LIMIT !== 0) return undefined;
    return `${DATA_LIMIT} frames wait, ${this.droppedData} dropped so far`;
  }

  takeSystem(): Entry | undefined {
    const entry = this.#system.shift();
    if (entry?.frame.live) this.#live--;
    return entry;
  }

  /** Drops what an interruption drops, and lets every writer go on. */
  cut(epoch: number): void {
    this.data.retain((entry) => entry.frame.uninterruptible || entry.epoch >= epoch);
    this.data.release();
  }

  clear(): void {
    this.clearSystem();
    this.clearData();
  }

  clearSystem(): void {
    this.#system.clear();
    this.#live = 0;
  }

  clearData(): void {
    this.data.clear();
    this.data.release();
  }
}
