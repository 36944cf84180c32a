import {
  CancelFrame,
  CancelTaskFrame,
  EndFrame,
  EndTaskFrame,
  ErrorFrame,
  type Frame,
  type FrameDirection,
  HeartbeatFrame,
  InterruptionFrame,
  InterruptionTaskFrame,
  StartFrame,
  StopFrame,
  StopTaskFrame,
} from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { engineOf } from "../processors/frame_processor.ts";

/** What the ends of a pipeline tell its task. */
export interface TaskDoor {
  started(frame: StartFrame): void;
  reachedEnd(frame: EndFrame | StopFrame | CancelFrame): void;
  error(frame: ErrorFrame): void;
  queue(frame: Frame): void;
  cancel(reason: unknown): void;
  heartbeat(frame: HeartbeatFrame): void;
}

/** An end of a pipeline, where the task's own frames enter. */
class TaskEnd extends FrameProcessor {
  /** Sends a frame of the task, which belongs to the present epoch. */
  inject(frame: Frame, direction: FrameDirection): void | Promise<void> {
    const engine = engineOf(this);
    const { epochs } = engine.env;
    if (frame.interrupts) epochs.current++;
    return engine.send(frame, direction, epochs.current);
  }
}

/** The beginning: what comes up here is for the task. */
export class PipelineStart extends TaskEnd {
  constructor(door: TaskDoor) {
    super({ name: "PipelineStart" });
    this.handle(EndTaskFrame, (frame) => door.queue(new EndFrame(frame.reason)));
    this.handle(StopTaskFrame, () => door.queue(new StopFrame()));
    this.handle(CancelTaskFrame, (frame) => door.cancel(frame.reason));
    this.handle(InterruptionTaskFrame, () => door.queue(new InterruptionFrame()));
    this.handle(ErrorFrame, (frame) => door.error(frame));
    // A cancel that a processor pushed is for the whole pipeline.
    this.handle(CancelFrame, (frame) => door.cancel(frame.reason));
  }
}

/** The end: what comes down here has been through everything. */
export class PipelineEnd extends TaskEnd {
  constructor(door: TaskDoor) {
    super({ name: "PipelineEnd" });
    this.handle(StartFrame, (frame) => door.started(frame));
    this.handle(HeartbeatFrame, (frame) => door.heartbeat(frame));
    this.handle(EndFrame, (frame) => door.reachedEnd(frame));
    this.handle(StopFrame, (frame) => door.reachedEnd(frame));
    // Errors and cancels pushed downstream are for the task as well.
    this.handle(ErrorFrame, (frame) => door.error(frame));
    this.handle(CancelFrame, (frame) => door.cancel(frame.reason));
  }
}
