import type { Clock, Logger, Timer } from "../../async/mod.ts";
import { isLLMSpecificMessage, type LLMContextSnapshot, textOf } from "../../context/mod.ts";
import {
  TURN_MARKERS,
  type UserTurnCompletionConfig,
  userTurnCompletionConfig,
  type WholeUserTurnCompletionConfig,
} from "../../turns/mod.ts";

export interface TurnCompletionHost {
  readonly name: string;
  readonly clock: () => Clock;
  readonly log: () => Logger;
  /** Tells the model to say something of its own accord. */
  readonly prompt: (text: string) => void;
}

/** What comes of a piece of an answer. */
export interface JudgedText {
  /** How the model judges the turn, once it has said so. */
  readonly marker?: TurnMarker;
  /** What the user is to hear. */
  readonly text: string;
}

export type TurnMarker = typeof TURN_MARKERS[keyof typeof TURN_MARKERS];

/** What models put around the sign: quotes, emphasis, brackets, white space. */
const DECORATION = /^[\s"'“”‘’*_`([{]*/;
const AFTER_SIGN = /^[\uFE0E\uFE0F\s"'“”‘’*_`)\]}]*/;

/** When the model is to speak, and what it is told then. */
interface Due {
  readonly secs: number;
  readonly prompt: string;
}

/** Waits for a user who has not said all, and has the model speak when he stays silent. */
export class TurnCompletion {
  readonly #host: TurnCompletionHost;
  #due: Due | undefined;
  /** What was waited for when the user began to speak; it is again if he says nothing. */
  #putOff: Due | undefined;
  #userSpeaks = false;
  #timer: Timer | undefined;
  #prompted = false;

  constructor(host: TurnCompletionHost) {
    this.#host = host;
  }

  /** The model begins an answer: whatever was waited for has come. */
  answer(config: UserTurnCompletionConfig | undefined): JudgedAnswer {
    this.#userSpeaks = false;
    this.#putOff = undefined;
    this.#wait(undefined);
    const whole = this.#whole(config);
    return new JudgedAnswer(whole.instructions, {
      incomplete: (marker) => this.#incomplete(marker, whole),
      unmarked: () => {
        this.#host.log().warn(
          `"${this.#host.name}" was to judge the user's turn and gave no sign; its answer is spoken`,
        );
      },
    });
  }

  /** The user has the floor again: nobody need encourage him. */
  userSpeaks(): void {
    this.#userSpeaks = true;
    this.#prompted = false;
    this.#putOff ??= this.#due;
    this.#wait(undefined);
  }

  /** The user's turn is over: unless the model is asked about it, it was a noise. */
  userStops(): void {
    this.#userSpeaks = false;
    const due = this.#putOff;
    this.#putOff = undefined;
    if (due) this.#wait(due);
  }

  /** The bot is interrupted; if not by the user's turn, somebody wants silence. */
  interrupted(): void {
    if (!this.#userSpeaks) this.close();
  }

  /** A voice is heard, which may become a turn, or falls silent. */
  voice(speaking: boolean): void {
    this.#timer?.cancel();
    if (!speaking) this.#wait(this.#due);
  }

  /** The session is over. */
  close(): void {
    this.#userSpeaks = this.#prompted = false;
    this.#putOff = undefined;
    this.#wait(undefined);
  }

  #whole(config: UserTurnCompletionConfig | undefined): WholeUserTurnCompletionConfig {
    try {
      return userTurnCompletionConfig(config);
    } catch (error) {
      // The conversation goes on, with the times of the defaults.
      this.#host.log().warn(error instanceof Error ? error.message : String(error));
      return userTurnCompletionConfig({ instructions: config?.instructions });
    }
  }

  #incomplete(marker: TurnMarker, config: WholeUserTurnCompletionConfig): void {
    if (this.#prompted) {
      this.#host.log().warn(`"${this.#host.name}" was told to speak, and waits for the user again`);
      return;
    }
    this.#wait(
      marker === TURN_MARKERS.incompleteShort
        ? { secs: config.incompleteShortTimeoutSecs, prompt: config.incompleteShortPrompt }
        : { secs: config.incompleteLongTimeoutSecs, prompt: config.incompleteLongPrompt },
    );
  }

  #wait(due: Due | undefined): void {
    this.#timer?.cancel();
    this.#due = due;
    if (!due) return;
    this.#timer = this.#host.clock().timer(due.secs * 1000, () => {
      this.#due = undefined;
      this.#prompted = true;
      this.#host.prompt(due.prompt);
    });
  }
}

interface JudgedAnswerListener {
  readonly incomplete: (marker: TurnMarker) => void;
  readonly unmarked: () => void;
}

/** An answer that begins with how the model judges the user's turn. */
export class JudgedAnswer {
  /** What tells the model how to judge. */
  readonly instructions: string;
  readonly #told: JudgedAnswerListener;
  #state: "before" | "behind" | "spoken" | "withheld" = "before";
  #held = "";

  constructor(instructions: string, told: JudgedAnswerListener) {
    this.instructions = instructions;
    this.#told = told;
  }

  /** Whether the user has not said all, so that nothing of the answer counts. */
  get withheld(): boolean {
    return this.#state === "withheld";
  }

  /** Takes the next piece of the answer. */
  take(piece: string): JudgedText {
    if (this.#state === "spoken") return { text: piece };
    if (this.#state === "withheld") return { text: "" };
    this.#held += piece;
    if (this.#state === "behind") return { text: this.#behind() };
    const sign = this.#held.replace(DECORATION, "");
    if (sign === "") return { text: "" };
    const marker = Object.values(TURN_MARKERS).find((marker) => sign.startsWith(marker));
    if (!marker) return { text: this.end() };
    if (marker !== TURN_MARKERS.complete) {
      this.#state = "withheld";
      this.#told.incomplete(marker);
      return { marker, text: "" };
    }
    this.#state = "behind";
    this.#held = sign.slice(marker.length);
    return { marker, text: this.#behind() };
  }

  /** The answer is over, or has begun without a sign; gives what was held back. */
  end(): string {
    if (this.#state !== "before" || this.#held === "") return "";
    this.#state = "spoken";
    this.#told.unmarked();
    return this.#held;
  }

  /** What stands behind the sign, without what belongs to the sign. */
  #behind(): string {
    const text = this.#held.replace(AFTER_SIGN, "");
    if (text !== "") this.#state = "spoken";
    return text;
  }
}

/** A question with the instruction how to judge, behind all other instructions. */
export function instructed(
  context: LLMContextSnapshot,
  { systemInstruction, instructions }: {
    readonly systemInstruction: string | undefined;
    readonly instructions: string;
  },
): { readonly context: LLMContextSnapshot; readonly systemInstruction: string | undefined } {
  const [first, ...rest] = context.messages;
  if (systemInstruction) {
    return { context, systemInstruction: `${systemInstruction}\n\n${instructions}` };
  }
  if (!first || isLLMSpecificMessage(first) || first.role !== "system") {
    return { context, systemInstruction: instructions };
  }
  const system = { ...first, content: `${textOf(first)}\n\n${instructions}` };
  return { context: { ...context, messages: [system, ...rest] }, systemInstruction: undefined };
}
