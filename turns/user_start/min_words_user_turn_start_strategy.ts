import type { TurnEvent } from "../events.ts";
import type { UserTurn } from "../user_turn.ts";
import {
  BaseUserTurnStartStrategy,
  type UserTurnStartStrategyOptions,
  type UserTurnStartVerdict,
} from "./base_user_turn_start_strategy.ts";

/** What a {@linkcode MinWordsUserTurnStartStrategy} can be given. */
export interface MinWordsUserTurnStartStrategyOptions extends UserTurnStartStrategyOptions {
  /** Words it takes to interrupt the bot. */
  readonly minWords: number;
  /** Whether words that are not final yet count. @default {true} */
  readonly useInterim?: boolean | undefined;
}

/**
 * The turn begins when enough words are understood: while the bot speaks, so
 * that "uh huh" does not interrupt it; else one word is enough. Words that are
 * too few are forgotten.
 *
 * @example
 * ```ts
 * import { MinWordsUserTurnStartStrategy } from "@parley/sdk/turns";
 * console.log(new MinWordsUserTurnStartStrategy({ minWords: 3 }).minWords); // 3
 * ```
 */
export class MinWordsUserTurnStartStrategy extends BaseUserTurnStartStrategy {
  /** Words it takes to interrupt the bot. */
  readonly minWords: number;
  /** Whether words that are not final yet count. */
  readonly useInterim: boolean;

  /** Makes a strategy. */
  constructor(options: MinWordsUserTurnStartStrategyOptions) {
    super(options);
    this.minWords = options.minWords;
    this.useInterim = options.useInterim ?? true;
  }

  /** Takes an event. */
  handle(event: TurnEvent, turn: UserTurn): UserTurnStartVerdict {
    if (event.type !== "final" && event.type !== "interim") return "pass";
    const words = event.text.split(/\s+/).filter((word) => word !== "").length;
    if (words === 0) return "pass";
    const enough = words >= (turn.botSpeaking ? this.minWords : 1);
    if (event.type === "final") return enough ? this.start() : "refuse";
    return enough && this.useInterim ? this.start() : "pass";
  }
}
