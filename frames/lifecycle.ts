import { ControlFrame, SystemFrame } from "./frame.ts";

/** What a {@linkcode StartFrame} can be given. */
export interface StartFrameOptions {
  /** Sample rate of the audio that comes in, in hertz. @default {16_000} */
  readonly audioInSampleRate?: number | undefined;
  /** Sample rate of the audio that goes out, in hertz. @default {24_000} */
  readonly audioOutSampleRate?: number | undefined;
  /** Whether services report how long they take. @default {false} */
  readonly enableMetrics?: boolean | undefined;
  /** Whether services open tracing spans. @default {false} */
  readonly enableTracing?: boolean | undefined;
  /**
   * Whether services report tokens, characters and seconds. @default {false}
   */
  readonly enableUsageMetrics?: boolean | undefined;
  /** Whether only the first time to first byte is reported. @default {false} */
  readonly reportOnlyInitialTtfb?: boolean | undefined;
}

/**
 * Starts a pipeline: the first frame, which every processor sees before any
 * other.
 *
 * @example
 * ```ts
 * import { StartFrame } from "@parley/sdk/frames";
 * const frame = new StartFrame();
 * console.log(frame.name); // "StartFrame#1"
 * ```
 */
export class StartFrame extends SystemFrame {
  /** Sample rate of the audio that comes in, in hertz. */
  readonly audioInSampleRate: number;
  /** Sample rate of the audio that goes out, in hertz. */
  readonly audioOutSampleRate: number;
  /** Whether services report how long they take. */
  readonly enableMetrics: boolean;
  /** Whether services open tracing spans. */
  readonly enableTracing: boolean;
  /** Whether services report tokens, characters and seconds. */
  readonly enableUsageMetrics: boolean;
  /** Whether only the first time to first byte is reported. */
  readonly reportOnlyInitialTtfb: boolean;

  /** Makes the frame. */
  constructor(options: StartFrameOptions = {}) {
    super();
    this.audioInSampleRate = options.audioInSampleRate ?? 16_000;
    this.audioOutSampleRate = options.audioOutSampleRate ?? 24_000;
    this.enableMetrics = options.enableMetrics ?? false;
    this.enableTracing = options.enableTracing ?? false;
    this.enableUsageMetrics = options.enableUsageMetrics ?? false;
    this.reportOnlyInitialTtfb = options.reportOnlyInitialTtfb ?? false;
  }
}

/**
 * Ends a pipeline once everything queued before it is done.
 *
 * @example
 * ```ts
 * import { EndFrame } from "@parley/sdk/frames";
 * const frame = new EndFrame();
 * console.log(frame.name); // "EndFrame#1"
 * ```
 */
export class EndFrame extends ControlFrame {
  /** Why, for logs and events. */
  readonly reason: unknown | undefined;

