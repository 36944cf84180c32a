import { isLLMSpecificMessage, type LLMContext, type LLMContextMessage } from "../context/mod.ts";
import type { FunctionCallFromLLM } from "../frames/mod.ts";

/** An answer of the model, or a text that was given to the voice. */
interface Answer {
  /** What it answers: the last that the conversation held before it. */
  readonly question: LLMContextMessage | undefined;
  /** What the bot had last said before it. */
  readonly before: LLMContextMessage | undefined;
  /** Whether there is anything of it to be heard. */
  text: boolean;
  /** Whether it is meant to stay unspoken, or has asked for calls, which come first. */
  excused: boolean;
  ended: boolean;
  heard: boolean;
}

/** A voice that is heard for less can be a cough; who spoke for longer waits for an answer. */
const SPEECH_MS = 2_000;

/** Keeps account of what the bot owes the user: whether somebody should be speaking, and who is late. */
export class DeadAirDebts {
  readonly #context: LLMContext;
  readonly #calls: Map<string, string> = new Map();
  #answer: Answer | undefined;
  /** The model is to be told of results. */
  #resultsIn = false;
  /** The user has had the floor, and nothing has come since. */
  #turnOver = false;
  #voiceMs = 0;
  /** What an answer was to, of which nothing was heard before it was interrupted. */
  #dropped: LLMContextMessage | undefined;

  constructor(context: LLMContext) {
    this.#context = context;
  }

  /**
   * What is waited for: `"llm"`, `"tts"`, `"tool get_weather"`, or `"stt"` where
   * the user has spoken and nothing was understood; nothing where it is the
   * user's turn to speak. That the user has said something that asks
   * for an answer is known for certain only a moment after the end of the turn.
   */
  waitingFor(known: "surely" | "perhaps"): string | undefined {
    const answer = this.#answer;
    if (answer && !answer.excused) {
      if (!answer.ended) return "llm";
      if (answer.text && !this.#wasHeard(answer)) return "tts";
    }
    const [name] = this.#calls.values();
    if (name !== undefined) return `tool ${name}`;
    if (this.#resultsIn || (answer && !answer.excused && !answer.text)) return "llm";
    if (!this.#turnOver) return undefined;
    if (known === "perhaps" || this.#userSpokeLast) return "llm";
    return this.#voiceMs >= SPEECH_MS ? "stt" : undefined;
  }

  /**
   * Whether the user waits for an answer that nobody is going to give: it was
   * cut off by something in which no words were understood.
   */
  get unasked(): boolean {
    return this.#turnOver && this.#dropped !== undefined &&
      this.#dropped === this.#context.messages.at(-1);
  }

  /** Forgets what was owed: the user speaks, or it was given up. */
  clear(): void {
    this.interrupted();
    this.#calls.clear();
  }

  /** What was being said is not going to be; calls go on. */
  interrupted(): void {
    const answer = this.#answer;
    if (answer && !this.#wasHeard(answer)) this.#dropped = answer.question;
    this.#answer = undefined;
    this.#resultsIn = this.#turnOver = false;
  }

  /** The user's turn is over, in which a voice was heard for so long. */
  turnEnded(voiceMs: number): void {
    this.#turnOver = true;
    this.#voiceMs = voiceMs;
  }

  /** The model begins an answer, or a text is given to the voice. */
  begin(about: { readonly silent?: boolean; readonly whole?: boolean }): void {
    const { silent = false, whole = false } = about;
    // A text within an answer is not the end of it.
    if (whole && this.#answer && !this.#answer.ended) return;
    this.#resultsIn = this.#turnOver = false;
    this.#answer = {
      question: this.#context.messages.at(-1),
      before: this.#lastSaid,
      text: whole,
      excused: silent,
      ended: whole,
      heard: false,
    };
  }

  /** The model has written a text that is to be spoken, or only shown. */
  wrote(about: { readonly spoken: boolean }): void {
    if (!this.#answer) return;
    if (about.spoken) this.#answer.text = true;
    else this.#answer.excused = true;
  }

  /** The model's answer is over. */
  end(): void {
    if (!this.#answer) return;
    this.#answer.ended = true;
    // Its calls were asked for before its end.
    if (this.#calls.size > 0 && !this.#answer.text) this.#answer.excused = true;
  }

  /** The bot is heard. */
  heard(): void {
    if (this.#answer) this.#answer.heard = true;
  }

  callsStarted(calls: readonly FunctionCallFromLLM[]): void {
    for (const { toolCallId, functionName } of calls) this.#calls.set(toolCallId, functionName);
  }

  /** A call is over; says nothing of calls that nobody waits for any more. */
  callEnded(id: string, about: { readonly runLlm: boolean }): void {
    if (!this.#calls.delete(id)) return;
    if (about.runLlm) this.#resultsIn = true;
  }

  get #userSpokeLast(): boolean {
    const last = this.#context.messages.at(-1);
    return last !== undefined && !isLLMSpecificMessage(last) && last.role === "user";
  }

  get #lastSaid(): LLMContextMessage | undefined {
    return this.#context.messages.findLast((message) =>
      !isLLMSpecificMessage(message) && message.role === "assistant" && !message.tool_calls
    );
  }

  /** Whether anything of an answer was heard: the bot spoke, or the context holds a word of it. */
  #wasHeard({ heard, before }: Answer): boolean {
    return heard || this.#lastSaid !== before;
  }
}
