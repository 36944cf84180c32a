import { type Clock, deadline, type Logger, nextTurn, systemClock } from "../async/mod.ts";
import {
  EndFrame,
  ErrorFrame,
  Frame,
  type FrameClass,
  type FrameDirection,
  InterruptionFrame,
  StartFrame,
} from "../frames/mod.ts";
import {
  Pipeline,
  type PipelineElement,
  type PipelineParams,
  PipelineTask,
} from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** How a {@linkcode TestPipeline} runs. */
export interface TestPipelineOptions {
  /** The clock of the conversation. @default {new VirtualClock()} */
  readonly clock?: Clock | undefined;
  /** How the pipeline is to run. */
  readonly params?: PipelineParams | undefined;
  /** What the application shares with its tools. */
  readonly appResources?: unknown;
}

/** How long to wait for something. */
export interface WaitOptions {
  /** How many frames of the kind are wanted. @default {1} */
  readonly count?: number | undefined;
  /** Milliseconds after which it is not going to come: virtual ones on a virtual clock. @default {5000} */
  readonly withinMs?: number | undefined;
}

/**
 * A running pipeline of the processors under test. It records what leaves them
 * at either end, and what is logged.
 *
 * On its virtual clock, which is the default, waiting takes no time: the clock
 * steps until what is waited for has happened.
 *
 * @example
 * ```ts
 * import { TextFrame } from "@parley/sdk/frames";
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { TestPipeline } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using pipeline = new TestPipeline([new FrameProcessor()]);
 * pipeline.push(new TextFrame("Hello"));
 * const frame = await pipeline.until(TextFrame);
 * assertEquals(frame.text, "Hello");
 * ```
 */
export class TestPipeline implements AsyncDisposable {
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** What left downstream, in order, the start apart. */
  readonly down: Frame[] = [];
  /** What left upstream, in order. */
  readonly up: Frame[] = [];
  /** Everything that was logged, as one would read it. */
  readonly logged: string[] = [];
  readonly #task: PipelineTask;
  readonly #running: Promise<void>;
  readonly #waiting: Set<() => void> = new Set();
  readonly #actions: { readonly kind: FrameClass; readonly action: () => void }[] = [];
  #gate: PromiseWithResolvers<void> | undefined;

  /** Starts a pipeline of `elements`. */
  constructor(elements: readonly PipelineElement[], options: TestPipelineOptions = {}) {
    this.clock = options.clock ?? new VirtualClock();
    const head = new Probe({ upstream: (frame) => this.#record(this.up, frame) });
    const tail = new Probe({
      downstream: (frame) => this.#record(this.down, frame),
      gate: () => this.#gate?.promise,
    });
    this.#task = new PipelineTask(new Pipeline([head, ...elements, tail]), {
      clock: this.clock,
      params: options.params,
      appResources: options.appResources,
      // A test says itself how long it lasts.
      idleTimeoutSecs: null,
      log: recorder(this.logged),
    });
    this.#running = this.#task.run();
  }

  /** The errors that were reported, in order. */
  get errors(): readonly ErrorFrame[] {
    return this.of(ErrorFrame, "upstream");
  }

  /** The frames of a class that left, in order. */
  of<F extends Frame>(kind: FrameClass<F>, direction: FrameDirection = "downstream"): F[] {
    const frames = direction === "downstream" ? this.down : this.up;
    return frames.filter((frame): frame is F => frame instanceof kind);
  }

  /** Sends frames in, in order, whether or not there is room. */
  push(...frames: readonly Frame[]): void {
    for (const frame of frames) void this.#task.queueFrame(frame);
  }

  /** Sends frames in from the other end. */
  pushUpstream(...frames: readonly Frame[]): void {
    for (const frame of frames) void this.#task.queueFrame(frame, "upstream");
  }

  /** Interrupts what is being done. */
  interrupt(): void {
    this.push(new InterruptionFrame());
  }

  /** Does something, once, at the very moment when a frame of a class leaves downstream. */
  when(kind: FrameClass, action: () => void): void {
    this.#actions.push({ kind, action });
  }

