import { Frame, type FrameDirection } from "../../frames/mod.ts";
import { isLifecycle } from "../_lifecycle.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/** What a {@linkcode FunctionFilter} can be given. */
export interface FunctionFilterOptions extends FrameProcessorOptions {
  /** Says whether a frame passes. A frame for which it throws does not, and an error is reported. */
  readonly filter: (frame: Frame) => boolean | Promise<boolean>;
  /** The direction that is filtered; `null` for both. @default {"downstream"} */
  readonly direction?: FrameDirection | null | undefined;
  /** Whether system frames are filtered as well. @default {false} */
  readonly filterSystemFrames?: boolean | undefined;
}

/**
 * Lets those frames by that a function of yours accepts.
 *
 * What starts, ends, cancels or interrupts a pipeline always passes, and the
 * function is not asked about it.
 *
 * @example
 * ```ts
 * import { TextFrame } from "@parley/sdk/frames";
 * import { FunctionFilter } from "@parley/sdk/processors/filters";
 * await using longTexts = new FunctionFilter({
 *   filter: (frame) => frame instanceof TextFrame && frame.text.length > 10,
 * });
 * console.log(longTexts.name); // "FunctionFilter#1"
 * ```
 */
export class FunctionFilter extends FrameProcessor {
  /** Makes a filter. */
  constructor(options: FunctionFilterOptions) {
    super(options);
    const { filter, direction = "downstream", filterSystemFrames = false } = options;
    this.handle<Frame>(Frame, (frame, context) => {
      const free = isLifecycle(frame) || (frame.kind === "system" && !filterSystemFrames) ||
        (direction !== null && direction !== context.direction);
      const passes = free || filter(frame);
      if (passes === true) return context.forward();
      if (passes === false) return;
      return passes.then((yes) => yes ? context.forward() : undefined);
    });
  }
}
