import { CancelFrame, type Frame, type FrameDirection } from "../frames/mod.ts";
import type { FrameScope } from "./contract.ts";

/** What an {@linkcode Aside} needs of its processor. */
export interface AsideOptions {
  /** Opens a scope for work, which an interruption closes, or one that lasts. */
  readonly scope: (options: { readonly uninterruptible: boolean }) => FrameScope;
  /** How much a frame is; 0 by default. */
  readonly weigh?: ((frame: Frame) => number) | undefined;
}

interface Waiting {
  readonly frame: Frame;
  readonly scope: FrameScope;
  readonly weight: number;
}

/**
 * Frames of one direction that wait beside their processor's lane, in order:
 * in the lane they would hold up what goes the other way.
 */
export class Aside {
  readonly #direction: FrameDirection;
  readonly #options: AsideOptions;
  #waiting: Waiting[] = [];
  #scope: FrameScope | undefined;
  #lasting: FrameScope | undefined;
  #weight = 0;
  #leaving = false;
  #changed: PromiseWithResolvers<void> | undefined;

  /** Makes one with nothing in it. */
  constructor(direction: FrameDirection, options: AsideOptions) {
    this.#direction = direction;
    this.#options = options;
  }

  /** Whether nothing waits: what comes may go on at once. */
  get empty(): boolean {
    return this.#waiting.length === 0 && !this.#leaving;
  }

  /** How much waits. */
  get weight(): number {
    return this.#weight;
  }

  /** Has a frame wait behind the others. */
  add(frame: Frame): void {
    const weight = this.#options.weigh?.(frame) ?? 0;
    this.#weight += weight;
    this.#waiting.push({ frame, scope: this.#scopeOf(frame), weight });
  }

  /** Does what an interruption or a cancel does to frames that wait. */
  interrupted(by: Frame): void {
    this.retain((frame) => frame.uninterruptible && !(by instanceof CancelFrame));
    this.#scope = undefined;
  }

  /** Keeps only some of what waits. */
  retain(keep: (frame: Frame) => boolean): void {
    this.#waiting = this.#waiting.filter(({ frame }) => keep(frame));
    this.#weight = this.#waiting.reduce((sum, { weight }) => sum + weight, 0);
    this.#change();
  }

  /** Has everything go on, what comes meanwhile included, as fast as there is room for it. */
  async release(): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      this.#weight -= next.weight;
      const room = next.scope.push(next.frame, this.#direction);
      this.#change();
      if (room) await room;
    }
    this.#leaving = false;
    this.#scope?.close();
    this.#scope = undefined;
    this.#change();
  }

  /** Resolves once a state is met; asked whenever something changes. */
  async until(met: () => boolean): Promise<void> {
    while (!met()) await (this.#changed ??= Promise.withResolvers()).promise;
  }

  #change(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }

  #scopeOf({ uninterruptible }: Frame): FrameScope {
    const { scope } = this.#options;
    if (uninterruptible) return this.#lasting ??= scope({ uninterruptible });
    // An interruption that did not come by has closed it, too.
    if (this.#scope?.signal.aborted) this.#scope = undefined;
    return this.#scope ??= scope({ uninterruptible: false });
  }
}
