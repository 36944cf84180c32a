import { type Clock, deadline, Deque, type Logger } from "../async/mod.ts";
import type { Frame, FrameDirection } from "../frames/mod.ts";
import type {
  BaseObserver,
  FramePath,
  FrameProcessed,
  FramePushed,
  FrameSink,
  Named,
} from "../processors/mod.ts";
import { attachObserver } from "../processors/observer.ts";

/** Records that may wait for one slow observer before the oldest are dropped. */
const LIMIT = 100_000;

type Tell = (observer: BaseObserver) => void | Promise<void>;

/** Entries that there is room for at once: a frame's way through a pipeline, mostly. */
const ROOM = 32;

/**
 * What happened within one turn of the event loop, in order: a way and a frame
 * in turns, since a row that is made only when it is told costs less.
 */
class Burst {
  declare readonly clock: Clock;
  declare readonly entries: (FramePath | Frame)[];
  declare size: number;
  declare at: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
    this.entries = new Array(ROOM);
    this.size = 0;
    this.at = undefined;
  }
}

/** What happened to a frame, as observers of either method read it. */
class Row implements FramePushed, FrameProcessed {
  // Declared, not defined: a field that is defined is written twice.
  declare readonly burst: Burst;
  declare readonly source: Named;
  declare readonly destination: Named;
  declare readonly frame: Frame;
  declare readonly direction: FrameDirection;

  constructor(burst: Burst, path: FramePath, frame: Frame) {
    this.burst = burst;
    this.source = path.source;
    this.destination = path.destination;
    this.frame = frame;
    this.direction = path.direction;
  }

  get processor(): Named {
    return this.source;
  }

  get timestamp(): number {
    return timeOf(this.burst);
  }
}

/** What happened in one turn, or one thing to tell. */
type Batch = Burst | Tell;

/**
 * Carries what happens in a pipeline to its observers, in order, in bursts,
 * off the frames' path.
 */
export class ObserverHub implements FrameSink {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #readers: Map<BaseObserver, Reader> = new Map();
  /** The same, to go through for every burst. */
  #list: readonly Reader[] = [];
  readonly #flushNow = (): void => this.#flush();
  #burst: Burst | undefined;
  /** Records that a processor began to handle a frame; left out where nobody asks. */
  processed: FrameSink["processed"];

