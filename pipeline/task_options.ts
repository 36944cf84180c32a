import type { Clock, Logger } from "../async/mod.ts";
import type {
  CancelFrame,
  EndFrame,
  ErrorFrame,
  Frame,
  FrameClass,
  StartFrame,
  StopFrame,
} from "../frames/mod.ts";
import type { AnyFrameProcessor, BaseObserver } from "../processors/mod.ts";
import type { PipelineParams } from "./params.ts";

/** A processor at the head of the pipeline that has an observer with it. */
export type TaskRTVI = AnyFrameProcessor & { readonly observer: BaseObserver };

/** A frame that ends a pipeline. */
export type TerminalFrame = EndFrame | StopFrame | CancelFrame;

/**
 * What a task does when a processor can no longer do its job: go on and leave
 * it to the handlers of `pipelineError`, end once everything queued is done, or
 * cancel.
 */
export type ProcessorUnusablePolicy = "continue" | "end" | "cancel";

/** What a {@linkcode PipelineTask} can be given. */
export interface PipelineTaskOptions {
  /** Its name in logs; class and number by default. */
  readonly name?: string | undefined;
  /** How the pipeline is to run. */
  readonly params?: PipelineParams | undefined;
  /** Speaks with the client: an `RTVIProcessor`, which stands before the pipeline. */
  readonly rtvi?: TaskRTVI | undefined;
  /** Who sees every frame. */
  readonly observers?: readonly BaseObserver[] | undefined;
  /** The clock of the conversation. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Where warnings go. @default {consoleLogger("warn")} */
  readonly log?: Logger | undefined;
  /** Cancels the task when it aborts: a caller who left, a server that stops. */
  readonly signal?: AbortSignal | undefined;
  /** Names the conversation in logs and traces; a UUID by default. */
  readonly conversationId?: string | undefined;
  /** Whether services open tracing spans. @default {false} */
  readonly enableTracing?: boolean | undefined;
  /** Whether the task has a `turnTrackingObserver` for who asks for it. @default {true} */
  readonly enableTurnTracking?: boolean | undefined;
  /**
   * What the application shares with its tools and processors, such as a
   * database: `appResources` of a tool's parameters. It is handed on as it is.
   */
  readonly appResources?: unknown;
  /**
   * Seconds without any of the {@linkcode PipelineTaskOptions.idleTimeoutFrames}
   * after which the pipeline counts as idle; `null` for never. While the bot
   * speaks or a tool is at work it does not, whatever the frames are.
   *
   * @default {300}
   */
  readonly idleTimeoutSecs?: number | null | undefined;
  /**
   * Frames that show that something goes on, wherever in the pipeline they are.
   *
   * @default {[BotSpeakingFrame, UserSpeakingFrame]}
   */
  readonly idleTimeoutFrames?: readonly FrameClass[] | undefined;
  /** Whether the task is cancelled when it is idle, once the handlers ran. @default {true} */
  readonly cancelOnIdleTimeout?: boolean | undefined;
  /** Whether the runner's other tasks are cancelled with it. @default {false} */
  readonly cancelRunnerOnIdleTimeout?: boolean | undefined;
  /** What to do when a processor can no longer do its job. @default {"continue"} */
  readonly processorUnusablePolicy?: ProcessorUnusablePolicy | undefined;
  /** Whether background tasks that did not end are named in the log. @default {true} */
  readonly checkDanglingTasks?: boolean | undefined;
  /** Seconds that the start may take to come to the end of the pipeline. @default {20} */
  readonly startTimeoutSecs?: number | undefined;
  /** Seconds that a cancel may take; those of `lifecycleTimeoutMs` by default. */
  readonly cancelTimeoutSecs?: number | undefined;
  /** Milliseconds a handler may delay start, stop, end and cancel. @default {10000} */
  readonly lifecycleTimeoutMs?: number | undefined;
  /** Milliseconds without any frame moving after which an end counts as hung. @default {30000} */
  readonly drainTimeoutMs?: number | undefined;
  /** Milliseconds after which an end counts as hung, however much moves. @default {600000} */
  readonly drainLimitMs?: number | undefined;
  /** Milliseconds that processors get to close. @default {2000} */
  readonly closeTimeoutMs?: number | undefined;
}

/** Events of a {@linkcode PipelineTask}. */
export interface PipelineTaskEvents {
  /** Every processor has handled the start frame. */
  readonly pipelineStarted: readonly [frame: StartFrame];
  /** The pipeline came to its end, by this frame. */
  readonly pipelineFinished: readonly [frame: TerminalFrame];
  /** An error reached the task. A fatal one cancels it after the handlers ran. */
  readonly pipelineError: readonly [frame: ErrorFrame];
  /** A frame that the task waited for did not come to the end: a processor hangs, and was named. */
  readonly pipelineTimeout: readonly [frame: StartFrame | TerminalFrame];
  /** A frame of the upstream filter came to the beginning of the pipeline. */
  readonly frameReachedUpstream: readonly [frame: Frame];
  /** A frame of the downstream filter came to the end of the pipeline. */
  readonly frameReachedDownstream: readonly [frame: Frame];
  /** Nothing happened for too long; told again as long as nothing does. */
  readonly idleTimeout: readonly [];
  /**
   * A heartbeat was missed, and is held by these processors, as far as they are
   * known; told again as long as they hold it.
   */
  readonly heartbeatTimeout: readonly [processors: readonly string[]];
}
