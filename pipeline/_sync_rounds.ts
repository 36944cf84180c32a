import { Deque, type Timer } from "../async/mod.ts";
import type { Frame, FrameDirection } from "../frames/mod.ts";
import type { Port } from "../processors/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import type { Entry } from "../processors/_inbox.ts";
import { isLifecycle } from "../processors/_lifecycle.ts";
import type { Fan, Gather } from "./_gather.ts";
import { SyncFrame } from "./sync_frame.ts";

export interface SyncRoundsOptions {
  /** Gives frames to the branches. */
  readonly fan: Fan;
  /** Where each branch ends. */
  readonly ends: readonly Engine[];
  /** Takes what leaves the branches, and gives it to the target. */
  readonly gather: Gather;
  readonly target: Engine;
  /** Whether what leaves together is in the order of the branches. */
  readonly inOrderOfBranches: boolean;
  /** Milliseconds that a branch may take over a frame. */
  readonly timeoutMs: number;
  /** Told of the branches that took longer. */
  readonly late: (branches: readonly number[], frame: Frame) => void;
}

/** A frame on its way into the branches. */
interface Waiting extends Entry {
  over: boolean;
  /** Whoever waits until it is over. */
  waiter: PromiseWithResolvers<void> | undefined;
}

/** One frame in the branches, and what they made of it. */
interface Round {
  readonly entry: Waiting;
  readonly outputs: (Entry & { readonly branch: number })[];
  /** Branches that still work on it. */
  readonly open: Set<number>;
  opening: boolean;
  timer: Timer | undefined;
}

/**
 * Gives branches one frame at a time: a marker behind it says when a branch is
 * done, and what all of them made of it leaves together.
 */
export class SyncRounds implements Port {
  readonly owner = undefined;
  readonly #options: SyncRoundsOptions;
  readonly #waiting: Deque<Waiting> = new Deque();
  readonly #doors: readonly Port[];
  /** The marker that each branch was given and has not let by. */
  readonly #markers: Map<number, SyncFrame> = new Map();
  /** Branches that took too long: nobody waits for them until they let their marker by. */
  readonly #late: Set<number> = new Set();
  #round: Round | undefined;
  /** Whether a frame is in the branches, or what they made of it has no room yet. */
  #busy = false;
  #running = false;

  constructor(options: SyncRoundsOptions) {
    this.#options = options;
    this.#doors = options.ends.map((end, i) => options.gather.port(i, end));
    options.target.signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  /** Where one branch ends. */
  port(branch: number): Port {
    return {
      owner: undefined,
      arrive: (frame, direction, epoch) => this.#leave(branch, { frame, direction, epoch }),
    };
  }

  arrive(frame: Frame, direction: FrameDirection, epoch: number): void | Promise<void> {
    const { fan, target } = this.#options;
    if (frame.kind === "system" || target.signal.aborted) {
      return fan.arrive(frame, direction, epoch);
    }
    const entry: Waiting = { frame, direction, epoch, over: false, waiter: undefined };
    this.#waiting.push(entry);
    this.#run();
    if (entry.over) return;
    entry.waiter = Promise.withResolvers<void>();
    return entry.waiter.promise;
  }

  /** Goes on with what waits, until something takes its time. */
  #run(): void {
    if (this.#running) return;
    this.#running = true;
    while (!this.#busy) {
      const entry = this.#waiting.shift();
      if (!entry) break;
      if (isLifecycle(entry.frame)) this.#pass(entry);
      else this.#open(entry);
    }
    this.#running = false;
  }

  /** What ends a pipeline is waited for where the branches meet. */
  #pass(entry: Waiting): void {
    void this.#options.fan.arrive(entry.frame, entry.direction, entry.epoch);
    finish(entry);
  }

  #open(entry: Waiting): void {
    const { fan, ends, target, timeoutMs } = this.#options;
    const { frame, direction, epoch } = entry;
    const open = new Set([...ends.keys()].filter((branch) => !this.#late.has(branch)));
    const round: Round = { entry, outputs: [], open, opening: true, timer: undefined };
    this.#busy = true;
    this.#round = round;
    void fan.arrive(frame, direction, epoch);
    for (const branch of ends.keys()) this.#mark(branch, direction);
    round.opening = false;
    if (open.size === 0) return this.#close(round);
    round.timer = target.env.clock.timer(timeoutMs, () => this.#timedOut(round));
  }

  /** A branch that is late has a marker in it, and is given no other. */
  #mark(branch: number, direction: FrameDirection): void {
    if (this.#markers.has(branch)) return;
    const marker = new SyncFrame();
    this.#markers.set(branch, marker);
    this.#options.fan.give(branch, marker, direction);
  }

  #leave(branch: number, entry: Entry): void | Promise<void> {
    const { frame, direction, epoch } = entry;
    if (frame === this.#markers.get(branch)) return this.#done(branch);
    const isFree = frame.kind === "system" || isLifecycle(frame) || this.#late.has(branch);
    if (isFree || !this.#round) return this.#doors[branch]?.arrive(frame, direction, epoch);
    this.#round.outputs.push({ ...entry, branch });
  }

  #done(branch: number): void {
    this.#markers.delete(branch);
    this.#late.delete(branch);
    const round = this.#round;
    if (!round?.open.delete(branch) || round.open.size > 0 || round.opening) return;
    this.#close(round);
  }

  #timedOut(round: Round): void {
    const late = [...round.open];
    for (const branch of late) this.#late.add(branch);
    this.#options.late(late, round.entry.frame);
    this.#close(round);
  }

  /** Has everything leave that the branches made of a frame, and waits until there is room. */
  #close(round: Round): void {
    round.timer?.cancel();
    const { outputs, entry } = round;
    if (this.#options.inOrderOfBranches) outputs.sort((a, b) => a.branch - b.branch);
    const rooms: Promise<void>[] = [];
    for (const { branch, frame, direction, epoch } of outputs) {
      const room = this.#doors[branch]?.arrive(frame, direction, epoch);
      if (room) rooms.push(room);
    }
    this.#round = undefined;
    if (rooms.length === 0) return this.#over(entry);
    void Promise.all(rooms).then(() => this.#over(entry));
  }

  #over(entry: Waiting): void {
    this.#busy = false;
    finish(entry);
    this.#run();
  }

  /** Once cancelled, nobody waits for anybody. */
  #stop(): void {
    this.#round?.timer?.cancel();
    if (this.#round) finish(this.#round.entry);
    for (const entry of this.#waiting) finish(entry);
    this.#waiting.clear();
    this.#round = undefined;
  }
}

function finish(entry: Waiting): void {
  entry.over = true;
  entry.waiter?.resolve();
}
