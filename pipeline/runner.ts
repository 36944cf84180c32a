import { TypedEvents } from "../async/mod.ts";
import type { PipelineTask } from "./task.ts";

/** Events of a {@linkcode PipelineRunner}. */
export interface PipelineRunnerEvents {
  /** It listens to signals, and its first task begins. */
  readonly ready: readonly [];
  /** A task could not run; its `run` rejects with the same. */
  readonly error: readonly [error: unknown, task: PipelineTask];
}

/** Runners so far, to number them. */
let count = 0;

/** What a {@linkcode PipelineRunner} can be given. */
export interface PipelineRunnerOptions {
  /** Its name in logs; class and number by default. */
  readonly name?: string | undefined;
  /** Whether Ctrl-C ends the tasks. @default {true} */
  readonly handleSigint?: boolean | undefined;
  /** Whether SIGTERM ends the tasks. @default {true} */
  readonly handleSigterm?: boolean | undefined;
}

/**
 * Runs tasks in a program: the first signal drains them, a second one ends
 * them at once.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { EndFrame } from "@parley/sdk/frames";
 * import { Pipeline, PipelineRunner, PipelineTask } from "@parley/sdk/pipeline";
 * const runner = new PipelineRunner({ handleSigint: false, handleSigterm: false });
 * const task = new PipelineTask(new Pipeline([new FrameProcessor()]));
 * task.queueFrame(new EndFrame());
 * await runner.run(task);
 * ```
 */
export class PipelineRunner extends TypedEvents<PipelineRunnerEvents> {
  /** Its name in logs. */
  readonly name: string;
  readonly #signals: readonly Deno.Signal[];
  readonly #tasks: Set<PipelineTask> = new Set();
  readonly #listener = (): void => this.#signalled();
  #running = 0;
  #received = 0;

  /** Makes a runner; signals are listened to while a task runs. */
  constructor(options: PipelineRunnerOptions = {}) {
    super();
    const { handleSigint = true, handleSigterm = true } = options;
    this.name = options.name ?? `PipelineRunner#${++count}`;
    this.#signals = [
      ...(handleSigint ? ["SIGINT" as const] : []),
      // Windows knows no SIGTERM that a program could listen to.
      ...(handleSigterm && Deno.build.os !== "windows" ? ["SIGTERM" as const] : []),
    ];
  }

  /** Runs a task to its end. Several can run at the same time. */
  async run(task: PipelineTask): Promise<void> {
    let idled = false;
    const idle = () => void (idled = task.cancelsRunnerOnIdleTimeout);
    this.#tasks.add(task);
    if (this.#running++ === 0) this.#listen();
    task.on("idleTimeout", idle);
    try {
      await task.run();
      if (idled) void this.cancel();
    } catch (error) {
      this.emit("error", error, task);
      throw error;
    } finally {
      task.off("idleTimeout", idle);
      this.#tasks.delete(task);
      if (--this.#running === 0) this.#unlisten();
    }
  }

  /** Ends every task once what it has queued is done. */
  async stopWhenDone(): Promise<void> {
    await Promise.all([...this.#tasks].map((task) => task.stopWhenDone()));
  }

  /** Ends every task at once. */
  async cancel(): Promise<void> {
    await Promise.all([...this.#tasks].map((task) => task.cancel("The runner was cancelled")));
  }

  #signalled(): void {
    if (this.#received++ === 0) void this.stopWhenDone();
    else void this.cancel();
  }

  #listen(): void {
    this.#received = 0;
    for (const signal of this.#signals) Deno.addSignalListener(signal, this.#listener);
    this.emit("ready");
  }

  #unlisten(): void {
    for (const signal of this.#signals) Deno.removeSignalListener(signal, this.#listener);
  }
}
