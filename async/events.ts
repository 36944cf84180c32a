/** Events by name, each with the arguments its handlers get. */
export type EventMap = Record<string, readonly unknown[]>;

/** What handles one event. A promise it gives is watched, not waited for. */
export type EventHandler<A extends readonly unknown[]> = (
  ...args: A
) => void | Promise<void>;

// deno-lint-ignore no-explicit-any -- handlers of all events share one table
type AnyHandler = (...args: any[]) => void | Promise<void>;

interface Listener {
  readonly handler: AnyHandler;
  readonly once: boolean;
  /** Whether it has been told of the one event it waited for, or is about to be. */
  spent: boolean;
  gone: boolean;
}

/**
 * Something that announces typed events.
 *
 * Handlers run in the background, after the code that announced; one that
 * throws is reported and stops nobody.
 *
 * @example
 * ```ts
 * import { TypedEvents } from "@parley/sdk/async";
 * class Door extends TypedEvents<{ opened: [by: string] }> {
 *   open(by: string): void {
 *     this.emit("opened", by);
 *   }
 * }
 * const door = new Door();
 * door.on("opened", (by) => console.log(by));
 * door.open("Ada");
 * ```
 */
export class TypedEvents<M extends { [K in keyof M]: readonly unknown[] }> {
  #listeners: Map<PropertyKey, readonly Listener[]> | undefined;

  /** Calls `handler` whenever `event` happens. */
  on<K extends keyof M>(event: K, handler: EventHandler<M[K]>): this {
    return this.#add(event, { handler, once: false, spent: false, gone: false });
  }

  /** Calls `handler` the next time `event` happens, and never again. */
  once<K extends keyof M>(event: K, handler: EventHandler<M[K]>): this {
    return this.#add(event, { handler, once: true, spent: false, gone: false });
  }

  /** Stops calling `handler`, also for what was announced and not yet told. */
  off<K extends keyof M>(event: K, handler: EventHandler<M[K]>): this {
    this.#keep(event, (listener) => {
      if (listener.handler !== handler) return true;
      listener.gone = true;
      return false;
    });
    return this;
  }

  /** Whether anybody listens to `event`. */
  protected listens(event: keyof M): boolean {
    return (this.#listeners?.get(event)?.length ?? 0) > 0;
  }

  /** Announces an event; its handlers run in the background. */
  protected emit<K extends keyof M>(event: K, ...args: M[K]): void {
    const told = this.#take(event);
    if (told.length === 0) return;
    queueMicrotask(() => {
      for (const listener of told) void this.#call(event, listener, args);
    });
  }

  /**
   * Announces an event within the call, in the order of its handlers. A promise
   * that a handler gives is watched, not waited for.
   */
  protected emitNow<K extends keyof M>(event: K, ...args: M[K]): void {
    for (const listener of this.#take(event)) void this.#call(event, listener, args);
  }

  /** Called when somebody begins or ceases to listen. */
  protected listenersChanged(): void {}

  /** Announces an event and waits until its handlers are done. */
  protected async emitAndWait<K extends keyof M>(
    event: K,
    ...args: M[K]
  ): Promise<void> {
    await Promise.all(this.#take(event).map((listener) => this.#call(event, listener, args)));
  }

  /** Told of every handler that threw; the console by default. */
  protected handlerFailed(event: string, error: unknown): void {
    console.error(`A handler of the event "${event}" failed`, error);
  }

  #add(event: keyof M, listener: Listener): this {
    this.#listeners ??= new Map();
    this.#listeners.set(event, [...this.#listeners.get(event) ?? [], listener]);
    this.listenersChanged();
    return this;
  }

  #keep(event: keyof M, test: (listener: Listener) => boolean): void {
    const list = this.#listeners?.get(event);
    if (!list) return;
    this.#listeners?.set(event, list.filter(test));
    this.listenersChanged();
  }

  /** Those to be told of an event that happens now. */
  #take(event: keyof M): readonly Listener[] {
    const told = (this.#listeners?.get(event) ?? []).filter((listener) => !listener.spent);
    for (const listener of told) listener.spent = listener.once;
    return told;
  }

  async #call(event: keyof M, listener: Listener, args: readonly unknown[]): Promise<void> {
    if (listener.gone) return;
    if (listener.once) this.#keep(event, (other) => other !== listener);
    try {
      await listener.handler(...args);
    } catch (error) {
      this.handlerFailed(String(event), error);
    }
  }
}