  /** Makes the frame. */
  constructor(reason: unknown = undefined) {
    super();
    this.reason = reason;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Stops a pipeline once everything queued before it is done, and leaves its
 * processors open for another run.
 *
 * @example
 * ```ts
 * import { StopFrame } from "@parley/sdk/frames";
 * const frame = new StopFrame();
 * console.log(frame.name); // "StopFrame#1"
 * ```
 */
export class StopFrame extends ControlFrame {
  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Ends a pipeline at once: what is queued is dropped, what is in work is
 * aborted.
 *
 * @example
 * ```ts
 * import { CancelFrame } from "@parley/sdk/frames";
 * const frame = new CancelFrame();
 * console.log(frame.name); // "CancelFrame#1"
 * ```
 */
export class CancelFrame extends SystemFrame {
  /** Why, for logs and events. */
  readonly reason: unknown | undefined;

  /** Makes the frame. */
  constructor(reason: unknown = undefined) {
    super();
    this.reason = reason;
  }

  /** Always true. */
  override get interrupts(): true {
    return true;
  }
}

/**
 * Stops what the bot is saying and doing, on arrival: what is in work is
 * aborted, queues are emptied, and what stale work still pushes is dropped.
 *
 * @example
 * ```ts
 * import { InterruptionFrame } from "@parley/sdk/frames";
 * const frame = new InterruptionFrame();
 * console.log(frame.name); // "InterruptionFrame#1"
 * ```
 */
export class InterruptionFrame extends SystemFrame {
  /** Always true. */
  override get interrupts(): true {
    return true;
  }
}

/**
 * A request to the pipeline's task that waits for nothing; pushed upstream.
 *
 * @example
 * ```ts
 * import { TaskSystemFrame } from "@parley/sdk/frames";
 * const frame = new TaskSystemFrame();
 * console.log(frame.name); // "TaskSystemFrame#1"
 * ```
 */
export class TaskSystemFrame extends SystemFrame {
}

/**
 * A request to the pipeline's task, in order with the data.
 *
 * @example
 * ```ts
 * import { TaskFrame } from "@parley/sdk/frames";
 * const frame = new TaskFrame();
 * console.log(frame.name); // "TaskFrame#1"
 * ```
 */
export class TaskFrame extends ControlFrame {
}

/**
 * Asks the task to end the pipeline once everything queued is done.
 *
 * @example
 * ```ts
 * import { EndTaskFrame } from "@parley/sdk/frames";
 * const frame = new EndTaskFrame();
 * console.log(frame.name); // "EndTaskFrame#1"
 * ```
 */
export class EndTaskFrame extends TaskFrame {
  /** Why, for logs and events. */
  readonly reason: unknown | undefined;

  /** Makes the frame. */
  constructor(reason: unknown = undefined) {
    super();
    this.reason = reason;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Asks the task to stop the pipeline once everything queued is done.
 *
 * @example
 * ```ts
 * import { StopTaskFrame } from "@parley/sdk/frames";
 * const frame = new StopTaskFrame();
 * console.log(frame.name); // "StopTaskFrame#1"
 * ```
 */
export class StopTaskFrame extends TaskFrame {
  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Asks the task to end the pipeline at once.
 *
 * @example
 * ```ts
 * import { CancelTaskFrame } from "@parley/sdk/frames";
 * const frame = new CancelTaskFrame();
 * console.log(frame.name); // "CancelTaskFrame#1"
 * ```
 */
export class CancelTaskFrame extends TaskSystemFrame {
  /** Why, for logs and events. */
  readonly reason: unknown | undefined;

  /** Makes the frame. */
  constructor(reason: unknown = undefined) {
    super();
    this.reason = reason;
  }
}

/**
 * Asks the task to interrupt the whole pipeline.
 *
 * @example
 * ```ts
 * import { InterruptionTaskFrame } from "@parley/sdk/frames";
 * const frame = new InterruptionTaskFrame();
 * console.log(frame.name); // "InterruptionTaskFrame#1"
 * ```
 */
export class InterruptionTaskFrame extends TaskSystemFrame {
}

/**
 * A client has connected to the transport.
 *
 * @example
 * ```ts
 * import { ClientConnectedFrame } from "@parley/sdk/frames";
 * const frame = new ClientConnectedFrame();
 * console.log(frame.name); // "ClientConnectedFrame#1"
 * ```
 */
export class ClientConnectedFrame extends SystemFrame {
}

/**
 * The bot has joined the transport's room.
 *
 * @example
 * ```ts
 * import { BotConnectedFrame } from "@parley/sdk/frames";
 * const frame = new BotConnectedFrame();
 * console.log(frame.name); // "BotConnectedFrame#1"
 * ```
 */
export class BotConnectedFrame extends SystemFrame {
}

/**
 * Travels the whole pipeline at an interval, to show that it lives.
 *
 * @example
 * ```ts
 * import { HeartbeatFrame } from "@parley/sdk/frames";
 * const frame = new HeartbeatFrame(0);
 * console.log(frame.name); // "HeartbeatFrame#1"
 * ```
 */
export class HeartbeatFrame extends ControlFrame {
  /** When it was sent, in milliseconds of the clock. */
  readonly timestamp: number;

  /** Makes the frame. */
  constructor(timestamp: number) {
    super();
    this.timestamp = timestamp;
  }

  /** Always false: it would move in a pipeline that hangs, too. */
  override get progress(): false {
    return false;
  }
}
