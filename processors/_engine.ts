import {
  CancelFrame,
  ErrorFrame,
  type ErrorFrameOptions,
  type Frame,
  type FrameDirection,
  StartFrame,
} from "../frames/mod.ts";
import type { Port } from "./contract.ts";
import { type Environment, makeEnvironment } from "./environment.ts";
import { HandlerTable, type Route } from "./_handlers.ts";
import { Hooks } from "./_hooks.ts";
import type { Entry } from "./_inbox.ts";
import { Lanes } from "./_lanes.ts";
import { guard, isDraining } from "./_lifecycle.ts";
import { NOWHERE, Outlets } from "./_outlets.ts";
import { Paths } from "./_paths.ts";
import { pausedBy } from "./_pause.ts";
import type { Tap } from "./_tap.ts";
import { PRESENT, Work } from "./_work.ts";

/**
 * What every processor does: one door, two lanes, one work at a time.
 *
 * A frame that finds the processor at rest is handled within the call that
 * pushed it, so a hop costs a call. While the processor's own code is on the
 * stack, what arrives waits: a handler is never entered twice.
 */
export class Engine implements Port {
  next: Port | undefined;
  previous: Port | undefined;
  /** Who listens to every frame, if anyone. */
  tap: Tap | undefined;
  readonly handlers: HandlerTable = new HandlerTable();
  readonly owner: { readonly name: string };
  readonly #announce: (frame: ErrorFrame) => void;
  readonly #paths: Paths;
  readonly hooks: Hooks = new Hooks();
  readonly #life: AbortController = new AbortController();
  readonly lanes: Lanes = new Lanes((entry) => this.#begin(entry));
  #outlets: Outlets | undefined;
  #env: Environment | undefined;
  /** The newest epoch that it knows of. */
  #epoch = 0;
  #cancelled = false;

  /** Makes the engine of a processor, which is told of its errors by `announce`. */
  constructor(owner: { readonly name: string }, announce: (frame: ErrorFrame) => void) {
    this.owner = owner;
    this.#announce = announce;
    this.#paths = new Paths(owner);
  }

  get name(): string {
    return this.owner.name;
  }

  get env(): Environment {
    return this.#env ??= makeEnvironment();
  }

  set env(env: Environment) {
    if (env.epochs !== this.#env?.epochs) {
      this.#epoch = this.lanes.rebase(this.#env?.epochs.current ?? 0, env.epochs.current);
    }
    this.#env = env;
    this.handlers.watched = env.watch?.classes ?? [];
  }

  get outlets(): Outlets {
    return this.#outlets ??= new Outlets(this);
  }

  set outlets(outlets: Outlets) {
    this.#outlets = outlets;
  }

  get closed(): boolean {
    return this.lanes.closed;
  }

  /** Aborted when the processor is cancelled or closed. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** What it works on, for naming who hangs. */
  get working(): Frame | undefined {
    const { data, system } = this.lanes.works;
    return data?.frame ?? system?.frame;
  }

  /** Resolves when nothing waits and nothing is in work. */
  idle(): Promise<void> {
    return this.lanes.idle();
  }

  /** Has the data lane begin with nothing, or go on. */
  pause(paused: boolean): void {
    this.lanes.paused = paused;
    this.lanes.wake();
  }

  /** Lets nothing begin before a start has come. */
  awaitStart(): void {
    if (!this.#cancelled) this.lanes.gate = "awaiting";
  }

  openScope(uninterruptible: boolean): Work {
    const epoch = uninterruptible ? PRESENT : this.env.epochs.current;
    const work = new Work(this, epoch, { direction: "downstream" });
    if (this.closed) work.fence(this.signal.reason);
    else this.lanes.works.open(work);
    return work;
  }

  /** Takes a frame in. */
  arrive(frame: Frame, direction: FrameDirection, epoch: number): void | Promise<void> {
    const lanes = this.lanes;
    if (lanes.closed) return;
    if (frame.kind === "system") return this.#arriveSystem({ frame, direction, epoch });
    this.catchUp();
    if (this.#cancelled || (epoch < this.#epoch && !frame.uninterruptible)) return;
    const { inbox } = lanes;
    const { data } = inbox;
    if (lanes.dataAtRest && data.length === 0 && !inbox.isBehindSystem(direction)) {
      return this.#runData(frame, direction, epoch);
    }
    const overflow = inbox.addData(frame, direction, epoch);
    if (overflow) this.report(`Cannot queue more in "${this.name}": ${overflow}`);
    if (isDraining(frame)) data.release();
    lanes.wake();
    return direction === "downstream" ? data.credit() : undefined;
  }

  /** Takes in a frame from outside the pipeline: it belongs to the present epoch. */
  enter(frame: Frame, direction: FrameDirection): void | Promise<void> {
    const { epochs } = this.env;
    return this.arrive(frame, direction, frame.interrupts ? ++epochs.current : epochs.current);
  }

  /** Sends a frame to the neighbour, once who listens has been told. */
  send(
    frame: Frame,
    direction: FrameDirection,
    epoch: number,
    told?: true,
  ): void | Promise<void> {
    if (this.lanes.closed) return;
    if (this.tap !== undefined && !told) return this.#sendTold(frame, direction, epoch);
    const env = this.env;
    const port = direction === "downstream" ? this.next : this.previous;
    if (frame.progress) env.activity.count++;
    if (!port) return (this.#outlets ?? NOWHERE).give(frame, direction, env.log);
    if (env.observer !== undefined && port.owner !== undefined) {
      env.observer.pushed(this.#paths.to(port.owner, direction), frame);
    }
    this.lanes.enter();
    try {
      return port.arrive(frame, direction, epoch);
    } finally {
      this.lanes.leave();
    }
  }

  /** Opens a new epoch for work of this processor, and sends the frames that say so. */
  interruptFrom(work: Work, frames: readonly (readonly [Frame, FrameDirection])[]): void {
    const epoch = ++this.env.epochs.current;
    if (work.epoch !== PRESENT) work.epoch = epoch;
    for (const [frame] of frames.slice(0, 1)) {
      this.#strike(frame);
      this.#callHooks(frame);
    }
    for (const [frame, direction] of frames) void this.send(frame, direction, epoch);
  }

  /**
   * Drops what is stale, also after an interruption that did not come by, such
   * as one that began further down: what stale work makes would go nowhere.
   */
  catchUp(): void {
    const { current } = this.env.epochs;
    if (current === this.#epoch) return;
    this.#epoch = current;
    this.lanes.inbox.cut(current);
    this.lanes.works.cut(current);
    this.lanes.wake();
  }

  /** Aborts all work, drops everything, and takes nothing more. */
  close(): void {
    if (this.closed) return;
    const reason = new DOMException("The processor was closed", "AbortError");
    // Whoever hears of the abort finds it closed already.
    this.lanes.closed = true;
    this.#life.abort(reason);
    this.lanes.close(reason);
    this.#outlets?.close();
  }

  /** Announces an error, and pushes it upstream, to the task. */
  report(message: string, options: Omit<ErrorFrameOptions, "processor"> = {}): void {
    const frame = new ErrorFrame(message, { ...options, processor: this.owner });
    this.#announce(frame);
    void this.send(frame, "upstream", this.env.epochs.current);
  }

  #sendTold(frame: Frame, direction: FrameDirection, epoch: number): void | Promise<void> {
    this.#tell("beforePush", frame, direction);
    const room = this.send(frame, direction, epoch, true);
    this.#tell("afterPush", frame, direction);
    return room;
  }

  /** Tells who listens, whose code counts as the processor's own. */
  #tell(what: keyof Tap, frame: Frame, direction: FrameDirection): void {
    if (!this.tap) return;
    this.lanes.enter();
    try {
      this.tap[what](frame, direction);
    } finally {
      this.lanes.leave();
    }
  }

  #arriveSystem(entry: Entry): void {
    const { frame } = entry;
    const lanes = this.lanes;
    if (frame.interrupts) return this.#arriveInterruption(entry);
    if (frame instanceof StartFrame) return this.#arriveStart(entry);
    if (lanes.systemAtRest && lanes.inbox.systemLength === 0) return this.#runSystem(entry);
    const warning = lanes.inbox.addSystem(entry);
    if (warning) this.env.log.warn(`"${this.name}" ${warning}`);
    lanes.wake();
  }

  /** Acts at once and passes on; the handlers' turn in the system lane counts from here. */
  #arriveInterruption(entry: Entry): void {
    const { frame, direction, epoch } = entry;
    const { inbox } = this.lanes;
    const { link, watched } = this.handlers.route(frame);
    if (watched) this.env.watch?.seen(frame);
    this.#tell("beforeProcess", frame, direction);
    this.#strike(frame);
    if (link) inbox.addSystem(entry);
    this.#callHooks(frame);
    void this.send(frame, direction, epoch);
    if (!link) this.#tell("afterProcess", frame, direction);
    const next = this.lanes.systemAtRest ? inbox.takeSystem() : undefined;
    if (next) this.#runSystem(next);
  }

  /** The first that a processor sees, whatever came before it. */
  #arriveStart(entry: Entry): void {
    // What was cancelled before it started does not start any more.
    if (this.#cancelled) return;
    this.lanes.gate = "starting";
    if (this.lanes.systemAtRest) return this.#runSystem(entry);
    this.lanes.inbox.addStart(entry);
    this.lanes.wake();
  }

  /** Begins with what has waited. */
  #begin(entry: Entry): void {
    const { frame, direction, epoch } = entry;
    if (frame.kind === "system") return this.#runSystem(entry);
    this.catchUp();
    if (epoch >= this.#epoch || frame.uninterruptible) this.#runData(frame, direction, epoch);
  }

  #runSystem({ frame, direction, epoch }: Entry): void {
    const route = this.handlers.route(frame);
    if (route.watched && !frame.interrupts) this.env.watch?.seen(frame);
    if (route.pauses) this.pause(pausedBy(frame, this.owner, this.lanes.paused));
    if (this.tap !== undefined && !frame.interrupts) this.#tell("beforeProcess", frame, direction);
    if (route.link) {
      const work = new Work(this, PRESENT, { frame, direction, route });
      this.lanes.works.system = work;
      return this.#handle(route, frame, work);
    }
    void this.send(frame, direction, epoch);
    if (this.tap !== undefined) this.#tell("afterProcess", frame, direction);
    if (route.lifecycle) this.#started(frame);
  }

  #runData(frame: Frame, direction: FrameDirection, epoch: number): void {
    const route = this.handlers.route(frame);
    if (route.watched) this.env.watch?.seen(frame);
    if (route.pauses) this.pause(pausedBy(frame, this.owner, this.lanes.paused));
    const own = frame.uninterruptible ? PRESENT : epoch;
    if (this.tap !== undefined) this.#tell("beforeProcess", frame, direction);
    if (route.link) {
      const work = new Work(this, own, { frame, direction, route });
      this.lanes.works.data = work;
      return this.#handle(route, frame, work);
    }
    const room = this.send(frame, direction, epoch);
    if (!room) return this.tap && this.#tell("afterProcess", frame, direction);
    const work = new Work(this, own, { frame, direction, route });
    work.forwarded = true;
    this.lanes.works.data = work;
    this.#watch(room, work);
  }

