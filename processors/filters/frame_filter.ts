import { Frame, type FrameClass } from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/** What a {@linkcode FrameFilter} can be given. */
export interface FrameFilterOptions extends FrameProcessorOptions {
  /** The classes of frames that pass, with their child classes. */
  readonly types: readonly FrameClass[];
}

/**
 * Lets frames of some classes by, in both directions, and keeps the others.
 * System frames pass always, and so does what ends a pipeline.
 *
 * @example
 * ```ts
 * import { TextFrame } from "@parley/sdk/frames";
 * import { FrameFilter } from "@parley/sdk/processors/filters";
 * await using onlyText = new FrameFilter({ types: [TextFrame] });
 * console.log(onlyText.name); // "FrameFilter#1"
 * ```
 */
export class FrameFilter extends FrameProcessor {
  /** Makes a filter. */
  constructor(options: FrameFilterOptions) {
    super(options);
    const { types } = options;
    this.handle<Frame>(Frame, (frame, context) => {
      const passes = frame.kind === "system" || types.some((type) => frame instanceof type);
      if (passes) return context.forward();
    });
  }
}
