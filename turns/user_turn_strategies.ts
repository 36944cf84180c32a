import type { AnyUserTurnStartStrategy } from "./user_start/base_user_turn_start_strategy.ts";
import { ExternalUserTurnStartStrategy } from "./user_start/external_user_turn_start_strategy.ts";
import { TranscriptionUserTurnStartStrategy } from "./user_start/transcription_user_turn_start_strategy.ts";
import { VADUserTurnStartStrategy } from "./user_start/vad_user_turn_start_strategy.ts";
import type { BaseUserTurnStopStrategy } from "./user_stop/base_user_turn_stop_strategy.ts";
import { ExternalUserTurnStopStrategy } from "./user_stop/external_user_turn_stop_strategy.ts";
import { SpeechTimeoutUserTurnStopStrategy } from "./user_stop/speech_timeout_user_turn_stop_strategy.ts";

/**
 * The start strategies of a conversation that names none: a voice, and words.
 *
 * @example
 * ```ts
 * import { defaultUserTurnStartStrategies } from "@parley/sdk/turns";
 * console.log(defaultUserTurnStartStrategies().map(({ name }) => name));
 * ```
 */
export function defaultUserTurnStartStrategies(): AnyUserTurnStartStrategy[] {
  return [new VADUserTurnStartStrategy(), new TranscriptionUserTurnStartStrategy()];
}

/**
 * The stop strategies of a conversation that names none: silence.
 *
 * @example
 * ```ts
 * import { defaultUserTurnStopStrategies } from "@parley/sdk/turns";
 * console.log(defaultUserTurnStopStrategies().map(({ name }) => name));
 * ```
 */
export function defaultUserTurnStopStrategies(): BaseUserTurnStopStrategy[] {
  return [new SpeechTimeoutUserTurnStopStrategy()];
}

/** What {@linkcode UserTurnStrategies} can be given. */
export interface UserTurnStrategiesOptions {
  /** When a turn begins: the first that says so, in this order. */
  readonly start?: readonly AnyUserTurnStartStrategy[] | undefined;
  /** When a turn is over: whichever says so first. */
  readonly stop?: readonly BaseUserTurnStopStrategy[] | undefined;
}

/**
 * How the user's turns are found. The strategies belong to one conversation:
 * make new ones for each.
 *
 * @example Three words to interrupt the bot
 * ```ts
 * import { MinWordsUserTurnStartStrategy, UserTurnStrategies } from "@parley/sdk/turns";
 * const strategies = new UserTurnStrategies({
 *   start: [new MinWordsUserTurnStartStrategy({ minWords: 3 })],
 * });
 * console.log(strategies.stop.length); // 1
 * ```
 */
export class UserTurnStrategies {
  /** When a turn begins. */
  readonly start: readonly AnyUserTurnStartStrategy[];
  /** When a turn is over. */
  readonly stop: readonly BaseUserTurnStopStrategy[];

  /** Makes strategies, with defaults for what is not given. */
  constructor(options: UserTurnStrategiesOptions = {}) {
    this.start = options.start ?? defaultUserTurnStartStrategies();
    this.stop = options.stop ?? defaultUserTurnStopStrategies();
  }
}

/** What {@linkcode ExternalUserTurnStrategies} can be given. */
export interface ExternalUserTurnStrategiesOptions {
  /** Whether a turn that was only proposed interrupts the bot. @default {true} */
  readonly enableInterruptions?: boolean | undefined;
}

/**
 * For turns that somebody else finds: an STT service, or a `UserTurnProcessor`.
 *
 * @example
 * ```ts
 * import { ExternalUserTurnStrategies } from "@parley/sdk/turns";
 * console.log(new ExternalUserTurnStrategies().start[0]?.name);
 * ```
 */
export class ExternalUserTurnStrategies extends UserTurnStrategies {
  /** Makes strategies. */
  constructor(options: ExternalUserTurnStrategiesOptions = {}) {
    super({
      start: [new ExternalUserTurnStartStrategy(options)],
      stop: [new ExternalUserTurnStopStrategy()],
    });
  }
}

/** The strategies that were asked for, whole. */
export function strategiesOf(
  given: UserTurnStrategies | UserTurnStrategiesOptions | undefined,
): UserTurnStrategies {
  return given instanceof UserTurnStrategies ? given : new UserTurnStrategies(given);
}
