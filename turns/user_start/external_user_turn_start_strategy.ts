import type { TurnEvent } from "../events.ts";
import {
  BaseUserTurnStartStrategy,
  type UserTurnStartVerdict,
} from "./base_user_turn_start_strategy.ts";

/**
 * The turn begins when somebody else says so, such as an STT service that finds
 * turns itself.
 *
 * Whoever sends `UserStartedSpeakingFrame` has announced the turn, and
 * interrupts the bot where that is wanted; whoever only proposes it with
 * `ProposedUserStartedSpeakingFrame` leaves both to this strategy.
 *
 * @example
 * ```ts
 * import { ExternalUserTurnStartStrategy } from "@parley/sdk/turns";
 * console.log(new ExternalUserTurnStartStrategy().name);
 * ```
 */
export class ExternalUserTurnStartStrategy extends BaseUserTurnStartStrategy {
  /** Takes an event. */
  handle(event: TurnEvent): UserTurnStartVerdict {
    if (event.type !== "externalStarted") return "pass";
    return event.proposed ? this.start() : { interrupt: false, announce: false };
  }
}
