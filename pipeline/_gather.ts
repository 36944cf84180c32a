import type { Timer } from "../async/mod.ts";
import { type Frame, type FrameDirection, StartFrame } from "../frames/mod.ts";
import type { Port } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import type { Entry } from "../processors/_inbox.ts";
import { isLifecycle } from "../processors/_lifecycle.ts";
import { Paths } from "../processors/_paths.ts";
import { whenStill } from "../processors/_stillness.ts";

/** A lifecycle frame that waits until every branch has let it by. */
interface Barrier extends Entry {
  readonly passed: Set<number>;
  readonly held: Entry[];
  readonly timer: Timer;
}

/**
 * Where branches meet: a frame leaves once, and a lifecycle frame that entered
 * all of them leaves when every branch has let it by.
 */
export class Gather {
  readonly #owner: string;
  readonly #target: Engine;
  readonly #branches: number;
  readonly #entered: WeakSet<Frame> = new WeakSet();
  readonly #seen: WeakSet<Frame> = new WeakSet();
  readonly #barriers: Map<Frame, Barrier> = new Map();

  constructor(owner: string, target: Engine, branches: number) {
    this.#owner = owner;
    this.#target = target;
    this.#branches = branches;
    target.signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** The door for one branch. */
  port(branch: number, from: Engine): Port {
    const paths = new Paths(from.owner);
    const { owner } = this.#target;
    return {
      owner: undefined,
      arrive: (frame, direction, epoch) => {
        this.#target.env.observer?.pushed(paths.to(owner, direction), frame);
        return this.#take(branch, { frame, direction, epoch });
      },
    };
  }

  /** Says that a frame is given to every branch: only then all of them have to let it by. */
  expect(frame: Frame): void {
    if (isLifecycle(frame)) this.#entered.add(frame);
  }

  #take(branch: number, entry: Entry): void | Promise<void> {
    const { frame } = entry;
    if (this.#seen.has(frame)) return;
    // Once cancelled, nobody waits for anybody.
    const cancelled = this.#target.signal.aborted;
    if (!cancelled && this.#entered.has(frame)) return this.#passed(branch, entry);
    if (!this.#isFresh(entry)) return;
    this.#seen.add(frame);
    if (this.#barriers.size > 0) {
      const barrier = [...this.#barriers.values()].findLast((b) => holdsBack(b, branch, frame));
      if (barrier) return void barrier.held.push(entry);
    }
    return this.#target.arrive(frame, entry.direction, entry.epoch);
  }

  /** What the door would drop as stale may still come by another branch. */
  #isFresh({ frame, epoch }: Entry): boolean {
    return frame.kind === "system" || frame.uninterruptible ||
      epoch >= this.#target.env.epochs.current;
  }

  #passed(branch: number, entry: Entry): void {
    let barrier = this.#barriers.get(entry.frame);
    if (!barrier) {
      barrier = { ...entry, passed: new Set(), held: [], timer: this.#watch(entry.frame) };
      this.#barriers.set(entry.frame, barrier);
    }
    barrier.passed.add(branch);
    if (barrier.passed.size === this.#branches) this.#open(barrier);
  }

  /** Opens a barrier once nothing has moved for as long as a handler may take. */
  #watch(frame: Frame): Timer {
    const { env } = this.#target;
    const options = { timeoutMs: env.lifecycleTimeoutMs, limitMs: env.drainLimitMs };
    return whenStill(env, options, () => {
      const barrier = this.#barriers.get(frame);
      if (!barrier) return;
      const missing = Array.from({ length: this.#branches }, (_, i) => i)
        .filter((i) => !barrier.passed.has(i)).map((i) => i + 1).join(" and ");
      this.#target.report(
        `Cannot let "${frame.name}" by in "${this.#owner}": branch ${missing} holds it`,
      );
      this.#open(barrier);
    });
  }

  /** What comes while the held frames leave is held too, and leaves behind them. */
  #open(barrier: Barrier): void {
    barrier.timer.cancel();
    this.#seen.add(barrier.frame);
    void this.#target.arrive(barrier.frame, barrier.direction, barrier.epoch);
    for (const { frame, direction, epoch } of barrier.held) {
      void this.#target.arrive(frame, direction, epoch);
    }
    this.#barriers.delete(barrier.frame);
  }

  #stop(): void {
    for (const barrier of this.#barriers.values()) barrier.timer.cancel();
  }
}

/** What a branch sends after a lifecycle frame stays behind it; an interruption waits for nobody. */
function holdsBack(barrier: Barrier, branch: number, frame: Frame): boolean {
  if (barrier.frame.interrupts || frame.interrupts || !barrier.passed.has(branch)) return false;
  return barrier.frame instanceof StartFrame || frame.kind !== "system";
}

/** Gives every frame to every branch. */
export class Fan implements Port {
  readonly owner = undefined;
  readonly #from: Engine;
  readonly #branches: readonly { readonly engine: Engine; readonly paths: Paths }[];
  readonly #gather: Gather;

  constructor(from: Engine, branches: readonly Engine[], gather: Gather) {
    this.#from = from;
    this.#branches = branches.map((engine) => ({ engine, paths: new Paths(from.owner) }));
    this.#gather = gather;
  }

  /** Gives a frame of the present to one branch alone. */
  give(branch: number, frame: Frame, direction: FrameDirection): void {
    const to = this.#branches[branch];
    if (!to) return;
    const { observer, epochs } = this.#from.env;
    observer?.pushed(to.paths.to(to.engine.owner, direction), frame);
    void to.engine.arrive(frame, direction, epochs.current);
  }

  arrive(frame: Frame, direction: FrameDirection, epoch: number): void | Promise<void> {
    const full: Promise<void>[] = [];
    const { observer } = this.#from.env;
    this.#gather.expect(frame);
    for (const { engine, paths } of this.#branches) {
      observer?.pushed(paths.to(engine.owner, direction), frame);
      const room = engine.arrive(frame, direction, epoch);
      if (room) full.push(room);
    }
    if (full.length < this.#branches.length) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const room of full) void room.then(resolve);
    return promise;
  }
}
