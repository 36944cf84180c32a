import type { UserTurn } from "../user_turn.ts";

/** What every stop strategy can be given. */
export interface UserTurnStopStrategyOptions {
  /** Whether it is announced with a frame that the user stopped. @default {true} */
  readonly enableUserSpeakingFrames?: boolean | undefined;
}

/**
 * Decides when the user's turn is over.
 *
 * A strategy keeps nothing in mind: it says of what is known of a turn when the
 * turn is over, and is asked again after each event. So what is known counts,
 * and never the order in which it became known.
 *
 * @example "Over" ends the turn at once
 * ```ts
 * import { BaseUserTurnStopStrategy, type UserTurn } from "@parley/sdk/turns";
 * class OverStopStrategy extends BaseUserTurnStopStrategy {
 *   stopAt({ transcripts }: UserTurn): number | undefined {
 *     const last = transcripts.at(-1);
 *     return last && /\bover\W*$/i.test(last.text) ? last.at : undefined;
 *   }
 * }
 * console.log(new OverStopStrategy().name); // "OverStopStrategy"
 * ```
 */
export abstract class BaseUserTurnStopStrategy {
  /** Whether it is announced with a frame that the user stopped. */
  readonly enableUserSpeakingFrames: boolean;

  /** Makes a strategy. */
  constructor(options: UserTurnStopStrategyOptions = {}) {
    this.enableUserSpeakingFrames = options.enableUserSpeakingFrames ?? true;
  }

  /** Its class's name, for logs. */
  get name(): string {
    return this.constructor.name;
  }

  /**
   * When the turn is over, in milliseconds of the clock, unless something else
   * happens before; a moment that has passed ends it at once.
   *
   * @returns The moment, or nothing as long as there is none.
   */
  abstract stopAt(turn: UserTurn): number | undefined;

  /** Whether `UserStoppedSpeakingFrame` is sent. */
  announces(_turn: UserTurn): boolean {
    return this.enableUserSpeakingFrames;
  }
}