  /** Takes nothing that has to wait its turn any more, as a slow output would, until released. */
  block(): { release(): void } {
    this.#gate ??= Promise.withResolvers<void>();
    return {
      release: () => {
        this.#gate?.resolve();
        this.#gate = undefined;
      },
    };
  }

  /**
   * Resolves when a frame of a class has left, now or before, downstream or up;
   * gives the last one wanted.
   *
   * @throws {Error} If it does not come.
   */
  async until<F extends Frame>(kind: FrameClass<F>, options: WaitOptions = {}): Promise<F> {
    const { count = 1 } = options;
    const found = () => [...this.of(kind), ...this.of(kind, "upstream")][count - 1];
    await this.wait(() => found() !== undefined, {
      ...options,
      doing: `see ${count} ${kind.name}`,
    });
    const frame = found();
    if (!frame) throw new Error(`Cannot see ${count} ${kind.name}: it is gone`);
    return frame;
  }

  /**
   * Resolves when something is so; looked at whenever a frame leaves.
   *
   * @throws {Error} If it does not come to be so.
   */
  async wait(
    isSo: () => boolean,
    options: WaitOptions & { /** What is waited for, for the message. */ readonly doing: string },
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (isSo()) resolve();
    };
    this.#waiting.add(look);
    look();
    try {
      await this.run(promise, options);
    } catch (cause) {
      throw new Error(`Cannot ${options.doing}: ${this.#account()}`, { cause });
    } finally {
      this.#waiting.delete(look);
    }
  }

  /** Steps the clock until something is settled; on another clock, waits for it. */
  async run<T>(work: Promise<T>, options: WaitOptions = {}): Promise<T> {
    const { withinMs = 5_000 } = options;
    if (this.clock instanceof VirtualClock) {
      return await this.clock.runUntil(work, { limitMs: withinMs });
    }
    return await deadline(work, { clock: systemClock, timeoutMs: withinMs, doing: "go on" });
  }

  /** Waits until nothing is in work: on a virtual clock without a step of it. */
  async settle(): Promise<void> {
    if (this.clock instanceof VirtualClock) await this.clock.settle();
    else await nextTurn();
  }

  /** Ends the pipeline once everything is done. */
  async end(options: WaitOptions = {}): Promise<void> {
    this.push(new EndFrame());
    await this.run(this.#running, { withinMs: 120_000, ...options });
  }

  /** Stops everything at once. */
  async close(): Promise<void> {
    this.#gate?.resolve();
    this.#gate = undefined;
    await this.run(this.#task.cancel());
    await this.#running;
  }

  /** Same as {@linkcode TestPipeline.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #record(frames: Frame[], frame: Frame): void {
    if (frame instanceof StartFrame) return;
    frames.push(frame);
    if (frames === this.down) {
      const at = this.#actions.findIndex(({ kind }) => frame instanceof kind);
      if (at >= 0) this.#actions.splice(at, 1)[0]?.action();
    }
    for (const look of this.#waiting) look();
  }

  /** What happened, for who has to find out why something did not. */
  #account(): string {
    const names = this.down.slice(-12).map((frame) => frame.name).join(", ");
    const errors = this.errors.map(({ error }) => error).join("; ");
    return `what left last is [${names}]${errors ? `, what went wrong is "${errors}"` : ""}`;
  }
}

/** Looks at what passes, and can hold it up. */
class Probe extends FrameProcessor {
  constructor(
    told: {
      readonly downstream?: (frame: Frame) => void;
      readonly upstream?: (frame: Frame) => void;
      readonly gate?: () => Promise<void> | undefined;
    },
  ) {
    super();
    this.handle<Frame>(Frame, (frame, context) => {
      told[context.direction]?.(frame);
      const gate = frame.kind === "system" ? undefined : told.gate?.();
      return gate ? gate.then(() => context.forward()) : context.forward();
    });
  }
}

function recorder(lines: string[]): Logger {
  const write = (message: string, ...details: unknown[]) => {
    lines.push([message, ...details.map((detail) => Deno.inspect(detail))].join(" "));
  };
  return { debug: write, info: write, warn: write, error: write };
}
