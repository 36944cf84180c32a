import {
  type Clock,
  consoleLogger,
  deadline,
  type Logger,
  systemClock,
  type Timer,
  TypedEvents,
} from "../async/mod.ts";
import {
  CancelFrame,
  EndFrame,
  type ErrorFrame,
  type Frame,
  type FrameDirection,
  InterruptionFrame,
  StartFrame,
  StopFrame,
} from "../frames/mod.ts";
import {
  type AnyFrameProcessor,
  type BaseObserver,
  type Environment,
  makeEnvironment,
} from "../processors/mod.ts";
import { whenStill } from "../processors/_stillness.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { ObserverHub } from "./_observer_hub.ts";
import { PipelineEnd, PipelineStart, type TaskDoor } from "./_task_ends.ts";
import { checkWiring } from "./_wiring.ts";
import {
  chain,
  type Composite,
  type PipelineElement,
  processorsOf,
  shareEnvironment,
  toComposite,
  unlink,
} from "./link.ts";
import { graphOf, type PipelineGraph } from "./graph.ts";
import type { PipelineParams } from "./params.ts";

/** A processor at the head of the pipeline that has an observer with it. */
export type TaskRTVI = AnyFrameProcessor & { readonly observer: BaseObserver };

/** What a {@linkcode PipelineTask} can be given. */
export interface PipelineTaskOptions {
  /** How the pipeline is to run. */
  readonly params?: PipelineParams | undefined;
  /** Speaks with the client: an `RTVIProcessor`, which stands before the pipeline. */
  readonly rtvi?: TaskRTVI | undefined;
  /** Who sees every frame. */
  readonly observers?: readonly BaseObserver[] | undefined;
  /** The clock of the conversation. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Where warnings go. @default {consoleLogger("warn")} */
  readonly log?: Logger | undefined;
  /** Cancels the task when it aborts: a caller who left, a server that stops. */
  readonly signal?: AbortSignal | undefined;
  /** Names the conversation in logs and traces; a UUID by default. */
  readonly conversationId?: string | undefined;
  /** Milliseconds a handler may delay start, stop, end and cancel. @default {10000} */
  readonly lifecycleTimeoutMs?: number | undefined;
  /** Milliseconds without any frame moving after which an end counts as hung. @default {30000} */
  readonly drainTimeoutMs?: number | undefined;
  /** Milliseconds after which an end counts as hung, however much moves. @default {600000} */
  readonly drainLimitMs?: number | undefined;
  /** Milliseconds that processors get to close. @default {2000} */
  readonly closeTimeoutMs?: number | undefined;
}

/** Events of a {@linkcode PipelineTask}. */
export interface PipelineTaskEvents {
  /** Every processor has handled the start frame. */
  readonly pipelineStarted: readonly [frame: StartFrame];
  /** The pipeline came to its end, by this frame. */
  readonly pipelineFinished: readonly [frame: EndFrame | StopFrame | CancelFrame];
  /** An error reached the task. A fatal one cancels it after the handlers ran. */
  readonly pipelineError: readonly [frame: ErrorFrame];
}

type TerminalFrame = EndFrame | StopFrame | CancelFrame;

/**
 * Runs a pipeline: starts it, feeds it, and brings it to an end, always.
 *
 * `EndFrame` drains, `CancelFrame` aborts; behind both stand deadlines, so that
 * a processor that hangs is named and the task ends all the same.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { EndFrame, TextFrame } from "@parley/sdk/frames";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * const task = new PipelineTask(new Pipeline([new FrameProcessor()]));
 * task.queueFrames([new TextFrame("Hello"), new EndFrame()]);
 * await task.run();
 * console.log(task.hasFinished()); // true
 * ```
 */
export class PipelineTask extends TypedEvents<PipelineTaskEvents> implements AsyncDisposable {
  /** Names the conversation in logs and traces. */
  readonly conversationId: string;
  readonly #options: PipelineTaskOptions;
  readonly #env: Environment;
  readonly #hub: ObserverHub;
  readonly #start: PipelineStart;
  readonly #end: PipelineEnd;
  readonly #whole: Composite;
  readonly #inner: Composite;
  readonly #finished: PromiseWithResolvers<TerminalFrame> = Promise.withResolvers();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Frames that wait until there is somebody to take them, by where they enter. */
  readonly #early: Record<FrameDirection, Frame[]> = { downstream: [], upstream: [] };
  #watchdog: Timer | undefined;
  #state: "new" | "running" | "finished" = "new";
  #started = false;
  #cancelling = false;
  #running: Promise<void> | undefined;

