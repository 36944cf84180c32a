import type { Timer } from "../async/mod.ts";
import type { Frame, FrameDirection } from "../frames/mod.ts";
import type { Engine } from "./_engine.ts";
import type { FrameContext } from "./contract.ts";
import type { HandlerLink, Route } from "./_handlers.ts";

/** The epoch of work that no interruption makes stale: always the present one. */
export const PRESENT = -1;

/** One piece of work of a processor: a frame in a handler, or an open scope. */
export class Work implements FrameContext {
  readonly direction: FrameDirection;
  /** Epoch of what it pushes, or {@linkcode PRESENT}. */
  epoch: number;
  /** Whether its frame has been passed on. */
  forwarded = false;
  /** Bounds how long it may delay a lifecycle frame; to be taken back when it has settled. */
  guard: Timer | undefined;
  readonly frame: Frame | undefined;
  readonly #engine: Engine;
  readonly #link: HandlerLink | undefined;
  /** Whether its frame begins or ends something. */
  readonly lifecycle: boolean;
  #controller: AbortController | undefined;
  #reason: unknown = undefined;
  #fenced = false;

  constructor(
    engine: Engine,
    epoch: number,
    at: { frame?: Frame; direction: FrameDirection; route?: Route },
  ) {
    this.#engine = engine;
    this.epoch = epoch;
    this.frame = at.frame;
    this.direction = at.direction;
    this.#link = at.route?.link;
    this.lifecycle = at.route?.lifecycle ?? false;
  }

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  /** Whether what it pushes goes nowhere. */
  get fenced(): boolean {
    const { epoch } = this;
    if (epoch !== PRESENT && epoch !== this.#engine.env.epochs.current) this.#engine.catchUp();
    return this.#fenced;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  push(frame: Frame, direction: FrameDirection = "downstream"): void | Promise<void> {
    if (this.fenced) return;
    if (frame === this.frame && direction === this.direction) {
      // Interruption and cancel passed on at the door already.
      if (frame.interrupts) return;
      this.forwarded = true;
    } else if (frame.interrupts) {
      return this.#engine.interruptFrom(this, [[frame, direction]]);
    }
    return this.#engine.send(frame, direction, this.presentEpoch);
  }

  forward(frame?: Frame): void | Promise<void> {
    const passed = frame ?? this.frame;
    if (!passed || this.fenced) return;
    const base = this.#link?.base;
    if (base) return base.handler(passed, new Forwarding(this, base));
    return this.push(passed, this.direction);
  }

  broadcast(make: () => Frame): void | Promise<void> {
    if (this.fenced) return;
    const down = make();
    const up = make();
    down.broadcastSiblingId = up.id;
    up.broadcastSiblingId = down.id;
    if (down.interrupts) {
      return this.#engine.interruptFrom(this, [[down, "downstream"], [up, "upstream"]]);
    }
    void this.#engine.send(up, "upstream", this.presentEpoch);
    return this.#engine.send(down, "downstream", this.presentEpoch);
  }

  /** Passes a lifecycle frame on that its handler did not pass on. */
  passOn(): void {
    if (!this.frame || this.forwarded || this.frame.interrupts) return;
    this.forwarded = true;
    void this.#engine.send(this.frame, this.direction, this.presentEpoch);
  }

  /** Aborts the signal: the work is to come to its end, and may still push. */
  abort(reason: unknown): void {
    if (this.aborted) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** Whether an error only says that it was aborted: by what its signal holds, or as `fetch` does. */
  gaveUp(error: unknown): boolean {
    if (!this.aborted) return false;
    return error === this.#reason ||
      error instanceof Error && (error.name === "AbortError" || error.name === "APIUserAbortError");
  }

  /** Aborts the signal and fences off every further push. */
  fence(reason: unknown): void {
    this.#fenced = true;
    this.abort(reason);
  }

  close(): void {
    this.#engine.lanes.works.forget(this);
    this.fence(new DOMException("The scope was closed", "AbortError"));
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get presentEpoch(): number {
    return this.epoch === PRESENT ? this.#engine.env.epochs.current : this.epoch;
  }
}

/** What a replaced handler sees: the same work, one step down the chain. */
class Forwarding implements FrameContext {
  readonly #work: Work;
  readonly #link: HandlerLink;

  constructor(work: Work, link: HandlerLink) {
    this.#work = work;
    this.#link = link;
  }

  get direction(): FrameDirection {
    return this.#work.direction;
  }

  get signal(): AbortSignal {
    return this.#work.signal;
  }

  push(frame: Frame, direction?: FrameDirection): void | Promise<void> {
    return this.#work.push(frame, direction);
  }

  forward(frame?: Frame): void | Promise<void> {
    const passed = frame ?? this.#work.frame;
    const base = this.#link.base;
    if (!passed || this.#work.fenced) return;
    if (base) return base.handler(passed, new Forwarding(this.#work, base));
    return this.#work.push(passed, this.direction);
  }

  broadcast(make: () => Frame): void | Promise<void> {
    return this.#work.broadcast(make);
  }
}
