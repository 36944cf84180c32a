import { ControlFrame } from "../../frames/mod.ts";

/**
 * Has the recorders of a pipeline start to record.
 *
 * @example
 * ```ts
 * import { AudioBufferStartRecordingFrame } from "@parley/sdk/processors/audio";
 * console.log(new AudioBufferStartRecordingFrame().uninterruptible); // true
 * ```
 */
export class AudioBufferStartRecordingFrame extends ControlFrame {
  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Has the recorders of a pipeline stop recording, and give what they have.
 *
 * @example
 * ```ts
 * import { AudioBufferStopRecordingFrame } from "@parley/sdk/processors/audio";
 * console.log(new AudioBufferStopRecordingFrame().uninterruptible); // true
 * ```
 */
export class AudioBufferStopRecordingFrame extends ControlFrame {
  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}