  constructor(options: { readonly clock: Clock; readonly log: Logger }) {
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** How many observe. */
  get size(): number {
    return this.#readers.size;
  }

  /** Tells `observer` of everything from now on. */
  add(observer: BaseObserver): void {
    this.#flush();
    attachObserver(observer, { clock: this.#clock, log: this.#log });
    if (!this.#readers.has(observer)) this.#readers.set(observer, new Reader(observer, this.#log));
    this.#recount();
  }

  /** Tells `observer` nothing more. */
  remove(observer: BaseObserver): void {
    this.#readers.get(observer)?.stop();
    this.#readers.delete(observer);
    this.#recount();
  }

  /** Records that a frame was pushed. */
  pushed(path: FramePath, frame: Frame): void {
    const burst = this.#burst ?? this.#begin();
    const { entries, size } = burst;
    entries[2 * size] = path;
    entries[2 * size + 1] = frame;
    burst.size = size + 1;
  }

  /** Tells every observer something, in order with the frames. */
  announce(tell: Tell): void {
    this.#flush();
    for (const reader of this.#list) reader.give(tell);
  }

  /** Waits until every observer has seen everything, and names those that take too long. */
  async close(timeoutMs: number): Promise<void> {
    this.#flush();
    const clock = this.#clock;
    await Promise.all([...this.#readers].map(async ([observer, reader]) => {
      const doing = `tell "${observer.constructor.name}" everything`;
      try {
        await deadline(reader.idle(), { clock, timeoutMs, doing });
      } catch (error) {
        this.#log.warn(error instanceof Error ? error.message : String(error));
        reader.stop();
      }
    }));
  }

  #recount(): void {
    this.#list = [...this.#readers.values()];
    const asked = [...this.#readers.keys()].some((observer) => observer.onProcessFrame);
    this.processed = !asked
      ? undefined
      : (processor, frame, direction) =>
        this.pushed({ source: processor, destination: processor, direction }, frame);
  }

  #begin(): Burst {
    queueMicrotask(this.#flushNow);
    return this.#burst = new Burst(this.#clock);
  }

  #flush(): void {
    const burst = this.#burst;
    if (!burst) return;
    this.#burst = undefined;
    for (const reader of this.#list) reader.give(burst);
  }
}

/** What one observer has yet to be told. */
class Reader {
  readonly #observer: BaseObserver;
  readonly #log: Logger;
  readonly #batches: Deque<Batch> = new Deque();
  /** Rows in those batches. */
  #waiting = 0;
  #dropped = 0;
  #stopped = false;
  /** Whether the observer is being told of something. */
  #busy = false;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(observer: BaseObserver, log: Logger) {
    this.#observer = observer;
    this.#log = log;
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (!this.#busy) return Promise.resolve();
    this.#idle ??= Promise.withResolvers<void>();
    return this.#idle.promise;
  }

  /** Tells nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#batches.clear();
  }

  give(batch: Batch): void {
    if (this.#stopped) return;
    if (!this.#busy) return this.#run(batch, 0);
    if (typeof batch !== "function") timeOf(batch);
    this.#batches.push(batch);
    this.#waiting += sizeOf(batch);
    while (this.#waiting > LIMIT && this.#batches.length > 1) this.#drop();
  }

  #drop(): void {
    const size = sizeOf(this.#take() as Batch);
    if (this.#dropped === 0) {
      this.#log.warn(`"${this.#observer.constructor.name}" is too slow: it misses frames`);
    }
    this.#dropped += size;
  }

  /** Tells of a batch from some row on, and of those that wait behind it. */
  #run(batch: Batch | undefined, from: number): void {
    this.#busy = true;
    let next = batch ?? this.#take();
    let at = from;
    while (next !== undefined && !this.#stopped) {
      if (typeof next === "function" ? this.#tell(next) : this.#show(next, at)) return;
      next = this.#take();
      at = 0;
    }
    this.#busy = false;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #take(): Batch | undefined {
    const batch = this.#batches.shift();
    if (batch !== undefined) this.#waiting -= sizeOf(batch);
    return batch;
  }

  /** Tells the observer something; says whether it takes its time over it. */
  #tell(tell: Tell): boolean {
    try {
      const seen = tell(this.#observer);
      if (seen === undefined) return false;
      this.#await(seen, () => this.#run(undefined, 0));
      return true;
    } catch (error) {
      this.#failed(error);
      return false;
    }
  }

  /** Shows the observer rows until it takes its time over one; says whether it does. */
  #show(burst: Burst, from: number): boolean {
    let at = from;
    while (at < burst.size) {
      try {
        while (at < burst.size) {
          const seen = this.#see(burst, at++);
          if (seen === undefined) continue;
          timeOf(burst);
          this.#await(seen, () => this.#run(burst, at));
          return true;
        }
      } catch (error) {
        this.#failed(error);
      }
    }
    return false;
  }

  #see(burst: Burst, at: number): void | Promise<void> {
    const path = burst.entries[2 * at] as FramePath;
    const row = new Row(burst, path, burst.entries[2 * at + 1] as Frame);
    // A handling is nobody's way to anybody else.
    if (path.source === path.destination) return this.#observer.onProcessFrame?.(row);
    return this.#observer.onPushFrame?.(row);
  }

  #await(seen: Promise<void>, then: () => void): void {
    Promise.resolve(seen).catch((error) => this.#failed(error)).then(then);
  }

  #failed(error: unknown): void {
    this.#log.error(`The observer "${this.#observer.constructor.name}" failed`, error);
  }
}

function sizeOf(batch: Batch): number {
  return typeof batch === "function" ? 1 : batch.size;
}

/** When a burst was, in nanoseconds: read once somebody asks, since reading costs as much as a hop. */
function timeOf(burst: Burst): number {
  return burst.at ??= burst.clock.now() * 1e6;
}
