import type { UserTurnEffect } from "./user_turn_controller.ts";
import type { TurnEvent } from "./events.ts";

/** What a {@linkcode UserIdleController} can be given. */
export interface UserIdleControllerOptions {
  /** Seconds of silence after the bot's speech that make the user idle; 0 for never. @default {0} */
  readonly userIdleTimeoutSecs?: number | undefined;
}

/**
 * Finds out that the user does not answer: after the bot has spoken, nobody
 * speaks for a while, and no call is open. Also after a turn in which nothing
 * was understood.
 *
 * Events go in, with their time; who feeds it wakes it at its
 * {@linkcode UserIdleController.deadline} with a `"time"` event.
 *
 * @example
 * ```ts
 * import { UserIdleController } from "@parley/sdk/turns";
 * import { assertEquals } from "@std/assert";
 * const idle = new UserIdleController({ userIdleTimeoutSecs: 5 });
 * idle.handle({ type: "botStarted", at: 0 }, []);
 * idle.handle({ type: "botStopped", at: 2000 }, []);
 * assertEquals(idle.deadline, 7000);
 * assertEquals(idle.handle({ type: "time", at: 7000 }, []), true);
 * ```
 */
export class UserIdleController {
  readonly #calls: Set<string> = new Set();
  #timeoutMs: number;
  #since: number | undefined;
  #turnOpen = false;
  #botSpeaking = false;
  #botSpoke = false;

  /** Makes a controller. */
  constructor(options: UserIdleControllerOptions = {}) {
    this.#timeoutMs = (options.userIdleTimeoutSecs ?? 0) * 1000;
  }

  /** When the user counts as idle, unless somebody speaks before. */
  get deadline(): number | undefined {
    return this.#timeoutMs > 0 && this.#since !== undefined
      ? this.#since + this.#timeoutMs
      : undefined;
  }

  /** Changes the time; 0 for never. It is measured from when the silence began. */
  setTimeoutSecs(secs: number): void {
    this.#timeoutMs = secs * 1000;
  }

  /** The bot was asked to speak: nobody waits for the user before it has. */
  answerAsked(): void {
    this.#since = undefined;
  }

  /** Takes an event, with what it did to the user's turn; says whether the user is idle now. */
  handle(event: TurnEvent, effects: readonly UserTurnEffect[]): boolean {
    this.#note(event);
    for (const effect of effects) {
      if (effect.type === "started") this.#turnOpen = true;
      if (effect.type !== "stopped") continue;
      this.#turnOpen = false;
      if (effect.outcome === "heardNothing" && this.#botSpoke) this.#since = event.at;
    }
    if (this.#turnOpen || this.#botSpeaking || this.#calls.size > 0) this.#since = undefined;
    const { deadline } = this;
    if (deadline === undefined || deadline > event.at) return false;
    this.#since = undefined;
    return true;
  }

  #note(event: TurnEvent): void {
    if (event.type === "botStarted") this.#botSpeaking = this.#botSpoke = true;
    else if (event.type === "botStopped") {
      this.#botSpeaking = false;
      this.#since = event.at;
    } else if (event.type === "callsStarted") {
      for (const id of event.ids) this.#calls.add(id);
    } else if (event.type === "callEnded") this.#calls.delete(event.id);
  }
}
