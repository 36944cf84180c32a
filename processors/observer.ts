import { type Clock, consoleLogger, type Logger, systemClock, TypedEvents } from "../async/mod.ts";
import type { Frame, FrameDirection } from "../frames/mod.ts";
import type { Named } from "./environment.ts";

/** A frame that went from one processor to the next. */
export interface FramePushed {
  /** Who pushed it. */
  readonly source: Named;
  /** Whose door it reached. */
  readonly destination: Named;
  /** The frame. */
  readonly frame: Frame;
  /** Where it goes. */
  readonly direction: FrameDirection;
  /** When, in nanoseconds of the pipeline's clock, to the burst it was part of. */
  readonly timestamp: number;
}

/** A frame that a processor began to handle. */
export interface FrameProcessed {
  /** Who handles it. */
  readonly processor: Named;
  /** The frame. */
  readonly frame: Frame;
  /** Where it goes. */
  readonly direction: FrameDirection;
  /** When, in nanoseconds of the pipeline's clock, to the burst it was part of. */
  readonly timestamp: number;
}

/** What an observer shares with the task that it observes. */
export interface ObserverSetting {
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Where warnings go. */
  readonly log: Logger;
}

let attach: (observer: BaseObserver, setting: ObserverSetting) => void;

/**
 * Sees every frame of a pipeline, off the frames' path: however slow it is,
 * no frame waits for it. Override what you need.
 *
 * One that has something to tell announces typed events, `M`.
 *
 * @example Count frames
 * ```ts
 * import { BaseObserver, type FramePushed } from "@parley/sdk/observers";
 * class Counter extends BaseObserver {
 *   pushed = 0;
 *   override onPushFrame(_data: FramePushed): void {
 *     this.pushed++;
 *   }
 * }
 * console.log(new Counter().pushed); // 0
 * ```
 */
export class BaseObserver<
  M extends { [K in keyof M]: readonly unknown[] } = Record<never, never>,
> extends TypedEvents<M> {
  static {
    attach = (observer, setting) => {
      observer.#setting = setting;
    };
  }

  #setting: ObserverSetting | undefined;

  /** The clock of the conversation; the machine's before it observes one. */
  protected get clock(): Clock {
    return this.#setting?.clock ?? systemClock;
  }

  /** Where the warnings of the task go; the console before it observes one. */
  protected get log(): Logger {
    return this.#setting?.log ?? consoleLogger();
  }

  /** A frame went from one processor to the next. */
  onPushFrame?(data: FramePushed): void | Promise<void>;
  /** A processor began to handle a frame. */
  onProcessFrame?(data: FrameProcessed): void | Promise<void>;
  /** The pipeline has started. */
  onPipelineStarted(): void | Promise<void> {}
  /** The pipeline has come to its end. */
  onPipelineFinished(): void | Promise<void> {}

  /** Told of every handler that threw. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.log.error(`A handler of the event "${event}" failed`, error);
  }
}

/** Has an observer share the clock and the log of a task. */
export function attachObserver(observer: BaseObserver, setting: ObserverSetting): void {
  attach(observer, setting);
}
