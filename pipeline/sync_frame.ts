import { ControlFrame } from "../frames/mod.ts";

/**
 * Follows a frame through a branch of a `SyncParallelPipeline`: where it comes
 * out, the branch is done with the frame. It never leaves the branches.
 *
 * @example
 * ```ts
 * import { SyncFrame } from "@parley/sdk/pipeline";
 * console.log(new SyncFrame().uninterruptible); // true
 * ```
 */
export class SyncFrame extends ControlFrame {
  /** Always true: a branch is done only once it is done. */
  override get uninterruptible(): true {
    return true;
  }
}
