import { isLLMSpecificMessage, type LLMContext, type LLMContextMessage } from "../context/mod.ts";
import type { SpokenTurn } from "./_spoken_turn.ts";

export interface UnheardAnswerOptions {
  readonly context: LLMContext;
  /** Whether any call is under way, whose result the model will be told of. */
  readonly callsOpen: () => boolean;
}

/** An answer that the model was asked for. */
interface Asked {
  /** The last that the conversation held then. */
  readonly question: LLMContextMessage | undefined;
  /** Where that stood. */
  readonly at: number;
  /** The answer, once it has come to where it is heard. */
  answer: SpokenTurn | undefined;
  /** How many answers to earlier questions come before it. */
  behind: number;
  /** Whether all that was under way has been dropped since. */
  dropped: boolean;
}

/** What is heard for less is no part of an answer yet. */
const SYLLABLE_MS = 200;

/**
 * Knows whether the user waits for an answer that nobody is going to give: it
 * was cut off before anything of it was heard, by a turn in which nothing was
 * understood. Both halves of an aggregator pair say what they see.
 */
export class UnheardAnswer {
  readonly #options: UnheardAnswerOptions;
  #asked: Asked | undefined;
  /** Who interrupted last within the user's turn. */
  #cutBy: "user" | "others" | undefined;
  /** Whether that has cancelled a call. */
  #lost = false;
  /** What the bot has said that answers nobody. */
  readonly #beside: WeakSet<LLMContextMessage> = new WeakSet();
  /** Told that something was cut off by what may be a noise. */
  doubt: () => void = () => {};

  constructor(options: UnheardAnswerOptions) {
    this.#options = options;
  }

  /** What the model was asked last, as long as nothing of the answer was heard. */
  get current(): object | undefined {
    return this.#asked;
  }

  /** The model is asked. */
  asked(): void {
    const { messages } = this.#options.context;
    const before = this.#asked?.dropped || this.#asked?.answer ? undefined : this.#asked;
    this.#asked = {
      question: messages.at(-1),
      at: messages.length - 1,
      answer: undefined,
      behind: before ? before.behind + 1 : 0,
      dropped: false,
    };
    // Whatever was cut off before is answered with it.
    this.turnBegan();
  }

  /** An answer begins. */
  begun(answer: SpokenTurn): void {
    const asked = this.#asked;
    if (!asked) return;
    if (asked.behind > 0) asked.behind--;
    else asked.answer ??= answer;
  }

  /** Something of a turn of the bot was heard, or shown. */
  heard(turn: SpokenTurn): void {
    if (this.#asked?.answer === turn) this.#asked = undefined;
    // A filler, or what is still said to an earlier question, answers this one no more than silence.
    else if (turn.message && turn.kind !== "loose") this.#beside.add(turn.message);
  }

  /** The bot is heard: a voice that does not say when which word is spoken is known by that alone. */
  sounds(turn: SpokenTurn | undefined, now: number): void {
    if (turn?.kind !== "answer" || !turn.voiced) return;
    turn.soundsSince ??= now;
    if (now - turn.soundsSince >= SYLLABLE_MS) this.heard(turn);
  }

  /** The answer that has begun is over; what it has called for is still to come. */
  ended(): void {
    if (this.#asked?.answer && !this.#options.callsOpen()) this.kept(this.#asked);
  }

  /** Nothing more is going to be said to something that was asked. */
  kept(asked: object | undefined): void {
    if (this.#asked === asked) this.#asked = undefined;
  }

  /** The user's turn begins. */
  turnBegan(): void {
    this.#cutBy = undefined;
    this.#lost = false;
  }

  /** The user has interrupted whatever was under way. */
  cut(): void {
    this.#cutBy = "user";
    if (!this.#asked) return;
    this.#asked.dropped = true;
    this.doubt();
  }

  /** Somebody else wants silence, or says something else: nothing is owed any more. */
  drop(): void {
    this.#asked = undefined;
    this.#cutBy = "others";
    this.#lost = false;
  }

  /** A call was cancelled. */
  callCancelled(): void {
    if (this.#cutBy !== "user") return;
    this.#lost = true;
    this.doubt();
  }

  /** The user's turn is over; says whether what it has cut off is to be asked for again. */
  turnEnded(about: { readonly words: boolean }): boolean {
    const { callsOpen } = this.#options;
    const cut = this.#cutBy === "user";
    const lost = this.#lost;
    this.turnBegan();
    if (!cut || about.words || callsOpen()) return false;
    const asked = this.#asked;
    this.#asked = undefined;
    return lost || asked !== undefined && this.#isUnanswered(asked);
  }

  /** Nothing is owed any more. */
  close(): void {
    this.turnBegan();
    this.#asked = undefined;
  }

  /** Whether the bot has said nothing to a question, as far as the conversation tells. */
  #isUnanswered({ question, at }: Asked): boolean {
    const { messages } = this.#options.context;
    const now = messages.at(at);
    // What the bot was saying when it was asked for more has grown since.
    const isThere = question === undefined || messages.includes(question) ||
      isSaid(question) && now !== undefined && isSaid(now);
    if (!isThere) return isOpen(messages);
    const found = question ? messages.lastIndexOf(question) : -1;
    const behind = question && found < 0 ? at : found;
    return !messages.slice(behind + 1).some((message) =>
      isSaid(message) && !this.#beside.has(message)
    );
  }
}

/** Whether somebody waits for an answer at the end of a conversation that was written anew. */
function isOpen(messages: readonly LLMContextMessage[]): boolean {
  const last = messages.findLast((message) =>
    !isLLMSpecificMessage(message) && message.role !== "system" && message.role !== "developer"
  );
  return last !== undefined && !isLLMSpecificMessage(last) && last.role !== "assistant";
}

/** Whether a message is something that the bot said. */
function isSaid(message: LLMContextMessage): boolean {
  return !isLLMSpecificMessage(message) && message.role === "assistant" && !message.tool_calls;
}