  /** Makes a task; nothing runs until {@linkcode PipelineTask.run}. */
  constructor(pipeline: PipelineElement, options: PipelineTaskOptions = {}) {
    super();
    const { clock = systemClock, log = consoleLogger(), params = {} } = options;
    this.#options = options;
    this.conversationId = options.conversationId ?? crypto.randomUUID();
    this.#hub = new ObserverHub({ clock, log });
    const { startMetadata: _metadata, enableTracing: _tracing, ...rest } = params;
    const { lifecycleTimeoutMs, drainLimitMs, rtvi } = options;
    this.#env = makeEnvironment({ clock, log, params: rest, lifecycleTimeoutMs, drainLimitMs });
    const door = this.#door();
    this.#start = new PipelineStart(door);
    this.#end = new PipelineEnd(door);
    this.#inner = toComposite(pipeline);
    this.#whole = chain([this.#start, ...(rtvi ? [rtvi] : []), this.#inner, this.#end]);
    if (rtvi) this.#hub.add(rtvi.observer);
    for (const observer of options.observers ?? []) this.#hub.add(observer);
    this.#setEnvironment();
    for (const processor of this.processors.slice(1)) engineOf(processor).awaitStart();
  }

  /** The clock of the conversation. */
  get clock(): Clock {
    return this.#env.clock;
  }

