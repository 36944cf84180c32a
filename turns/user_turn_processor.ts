import {
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type ProcessorEvents,
} from "../processors/mod.ts";
import type { AnyUserTurnStartStrategy } from "./user_start/base_user_turn_start_strategy.ts";
import type { BaseUserTurnStopStrategy } from "./user_stop/base_user_turn_stop_strategy.ts";
import type { UserTurnStrategies, UserTurnStrategiesOptions } from "./user_turn_strategies.ts";
import { UserTurns } from "./_user_turns.ts";

/** What a {@linkcode UserTurnProcessor} can be given. */
export interface UserTurnProcessorOptions extends FrameProcessorOptions {
  /**
   * How the user's turns are found; by default as the STT service advises, else
   * by voice, words and silence.
   */
  readonly userTurnStrategies?: UserTurnStrategies | UserTurnStrategiesOptions | undefined;
  /** Seconds without anything happening after which a silent user's turn ends. @default {5} */
  readonly userTurnStopTimeoutSecs?: number | undefined;
  /** Seconds of silence after the bot's speech that make the user idle; 0 for never. @default {0} */
  readonly userIdleTimeoutSecs?: number | undefined;
}

/** Events of a {@linkcode UserTurnProcessor}. */
export interface UserTurnProcessorEvents extends ProcessorEvents {
  /** The user's turn has begun. */
  readonly userTurnStarted: readonly [strategy: AnyUserTurnStartStrategy];
  /** The user's turn is over; there is no strategy where time ran out or the session ended. */
  readonly userTurnStopped: readonly [strategy: BaseUserTurnStopStrategy | undefined];
  /** No strategy ended the turn in time; it ends now. */
  readonly userTurnStopTimeout: readonly [];
  /** The user does not answer. */
  readonly userTurnIdle: readonly [];
  /** The turn is over, and something was understood. */
  readonly userTurnInferenceTriggered: readonly [strategy: BaseUserTurnStopStrategy | undefined];
}

/**
 * Finds the user's turns for several conversations at once, such as those of
 * parallel branches: it announces them and interrupts the bot, and the words go
 * on to the aggregators, which are given `ExternalUserTurnStrategies`.
 *
 * @example
 * ```ts
 * import { UserTurnProcessor } from "@parley/sdk/turns";
 * await using turns = new UserTurnProcessor({ userTurnStopTimeoutSecs: 3 });
 * turns.on("userTurnStarted", ({ name }) => console.log(name));
 * ```
 */
export class UserTurnProcessor extends FrameProcessor<UserTurnProcessorEvents> {
  #out: FrameScope | undefined;

  /** Makes a processor. */
  constructor(options: UserTurnProcessorOptions = {}) {
    super(options);
    const turns = new UserTurns({
      handle: (frameClass, handler) => this.handle(frameClass, handler),
      clock: () => this.clock,
      out: () => this.#out ??= this.scope({ uninterruptible: true }),
      keepsWords: false,
      started: ({ strategy }) => this.emit("userTurnStarted", strategy),
      stopped: ({ strategy, text, outcome }) => {
        if (text !== "" && outcome !== "ended") this.emit("userTurnInferenceTriggered", strategy);
        this.emit("userTurnStopped", strategy);
      },
      stopTimeout: () => this.emit("userTurnStopTimeout"),
      idle: () => this.emit("userTurnIdle"),
      muted: () => {},
    }, options);
    this.lifeSignal.addEventListener("abort", () => turns.end(), { once: true });
  }
}
