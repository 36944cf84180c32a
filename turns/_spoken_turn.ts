import type { LLMAssistantMessage, LLMContext, LLMContextMessage } from "../context/mod.ts";
import { AggregatedTextFrame, type TextFrame, TTSTextFrame } from "../frames/mod.ts";

/** What began a turn of the bot: a model's answer, a text to speak, or text out of nowhere. */
export type SpokenTurnKind = "answer" | "utterance" | "loose";

/** What the bot says in one go, as it grows: always in the context as far as it was heard. */
export class SpokenTurn {
  readonly kind: SpokenTurnKind;
  /** When it began, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Whether a voice has begun to speak it. */
  voiced = false;
  /** Since when it is heard, as far as the sound tells. */
  soundsSince: number | undefined;
  readonly #context: LLMContext;
  #text = "";
  #message: LLMAssistantMessage | undefined;
  #next: LLMContextMessage | undefined;
  #marker = "";
  #segment: { readonly id: number; readonly end: number } | undefined;
  #contextId: string | undefined;

  constructor(context: LLMContext, about: { kind: SpokenTurnKind; timestamp: string }) {
    this.#context = context;
    this.kind = about.kind;
    this.timestamp = about.timestamp;
  }

  /** What was said so far. */
  get content(): string {
    return this.#text.trim();
  }

  /** What the context holds of it, if anything. */
  get message(): LLMAssistantMessage | undefined {
    return this.#message;
  }

  /** Has what is said stand before a message: the calls that were asked for after it. */
  standBefore(next: LLMContextMessage): void {
    if (!this.#message) this.#next ??= next;
  }

  /** Has the context, and it alone, hold a sign before what is said. */
  mark(marker: string): void {
    this.#marker = marker;
  }

  /** Takes what was just heard, or shown. */
  add(frame: TextFrame): void {
    const piece = frame instanceof AggregatedTextFrame ? frame.rawText : frame.text;
    const gone = this.#message && !this.#context.messages.includes(this.#message);
    if (gone) {
      // The application has replaced the conversation: what it dropped stays dropped.
      this.#text = "";
      this.#message = undefined;
    }
    this.#text += this.#isJoined(frame, piece) ? piece : ` ${piece}`;
    this.#write();
  }

  #write(): void {
    if (this.content === "") return;
    const content = this.#marker === "" ? this.content : `${this.#marker} ${this.content}`;
    if (this.#message?.content === content) return;
    const message: LLMAssistantMessage = { role: "assistant", content };
    const there = this.#message
      ? this.#context.replaceMessage(this.#message, message)
      : this.#next !== undefined && this.#context.insertBefore(this.#next, message);
    if (!there) this.#context.addMessage(message);
    this.#message = message;
  }

  /** Whether a piece follows the text before it without a space of our own. */
  #isJoined(frame: TextFrame, piece: string): boolean {
    const before = this.#segment;
    const span = frame instanceof TTSTextFrame ? frame.span : undefined;
    this.#segment = span && { id: span.id, end: span.end };
    const contextId = frame instanceof AggregatedTextFrame ? frame.contextId : undefined;
    const isSameUtterance = contextId === this.#contextId;
    this.#contextId = contextId;
    if (this.#text === "" || /\s$/.test(this.#text) || /^\s/.test(piece)) return true;
    if (span && before?.id === span.id && before.end === span.start) return true;
    // What another utterance says is another text, and one that was cut has no space at its end.
    return frame.includesInterFrameSpaces && isSameUtterance;
  }
}
