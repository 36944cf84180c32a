import {
  DataFrame,
  type Frame,
  type FrameDirection,
  FunctionCallsStartedFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
} from "../frames/mod.ts";
import type { Engine } from "../processors/_engine.ts";
import type { Entry } from "../processors/_inbox.ts";

/** What a frame that comes out of a service means: it goes on, goes nowhere, or is some of its work. */
export type Outcome = "pass" | "swallow" | "served";

/** What a failed service leaves to another. */
export interface Rescue {
  /** What closes, in its name, what it began. */
  readonly closing: readonly Frame[];
  /** What another is to be given, in order. */
  readonly again: readonly Entry[];
  /** Whether some of it is lost: it was begun, and cannot be asked for again without repeating it. */
  readonly lost: boolean;
  /** Whether the answer that the failed one has announced is another's now. */
  readonly continues: boolean;
}

/** What a service had not done when it was stopped. */
export interface Withdrawn {
  /** What it worked on. */
  readonly inWork: Entry | undefined;
  /** What waited behind that, in order. */
  readonly waiting: readonly Entry[];
}

/** Follows what a service is given and gives, for when another has to go on with it. */
export interface SwitchMemory {
  /** Whether a switch now would cut nothing in two. */
  readonly canSwitch: boolean;
  /** Whether the service, though another is active, still has something to give. */
  readonly owes: boolean;
  /** The service was given a frame. */
  given(frame: Frame, direction: FrameDirection): void;
  /** A frame of its own making, or one it was given, comes out. */
  gave(frame: Frame, direction: FrameDirection): Outcome;
  /** An interruption has dropped what it had. */
  interrupted(): void;
  /** What the service is given last, before another takes over; it does not come out. */
  farewell(): Frame[];
  /** What another is given first when it takes over and nothing has failed. */
  greeting(): Frame[];
  /** What another has to do, now that this one has failed. */
  rescue(withdrawn: Withdrawn): Rescue;
  /** The answer that is announced already is this one's now. */
  goOn(): void;
}

/**
 * Stops what a service does, as an interruption would, and takes back what it
 * has not done, also what no interruption stops.
 */
export function withdraw(engine: Engine): Withdrawn {
  const { works, inbox } = engine.lanes;
  const { data } = works;
  const waiting = [...inbox.data];
  inbox.clearData();
  // Nothing is of so late an epoch.
  works.cut(Infinity);
  if (data && works.data === data) {
    works.data = undefined;
    data.fence(new DOMException("Another service does the work", "AbortError"));
  }
  data?.guard?.cancel();
  engine.lanes.wake();
  if (!data?.frame) return { inWork: undefined, waiting };
  const { frame, direction } = data;
  return { inWork: { frame, direction, epoch: engine.env.epochs.current }, waiting };
}

/** Of a service of no special kind: what it works on when it fails is done by another. */
export class PlainMemory implements SwitchMemory {
  readonly canSwitch: boolean = true;
  readonly owes: boolean = false;
  readonly #given: WeakSet<Frame> = new WeakSet();

  given(frame: Frame): void {
    this.#given.add(frame);
  }

  gave(frame: Frame, direction: FrameDirection): Outcome {
    const own = direction === "downstream" && frame instanceof DataFrame && !this.#given.has(frame);
    return own ? "served" : "pass";
  }

  interrupted(): void {}

  farewell(): Frame[] {
    return [];
  }

  greeting(): Frame[] {
    return [];
  }

  rescue({ inWork, waiting }: Withdrawn): Rescue {
    const again = [...inWork ? [inWork] : [], ...waiting];
    return { closing: [], again, lost: false, continues: false };
  }

  goOn(): void {}
}

/** Of a language model: another is asked again as long as nothing of the answer was written. */
export class AnswerMemory implements SwitchMemory {
  readonly canSwitch: boolean = true;
  readonly owes: boolean = false;
  #start: LLMFullResponseStartFrame | undefined;
  #wrote = false;
  #continues = false;

  given(): void {}

  gave(frame: Frame, direction: FrameDirection): Outcome {
    if (direction === "upstream") return "pass";
    if (frame instanceof LLMFullResponseStartFrame) {
      const announced = this.#continues;
      this.#start = frame;
      this.#wrote = this.#continues = false;
      return announced ? "swallow" : "pass";
    }
    if (frame instanceof LLMFullResponseEndFrame) this.#start = undefined;
    if (!(frame instanceof LLMTextFrame) && !(frame instanceof FunctionCallsStartedFrame)) {
      return "pass";
    }
    this.#wrote = true;
    return "served";
  }

  interrupted(): void {
    this.#start = undefined;
    this.#wrote = this.#continues = false;
  }

  farewell(): Frame[] {
    return [];
  }

  greeting(): Frame[] {
    return [];
  }

  rescue({ inWork, waiting }: Withdrawn): Rescue {
    const start = this.#start;
    const announced = this.#continues || start !== undefined;
    const lost = start !== undefined && (this.#wrote || !inWork);
    this.interrupted();
    const { skipTts } = start ?? {};
    return {
      closing: lost ? [new LLMFullResponseEndFrame({ skipTts })] : [],
      again: [...inWork && !lost ? [inWork] : [], ...waiting],
      lost,
      continues: announced && !lost,
    };
  }

  goOn(): void {
    this.#continues = true;
  }
}
