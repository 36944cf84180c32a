import type { UserTurn } from "../user_turn.ts";
import {
  BaseUserTurnStopStrategy,
  type UserTurnStopStrategyOptions,
} from "./base_user_turn_stop_strategy.ts";

/** What an {@linkcode ExternalUserTurnStopStrategy} can be given. */
export interface ExternalUserTurnStopStrategyOptions extends UserTurnStopStrategyOptions {
  /** Seconds to wait for more words, once some came after the stop. @default {0.5} */
  readonly timeoutSecs?: number | undefined;
  /** Whether the turn goes on until words came. @default {true} */
  readonly waitForTranscript?: boolean | undefined;
}

/**
 * The turn is over when somebody else says so, such as an STT service that
 * finds turns itself, and the words are there.
 *
 * @example
 * ```ts
 * import { ExternalUserTurnStopStrategy } from "@parley/sdk/turns";
 * console.log(new ExternalUserTurnStopStrategy().waitForTranscript); // true
 * ```
 */
export class ExternalUserTurnStopStrategy extends BaseUserTurnStopStrategy {
  /** Whether the turn goes on until words came. */
  readonly waitForTranscript: boolean;
  readonly #timeoutMs: number;

  /** Makes a strategy. */
  constructor(options: ExternalUserTurnStopStrategyOptions = {}) {
    super(options);
    this.waitForTranscript = options.waitForTranscript ?? true;
    this.#timeoutMs = (options.timeoutSecs ?? 0.5) * 1000;
  }

  /** When the turn is over. */
  stopAt({ externalStop, transcripts }: UserTurn): number | undefined {
    if (!externalStop) return undefined;
    const last = transcripts.at(-1);
    if (!last) return this.waitForTranscript ? undefined : externalStop.at;
    return last.at <= externalStop.at ? externalStop.at : last.at + this.#timeoutMs;
  }

  /** Who stopped the turn has announced it, unless it was a proposal. */
  override announces({ externalStop }: UserTurn): boolean {
    return this.enableUserSpeakingFrames && externalStop?.proposed === true;
  }
}
