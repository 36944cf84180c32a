import {
  type Frame,
  FrameProcessorPauseFrame,
  FrameProcessorPauseUrgentFrame,
  FrameProcessorResumeFrame,
  FrameProcessorResumeUrgentFrame,
} from "../frames/mod.ts";
import type { Named } from "./environment.ts";

type PauseFrame = FrameProcessorPauseFrame | FrameProcessorPauseUrgentFrame;
type ResumeFrame = FrameProcessorResumeFrame | FrameProcessorResumeUrgentFrame;

/** Whether a frame tells some processor to pause or to go on. */
export function isPause(frame: Frame): frame is PauseFrame | ResumeFrame {
  return begins(frame) || frame instanceof FrameProcessorResumeFrame ||
    frame instanceof FrameProcessorResumeUrgentFrame;
}

/** Whether a processor is to be paused: what the frame says if it is for that one, else what was. */
export function pausedBy(frame: Frame, owner: Named, paused: boolean): boolean {
  if (!isPause(frame)) return paused;
  const isMeant = frame.processor === owner || frame.processor.name === owner.name;
  return isMeant ? begins(frame) : paused;
}

function begins(frame: Frame): frame is PauseFrame {
  return frame instanceof FrameProcessorPauseFrame ||
    frame instanceof FrameProcessorPauseUrgentFrame;
}
