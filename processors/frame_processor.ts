import { type Clock, type Logger, type Task, TaskScope, TypedEvents } from "../async/mod.ts";
import type { ErrorFrame, Frame, FrameClass, FrameDirection } from "../frames/mod.ts";
import type { FrameScope, Handler, ProcessorRole } from "./contract.ts";
import type { Environment } from "./environment.ts";
import { Engine } from "./_engine.ts";
import type { Tap } from "./_tap.ts";

/** What an event of every processor tells of a frame. */
export type FrameEvent = readonly [frame: Frame, direction: FrameDirection];

/**
 * Events of every processor.
 *
 * Those of frames and errors are told within the doing: handlers must be quick,
 * and a promise they give is not waited for. They cost nothing while nobody
 * listens.
 */
export interface ProcessorEvents {
  /** Something went wrong in this processor; told before the frame goes upstream. */
  readonly error: readonly [error: ErrorFrame];
  /** It begins with a frame. */
  readonly beforeProcessFrame: FrameEvent;
  /** It is done with a frame; not told of one that an interruption cut off. */
  readonly afterProcessFrame: FrameEvent;
  /** It pushes a frame. */
  readonly beforePushFrame: FrameEvent;
  /** The neighbour has the frame. */
  readonly afterPushFrame: FrameEvent;
  /** It can no longer do its job, or can again. */
  readonly usableChanged: readonly [isUsable: boolean];
}

/** What every processor can be given. */
export interface FrameProcessorOptions {
  /** Its name in logs, metrics and errors; class and number by default. */
  readonly name?: string | undefined;
}

/** Events that tell of frames. */
const FRAME_EVENTS: ReadonlySet<string> = new Set([
  "beforeProcessFrame",
  "afterProcessFrame",
  "beforePushFrame",
  "afterPushFrame",
]);

let engineOf: (processor: AnyFrameProcessor) => Engine;

/** A processor with any events. */
// deno-lint-ignore no-explicit-any -- what listens to events knows the class
export type AnyFrameProcessor = FrameProcessor<any>;
const counts = new WeakMap<object, number>();

/**
 * A step of a pipeline: takes frames in, gives frames out, in both directions.
 *
 * It is a `TransformStream` of frames: `readable` and `writable` carry them
 * downstream, the pair under `upstream` carries them back. Say in the
 * constructor which frames it handles; the others pass on.
 *
 * @example Upper case
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { TextFrame } from "@parley/sdk/frames";
 * class Shout extends FrameProcessor {
 *   constructor() {
 *     super();
 *     this.handle(TextFrame, (frame, context) =>
 *       context.push(new TextFrame(frame.text.toUpperCase())));
 *   }
 * }
 * const shouted = await Array.fromAsync(
 *   ReadableStream.from([new TextFrame("hello")]).pipeThrough(new Shout()),
 * );
 * console.log(shouted);
 * ```
 */
