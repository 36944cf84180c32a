import type { Timer } from "../async/mod.ts";
import type { EndFrame, StartFrame, StopFrame } from "../frames/mod.ts";
import type { AnyFrameProcessor, Environment } from "../processors/mod.ts";
import { whenStill } from "../processors/_stillness.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { whoIsBusy } from "./_culprits.ts";
import { millisecondsOf } from "./_seconds.ts";
import type { PipelineTaskOptions, TerminalFrame } from "./task_options.ts";

export interface EndingOptions {
  readonly env: Environment;
  readonly task: PipelineTaskOptions;
  readonly processors: () => readonly AnyFrameProcessor[];
  /** Told of a frame that did not come to the end in time. */
  readonly timedOut: (frame: StartFrame | TerminalFrame) => void;
  readonly cancel: (reason: string) => void;
}

/** Sees to it that a pipeline comes to its end, whatever its processors do. */
export class Ending {
  readonly #options: EndingOptions;
  readonly #startTimeoutMs: number;
  readonly #cancelTimeoutMs: number;
  readonly #finished: PromiseWithResolvers<TerminalFrame> = Promise.withResolvers();
  #watchdog: Timer | undefined;
  #cancelling = false;

  constructor(options: EndingOptions) {
    const { env, task: { startTimeoutSecs = 20, cancelTimeoutSecs } } = options;
    this.#options = options;
    this.#startTimeoutMs = millisecondsOf("startTimeoutSecs", startTimeoutSecs);
    this.#cancelTimeoutMs = cancelTimeoutSecs === undefined
      ? env.lifecycleTimeoutMs
      : millisecondsOf("cancelTimeoutSecs", cancelTimeoutSecs);
  }

  /** Resolves when there is nothing more to wait for. */
  get finished(): Promise<TerminalFrame> {
    return this.#finished.promise;
  }

  get cancelling(): boolean {
    return this.#cancelling;
  }

  /** There is nothing to wait for. */
  finish(frame: TerminalFrame): void {
    this.#finished.resolve(frame);
  }

  /** Sets a timer that the end takes back. */
  timer(delayMs: number, callback: () => void): Timer {
    const timer = this.#options.env.clock.timer(delayMs, callback);
    void this.finished.then(() => timer.cancel());
    return timer;
  }

  /** The start has to come to the end of the pipeline in time. */
  watchStart(frame: StartFrame): Timer {
    return this.timer(this.#startTimeoutMs, () => {
      this.#options.env.log.error(`Cannot start the pipeline: ${this.#busy()} did not finish`);
      this.#options.timedOut(frame);
      this.#options.cancel("The pipeline did not start");
    });
  }

  /** An end is under way, which may take as long as frames move. */
  watchEnd(frame: EndFrame | StopFrame): void {
    const { env, task: { drainTimeoutMs: timeoutMs = 30_000 } } = this.#options;
    const limitMs = env.drainLimitMs;
    this.#watchdog ??= whenStill(env, { timeoutMs, limitMs }, () => {
      const who = this.#busy();
      env.log.error(`Cannot end the pipeline: ${who} did not finish`);
      this.#options.timedOut(frame);
      this.#options.cancel(`Hung: ${who}`);
    });
  }

  /** The frame has been through the pipeline: only system frames may still be in work. */
  reached(frame: TerminalFrame): void {
    this.#finishWhenQuiet(frame, "end", this.#options.env.lifecycleTimeoutMs);
  }

  /** Has everything aborted, which then has to heed it. */
  cancel(frame: TerminalFrame, abort: () => void): void {
    this.#cancelling = true;
    abort();
    this.#finishWhenQuiet(frame, "cancel", this.#cancelTimeoutMs);
  }

  /** Does something once handlers have run, or when they take too long. */
  async afterHandlers(handlers: Promise<void>, act: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.timer(this.#options.env.lifecycleTimeoutMs, resolve);
    void handlers.then(resolve);
    await promise;
    timer.cancel();
    act();
  }

  /** Milliseconds that processors and observers get to close. */
  get closeTimeoutMs(): number {
    return this.#options.task.closeTimeoutMs ?? 2_000;
  }

  /** Closes every processor, and names what goes on all the same. */
  async closeAll(): Promise<void> {
    const { env: { log }, task: { checkDanglingTasks = true } } = this.#options;
    await Promise.all(
      this.#options.processors().map(async (processor) => {
        const left = await processor.closeWithin(this.closeTimeoutMs);
        for (const task of checkDanglingTasks ? left : []) {
          log.error(`Cannot close "${processor.name}": its task "${task}" goes on`);
        }
      }),
    );
  }

  /** The end has come. */
  stop(): void {
    this.#watchdog?.cancel();
  }

  #finishWhenQuiet(frame: TerminalFrame, doing: "end" | "cancel", timeoutMs: number): void {
    const { log } = this.#options.env;
    const end = () => {
      if (doing === "cancel" || !this.#cancelling) this.finish(frame);
    };
    this.timer(timeoutMs, () => {
      log.error(`Cannot ${doing} cleanly: ${this.#busy()} did not finish`);
      this.#options.timedOut(frame);
      end();
    });
    void this.#systemIdle().then(end);
  }

  /** What one processor does last may give another something to do. */
  async #systemIdle(): Promise<void> {
    const engines = this.#options.processors().map(engineOf);
    while (!engines.every((engine) => engine.lanes.isSystemIdle)) {
      await Promise.all(engines.map((engine) => engine.lanes.systemIdle()));
    }
  }

  #busy(): string {
    return whoIsBusy(this.#options.processors());
  }
}