  #handle(route: Route, frame: Frame, work: Work): void {
    const result = this.#call(route, frame, work);
    if (result === undefined) return this.#settle(work);
    if (route.lifecycle) this.#guard(frame, work);
    this.#watch(result, work);
  }

  #call({ link }: Route, frame: Frame, work: Work): void | Promise<void> {
    this.env.observer?.processed?.(this.owner, frame, work.direction);
    this.lanes.enter();
    try {
      return link?.handler(frame, work);
    } catch (error) {
      this.#failed(error, work);
    } finally {
      this.lanes.leave();
    }
  }

  /** One resolver with its two ends; an abandoned work settles into nothing. */
  #watch(result: Promise<void>, work: Work): void {
    Promise.resolve(result).then(
      () => this.#settle(work),
      (error) => {
        this.#failed(error, work);
        this.#settle(work);
      },
    );
  }

  /** Bounds how long a handler may delay a lifecycle frame. */
  #guard(frame: Frame, work: Work): void {
    work.guard = guard(this.env, frame, (elapsedMs) => {
      this.report(
        `Cannot handle "${frame.name}" in "${this.name}": not done after ${elapsedMs} ms`,
      );
      this.#settle(work);
      work.fence(new DOMException("The handler took too long", "TimeoutError"));
    });
  }

  #settle(work: Work): void {
    const { works } = this.lanes;
    work.guard?.cancel();
    if ((work !== works.data && work !== works.system) || this.closed) return;
    if (work.lifecycle) work.passOn();
    if (work === works.data) works.data = undefined;
    else works.system = undefined;
    if (this.tap !== undefined && work.frame) {
      this.#tell("afterProcess", work.frame, work.direction);
    }
    if (work.lifecycle && work.frame) this.#started(work.frame);
    this.lanes.wake();
  }

  #started(frame: Frame): void {
    if (!(frame instanceof StartFrame)) return;
    this.lanes.gate = "open";
    this.lanes.wake();
  }

  #failed(error: unknown, work: Work): void {
    if (this.closed || work.gaveUp(error)) return;
    const what = work.frame?.name ?? "work";
    const cause = error instanceof Error ? error.message : String(error);
    this.report(`Cannot handle "${what}" in "${this.name}": ${cause}`, { exception: error });
  }

  /** What an interruption or a cancel does to a processor. */
  #strike(frame: Frame): void {
    this.catchUp();
    this.lanes.paused = false;
    // Once more, for whoever waits since the interruption began elsewhere.
    this.lanes.inbox.cut(this.#epoch);
    if (frame instanceof CancelFrame) this.#cancel();
  }

  #callHooks(frame: Frame): void {
    this.hooks.call(frame, (exception) => {
      const what = `Cannot handle "${frame.name}" in "${this.name}"`;
      this.report(`${what}: ${String(exception)}`, { exception });
    });
  }

  /** Has everything come to its end: only system frames, such as errors, still move. */
  #cancel(): void {
    const { inbox, works } = this.lanes;
    const reason = new DOMException("The pipeline was cancelled", "AbortError");
    this.#cancelled = true;
    inbox.clearData();
    if (this.lanes.gate === "awaiting") inbox.clearSystem();
    this.lanes.gate = "open";
    this.#life.abort(reason);
    works.abort(reason);
  }
}
