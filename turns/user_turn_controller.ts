import type { TurnEvent, UserTurnOutcome } from "./events.ts";
import type {
  AnyUserTurnStartStrategy,
  UserTurnStart,
} from "./user_start/base_user_turn_start_strategy.ts";
import type { BaseUserTurnStopStrategy } from "./user_stop/base_user_turn_stop_strategy.ts";
import { afterEvent, closed, FIRST_TURN, opened, type UserTurn, wordsOf } from "./user_turn.ts";
import { UserTurnStrategies } from "./user_turn_strategies.ts";

/** What is to be done about the user's turn. */
export type UserTurnEffect =
  | {
    /** A turn has begun. */
    readonly type: "started";
    /** Who says so; for words that came late, who began the turn they belong to. */
    readonly strategy: AnyUserTurnStartStrategy;
    /** Whether the bot is interrupted. */
    readonly interrupt: boolean;
    /** Whether it is announced with a frame. */
    readonly announce: boolean;
  }
  | {
    /** The user speaks on while the bot speaks again: it is interrupted. */
    readonly type: "interrupt";
  }
  | {
    /** The turn has lasted too long without anything happening; it ends. */
    readonly type: "stopTimeout";
  }
  | {
    /** The turn is over. */
    readonly type: "stopped";
    /** How. */
    readonly outcome: UserTurnOutcome;
    /** Who says so; nobody where time ran out or the session ended. */
    readonly strategy: BaseUserTurnStopStrategy | undefined;
    /** Whether it is announced with a frame. */
    readonly announce: boolean;
    /** What was understood. */
    readonly text: string;
    /** Who spoke last. */
    readonly userId: string;
  };

/** What a {@linkcode UserTurnController} can be given. */
export interface UserTurnControllerOptions {
  /** How turns are found. */
  readonly userTurnStrategies?: UserTurnStrategies | undefined;
  /** Seconds without anything happening after which a silent user's turn ends. @default {5} */
  readonly userTurnStopTimeoutSecs?: number | undefined;
}

/** A turn that began, and how. */
interface Begun extends UserTurnStart {
  readonly strategy: AnyUserTurnStartStrategy;
  readonly external: boolean;
}

type Verdict =
  | (UserTurnStart & { readonly strategy: AnyUserTurnStartStrategy })
  | "pass"
  | "refuse";

const NO_EFFECTS: readonly UserTurnEffect[] = [];

/**
 * How long a voice may go on without a word or a pause: what is heard then is a
 * noise, and whoever has spoken before it waits for an answer. Recognisers cut
 * speech that lasts into pieces that are shorter.
 */
const ENDLESS_VOICE_MS = 120_000;

/**
 * Finds the user's turns: events go in, in any order, and what is to be done
 * comes out. It has no clock and no timers; who feeds it wakes it at its
 * {@linkcode UserTurnController.deadline} with a `"time"` event.
 *
 * Every turn that begins ends, in exactly one outcome. Words that come when
 * their turn is over open it again; they never vanish.
 *
 * @example
 * ```ts
 * import { UserTurnController } from "@parley/sdk/turns";
 * import { assertEquals } from "@std/assert";
 * const turns = new UserTurnController();
 * turns.handle({ type: "vadStarted", at: 0 });
 * turns.handle({ type: "final", text: "Hello!", userId: "", finalized: true, at: 900 });
 * turns.handle({ type: "vadStopped", stopSecs: 0.2, at: 1000 });
 * assertEquals(turns.deadline, 1600);
 * const [stopped] = turns.handle({ type: "time", at: 1600 });
 * assertEquals(stopped?.type === "stopped" && stopped.text, "Hello!");
 * ```
 */
export class UserTurnController {
  #strategies: UserTurnStrategies;
  readonly #timeoutMs: number;
  #turn: UserTurn = FIRST_TURN;
  #begun: Begun | undefined;
  #lastExternalStop: UserTurn["externalStop"];
  /** How long words are waited for in this turn, once the voice has fallen silent. */
  #wordsWithinMs = Infinity;

  /** Makes a controller. */
  constructor(options: UserTurnControllerOptions = {}) {
    this.#strategies = options.userTurnStrategies ?? new UserTurnStrategies();
    this.#timeoutMs = (options.userTurnStopTimeoutSecs ?? 5) * 1000;
  }

  /** What is known of the turn. */
  get turn(): UserTurn {
    return this.#turn;
  }

