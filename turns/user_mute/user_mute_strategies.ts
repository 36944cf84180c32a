import type { TurnEvent } from "../events.ts";

/**
 * Decides when the user is not listened to. While any strategy mutes, the
 * user's audio and words are dropped, and nothing begins a turn.
 *
 * @example Deaf for the first ten seconds
 * ```ts
 * import { BaseUserMuteStrategy, type TurnEvent } from "@parley/sdk/turns";
 * class TenSecondsUserMuteStrategy extends BaseUserMuteStrategy {
 *   #until = Infinity;
 *   handle(event: TurnEvent): boolean {
 *     if (event.type === "sessionStarted") this.#until = event.at + 10_000;
 *     return event.at < this.#until;
 *   }
 * }
 * console.log(new TenSecondsUserMuteStrategy().handle({ type: "time", at: 0 })); // true
 * ```
 */
export abstract class BaseUserMuteStrategy {
  /** Takes an event, and says whether the user is muted from now on. */
  abstract handle(event: TurnEvent): boolean;
}

/**
 * Mutes the user whenever the bot speaks: nobody can interrupt it.
 *
 * @example
 * ```ts
 * import { AlwaysUserMuteStrategy } from "@parley/sdk/turns";
 * console.log(new AlwaysUserMuteStrategy().handle({ type: "botStarted", at: 0 })); // true
 * ```
 */
export class AlwaysUserMuteStrategy extends BaseUserMuteStrategy {
  #muted = false;

  /** Takes an event. */
  handle({ type }: TurnEvent): boolean {
    if (type === "botStarted") this.#muted = true;
    else if (type === "botStopped") this.#muted = false;
    return this.#muted;
  }
}

/**
 * Mutes the user during the bot's first speech, and never again.
 *
 * @example
 * ```ts
 * import { FirstSpeechUserMuteStrategy } from "@parley/sdk/turns";
 * const strategy = new FirstSpeechUserMuteStrategy();
 * console.log(strategy.handle({ type: "sessionStarted", at: 0 })); // false
 * ```
 */
export class FirstSpeechUserMuteStrategy extends BaseUserMuteStrategy {
  #state: "before" | "during" | "after" = "before";

  /** Takes an event. */
  handle({ type }: TurnEvent): boolean {
    if (type === "botStarted" && this.#state === "before") this.#state = "during";
    else if (type === "botStopped" && this.#state === "during") this.#state = "after";
    return this.#state === "during";
  }
}

/**
 * Mutes the user from the beginning until the bot has ended its first speech.
 *
 * @example
 * ```ts
 * import { MuteUntilFirstBotCompleteUserMuteStrategy } from "@parley/sdk/turns";
 * const strategy = new MuteUntilFirstBotCompleteUserMuteStrategy();
 * console.log(strategy.handle({ type: "sessionStarted", at: 0 })); // true
 * ```
 */
export class MuteUntilFirstBotCompleteUserMuteStrategy extends BaseUserMuteStrategy {
  #muted = true;

  /** Takes an event. */
  handle({ type }: TurnEvent): boolean {
    if (type === "botStopped") this.#muted = false;
    return this.#muted;
  }
}

/**
 * Mutes the user while functions are called.
 *
 * @example
 * ```ts
 * import { FunctionCallUserMuteStrategy } from "@parley/sdk/turns";
 * const strategy = new FunctionCallUserMuteStrategy();
 * console.log(strategy.handle({ type: "callsStarted", ids: ["1"], at: 0 })); // true
 * ```
 */
export class FunctionCallUserMuteStrategy extends BaseUserMuteStrategy {
  readonly #open: Set<string> = new Set();

  /** Takes an event. */
  handle(event: TurnEvent): boolean {
    if (event.type === "callsStarted") { for (const id of event.ids) this.#open.add(id); }
    else if (event.type === "callEnded") this.#open.delete(event.id);
    return this.#open.size > 0;
  }
}
