import type { Frame, FrameDirection } from "../frames/mod.ts";

/**
 * Work that can push frames until an interruption makes it stale: then its
 * signal aborts, and what it still pushes goes nowhere.
 */
export interface FrameScope extends Disposable {
  /** Aborted when the work is interrupted, cancelled or closed. */
  readonly signal: AbortSignal;
  /**
   * Sends a frame to the neighbour. What it gives is pending while the
   * neighbour has too much to do; awaiting it is how a source is slowed down.
   *
   * @param direction `"downstream"` by default.
   */
  push(frame: Frame, direction?: FrameDirection): void | Promise<void>;
  /** Makes two frames and sends one each way, tied by `broadcastSiblingId`. */
  broadcast(make: () => Frame): void | Promise<void>;
  /** Ends the work; what it still pushes goes nowhere. */
  close(): void;
}

/** What a handler works with, as `controller` is for a transformer. */
export interface FrameContext {
  /** Where the frame goes. */
  readonly direction: FrameDirection;
  /** Aborted when this frame's work is interrupted. */
  readonly signal: AbortSignal;
  /**
   * Sends a frame to the neighbour. What it gives is pending while the
   * neighbour has too much to do.
   *
   * @param direction `"downstream"` by default.
   */
  push(frame: Frame, direction?: FrameDirection): void | Promise<void>;
  /**
   * Does with a frame (this one by default) what would be done without this
   * handler: what the parent class does, or pass it on in its direction.
   */
  forward(frame?: Frame): void | Promise<void>;
  /** Makes two frames and sends one each way, tied by `broadcastSiblingId`. */
  broadcast(make: () => Frame): void | Promise<void>;
}

/** Handles the frames of one class. */
export type Handler<F extends Frame> = (frame: F, context: FrameContext) => void | Promise<void>;

/** Where frames arrive: the door of a processor, or a fan to several. */
export interface Port {
  /** Whose door it is; nobody's where frames only change their path. */
  readonly owner: { readonly name: string } | undefined;
  /** Takes a frame in; a promise says when there is room for the next. */
  arrive(frame: Frame, direction: FrameDirection, epoch: number): void | Promise<void>;
}

/** What a processor is for, as far as the order of a pipeline depends on it. */
export type ProcessorRole =
  | "input"
  | "stt"
  | "user-context"
  | "llm"
  | "filler"
  | "tts"
  | "output"
  | "assistant-context"
  | "other";
