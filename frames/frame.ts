/** How a frame travels: see {@linkcode SystemFrame}, {@linkcode DataFrame} and {@linkcode ControlFrame}. */
export type FrameKind = "system" | "data" | "control";

/** Where a frame goes: from input to output, or back. */
export type FrameDirection = "downstream" | "upstream";

/**
 * A class of frames, abstract ones included: what `handle` and filters take.
 *
 * @typeParam F The frames of the class.
 */
export type FrameClass<F extends Frame = Frame> = abstract new (
  ...args: never[]
) => F;

/** What an interruption leaves alone; see {@linkcode Frame.uninterruptible}. */
export interface UninterruptibleFrame {
  /** Always true. */
  readonly uninterruptible: true;
}

let lastId = 0;
const counts = new WeakMap<object, number>();

/**
 * What flows through a pipeline. Make your own by extending
 * {@linkcode SystemFrame}, {@linkcode DataFrame} or {@linkcode ControlFrame}.
 *
 * @example
 * ```ts
 * import { DataFrame } from "@parley/sdk/frames";
 * class MoodFrame extends DataFrame {
 *   constructor(readonly mood: string) {
 *     super();
 *   }
 * }
 * console.log(new MoodFrame("calm").name); // "MoodFrame#1"
 * ```
 */
export abstract class Frame {
  /** A number no other frame of this process has. */
  readonly id: number = ++lastId;
  /** When it is to be heard or seen, in nanoseconds of the pipeline's clock. */
  pts: number | undefined = undefined;
  /** The frame that was sent the other way at the same time, by its `id`. */
  broadcastSiblingId: number | undefined = undefined;
  /** The transport's source that it came from. */
  transportSource: string | undefined = undefined;
  /** The transport's destination that it is for. */
  transportDestination: string | undefined = undefined;
  #metadata: Record<string, unknown> | undefined;
  #number: number;

  /** Numbers the frame within its class. */
  constructor() {
    this.#number = (counts.get(new.target) ?? 0) + 1;
    counts.set(new.target, this.#number);
  }

  /** Class and number, for logs: `TextFrame#3`. */
  get name(): string {
    return `${this.constructor.name}#${this.#number}`;
  }

  /** Anything the application wants to send along. */
  get metadata(): Record<string, unknown> {
    return this.#metadata ??= {};
  }

  /** How it travels. */
  abstract get kind(): FrameKind;

  /** Whether an interruption leaves it alone. */
  get uninterruptible(): boolean {
    return false;
  }

  /** Whether it is live input, of which a full queue drops the oldest. */
  get live(): boolean {
    return false;
  }

  /** Whether its moving shows that work goes on, which that of live input does not. */
  get progress(): boolean {
    return !this.live;
  }

  /** Whether it stops what is in work and empties queues on arrival. */
  get interrupts(): boolean {
    return false;
  }

  /** Its name; overridden where more helps a reader of logs. */
  toString(): string {
    return this.name;
  }
}

/**
 * A frame that overtakes data, waits for nothing and is never dropped.
 *
 * @example
 * ```ts
 * import { SystemFrame } from "@parley/sdk/frames";
 * class DoorbellFrame extends SystemFrame {}
 * console.log(new DoorbellFrame().kind); // "system"
 * ```
 */
export abstract class SystemFrame extends Frame {
  /** Always `"system"`. */
  override get kind(): FrameKind {
    return "system";
  }
}

/**
 * A frame of content, in order, dropped by an interruption.
 *
 * @example
 * ```ts
 * import { DataFrame } from "@parley/sdk/frames";
 * class NoteFrame extends DataFrame {}
 * console.log(new NoteFrame().kind); // "data"
 * ```
 */
export abstract class DataFrame extends Frame {
  /** Always `"data"`. */
  override get kind(): FrameKind {
    return "data";
  }
}

/**
 * A frame that marks or changes something, in order with the data, dropped by
 * an interruption unless it is uninterruptible.
 *
 * @example
 * ```ts
 * import { ControlFrame } from "@parley/sdk/frames";
 * class ChapterFrame extends ControlFrame {
 *   override get uninterruptible(): true {
 *     return true;
 *   }
 * }
 * console.log(new ChapterFrame().uninterruptible); // true
 * ```
 */
export abstract class ControlFrame extends Frame {
  /** Always `"control"`. */
  override get kind(): FrameKind {
    return "control";
  }
}
