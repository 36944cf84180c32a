import type { Frame, FrameDirection } from "../frames/mod.ts";

/** Told of what a processor does with frames, within the doing; there is one only while somebody listens. */
export interface Tap {
  /** The processor begins with a frame. */
  beforeProcess(frame: Frame, direction: FrameDirection): void;
  /** It is done with it. */
  afterProcess(frame: Frame, direction: FrameDirection): void;
  /** It pushes a frame. */
  beforePush(frame: Frame, direction: FrameDirection): void;
  /** The neighbour has it. */
  afterPush(frame: Frame, direction: FrameDirection): void;
}