  /** Every processor of the pipeline, in order. */
  get processors(): AnyFrameProcessor[] {
    return [...processorsOf(this.#whole.parts)];
  }

  /** The processors and the ways between them. */
  get graph(): PipelineGraph {
    return graphOf(this.#whole.parts);
  }

  /**
   * Starts the pipeline and runs it to its end.
   *
   * @throws {TypeError} If the pipeline is wired so that it cannot work.
   */
  run(): Promise<void> {
    return this.#running ??= this.#run();
  }

  /**
   * Sends a frame: downstream from the beginning, upstream from the end. Before
   * the task runs, frames wait; after it has finished, they are dropped.
   *
   * @returns A promise that is pending while the first processor has too much
   * to do.
   */
  queueFrame(frame: Frame, direction: FrameDirection = "downstream"): void | Promise<void> {
    if (this.#state === "finished") return;
    // What starts goes from the beginning to the end: only then something can come back.
    const open = direction === "downstream" ? this.#state === "running" : this.#started;
    if (!open) return void this.#early[direction].push(frame);
    if (frame instanceof EndFrame || frame instanceof StopFrame) this.#watch();
    const from = direction === "downstream" ? this.#start : this.#end;
    return from.inject(frame, direction);
  }

  /** Sends frames, in order, waiting for room where there is none. */
  async queueFrames(
    frames: Iterable<Frame> | AsyncIterable<Frame>,
    direction: FrameDirection = "downstream",
  ): Promise<void> {
    const queue = (frame: Frame) => this.queueFrame(frame, direction);
    if (Symbol.iterator in frames) {
      // Frames for which there is room are queued before this returns.
      for (const frame of frames) {
        const room = queue(frame);
        if (room) await room;
        if (this.#state === "finished") return;
      }
      return;
    }
    for await (const frame of frames) {
      if (this.#state === "finished") return;
      await queue(frame);
    }
  }

  /**
   * Ends the pipeline once everything queued is done; resolves when it has.
   * Before the task runs, the end waits in line, and this resolves at once.
   */
  async stopWhenDone(): Promise<void> {
    void this.queueFrame(new EndFrame());
    if (this.#state !== "new") await this.#ended.promise;
  }

  /** Ends the pipeline at once; resolves when it has ended. */
  async cancel(reason?: unknown): Promise<void> {
    const frame = new CancelFrame(reason);
    if (this.#state === "new") {
      this.#finished.resolve(frame);
      return await this.#finish(frame);
    }
    if (this.#state === "running" && !this.#cancelling) this.#cancelNow(frame);
    await this.#ended.promise;
  }

  /** Interrupts whatever the bot is saying and doing. */
  interrupt(): void {
    void this.queueFrame(new InterruptionFrame());
  }

  /** Whether the pipeline has come to its end. */
  hasFinished(): boolean {
    return this.#state === "finished";
  }

  /** Has `observer` see every frame from now on. */
  addObserver(observer: BaseObserver): void {
    this.#hub.add(observer);
    this.#setEnvironment();
  }

  /** Has `observer` see nothing more. */
  removeObserver(observer: BaseObserver): void {
    this.#hub.remove(observer);
    this.#setEnvironment();
  }

  /** Cancels the task if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cancel();
  }

  /** Where warnings of handlers go. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.#env.log.error(`A handler of the event "${event}" failed`, error);
  }

  async #run(): Promise<void> {
    if (this.#state !== "new") return;
    checkWiring(this.#whole.parts);
    const { signal } = this.#options;
    if (signal?.aborted) return await this.cancel(signal.reason);
    const abort = () => void this.cancel(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#state = "running";
    this.#sendStart();
    const frame = await this.#finished.promise;
    signal?.removeEventListener("abort", abort);
    await this.#finish(frame);
  }

  #sendStart(): void {
    const { params = {} } = this.#options;
    const start = new StartFrame({ ...this.#env.params, enableTracing: params.enableTracing });
    Object.assign(start.metadata, params.startMetadata);
    void this.#start.inject(start, "downstream");
    this.#sendEarly("downstream");
  }

  #sendEarly(direction: FrameDirection): void {
    for (const frame of this.#early[direction].splice(0)) void this.queueFrame(frame, direction);
  }

  /** Leaves nothing running, and says that it is over. */
  async #finish(frame: TerminalFrame): Promise<void> {
    this.#state = "finished";
    this.#watchdog?.cancel();
    if (frame instanceof StopFrame) unlink(this.#inner);
    else await this.#closeAll();
    this.#hub.announce((observer) => observer.onPipelineFinished());
    await this.#hub.close(this.#closeTimeoutMs);
    this.#ended.resolve();
    const { clock, lifecycleTimeoutMs: timeoutMs, log } = this.#env;
    const told = this.emitAndWait("pipelineFinished", frame);
    await deadline(told, { clock, timeoutMs, doing: 'run the handlers of "pipelineFinished"' })
      .catch((error) => log.error(error.message));
  }

  #door(): TaskDoor {
    return {
      started: (frame) => {
        this.#started = true;
        this.#hub.announce((observer) => observer.onPipelineStarted());
        this.emit("pipelineStarted", frame);
        this.#sendEarly("upstream");
      },
      reachedEnd: (frame) => this.#endWhenQuiet(frame, "end"),
      error: (frame) => this.#errorReached(frame),
      queue: (frame) => void this.queueFrame(frame),
      cancel: (reason) => void this.cancel(reason),
    };
  }

  #errorReached(frame: ErrorFrame): void {
    this.#env.log.error(frame.error, frame.exception ?? "");
    if (!frame.fatal) return this.emit("pipelineError", frame);
    const cancel = () => void this.cancel(frame.error);
    this.#timer(this.#env.lifecycleTimeoutMs, cancel);
    void this.emitAndWait("pipelineError", frame).then(cancel);
  }

  /** Aborts everything, and finishes however the processors take it. */
  #cancelNow(frame: CancelFrame): void {
    this.#cancelling = true;
    void this.#start.inject(frame, "downstream");
    this.#endWhenQuiet(frame, "cancel");
  }

  /** Ends once every system frame has been dealt with, within the bound of any handler. */
  #endWhenQuiet(frame: TerminalFrame, doing: "end" | "cancel"): void {
    const end = () => {
      if (doing === "cancel" || !this.#cancelling) this.#finished.resolve(frame);
    };
    this.#timer(this.#env.lifecycleTimeoutMs, () => {
      this.#env.log.error(`Cannot ${doing} cleanly: ${this.#busy()} did not finish`);
      end();
    });
    void this.#systemIdle().then(end);
  }

  /** What one processor does last may give another something to do. */
  async #systemIdle(): Promise<void> {
    const engines = this.processors.map(engineOf);
    while (!engines.every((engine) => engine.isSystemIdle)) {
      await Promise.all(engines.map((engine) => engine.systemIdle()));
    }
  }

  /** Sets a timer that the end of the task takes back. */
  #timer(delayMs: number, callback: () => void): void {
    const timer = this.#env.clock.timer(delayMs, callback);
    void this.#finished.promise.then(() => timer.cancel());
  }

  /** Sees to it that an end comes to its end. */
  #watch(): void {
    const { drainTimeoutMs: timeoutMs = 30_000 } = this.#options;
    const { drainLimitMs: limitMs } = this.#env;
    this.#watchdog ??= whenStill(this.#env, { timeoutMs, limitMs }, () => this.#hung());
  }

  #hung(): void {
    const who = this.#busy();
    this.#env.log.error(`Cannot end the pipeline: ${who} did not finish`);
    void this.cancel(`Hung: ${who}`);
  }

  /** Names those that something is waited for from. */
  #busy(): string {
    const busy = this.processors.flatMap((processor) => {
      const { working, name, closed } = engineOf(processor);
      if (working) return [`"${name}" (working on "${working.name}")`];
      return closed ? [`"${name}" (closed)`] : [];
    });
    return busy.length > 0 ? busy.join(", ") : "a processor that swallowed the frame";
  }

  get #closeTimeoutMs(): number {
    return this.#options.closeTimeoutMs ?? 2_000;
  }

  async #closeAll(): Promise<void> {
    await Promise.all(this.processors.map(async (processor) => {
      const left = await processor.closeWithin(this.#closeTimeoutMs);
      for (const task of left) {
        this.#env.log.error(`Cannot close "${processor.name}": its task "${task}" goes on`);
      }
    }));
  }

  #setEnvironment(): void {
    const observer = this.#hub.size > 0 ? this.#hub : undefined;
    shareEnvironment(this.#whole.parts, { ...this.#env, observer });
  }
}
