import type { TurnEvent } from "../events.ts";
import type { UserTurn } from "../user_turn.ts";
import {
  BaseUserTurnStartStrategy,
  type UserTurnStartStrategyOptions,
  type UserTurnStartVerdict,
} from "./base_user_turn_start_strategy.ts";

/** What a {@linkcode WakePhraseUserTurnStartStrategy} can be given. */
export interface WakePhraseUserTurnStartStrategyOptions extends UserTurnStartStrategyOptions {
  /** What wakes the bot, such as `"hey parley"`. */
  readonly phrases: readonly string[];
  /** Seconds without anybody speaking after which it must be woken again. @default {10} */
  readonly timeoutSecs?: number | undefined;
  /** Whether every turn takes the phrase. @default {false} */
  readonly singleActivation?: boolean | undefined;
}

/** Events of a {@linkcode WakePhraseUserTurnStartStrategy}. */
export interface WakePhraseEvents {
  /** The bot was woken. */
  readonly wakePhraseDetected: readonly [phrase: string];
  /** Nobody spoke for long enough that it must be woken again. */
  readonly wakePhraseTimeout: readonly [];
}

/** Words that a phrase may be spread over two transcripts within, in milliseconds. */
const SPREAD_MS = 3_000;

/**
 * The bot listens once a phrase has woken it, and for as long as somebody
 * speaks every few seconds. Stands first in the list: while the bot is not
 * awake, no later strategy is asked, and what is said is forgotten.
 *
 * @example
 * ```ts
 * import {
 *   defaultUserTurnStartStrategies,
 *   UserTurnStrategies,
 *   WakePhraseUserTurnStartStrategy,
 * } from "@parley/sdk/turns";
 * const strategies = new UserTurnStrategies({
 *   start: [
 *     new WakePhraseUserTurnStartStrategy({ phrases: ["hey parley"] }),
 *     ...defaultUserTurnStartStrategies(),
 *   ],
 * });
 * console.log(strategies.start.length); // 3
 * ```
 */
export class WakePhraseUserTurnStartStrategy extends BaseUserTurnStartStrategy<WakePhraseEvents> {
  readonly #phrases: readonly { readonly phrase: string; readonly words: string }[];
  readonly #timeoutMs: number;
  readonly #singleActivation: boolean;
  #awake = false;
  #activeAt = -Infinity;
  #busy = false;
  #before: { readonly words: string; readonly at: number } = { words: "", at: -Infinity };

  /**
   * Makes a strategy that is not awake.
   *
   * @throws {TypeError} If there is no phrase, or one without a word.
   */
  constructor(options: WakePhraseUserTurnStartStrategyOptions) {
    super(options);
    this.#phrases = options.phrases.map((phrase) => ({ phrase, words: wordsOf(phrase) }));
    if (this.#phrases.length === 0 || this.#phrases.some(({ words }) => words === "")) {
      throw new TypeError("Cannot wait for a wake phrase: pass phrases of at least one word");
    }
    this.#timeoutMs = (options.timeoutSecs ?? 10) * 1000;
    this.#singleActivation = options.singleActivation ?? false;
  }

  /** Whether the bot listens. */
  get state(): "idle" | "awake" {
    return this.#awake ? "awake" : "idle";
  }

  /** When it falls asleep, unless somebody speaks. */
  override get deadline(): number | undefined {
    return this.#awake && !this.#busy ? this.#activeAt + this.#timeoutMs : undefined;
  }

  /** Takes an event. */
  handle(event: TurnEvent, turn: UserTurn): UserTurnStartVerdict {
    const { deadline } = this;
    if (deadline !== undefined && event.at >= deadline) this.#sleep(true);
    this.#busy = turn.speaking || turn.botSpeaking;
    if (ACTIVITY.has(event.type)) this.#activeAt = event.at;
    if (this.#awake) return "pass";
    const phrase = event.type === "final" ? this.#phraseIn(event.text, event.at) : undefined;
    if (phrase === undefined) return BLOCKED.has(event.type) ? "refuse" : "pass";
    this.#awake = true;
    this.emit("wakePhraseDetected", phrase);
    return this.start();
  }

  /** Falls asleep if every turn takes the phrase. */
  override handleUserTurnStopped(at: number): void {
    this.#activeAt = at;
    if (this.#singleActivation) this.#sleep(false);
  }

  #sleep(byTimeout: boolean): void {
    if (!this.#awake) return;
    this.#awake = false;
    if (byTimeout) this.emit("wakePhraseTimeout");
  }

  #phraseIn(text: string, at: number): string | undefined {
    const { words: before, at: beforeAt } = this.#before;
    const words = wordsOf(text);
    const heard = at - beforeAt <= SPREAD_MS ? `${before} ${words}` : words;
    const found = this.#phrases.find(({ words: wanted }) => ` ${heard} `.includes(` ${wanted} `));
    this.#before = found ? { words: "", at: -Infinity } : { words, at };
    return found?.phrase;
  }
}

const ACTIVITY: ReadonlySet<TurnEvent["type"]> = new Set([
  "vadStarted",
  "vadStopped",
  "interim",
  "final",
  "botStarted",
  "botStopped",
  "externalStarted",
  "externalStopped",
]);

/** What would begin a turn if the bot were awake. */
const BLOCKED: ReadonlySet<TurnEvent["type"]> = new Set([
  "vadStarted",
  "interim",
  "final",
  "externalStarted",
]);

/** The words alone, in lower case. */
function wordsOf(text: string): string {
  return text.toLowerCase().match(/[\p{L}\p{N}\p{M}']+/gu)?.join(" ") ?? "";
}
