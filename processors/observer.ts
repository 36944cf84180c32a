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

/**
 * Sees every frame of a pipeline, off the frames' path: however slow it is,
 * no frame waits for it. Override what you need.
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
export class BaseObserver {
  /** A frame went from one processor to the next. */
  onPushFrame?(data: FramePushed): void | Promise<void>;
  /** A processor began to handle a frame. */
  onProcessFrame?(data: FrameProcessed): void | Promise<void>;
  /** The pipeline has started. */
  onPipelineStarted(): void | Promise<void> {}
  /** The pipeline has come to its end. */
  onPipelineFinished(): void | Promise<void> {}
}
