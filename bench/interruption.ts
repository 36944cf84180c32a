import { InterruptionFrame, SystemFrame } from "../frames/mod.ts";
import type { PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { deliver, type Figure } from "./figure.ts";
import { median } from "./measure.ts";
import { Chunk, chunks, makeTask, start, workers } from "./subjects.ts";

const PROCESSORS = 20;
const QUEUED = 10_000;
const RUNS = 15;

/** Has a {@linkcode Source} push so many frames. */
class Pour extends SystemFrame {
  constructor(readonly count: number) {
    super();
  }
}

/** Pushes many frames at once, whether there is room for them or not. */
class Source extends FrameProcessor {
  /** Whether its neighbour had no more room in the end. */
  full = false;

  constructor() {
    super();
    this.handle(Pour, (frame, context) => {
      let room: void | Promise<void> = undefined;
      for (const chunk of chunks(frame.count)) room = context.push(chunk);
      this.full = room !== undefined;
    });
  }
}

/** Works on one frame until it is interrupted, while the others wait. */
class Slow extends FrameProcessor {
  /** How many frames it began with. */
  begun = 0;
  /** How many of them were interrupted. */
  aborted = 0;

  constructor() {
    super();
    this.handle(Chunk, (_frame, { signal }) => {
      this.begun++;
      const { promise, resolve } = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => {
        this.aborted++;
        resolve();
      }, { once: true });
      return promise;
    });
  }
}

/** Notes when an interruption has come all the way, and what came that ought not to. */
class Last extends FrameProcessor {
  interruptedAt = NaN;
  chunks = 0;

  constructor() {
    super();
    this.handle(InterruptionFrame, () => {
      this.interruptedAt = performance.now();
    });
    this.handle(Chunk, () => {
      this.chunks++;
    });
  }
}

/** A running pipeline with the slow one in its middle. */
class Subject implements AsyncDisposable {
  readonly #source = new Source();
  readonly #slow = new Slow();
  readonly #last = new Last();
  readonly #task: PipelineTask;

  constructor() {
    const before = workers(PROCESSORS / 2 - 1);
    const after = workers(PROCESSORS - before.length - 3);
    this.#task = makeTask([...before, this.#source, this.#slow, ...after, this.#last]);
  }

  start(): Promise<void> {
    return start(this.#task);
  }

  /** Milliseconds from pushing an interruption to its arrival at the end, past so many frames. */
  async time(queued: number): Promise<number> {
    // One more than wait is in work.
    if (queued > 0) void this.#task.queueFrame(new Pour(queued + 1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { begun, aborted } = this.#slow;
    if (queued > 0 && !(this.#source.full && begun === aborted + 1)) {
      throw new Error("Cannot measure an interruption: nothing is queued");
    }
    const pushed = performance.now();
    this.#task.interrupt();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const elapsed = this.#last.interruptedAt - pushed;
    if (
      this.#slow.begun > this.#slow.aborted || this.#slow.begun > begun || this.#last.chunks > 0
    ) {
      throw new Error("Cannot measure an interruption: work went on after it");
    }
    return elapsed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#task.cancel();
  }
}

/** An interruption of a long and full pipeline, beside one of the same that is empty. */
export async function benchInterruption(): Promise<Figure> {
  const full: number[] = [];
  const empty: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    // A new pipeline each time: in a conversation interruptions are rare.
    await using subject = new Subject();
    await subject.start();
    full.push(await subject.time(QUEUED));
    empty.push(await subject.time(0));
  }
  const bare = median(empty);
  return {
    key: "interruption_ms",
    what: `an interruption of ${PROCESSORS} processors, 10,000 frames queued in a slow one`,
    value: median(full),
    unit: "ms",
    budget: 5,
    baseline: `nothing queued: ${bare.toFixed(3)} ms`,
    details: { interruption_worst_ms: Math.max(...full), interruption_empty_ms: bare },
  };
}

if (import.meta.main) deliver(await benchInterruption());
