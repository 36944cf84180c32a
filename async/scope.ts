import type { Clock } from "./clock.ts";

/** A background task of a {@linkcode TaskScope}. */
export type Task = (signal: AbortSignal) => Promise<void>;

/** What {@linkcode TaskScope.close} needs to know. */
export interface CloseOptions {
  /** The clock that measures. */
  readonly clock: Clock;
  /** Milliseconds to wait for tasks that do not heed their signal. */
  readonly timeoutMs: number;
}

/**
 * Background tasks that end together.
 *
 * Each gets a signal; what one throws is reported, never lost; closing aborts
 * all, waits for them within a bound, and names those that did not end.
 *
 * @example
 * ```ts
 * import { systemClock, TaskScope } from "@parley/sdk/async";
 * const scope = new TaskScope({ failed: console.error });
 * scope.spawn("wait", (signal) => systemClock.sleep(60_000, { signal }));
 * await scope.close({ clock: systemClock, timeoutMs: 100 });
 * ```
 */
export class TaskScope {
  #controller = new AbortController();
  #tasks = new Map<Promise<void>, string>();
  #failed: (error: unknown, name: string) => void;

  /** Makes a scope that tells `failed` what its tasks throw. */
  constructor(
    options: { readonly failed: (error: unknown, name: string) => void },
  ) {
    this.#failed = options.failed;
  }

  /** Aborted when the scope is closed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Names of the tasks that still run. */
  get running(): string[] {
    return [...this.#tasks.values()];
  }

  /** Starts a task; after the scope is closed this does nothing. */
  spawn(name: string, task: Task): void {
    if (this.signal.aborted) return;
    const run = this.#run(name, task).finally(() => this.#tasks.delete(run));
    this.#tasks.set(run, name);
  }

  /**
   * Aborts all tasks, waits for them, and gives the names of those that are
   * still running after the time given.
   */
  async close(options: CloseOptions): Promise<string[]> {
    this.#controller.abort(
      new DOMException("The scope was closed", "AbortError"),
    );
    if (this.#tasks.size === 0) return [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = options.clock.timer(options.timeoutMs, resolve);
    void Promise.allSettled(this.#tasks.keys()).then(() => resolve());
    await promise;
    timer.cancel();
    return this.running;
  }

  async #run(name: string, task: Task): Promise<void> {
    try {
      await task(this.signal);
    } catch (error) {
      // What a task throws because it was told to stop is no failure.
      if (!this.signal.aborted) this.#failed(error, name);
    }
  }
}
