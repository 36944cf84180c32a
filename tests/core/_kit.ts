/**
 * What the tests of the core are made of: frames with labels, a processor whose
 * handlers are given from outside, a log that can be read, and a task on a
 * virtual clock that leaves nothing behind.
 *
 * @module
 */
import type { Logger, Task } from "../../async/mod.ts";
import {
  ControlFrame,
  DataFrame,
  type Frame,
  type FrameClass,
  SystemFrame,
} from "../../frames/mod.ts";
import {
  Pipeline,
  type PipelineElement,
  PipelineTask,
  type PipelineTaskOptions,
} from "../../pipeline/mod.ts";
import {
  type Environment,
  FrameProcessor,
  type FrameScope,
  type Handler,
} from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";

/** A data frame with a label. */
export class Note extends DataFrame {
  constructor(readonly label: string) {
    super();
  }
}

/** A data frame that an interruption leaves alone. */
export class Keep extends Note {
  override get uninterruptible(): true {
    return true;
  }
}

/** A system frame with a label. */
export class Sign extends SystemFrame {
  constructor(readonly label: string) {
    super();
  }
}

/** Live input with a label. */
export class Live extends Sign {
  override get live(): true {
    return true;
  }
}

/** What a test calls a frame: its label, or its class without "Frame". */
export function labelOf(frame: Frame): string {
  if ("label" in frame && typeof frame.label === "string") return frame.label;
  return frame.constructor.name.replace(/Frame$/, "");
}

/** A processor whose handlers are given from outside. */
export class Step extends FrameProcessor {
  constructor(name?: string) {
    super({ name });
  }

  /** Has frames of a class handled; gives the step back. */
  does<F extends Frame>(frameClass: FrameClass<F>, handler: Handler<F>): this {
    this.handle(frameClass, handler);
    return this;
  }

  /** Calls `hook` within the arrival of an interruption or a cancel. */
  hook(hook: (frame: Frame) => void): this {
    this.onInterruption(hook);
    return this;
  }

  /** Opens a scope for pushes outside of handlers. */
  open(options?: { readonly uninterruptible?: boolean }): FrameScope {
    return this.scope(options);
  }

  /** Starts a background task. */
  loop(name: string, task: Task): this {
    this.spawn(name, task);
    return this;
  }

  /** Reports an error. */
  complain(
    message: string,
    options?: {
      readonly fatal?: boolean;
      readonly category?: string;
      readonly permanent?: boolean;
    },
  ): void {
    this.reportError(message, undefined, options);
  }

  /** What the processors of the task share. */
  get shared(): Environment {
    return this.env;
  }

  /** Aborted when the processor is cancelled or closed. */
  get life(): AbortSignal {
    return this.lifeSignal;
  }
}

/** Writes down what reaches it, and passes it on. What goes upstream has a "^" before it. */
export class Probe extends Step {
  readonly seen: string[] = [];

  constructor(name?: string) {
    super(name);
    for (const frameClass of [Note, SystemFrame, ControlFrame]) {
      this.handle<Frame>(frameClass, (frame, context) => {
        this.seen.push((context.direction === "upstream" ? "^" : "") + labelOf(frame));
        return context.forward();
      });
    }
  }

  /** What it saw since it was last asked. */
  take(): string[] {
    return this.seen.splice(0);
  }
}

/** A logger that remembers warnings and errors. */
export class Logbook implements Logger {
  readonly lines: string[] = [];
  debug(): void {}
  info(): void {}
  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error: ${message}`);
  }

  /** What was written since it was last asked. */
  take(): string[] {
    return this.lines.splice(0);
  }
}

/** A task on a virtual clock. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly log: Logbook;
  readonly task: PipelineTask;
}

/**
 * Runs a task around some processors: starts it, calls `body`, ends it, and
 * fails if a timer is left or if something was logged that `body` did not take.
 */
export async function withTask(
  elements: readonly PipelineElement[],
  body: (rig: Rig) => void | Promise<void>,
  options: PipelineTaskOptions = {},
): Promise<void> {
  const clock = new VirtualClock();
  const log = new Logbook();
  // Without idle detection, so that every timer is one of the test's.
  const quiet = { clock, log, idleTimeoutSecs: null };
  const task = new PipelineTask(new Pipeline(elements), { ...quiet, ...options });
  const run = task.run();
  await clock.settle();
  await body({ clock, log, task });
  await clock.runUntil(task.stopWhenDone());
  await clock.runUntil(run);
  if (clock.timers > 0) throw new Error(`Cannot end the test: ${clock.timers} timers are left`);
  if (log.lines.length > 0) throw new Error(`Cannot end the test: logged ${log.lines.join("; ")}`);
}

/** A promise that is settled from outside. */
export function gate(): PromiseWithResolvers<void> {
  return Promise.withResolvers<void>();
}