  /** When it must be told that time has passed, in milliseconds of the clock. */
  get deadline(): number | undefined {
    const moments = this.#strategies.start.map(({ deadline }) => deadline);
    if (this.#turn.open) {
      moments.push(this.#timeoutAt, ...this.#strategies.stop.map((s) => s.stopAt(this.#turn)));
    }
    const known = moments.filter((moment) => moment !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  /** Takes an event and says what is to be done. */
  handle(event: TurnEvent): readonly UserTurnEffect[] {
    if (!this.#turn.open && isBlank(event)) return NO_EFFECTS;
    this.#turn = afterEvent(this.#turn, event);
    // What seems to be words is no noise.
    if (event.type === "interim" && event.text.trim() !== "") this.#wordsWithinMs = Infinity;
    // What came counts before what is due: words that beat a late timer belong to their turn.
    return [...this.#start(event), ...this.#stopIfDue(event.at)];
  }

  /** Finds turns in another way from now on. */
  updateStrategies(strategies: UserTurnStrategies): void {
    this.#strategies = strategies;
  }

  /**
   * Has the turn that is under way end sooner if no words come: so long after
   * the voice has fallen silent, or as long as the STT service says it takes.
   */
  expectWords(withinMs: number): void {
    if (this.#turn.open) this.#wordsWithinMs = withinMs;
  }

  /** Ends a turn that is under way, because the session ends. */
  end(at: number): readonly UserTurnEffect[] {
    return this.#turn.open ? [this.#stop(at, { ended: true })] : NO_EFFECTS;
  }

  /** The turn ends then, whatever the strategies say: soon where no voice is heard. */
  get #timeoutAt(): number {
    const { speaking, lastActivityAt } = this.#turn;
    if (speaking) return lastActivityAt + Math.max(ENDLESS_VOICE_MS, this.#timeoutMs);
    return lastActivityAt + Math.min(this.#timeoutMs, this.#patienceMs);
  }

  /** How long a turn without words goes on once nobody is heard to speak. */
  get #patienceMs(): number {
    const { externalStop, speechStoppedAt, sttLatencySecs, transcripts } = this.#turn;
    const isSilent = speechStoppedAt !== undefined || externalStop !== undefined;
    if (!isSilent || transcripts.some(({ text }) => text !== "")) return Infinity;
    return Math.max(this.#wordsWithinMs, sttLatencySecs * 1000);
  }

  #start(event: TurnEvent): readonly UserTurnEffect[] {
    const verdict = this.#ask(event);
    if (this.#turn.open) return this.#interrupt(verdict);
    if (verdict === "refuse") this.#turn = { ...this.#turn, transcripts: [] };
    if (verdict === "refuse" || verdict === "pass") {
      return verdict === "pass" && this.#isLate(event) ? this.#reopen(event) : NO_EFFECTS;
    }
    this.#begun = { ...verdict, external: event.type === "externalStarted" };
    this.#turn = opened(this.#turn, event.at);
    return this.#started(this.#begun);
  }

  /** Asks the strategies: the first that does not pass has its way. */
  #ask(event: TurnEvent): Verdict {
    let first: Verdict = "pass";
    for (const strategy of this.#strategies.start) {
      const verdict = strategy.handle(event, this.#turn);
      if (first !== "pass" || verdict === "pass") continue;
      if (verdict === "refuse") return verdict;
      first = { strategy, ...verdict };
    }
    return first;
  }

  /** Within a turn, what would begin one stops a bot that has begun to speak. */
  #interrupt(verdict: Verdict): readonly UserTurnEffect[] {
    if (typeof verdict === "string" || !verdict.interrupt || !this.#turn.botSpeaking) {
      return NO_EFFECTS;
    }
    this.#turn = { ...this.#turn, botSpeaking: false };
    return [{ type: "interrupt" }];
  }

  /** Whether an event brings words of the turn that has just ended. */
  #isLate({ type, at }: TurnEvent): boolean {
    return type === "final" && this.#begun !== undefined &&
      at - this.#turn.since <= this.#timeoutMs;
  }

  #reopen({ at }: TurnEvent): readonly UserTurnEffect[] {
    this.#turn = { ...opened(this.#turn, at), externalStop: this.#lastExternalStop };
    return this.#begun ? this.#started(this.#begun) : NO_EFFECTS;
  }

  #started({ strategy, interrupt, announce }: Begun): readonly UserTurnEffect[] {
    if (interrupt) this.#turn = { ...this.#turn, botSpeaking: false };
    return [{ type: "started", strategy, interrupt, announce }];
  }

  #stopIfDue(at: number): readonly UserTurnEffect[] {
    if (!this.#turn.open) return NO_EFFECTS;
    let due: { readonly strategy: BaseUserTurnStopStrategy; readonly when: number } | undefined;
    for (const strategy of this.#strategies.stop) {
      const when = strategy.stopAt(this.#turn);
      if (when !== undefined && when <= at && when < (due?.when ?? Infinity)) {
        due = { strategy, when };
      }
    }
    if (due) return [this.#stop(at, due)];
    if (this.#timeoutAt > at) return NO_EFFECTS;
    return [{ type: "stopTimeout" }, this.#stop(at, {})];
  }

  #stop(
    at: number,
    why: { readonly strategy?: BaseUserTurnStopStrategy; readonly ended?: boolean },
  ): UserTurnEffect {
    const turn = this.#turn;
    const { strategy } = why;
    const text = wordsOf(turn);
    const outcome = why.ended
      ? "ended"
      : text === ""
      ? "heardNothing"
      : strategy
      ? "stopped"
      : "timeout";
    this.#lastExternalStop = turn.externalStop;
    this.#turn = closed(turn, at);
    this.#wordsWithinMs = Infinity;
    for (const start of this.#strategies.start) start.handleUserTurnStopped(at);
    const userId = turn.transcripts.findLast(({ userId }) => userId !== "")?.userId ?? "";
    const announce = strategy ? strategy.announces(turn) : !why.ended && this.#announcesEnd(turn);
    return { type: "stopped", outcome, strategy, announce, text, userId };
  }

  /** A turn that somebody else began and nobody stopped is announced to be over, like our own. */
  #announcesEnd({ externalStop }: UserTurn): boolean {
    if (externalStop) return externalStop.proposed;
    return this.#begun !== undefined && (this.#begun.announce || this.#begun.external);
  }
}

/** Whether an event brings words that are none: between two turns they mean nothing. */
function isBlank(event: TurnEvent): boolean {
  return (event.type === "final" || event.type === "interim") && event.text.trim() === "";
}
