import { EndFrame, ErrorFrame, type Frame, StartFrame, StopFrame } from "../../frames/mod.ts";
import type { Run } from "./_case.ts";
import type { HookCall, Journal, Push, Work } from "./_journal.ts";
import type { Receiver } from "./_layout.ts";

/** One frame on its way to one actor: who pushed it there, and whether it was handled. */
export interface Passage {
  readonly frame: Frame;
  readonly receiver: Receiver;
  readonly pushes: readonly Push[];
  readonly handled: Work | undefined;
}

/** Whether a frame is checked by rules of its own. */
export function isSpecial(frame: Frame): boolean {
  return frame.interrupts || frame instanceof StartFrame || frame instanceof EndFrame ||
    frame instanceof StopFrame || frame instanceof ErrorFrame;
}

/** Whether an interruption drops a frame. */
export function isLight(frame: Frame): boolean {
  return frame.kind !== "system" && !frame.uninterruptible;
}

/** What a journal says, in the order in which the rules ask. */
export class Evidence {
  readonly run: Run;
  readonly journal: Journal;
  /** Every way of every ordinary frame, whether or not it arrived. */
  readonly passages: Passage[] = [];
  /** Those of system frames that data keeps behind: live input may be slower. */
  readonly systemPassages: Passage[] = [];
  readonly worksOf: Map<string, Work[]> = new Map();
  readonly hooksOf: Map<string, HookCall[]> = new Map();
  readonly #begun: Map<string, Map<Frame, Work[]>> = new Map();
  readonly #pushed: Map<string, Map<Frame, Push[]>> = new Map();

  constructor(run: Run) {
    this.run = run;
    this.journal = run.world.journal;
    const { works, hooks, pushes } = this.journal;
    for (const work of works) {
      add(this.worksOf, work.actor, work);
      addDeep(this.#begun, way(work.actor, work.direction), work.frame as Frame, work);
    }
    for (const hook of hooks) add(this.hooksOf, hook.actor, hook);
    for (const push of pushes) {
      addDeep(this.#pushed, way(push.by, push.direction), push.frame, push);
    }
    this.#findPassages(pushes);
  }

  /** What an actor did with a frame that went a direction. */
  handlings(actor: string, frame: Frame, direction: string): readonly Work[] {
    return this.#begun.get(way(actor, direction))?.get(frame) ?? [];
  }

  /** When somebody pushed a frame on: at the end of handling it, if not before. */
  passedOn(actor: string, frame: Frame): number {
    const push = this.#pushed.get(way(actor, "downstream"))?.get(frame)?.[0];
    if (push) return push.seq;
    return this.handlings(actor, frame, "downstream")[0]?.endSeq ?? Infinity;
  }

  /** Whether an actor was told to start; before that it handles nothing. */
  hasStarted(actor: string): boolean {
    return this.worksOf.get(actor)?.[0]?.frame instanceof StartFrame;
  }

  /** The epoch at some moment. */
  epochAt(seq: number): number {
    const later = this.journal.epochs.findIndex((epoch) => epoch.seq > seq);
    return later < 0 ? this.journal.epochs.length : later;
  }

  /** When the epoch after this one began. */
  epochAfter(epoch: number): { seq: number; at: number } | undefined {
    return this.journal.epochs[epoch];
  }

  get cancelSeq(): number {
    return this.journal.epochs.find(({ cancel }) => cancel)?.seq ?? Infinity;
  }

  /** The frame that started or ended the run, as the task pushed it. */
  lifecycle(frameClass: abstract new (...args: never[]) => Frame): Frame | undefined {
    return this.journal.works.find(({ frame }) => frame instanceof frameClass)?.frame;
  }

  /** When the end had been through the whole pipeline. */
  get reachedEndSeq(): number {
    const end = this.lifecycle(EndFrame) ?? this.lifecycle(StopFrame);
    return end ? this.passedOn("last", end) : Infinity;
  }

  #findPassages(pushes: readonly Push[]): void {
    const open: Map<string, Map<Frame, { receiver: Receiver; pushes: Push[] }>> = new Map();
    for (const push of pushes) {
      if (push.fenced || isSpecial(push.frame)) continue;
      for (const receiver of this.run.layout.next(push.by, push.direction)) {
        const key = way(receiver.actor, push.direction);
        const frames = open.get(key) ?? new Map();
        open.set(key, frames);
        const passage = frames.get(push.frame);
        if (passage) passage.pushes.push(push);
        else frames.set(push.frame, { receiver, pushes: [push] });
      }
    }
    for (const [key, frames] of open) {
      for (const [frame, { receiver, pushes }] of frames) {
        const handled = this.#begun.get(key)?.get(frame)?.[0];
        const passage = { frame, receiver, pushes, handled };
        this.passages.push(passage);
        if (frame.kind === "system" && !frame.live) this.systemPassages.push(passage);
      }
    }
  }
}

function way(actor: string, direction: string): string {
  return `${actor} ${direction}`;
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function addDeep<V>(map: Map<string, Map<Frame, V[]>>, key: string, frame: Frame, value: V): void {
  const frames = map.get(key) ?? new Map<Frame, V[]>();
  map.set(key, frames);
  add(frames, frame, value);
}
