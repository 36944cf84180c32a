import type { Timer } from "../async/mod.ts";
import {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  CancelFrame,
  EndFrame,
  type Frame,
  type FrameClass,
  type FrameDirection,
  StopFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions, type FrameScope } from "../processors/mod.ts";

/**
 * Called when the user is idle, with how many times in a row that is. Giving
 * `false` ends the watching.
 */
export type UserIdleCallback = (
  processor: UserIdleProcessor,
  retryCount: number,
) => void | boolean | Promise<void | boolean>;

/** What a {@linkcode UserIdleProcessor} can be given. */
export interface UserIdleProcessorOptions extends FrameProcessorOptions {
  /** Called when the user is idle. */
  readonly callback: UserIdleCallback;
  /** Seconds of silence that make the user idle. */
  readonly timeoutSecs: number;
}

/**
 * Calls a function of yours whenever nobody has spoken for some time, from when
 * somebody spoke first. Stands behind the input of the transport.
 *
 * `userIdleTimeoutSecs` of the user aggregator does the same within the logic
 * of turns, knows of open function calls, and is the better choice.
 *
 * @example
 * ```ts
 * import { TTSSpeakFrame } from "@parley/sdk/frames";
 * import { UserIdleProcessor } from "@parley/sdk/turns";
 * await using idle = new UserIdleProcessor({
 *   timeoutSecs: 5,
 *   callback: async (processor, retryCount) => {
 *     await processor.pushFrame(new TTSSpeakFrame("Are you still there?"));
 *     return retryCount < 3;
 *   },
 * });
 * console.log(idle.retryCount); // 0
 * ```
 */
export class UserIdleProcessor extends FrameProcessor {
  readonly #callback: UserIdleCallback;
  readonly #timeoutMs: number;
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  readonly #speaking: Set<"user" | "bot"> = new Set();
  #state: "before" | "watching" | "over" = "before";
  #timer: Timer | undefined;
  #calling = false;
  #retryCount = 0;

  /**
   * Makes a processor that watches from when somebody speaks first.
   *
   * @throws {RangeError} If the time is not more than zero.
   */
  constructor(options: UserIdleProcessorOptions) {
    super(options);
    const { callback, timeoutSecs } = options;
    if (!(timeoutSecs > 0)) {
      throw new RangeError(
        `Cannot watch for idle users: "timeoutSecs" is ${timeoutSecs}, pass more than 0`,
      );
    }
    this.#callback = callback;
    this.#timeoutMs = timeoutSecs * 1000;
    this.#note(UserStartedSpeakingFrame, () => {
      this.#retryCount = 0;
      this.#speaking.add("user");
    });
    this.#note(UserStoppedSpeakingFrame, () => this.#speaking.delete("user"));
    this.#note(BotStartedSpeakingFrame, () => this.#speaking.add("bot"));
    this.#note(BotStoppedSpeakingFrame, () => this.#speaking.delete("bot"));
    this.#note(BotSpeakingFrame, () => {});
    for (const last of [EndFrame, StopFrame, CancelFrame]) {
      this.handle<Frame>(last, () => this.#stop());
    }
  }

  /** How many times in a row the user was idle. */
  get retryCount(): number {
    return this.#retryCount;
  }

  /** Sends a frame, such as a reminder, from where the processor stands. */
  pushFrame(frame: Frame, direction: FrameDirection = "downstream"): void | Promise<void> {
    return this.#out.push(frame, direction);
  }

  /** Watches no longer. */
  protected override onClose(): void {
    this.#stop();
  }

  #note<F extends Frame>(frameClass: FrameClass<F>, note: () => void): void {
    this.handle<F>(frameClass, (frame, context) => {
      note();
      const first = frame instanceof UserStartedSpeakingFrame || frame instanceof BotSpeakingFrame;
      if (this.#state === "before" && first) this.#state = "watching";
      this.#watch();
      return context.forward();
    });
  }

  /** Measures the silence anew. */
  #watch(): void {
    this.#timer?.cancel();
    if (this.#state !== "watching" || this.#speaking.size > 0 || this.#calling) return;
    this.#timer = this.clock.timer(this.#timeoutMs, () => void this.#idle());
  }

  async #idle(): Promise<void> {
    this.#retryCount++;
    this.#calling = true;
    try {
      if (await this.#callback(this, this.#retryCount) === false) this.#stop();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.reportError(`Cannot run the callback for idle users in "${this.name}": ${why}`, error);
    }
    this.#calling = false;
    this.#watch();
  }

  #stop(): void {
    this.#state = "over";
    this.#timer?.cancel();
  }
}