export class FrameProcessor<M extends { [K in keyof M]: readonly unknown[] } = ProcessorEvents>
  extends TypedEvents<M>
  implements TransformStream<Frame, Frame>, AsyncDisposable {
  static {
    engineOf = (processor) => processor.#engine;
  }

  /** Its name in logs, metrics and errors. */
  readonly name: string;
  readonly #engine: Engine;
  readonly #levels: number;
  #usable = true;
  #tasks: TaskScope | undefined;
  #closing: Promise<string[]> | undefined;

  /** Makes a processor that passes everything on. */
  constructor(options: FrameProcessorOptions = {}) {
    super();
    const number = (counts.get(new.target) ?? 0) + 1;
    counts.set(new.target, number);
    this.name = options.name ?? `${new.target.name}#${number}`;
    this.#levels = levelsOf(new.target);
    this.#engine = new Engine(this, (frame) => this.#announce(frame));
  }

  /** What it is for, as far as the order of a pipeline depends on it. */
  get role(): ProcessorRole {
    return "other";
  }

  /**
   * The processor without which it makes no sense in a pipeline, such as the
   * other half of an aggregator pair.
   */
  get partner(): { readonly name: string } | undefined {
    return undefined;
  }

  /**
   * Whether it can do its job: a service whose key was refused cannot, however
   * often it is asked.
   */
  get isUsable(): boolean {
    return this.#usable;
  }

  /** Says that it cannot do its job any more, or that it can again. */
  setUsable(isUsable: boolean): void {
    if (this.#usable === isUsable) return;
    this.#usable = isUsable;
    this.emit("usableChanged" as keyof M, ...[isUsable] as unknown as M[keyof M]);
  }

  /** Frames it gives, from input to output. */
  get readable(): ReadableStream<Frame> {
    return this.#engine.outlets.readable("downstream");
  }

  /** Takes frames, from input to output. */
  get writable(): WritableStream<Frame> {
    return this.#engine.outlets.writable("downstream");
  }

  /** The way back, from output to input. */
  get upstream(): {
    readonly readable: ReadableStream<Frame>;
    readonly writable: WritableStream<Frame>;
  } {
    const { outlets } = this.#engine;
    return {
      get readable() {
        return outlets.readable("upstream");
      },
      get writable() {
        return outlets.writable("upstream");
      },
    };
  }

  /** Stops all work at once and takes nothing more. Closing twice is fine. */
  async close(): Promise<void> {
    await this.closeWithin(1_000);
  }

  /**
   * Stops all work and waits for background tasks for so many milliseconds;
   * gives the names of those that did not end.
   */
  closeWithin(timeoutMs: number): Promise<string[]> {
    return this.#closing ??= this.#close(timeoutMs);
  }

  /** Same as {@linkcode FrameProcessor.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Has the frames of a class, and of its child classes, handled. The nearest
   * class wins. A child class's handler replaces its parent's, which
   * `context.forward` then calls.
   *
   * @throws {TypeError} If the class handles the frames already.
   */
  protected handle<F extends Frame>(frameClass: FrameClass<F>, handler: Handler<F>): void {
    this.#engine.handlers.add(frameClass, handler, { levels: this.#levels, owner: this.name });
  }

  /**
   * Has `hook` called within the arrival of an interruption or a cancel,
   * before anybody further on knows of it. It must not wait for anything; what
   * it pushes arrives before the interruption does.
   */
  protected onInterruption(hook: (frame: Frame) => void): void {
    this.#engine.hooks.add(hook);
  }

  /**
   * Opens a scope for what is pushed outside of handlers, such as by a receive
   * loop. An interruption closes it, unless it is uninterruptible.
   */
  protected scope(options: { readonly uninterruptible?: boolean } = {}): FrameScope {
    return this.#engine.openScope(options.uninterruptible ?? false);
  }

  /** Starts a background task that ends with the processor. */
  protected spawn(name: string, task: Task): void {
    this.#tasks ??= new TaskScope({
      failed: (error, task) =>
        this.reportError(`Cannot run "${task}" in "${this.name}": ${messageOf(error)}`, error),
    });
    if (!this.#engine.closed) this.#tasks.spawn(name, task);
  }

  /**
   * Lets data and control frames wait from now on, until
   * {@linkcode FrameProcessor.resumeProcessingFrames}, an interruption or a
   * cancel; system frames go on.
   */
  protected pauseProcessingFrames(): void {
    this.#engine.pause(true);
  }

  /** Goes on with what waits, in order. */
  protected resumeProcessingFrames(): void {
    this.#engine.pause(false);
  }

  /**
   * Announces an error and pushes an {@linkcode ErrorFrame} upstream. One that
   * is permanent, as a refused key (`"auth"`) always is, makes the processor
   * unusable.
   */
  protected reportError(
    message: string,
    exception?: unknown,
    options: {
      readonly fatal?: boolean;
      readonly category?: string;
      readonly permanent?: boolean;
    } = {},
  ): void {
    const { permanent = options.category === "auth", ...rest } = options;
    if (permanent) this.setUsable(false);
    this.#engine.report(message, { exception, ...rest });
  }

  /** What the processors of the task share. */
  protected get env(): Environment {
    return this.#engine.env;
  }

  /** The clock of the conversation. */
  protected get clock(): Clock {
    return this.#engine.env.clock;
  }

  /** Where warnings go. */
  protected get log(): Logger {
    return this.#engine.env.log;
  }

  /** Aborted when the processor is cancelled or closed. */
  protected get lifeSignal(): AbortSignal {
    return this.#engine.signal;
  }

  /** Called once, when the processor is closed; it must not wait for anything. */
  protected onClose(): void {}

  /** Reports a handler that threw as an error of this processor. */
  protected override handlerFailed(event: string, error: unknown): void {
    const message = `Cannot run a handler of "${event}" in "${this.name}": ${messageOf(error)}`;
    // A handler of errors or frames that fails would be told of its own error, for ever.
    if (event === "error" || FRAME_EVENTS.has(event)) this.log.error(message, error);
    else this.reportError(message, error);
  }

  /** Sees to it that frames are told of while somebody listens, and only then. */
  protected override listenersChanged(): void {
    const listens = [...FRAME_EVENTS].some((event) => this.listens(event as keyof M));
    if (listens) this.#engine.tap ??= this.#makeTap();
    else this.#engine.tap = undefined;
  }

  #makeTap(): Tap {
    const tell = (event: keyof ProcessorEvents) => (frame: Frame, direction: FrameDirection) =>
      this.#tell(event, frame, direction);
    return {
      beforeProcess: tell("beforeProcessFrame"),
      afterProcess: tell("afterProcessFrame"),
      beforePush: tell("beforePushFrame"),
      afterPush: tell("afterPushFrame"),
    };
  }

  #announce(frame: ErrorFrame): void {
    this.#tell("error", frame);
  }

  /** The events of every processor are among its own, whatever its class adds. */
  #tell(event: keyof ProcessorEvents, ...args: readonly unknown[]): void {
    this.emitNow(event as keyof M, ...args as unknown as M[keyof M]);
  }

  async #close(timeoutMs: number): Promise<string[]> {
    try {
      this.onClose();
    } catch (error) {
      this.log.error(`Cannot close "${this.name}" cleanly: ${messageOf(error)}`, error);
    }
    this.#engine.close();
    return await this.#tasks?.close({ clock: this.clock, timeoutMs }) ?? [];
  }
}

export { engineOf };

/** How many classes stand between a processor's class and the base. */
function levelsOf(constructor: unknown): number {
  let levels = 0;
  let at = constructor;
  while (typeof at === "function" && at !== FrameProcessor) {
    levels++;
    at = Object.getPrototypeOf(at);
  }
  return Math.max(levels, 1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
