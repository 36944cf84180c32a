import { TypedEvents } from "../../async/mod.ts";
import type { TurnEvent } from "../events.ts";
import type { UserTurn } from "../user_turn.ts";

/** A turn that is to begin. */
export interface UserTurnStart {
  /** Whether the bot is interrupted. */
  readonly interrupt: boolean;
  /** Whether `UserStartedSpeakingFrame` is sent. */
  readonly announce: boolean;
}

/**
 * What a start strategy makes of an event: a start; `"pass"`, so that the next
 * strategy is asked; or `"refuse"`, so that none is asked and the words so far
 * are forgotten.
 */
export type UserTurnStartVerdict = UserTurnStart | "pass" | "refuse";

/** What every start strategy can be given. */
export interface UserTurnStartStrategyOptions {
  /** Whether the bot is interrupted when the turn begins. @default {true} */
  readonly enableInterruptions?: boolean | undefined;
  /** Whether it is announced with frames that the user speaks. @default {true} */
  readonly enableUserSpeakingFrames?: boolean | undefined;
}

/**
 * Decides when the user's turn begins.
 *
 * A strategy has no clock and no timers: events come in order, with their time,
 * and the same events have the same outcome. It belongs to one conversation.
 *
 * @example Whoever whistles has the floor
 * ```ts
 * import {
 *   BaseUserTurnStartStrategy,
 *   type TurnEvent,
 *   type UserTurnStartVerdict,
 * } from "@parley/sdk/turns";
 * class WhistleStartStrategy extends BaseUserTurnStartStrategy {
 *   handle(event: TurnEvent): UserTurnStartVerdict {
 *     return event.type === "final" && event.text === "*whistles*" ? this.start() : "pass";
 *   }
 * }
 * console.log(new WhistleStartStrategy().name); // "WhistleStartStrategy"
 * ```
 */
export abstract class BaseUserTurnStartStrategy<
  M extends { [K in keyof M]: readonly unknown[] } = Record<never, never>,
> extends TypedEvents<M> {
  /** Whether the bot is interrupted when the turn begins. */
  readonly enableInterruptions: boolean;
  /** Whether it is announced with frames that the user speaks. */
  readonly enableUserSpeakingFrames: boolean;

  /** Makes a strategy. */
  constructor(options: UserTurnStartStrategyOptions = {}) {
    super();
    this.enableInterruptions = options.enableInterruptions ?? true;
    this.enableUserSpeakingFrames = options.enableUserSpeakingFrames ?? true;
  }

  /** Its class's name, for logs. */
  get name(): string {
    return this.constructor.name;
  }

  /** When it wants to be asked again although nothing happened, in milliseconds of the clock. */
  get deadline(): number | undefined {
    return undefined;
  }

  /** Takes an event, within a turn as between turns. */
  abstract handle(event: TurnEvent, turn: UserTurn): UserTurnStartVerdict;

  /** Told that a turn is over, whoever began it. */
  handleUserTurnStopped(_at: number): void {}

  /** The verdict that a turn begins, as the options say. */
  protected start(): UserTurnStart {
    return { interrupt: this.enableInterruptions, announce: this.enableUserSpeakingFrames };
  }
}

/** A start strategy with any events. */
// deno-lint-ignore no-explicit-any -- who listens to its events knows the class
export type AnyUserTurnStartStrategy = BaseUserTurnStartStrategy<any>;
