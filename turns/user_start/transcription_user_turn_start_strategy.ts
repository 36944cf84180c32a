import type { TurnEvent } from "../events.ts";
import {
  BaseUserTurnStartStrategy,
  type UserTurnStartStrategyOptions,
  type UserTurnStartVerdict,
} from "./base_user_turn_start_strategy.ts";

/** What a {@linkcode TranscriptionUserTurnStartStrategy} can be given. */
export interface TranscriptionUserTurnStartStrategyOptions extends UserTurnStartStrategyOptions {
  /** Whether words that are not final yet count. @default {true} */
  readonly useInterim?: boolean | undefined;
}

/**
 * The turn begins when words are understood: for speech too soft for a VAD.
 *
 * @example
 * ```ts
 * import { TranscriptionUserTurnStartStrategy } from "@parley/sdk/turns";
 * console.log(new TranscriptionUserTurnStartStrategy({ useInterim: false }).useInterim);
 * ```
 */
export class TranscriptionUserTurnStartStrategy extends BaseUserTurnStartStrategy {
  /** Whether words that are not final yet count. */
  readonly useInterim: boolean;

  /** Makes a strategy. */
  constructor(options: TranscriptionUserTurnStartStrategyOptions = {}) {
    super(options);
    this.useInterim = options.useInterim ?? true;
  }

  /** Takes an event. */
  handle(event: TurnEvent): UserTurnStartVerdict {
    const counts = event.type === "final" || event.type === "interim" && this.useInterim;
    return counts && event.text.trim() !== "" ? this.start() : "pass";
  }
}
