import { type Clock, consoleLogger, deadline, systemClock, TypedEvents } from "../async/mod.ts";
import {
  CancelFrame,
  EndFrame,
  type ErrorFrame,
  type Frame,
  type FrameClass,
  type FrameDirection,
  InterruptionFrame,
  StartFrame,
  StopFrame,
} from "../frames/mod.ts";
import { TurnTrackingObserver } from "../observers/turn_tracking_observer.ts";
import {
  type AnyFrameProcessor,
  type BaseObserver,
  type Environment,
  makeEnvironment,
} from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { emptyMetrics } from "./_empty_metrics.ts";
import { Ending } from "./_ending.ts";
import { verdictOn } from "./_error_policy.ts";
import { type Heartbeats, heartbeatsOf } from "./_heartbeats.ts";
import { IDLE_TIMEOUT_SECS, type IdleWatch, idleWatchOf } from "./_idle_watch.ts";
import { ObserverHub } from "./_observer_hub.ts";
import { ReachedFilter } from "./_reached_filter.ts";
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
import type { PipelineTaskEvents, PipelineTaskOptions, TerminalFrame } from "./task_options.ts";

/** Tasks so far, to number them. */
let count = 0;

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
  /** Its name in logs. */
  readonly name: string;
  /** Names the conversation in logs and traces. */
  readonly conversationId: string;
  readonly #options: PipelineTaskOptions;
  readonly #env: Environment;
  readonly #hub: ObserverHub;
  readonly #start: PipelineStart;
  readonly #end: PipelineEnd;
  readonly #whole: Composite;
  readonly #inner: Composite;
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Frames that wait until there is somebody to take them, by where they enter. */
  readonly #early: Record<FrameDirection, Frame[]> = { downstream: [], upstream: [] };
  readonly #reached: Record<FrameDirection, ReachedFilter>;
  readonly #idle: IdleWatch | undefined;
  readonly #heartbeats: Heartbeats | undefined;
  readonly #ending: Ending;
  #turns: TurnTrackingObserver | undefined;
  #state: "new" | "running" | "finished" = "new";
  #started = false;
  #running: Promise<void> | undefined;

  /** Makes a task; nothing runs until {@linkcode PipelineTask.run}. */
  constructor(pipeline: PipelineElement, options: PipelineTaskOptions = {}) {
    super();
    const { clock = systemClock, log = consoleLogger() } = options;
    this.#options = options;
    this.name = options.name ?? `PipelineTask#${++count}`;
    this.conversationId = options.conversationId ?? crypto.randomUUID();
    this.#hub = new ObserverHub({ clock, log });
    this.#idle = idleWatchOf(options, { clock, idle: () => this.#idled() });
    this.#env = makeEnvironment({ ...options, watch: this.#idle, clock, log });
    this.#ending = new Ending({
      env: this.#env,
      task: options,
      processors: () => this.processors,
      timedOut: (frame) => this.emit("pipelineTimeout", frame),
      cancel: (reason) => void this.cancel(reason),
    });
    const door = this.#door();
    this.#start = new PipelineStart(door);
    this.#end = new PipelineEnd(door);
    this.#reached = {
      upstream: new ReachedFilter(this.#start, "upstream", (frame) => {
        this.emit("frameReachedUpstream", frame);
      }),
      downstream: new ReachedFilter(this.#end, "downstream", (frame) => {
        this.emit("frameReachedDownstream", frame);
      }),
    };
    this.#heartbeats = heartbeatsOf(this.params, {
      ...this.#env,
      send: (frame) => this.queueFrame(frame),
      processors: () => this.processors,
      missed: (processors) => this.emit("heartbeatTimeout", processors),
    });
    const rtvi = options.rtvi ? [options.rtvi] : [];
    this.#inner = toComposite(pipeline);
    this.#whole = chain([this.#start, ...rtvi, this.#inner, this.#end]);
    for (const { observer } of rtvi) this.#hub.add(observer);
    for (const observer of options.observers ?? []) this.#hub.add(observer);
    this.#setEnvironment();
    for (const processor of this.processors.slice(1)) engineOf(processor).awaitStart();
  }

  /** How the pipeline runs. */
  get params(): PipelineParams {
    return this.#options.params ?? {};
  }

  /** What the application shares with its tools and processors. */
  get appResources(): unknown {
    return this.#options.appResources;
  }

  /** Whether the runner's other tasks are cancelled when this one is idle. */
  get cancelsRunnerOnIdleTimeout(): boolean {
    const { cancelOnIdleTimeout = true, cancelRunnerOnIdleTimeout = false } = this.#options;
    return cancelOnIdleTimeout && cancelRunnerOnIdleTimeout;
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
    if (frame instanceof EndFrame || frame instanceof StopFrame) this.#ending.watchEnd(frame);
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
      this.#ending.finish(frame);
      return await this.#finish(frame);
    }
    if (this.#state === "running" && !this.#ending.cancelling) this.#cancelNow(frame);
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

  /**
   * Counts the turns of the conversation, unless `enableTurnTracking` is false.
   * It observes once it was asked for: do so before the task runs.
   */
  get turnTrackingObserver(): TurnTrackingObserver | undefined {
    if (this.#options.enableTurnTracking === false) return undefined;
    if (!this.#turns) this.addObserver(this.#turns = new TurnTrackingObserver());
    return this.#turns;
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

  /** Classes of frames that `frameReachedUpstream` tells of. */
  get reachedUpstreamTypes(): readonly FrameClass[] {
    return this.#reached.upstream.types;
  }

  /** Classes of frames that `frameReachedDownstream` tells of. */
  get reachedDownstreamTypes(): readonly FrameClass[] {
    return this.#reached.downstream.types;
  }

  /** Has `frameReachedUpstream` tell of frames of these classes only; of none at first. */
  setReachedUpstreamFilter(types: readonly FrameClass[]): void {
    this.#reached.upstream.types = types;
  }

  /** Has `frameReachedDownstream` tell of frames of these classes only; of none at first. */
  setReachedDownstreamFilter(types: readonly FrameClass[]): void {
    this.#reached.downstream.types = types;
  }

  /** Has `frameReachedUpstream` tell of frames of these classes, too. */
  addReachedUpstreamFilter(types: readonly FrameClass[]): void {
    this.#reached.upstream.types = [...this.reachedUpstreamTypes, ...types];
  }

  /** Has `frameReachedDownstream` tell of frames of these classes, too. */
  addReachedDownstreamFilter(types: readonly FrameClass[]): void {
    this.#reached.downstream.types = [...this.reachedDownstreamTypes, ...types];
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
    const frame = await this.#ending.finished;
    signal?.removeEventListener("abort", abort);
    await this.#finish(frame);
  }

  #sendStart(): void {
    const { enableTracing } = this.#options;
    const start = new StartFrame({ ...this.#env.params, enableTracing });
    Object.assign(start.metadata, this.params.startMetadata);
    const timer = this.#ending.watchStart(start);
    this.once("pipelineStarted", () => timer.cancel());
    void this.#start.inject(start, "downstream");
    if (this.params.sendInitialEmptyMetrics) {
      for (const frame of emptyMetrics(this.#env, this.processors)) void this.queueFrame(frame);
    }
    this.#sendEarly("downstream");
  }

  #sendEarly(direction: FrameDirection): void {
    for (const frame of this.#early[direction].splice(0)) void this.queueFrame(frame, direction);
  }

  /** Leaves nothing running, and says that it is over. */
  async #finish(frame: TerminalFrame): Promise<void> {
    this.#state = "finished";
    this.#ending.stop();
    this.#idle?.stop();
    this.#heartbeats?.stop();
    if (frame instanceof StopFrame) unlink(this.#inner);
    else await this.#ending.closeAll();
    this.#hub.announce((observer) => observer.onPipelineFinished());
    await this.#hub.close(this.#ending.closeTimeoutMs);
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
        this.#idle?.start();
        this.#heartbeats?.start();
        this.#sendEarly("upstream");
      },
      reachedEnd: (frame) => this.#ending.reached(frame),
      error: (frame) => this.#errorReached(frame),
      queue: (frame) => void this.queueFrame(frame),
      cancel: (reason) => void this.cancel(reason),
      heartbeat: (frame) => this.#heartbeats?.received(frame),
    };
  }

  #errorReached(frame: ErrorFrame): void {
    this.#env.log.error(frame.error, frame.exception ?? "");
    const policy = verdictOn(frame, this.processors, this.#options.processorUnusablePolicy);
    if (policy === "continue") return this.emit("pipelineError", frame);
    const act = () => {
      if (policy === "cancel") void this.cancel(frame.error);
      else void this.queueFrame(new EndFrame(frame.error));
    };
    void this.#ending.afterHandlers(this.emitAndWait("pipelineError", frame), act);
  }

  #idled(): void {
    const { idleTimeoutSecs, cancelOnIdleTimeout = true } = this.#options;
    this.#env.log.info(`"${this.name}" was idle for ${idleTimeoutSecs ?? IDLE_TIMEOUT_SECS} s`);
    const handlers = this.emitAndWait("idleTimeout");
    if (!cancelOnIdleTimeout) return;
    void this.#ending.afterHandlers(handlers, () => void this.cancel("The pipeline was idle"));
  }

  /** Aborts everything, and finishes however the processors take it. */
  #cancelNow(frame: CancelFrame): void {
    this.#ending.cancel(frame, () => void this.#start.inject(frame, "downstream"));
  }

  #setEnvironment(): void {
    const observer = this.#hub.size > 0 ? this.#hub : undefined;
    shareEnvironment(this.#whole.parts, { ...this.#env, observer });
  }
}
