import { Frame } from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/**
 * Keeps every frame but system frames and what ends a pipeline, in both
 * directions: the end of a branch that nothing is to come out of.
 *
 * @example
 * ```ts
 * import { NullFilter } from "@parley/sdk/processors/filters";
 * await using deadEnd = new NullFilter();
 * console.log(deadEnd.name); // "NullFilter#1"
 * ```
 */
export class NullFilter extends FrameProcessor {
  /** Makes a filter. */
  constructor(options: FrameProcessorOptions = {}) {
    super(options);
    this.handle<Frame>(Frame, (frame, context) => {
      if (frame.kind === "system") return context.forward();
    });
  }
}
