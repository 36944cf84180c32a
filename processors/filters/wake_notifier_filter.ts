import { Frame, type FrameClass } from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";
import type { BaseNotifier } from "./notifier.ts";

/** What a {@linkcode WakeNotifierFilter} can be given. */
export interface WakeNotifierFilterOptions extends FrameProcessorOptions {
  /** What is told. */
  readonly notifier: BaseNotifier;
  /** The classes of frames that are looked at, with their child classes. */
  readonly types: readonly FrameClass[];
  /** Says whether such a frame is worth telling of. */
  readonly filter: (frame: Frame) => boolean | Promise<boolean>;
}

/**
 * Lets every frame by, and notifies somebody when one comes that a function of
 * yours accepts. The frame passes on first: watching delays nothing.
 *
 * @example
 * ```ts
 * import { TranscriptionFrame } from "@parley/sdk/frames";
 * import { EventNotifier, WakeNotifierFilter } from "@parley/sdk/processors/filters";
 * const notifier = new EventNotifier();
 * await using filter = new WakeNotifierFilter({
 *   notifier,
 *   types: [TranscriptionFrame],
 *   filter: (frame) => frame instanceof TranscriptionFrame && /\bparley\b/i.test(frame.text),
 * });
 * console.log(filter.name); // "WakeNotifierFilter#1"
 * ```
 */
export class WakeNotifierFilter extends FrameProcessor {
  /** Makes a filter. */
  constructor(options: WakeNotifierFilterOptions) {
    super(options);
    const { notifier, types, filter } = options;
    this.handle<Frame>(Frame, (frame, context) => {
      const room = context.forward();
      if (!types.some((type) => frame instanceof type)) return room;
      const wanted = filter(frame);
      if (wanted === false) return room;
      return (async () => {
        if (await wanted) await notifier.notify();
        await room;
      })();
    });
  }
}
