import type { Frame, FrameDirection } from "../../frames/mod.ts";
import { CancelFrame } from "../../frames/mod.ts";
import type { VirtualClock } from "../../testing/virtual_clock.ts";

/** A frame in a handler, or an open scope. */
export interface Work {
  readonly actor: string;
  readonly lane: "data" | "system" | "scope";
  readonly frame: Frame | undefined;
  readonly direction: FrameDirection;
  /** Whether no interruption touches it. */
  readonly lasting: boolean;
  readonly seq: number;
  readonly at: number;
  readonly signal: () => AbortSignal;
  epoch: number;
  /** When an interruption came by and cut it. */
  cutSeq: number | undefined;
  cutAt: number | undefined;
  endSeq: number | undefined;
  endAt: number | undefined;
}

/** A frame that somebody pushed. */
export interface Push {
  readonly seq: number;
  readonly at: number;
  readonly by: string;
  readonly frame: Frame;
  readonly direction: FrameDirection;
  /** The epoch of the work that pushed it. */
  readonly epoch: number;
  /** Whether that work was stale already. */
  readonly fenced: boolean;
  /** Whether it was the second of a broadcast, which leaves some time after it was written down. */
  readonly second: boolean;
  /** When the call returned. */
  returned: number;
  /** Whether the call gave a promise of room, and when it was kept. */
  waits: boolean;
  freedAt: number | undefined;
}

/** An interruption or a cancel at the door of an actor. */
export interface HookCall {
  readonly seq: number;
  readonly at: number;
  readonly actor: string;
  readonly frame: Frame;
}

/** Who pushes: the task, or an actor with a piece of work. */
export interface Source {
  readonly actor: string;
  readonly work: Work | undefined;
}

/**
 * What was pushed, when, by whom and in which epoch, and what was handled: as
 * the actors saw it, without a look into the engine.
 */
export class Journal {
  readonly pushes: Push[] = [];
  readonly works: Work[] = [];
  readonly hooks: HookCall[] = [];
  readonly violations: string[] = [];
  readonly counts: Map<string, number> = new Map();
  /** Errors that actors threw, by what they said. */
  readonly thrown: { token: string; actor: string; seq: number }[] = [];
  /** When each epoch but the first began, and whether by a cancel. */
  readonly epochs: { seq: number; at: number; cancel: boolean }[] = [];
  seq = 0;
  readonly #clock: VirtualClock;
  readonly #live: Map<string, Set<Work>> = new Map();
  readonly #cancelled: Set<string> = new Set();
  /** Whose code is on the stack, how often. */
  readonly #inside: Map<string, number> = new Map();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** How many interruptions and cancels were pushed. */
  get epoch(): number {
    return this.epochs.length;
  }

