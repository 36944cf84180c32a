import type { Entry } from "./_inbox.ts";
import { Inbox } from "./_inbox.ts";
import { Works } from "./_works.ts";

/** What keeps a processor from beginning: a start that is to come, or that is being handled. */
export type Gate = "open" | "awaiting" | "starting";

/** Somebody who waits until the lanes are in some state. */
interface Waiter {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/**
 * Whose turn it is in a processor: what waits, what is in work, and whether the
 * processor's own code is on the stack, during which nothing else begins.
 */
export class Lanes {
  readonly inbox: Inbox = new Inbox();
  readonly works: Works = new Works();
  gate: Gate = "open";
  /** Whether the data lane begins with nothing, until it is told to go on. */
  paused = false;
  closed = false;
  readonly #begin: (entry: Entry) => void;
  readonly #drainNow = (): void => this.#drain();
  #depth = 0;
  #draining = false;
  #scheduled = false;
  #waiters: Waiter[] = [];

  /** Makes empty lanes that have what waited begun by `begin`. */
  constructor(begin: (entry: Entry) => void) {
    this.#begin = begin;
  }

  /** Whether the data lane may begin with what comes. */
  get dataAtRest(): boolean {
    return this.#depth === 0 && this.works.data === undefined && this.gate === "open" &&
      !this.paused;
  }

  /** Whether the system lane may begin with what comes. */
  get systemAtRest(): boolean {
    return this.#depth === 0 && this.works.system === undefined && this.gate !== "awaiting";
  }

  /** Whether no system frame waits or is in work. */
  get isSystemIdle(): boolean {
    return this.closed || (!this.works.system && this.inbox.systemLength === 0);
  }

  /** Whether nothing waits and nothing is in work. */
  get isIdle(): boolean {
    return this.isSystemIdle && !this.works.data && this.inbox.data.length === 0 &&
      this.#depth === 0;
  }

  /** The processor's own code comes onto the stack. */
  enter(): void {
    this.#depth++;
  }

  /** It leaves the stack. */
  leave(): void {
    if (--this.#depth === 0) this.wake();
  }

  /** Has the lanes looked at once the code on the stack is done. */
  wake(): void {
    if (this.#scheduled || this.#draining) return;
    if (this.#runnable) {
      this.#scheduled = true;
      queueMicrotask(this.#drainNow);
    } else if (this.#waiters.length > 0) this.#release();
  }

  /** Resolves when nothing waits and nothing is in work. */
  idle(): Promise<void> {
    return this.#until(() => this.isIdle);
  }

  /** Resolves when no system frame waits or is in work. */
  systemIdle(): Promise<void> {
    return this.#until(() => this.isSystemIdle);
  }

  /** Another task counts the epochs from here on: what is not stale now belongs to its present one. */
  rebase(from: number, to: number): number {
    for (const part of [this.inbox, this.works]) {
      part.cut(from);
      part.rebase(to);
    }
    return to;
  }

  /** Drops everything, and begins nothing more. */
  close(reason: unknown): void {
    this.closed = true;
    this.works.close(reason);
    this.inbox.clear();
    this.#release();
  }

  #until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.push({ met, resolve });
    return promise;
  }

  /** Lets those go on whose wait is over. */
  #release(): void {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ met }) => !met());
    for (const waiter of waiters) if (!this.#waiters.includes(waiter)) waiter.resolve();
  }

  get #runnable(): boolean {
    const { inbox } = this;
    if (this.closed || (inbox.systemLength === 0 && inbox.data.length === 0)) return false;
    return (this.systemAtRest && inbox.systemLength > 0) ||
      (this.dataAtRest && inbox.dataMayBegin);
  }

  #drain(): void {
    this.#scheduled = false;
    this.#draining = true;
    try {
      while (this.#runnable) {
        const entry = (this.systemAtRest ? this.inbox.takeSystem() : undefined) ??
          this.inbox.data.shift();
        if (entry) this.#begin(entry);
      }
    } finally {
      this.#draining = false;
      this.wake();
    }
  }
}
