import type { TurnEvent } from "../events.ts";
import {
  BaseUserTurnStartStrategy,
  type UserTurnStartVerdict,
} from "./base_user_turn_start_strategy.ts";

/**
 * The turn begins when a voice is heard.
 *
 * @example
 * ```ts
 * import { VADUserTurnStartStrategy } from "@parley/sdk/turns";
 * console.log(new VADUserTurnStartStrategy({ enableInterruptions: false }).enableInterruptions);
 * ```
 */
export class VADUserTurnStartStrategy extends BaseUserTurnStartStrategy {
  /** Takes an event. */
  handle(event: TurnEvent): UserTurnStartVerdict {
    return event.type === "vadStarted" ? this.start() : "pass";
  }
}
