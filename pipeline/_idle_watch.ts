import type { Clock, Timer } from "../async/mod.ts";
import {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  type FrameClass,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  UserSpeakingFrame,
} from "../frames/mod.ts";
import type { FrameWatch } from "../processors/mod.ts";
import { millisecondsOf } from "./_seconds.ts";
import type { PipelineTaskOptions } from "./task_options.ts";

/** Seconds without activity after which a pipeline counts as idle, unless its task says otherwise. */
export const IDLE_TIMEOUT_SECS = 300;

/** Frames that tell of the bot's speech, and of tools at work. */
const BUSY: readonly FrameClass[] = [
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallCancelFrame,
];

export interface IdleWatchOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Frames that show that something goes on. */
  readonly frames: readonly FrameClass[];
  /** Told that nothing does. */
  readonly idle: () => void;
}

/** Finds out that nothing goes on in a pipeline any more. */
export class IdleWatch implements FrameWatch {
  readonly classes: readonly FrameClass[];
  readonly #options: IdleWatchOptions;
  readonly #calls: Map<string, "open" | "ended"> = new Map();
  #open = 0;
  #speaking = false;
  /** The last frame that told of the bot's speech: those that lag behind tell nothing new. */
  #toldBy = 0;
  #lastAt = 0;
  #timer: Timer | undefined;

  constructor(options: IdleWatchOptions) {
    this.#options = options;
    this.classes = [...new Set([...options.frames, ...BUSY])];
  }

  /** Begins to count, from now. */
  start(): void {
    this.#lastAt = this.#options.clock.now();
    this.#look();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  seen(frame: Frame): void {
    this.#lastAt = this.#options.clock.now();
    if (frame instanceof BotStartedSpeakingFrame) this.#speaks(frame, true);
    else if (frame instanceof BotStoppedSpeakingFrame) this.#speaks(frame, false);
    else if (frame instanceof FunctionCallInProgressFrame) this.#began(frame.toolCallId);
    else if (frame instanceof FunctionCallCancelFrame) this.#ended(frame.toolCallId);
    else if (frame instanceof FunctionCallResultFrame && frame.properties?.isFinal !== false) {
      this.#ended(frame.toolCallId);
    }
  }

  #speaks(frame: Frame, speaking: boolean): void {
    if (frame.id < this.#toldBy) return;
    this.#toldBy = frame.id;
    this.#speaking = speaking;
  }

  #began(id: string): void {
    if (this.#calls.has(id)) return;
    this.#calls.set(id, "open");
    this.#open++;
  }

  #ended(id: string): void {
    if (this.#calls.get(id) === "open") this.#open--;
    this.#calls.set(id, "ended");
  }

  #look(): void {
    const { clock, timeoutMs, idle } = this.#options;
    const now = clock.now();
    if (this.#speaking || this.#open > 0) this.#lastAt = now;
    if (now - this.#lastAt >= timeoutMs) {
      this.#lastAt = now;
      idle();
    }
    this.#timer = clock.timer(this.#lastAt + timeoutMs - now, () => this.#look());
  }
}

/** Makes what a task's options ask for. */
export function idleWatchOf(
  options: PipelineTaskOptions,
  task: Pick<IdleWatchOptions, "clock" | "idle">,
): IdleWatch | undefined {
  const { idleTimeoutSecs = IDLE_TIMEOUT_SECS } = options;
  if (idleTimeoutSecs === null) return undefined;
  const { idleTimeoutFrames: frames = [BotSpeakingFrame, UserSpeakingFrame] } = options;
  const timeoutMs = millisecondsOf("idleTimeoutSecs", idleTimeoutSecs);
  return new IdleWatch({ ...task, timeoutMs, frames });
}
