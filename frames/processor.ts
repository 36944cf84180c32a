import type { NamedProcessor } from "./error.ts";
import { ControlFrame, SystemFrame } from "./frame.ts";

/**
 * Pauses a processor once it is done with what came before: data and control
 * frames wait there, system frames go on.
 *
 * @example
 * ```ts
 * import { FrameProcessorPauseFrame } from "@parley/sdk/frames";
 * console.log(new FrameProcessorPauseFrame({ name: "Narrator#1" }).processor.name);
 * ```
 */
export class FrameProcessorPauseFrame extends ControlFrame {
  /** The processor to pause. */
  readonly processor: NamedProcessor;

  /** Makes the frame. */
  constructor(processor: NamedProcessor) {
    super();
    this.processor = processor;
  }
}

/**
 * Has a paused processor go on with what waits there, in order. It overtakes
 * data, and so it gets through to a processor where frames have piled up.
 *
 * @example
 * ```ts
 * import { FrameProcessorResumeFrame } from "@parley/sdk/frames";
 * console.log(new FrameProcessorResumeFrame({ name: "Narrator#1" }).processor.name);
 * ```
 */
export class FrameProcessorResumeFrame extends SystemFrame {
  /** The processor to resume. */
  readonly processor: NamedProcessor;

  /** Makes the frame. */
  constructor(processor: NamedProcessor) {
    super();
    this.processor = processor;
  }
}

/**
 * Pauses a processor at once: what waits there already, waits on.
 *
 * @example
 * ```ts
 * import { FrameProcessorPauseUrgentFrame } from "@parley/sdk/frames";
 * console.log(new FrameProcessorPauseUrgentFrame({ name: "Narrator#1" }).processor.name);
 * ```
 */
export class FrameProcessorPauseUrgentFrame extends SystemFrame {
  /** The processor to pause. */
  readonly processor: NamedProcessor;

  /** Makes the frame. */
  constructor(processor: NamedProcessor) {
    super();
    this.processor = processor;
  }
}

/**
 * Has a paused processor go on at once, as {@linkcode FrameProcessorResumeFrame} does.
 *
 * @example
 * ```ts
 * import { FrameProcessorResumeUrgentFrame } from "@parley/sdk/frames";
 * console.log(new FrameProcessorResumeUrgentFrame({ name: "Narrator#1" }).processor.name);
 * ```
 */
export class FrameProcessorResumeUrgentFrame extends SystemFrame {
  /** The processor to resume. */
  readonly processor: NamedProcessor;

  /** Makes the frame. */
  constructor(processor: NamedProcessor) {
    super();
    this.processor = processor;
  }
}
