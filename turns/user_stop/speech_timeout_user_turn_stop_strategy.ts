import type { UserTurn } from "../user_turn.ts";
import {
  BaseUserTurnStopStrategy,
  type UserTurnStopStrategyOptions,
} from "./base_user_turn_stop_strategy.ts";

/** What a {@linkcode SpeechTimeoutUserTurnStopStrategy} can be given. */
export interface SpeechTimeoutUserTurnStopStrategyOptions extends UserTurnStopStrategyOptions {
  /** Seconds of silence after which the turn is over. @default {0.6} */
  readonly userSpeechTimeoutSecs?: number | undefined;
  /** Whether the turn goes on until words came. @default {true} */
  readonly waitForTranscript?: boolean | undefined;
}

/**
 * The turn is over when the user has been silent for long enough and the words
 * are there. Where the STT service says how long it takes, its time is waited
 * for too, unless it says that nothing more follows.
 *
 * @example
 * ```ts
 * import { SpeechTimeoutUserTurnStopStrategy } from "@parley/sdk/turns";
 * const patient = new SpeechTimeoutUserTurnStopStrategy({ userSpeechTimeoutSecs: 1.2 });
 * console.log(patient.waitForTranscript); // true
 * ```
 */
export class SpeechTimeoutUserTurnStopStrategy extends BaseUserTurnStopStrategy {
  /** Whether the turn goes on until words came. */
  readonly waitForTranscript: boolean;
  readonly #timeoutMs: number;

  /** Makes a strategy. */
  constructor(options: SpeechTimeoutUserTurnStopStrategyOptions = {}) {
    super(options);
    this.waitForTranscript = options.waitForTranscript ?? true;
    this.#timeoutMs = (options.userSpeechTimeoutSecs ?? 0.6) * 1000;
  }

  /** When the turn is over. */
  stopAt(turn: UserTurn): number | undefined {
    const { speaking, speechStartedAt = -Infinity, speechStoppedAt, transcripts } = turn;
    const last = transcripts.at(-1);
    if (speaking || !last && this.waitForTranscript) return undefined;
    if (speechStoppedAt === undefined) return last && last.at + this.#timeoutMs;
    const silent = speechStoppedAt + this.#timeoutMs;
    if (last?.finalized && last.at >= speechStartedAt) return silent;
    const sttMs = Math.max(0, turn.sttLatencySecs - turn.stopSecs) * 1000;
    return Math.max(silent, speechStoppedAt + sttMs);
  }
}