  /** A new epoch begins; who begins it belongs to it. */
  interrupt(work: Work | undefined, cancel = false): void {
    this.epochs.push({ seq: ++this.seq, at: this.#clock.now(), cancel });
    if (work) work.epoch = this.epoch;
  }

  /** Counts something for the histogram. */
  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** Notes that an invariant does not hold. */
  broken(invariant: string, how: string): void {
    this.violations.push(`${invariant}: ${how} (at ${this.#clock.now()} ms)`);
  }

  /** Notes that an actor begins to handle a frame. */
  begin(
    actor: string,
    frame: Frame,
    at: { direction: FrameDirection; signal: () => AbortSignal },
  ): Work {
    const lane = frame.kind === "system" ? "system" : "data";
    const lasting = lane === "system" || frame.uninterruptible;
    if ((this.#inside.get(actor) ?? 0) > 0) {
      this.broken("never entered twice", `${actor} began "${frame.name}" on its own stack`);
    }
    for (const other of this.liveOf(actor)) {
      if (other.lane !== lane || other.cutSeq !== undefined) continue;
      if (!other.lasting && other.epoch < this.epoch) continue;
      this.broken("one at a time", `${actor} began "${frame.name}" in "${other.frame?.name}"`);
    }
    return this.#open({ actor, lane, frame, lasting, ...at });
  }

  /** Notes that an actor opened a scope. */
  scope(actor: string, lasting: boolean, signal: () => AbortSignal): Work {
    const direction = "downstream";
    return this.#open({ actor, lane: "scope", frame: undefined, lasting, direction, signal });
  }

  /** Notes that work is done. */
  end(work: Work): void {
    work.endSeq = ++this.seq;
    work.endAt = this.#clock.now();
    this.#live.get(work.actor)?.delete(work);
  }

  /** Runs code of an actor and knows meanwhile that it is on the stack. */
  inside<T>(actor: string, code: () => T): T {
    this.#inside.set(actor, (this.#inside.get(actor) ?? 0) + 1);
    try {
      return code();
    } finally {
      this.#inside.set(actor, (this.#inside.get(actor) ?? 0) - 1);
    }
  }

  /** Notes that frames are pushed, and pushes them. */
  push(
    source: Source,
    frames: readonly (readonly [Frame, FrameDirection])[],
    send: () => void | Promise<void>,
  ): void | Promise<void> {
    const fenced = this.isFenced(source.work);
    if (frames[0]?.[0].interrupts && !fenced) this.interrupt(source.work);
    const records = frames.map(([frame, direction], i) =>
      this.#record(source, { frame, direction, second: i > 0 })
    );
    const room = this.inside(source.actor, send);
    for (const record of records) record.returned = ++this.seq;
    const last = records.at(-1);
    if (room && last) {
      last.waits = true;
      void room.then(() => last.freedAt = this.#clock.now());
    }
    return room;
  }

  /** Notes that an interruption or a cancel is at an actor's door. */
  hook(actor: string, frame: Frame): void {
    this.hooks.push({ seq: ++this.seq, at: this.#clock.now(), actor, frame });
    for (const work of this.liveOf(actor)) this.#reached(work, frame);
    if (frame instanceof CancelFrame) this.#cancelled.add(actor);
  }

  /** Whether what work pushes is to go nowhere. */
  isFenced(work: Work | undefined): boolean {
    if (!work) return false;
    if (work.cutSeq !== undefined || (work.lane === "scope" && work.endSeq !== undefined)) {
      return true;
    }
    return !work.lasting && work.epoch < this.epoch;
  }

  liveOf(actor: string): ReadonlySet<Work> {
    return this.#live.get(actor) ?? new Set();
  }

  #open(
    what: Pick<Work, "actor" | "lane" | "frame" | "lasting" | "direction" | "signal">,
  ): Work {
    const work: Work = {
      ...what,
      seq: ++this.seq,
      at: this.#clock.now(),
      epoch: this.epoch,
      cutSeq: undefined,
      cutAt: undefined,
      endSeq: undefined,
      endAt: undefined,
    };
    if (work.lane !== "scope") this.works.push(work);
    const live = this.#live.get(what.actor) ?? new Set();
    this.#live.set(what.actor, live.add(work));
    return work;
  }

  #record(
    { actor, work }: Source,
    what: Pick<Push, "frame" | "direction" | "second">,
  ): Push {
    const fenced = this.isFenced(work);
    if (fenced) {
      this.count(work?.cutSeq === undefined ? "stale pushes fenced" : "pushes after abort");
    }
    const record: Push = {
      seq: ++this.seq,
      at: this.#clock.now(),
      by: actor,
      ...what,
      epoch: work && !work.lasting ? work.epoch : this.epoch,
      fenced,
      returned: Infinity,
      waits: false,
      freedAt: undefined,
    };
    this.pushes.push(record);
    return record;
  }

  /** What an interruption does to work at the moment it comes by. */
  #reached(work: Work, frame: Frame): void {
    const what = work.frame?.name ?? "a scope";
    const { aborted } = work.signal();
    if (work.lasting) {
      if (this.#cancelled.has(work.actor)) return;
      if (aborted !== frame instanceof CancelFrame) {
        this.broken("2, in work", `${work.actor}: "${what}" was ${aborted ? "" : "not "}aborted`);
      }
      if (work.lane === "data") this.count("uninterruptible in work at an interruption");
      return;
    }
    if (work.cutSeq !== undefined || work.epoch >= this.epoch) return;
    if (!aborted) {
      this.broken("6, abort", `the signal of "${what}" at ${work.actor} is not aborted`);
    }
    work.cutSeq = this.seq;
    work.cutAt = this.#clock.now();
    this.count(work.lane === "scope" ? "scopes interrupted" : "handlers interrupted");
  }
}
