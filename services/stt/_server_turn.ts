import type { Clock, Timer } from "../../async/mod.ts";
import type { STTTurnPhase, STTWords } from "./protocol.ts";

/** What the events of a turn are called, where a provider does not call them otherwise. */
export const TURN_EVENTS = {
  start: "turnStart",
  update: "turnUpdate",
  eagerEnd: "turnEagerEnd",
  resume: "turnResume",
  end: "turnEnd",
} as const;

/** Milliseconds between two pieces of the silence that stands in for audio. */
const SILENCE_EVERY_MS = 100;
/** Milliseconds of silence, or of nothing from a new connection, after which a turn is ended here. */
const DANGLING_MS = 5_000;

/** What a server's turn brings about. */
export interface ServerTurnListener {
  /** The turn begins. */
  started(): void;
  /** The words so far. */
  words(words: STTWords): void;
  /** The turn is over, with these words. */
  ended(words: STTWords): void;
  /** A little silence is to be sent. */
  silence(): void;
  /** An event of the turn, for who listens to events. */
  announce(phase: STTTurnPhase, ...args: readonly string[]): void;
}

/**
 * The turn that a server found: whatever happens, what was begun is ended, once,
 * with all its words.
 *
 * When audio stops to come, silence is sent in its place, so that the server can
 * see the end. When the connection breaks, the words so far stay, and those of
 * the next connection go behind them.
 */
export class ServerTurn {
  readonly #clock: Clock;
  readonly #listener: ServerTurnListener;
  readonly #minTimeoutMs: number;
  #open = false;
  /** Words of earlier connections. */
  #before = "";
  #words: STTWords = { text: "" };
  /** Words of the server's turn that was ended here and not there. */
  #said = "";
  #chunkMs = 0;
  #silentMs = 0;
  #watchdog: Timer | undefined;
  #dangling: Timer | undefined;

  constructor(
    listener: ServerTurnListener,
    options: { readonly clock: Clock; readonly minTimeoutMs: number },
  ) {
    this.#listener = listener;
    this.#clock = options.clock;
    this.#minTimeoutMs = options.minTimeoutMs;
  }

  /** Whether the user is speaking, as the server sees it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Takes what the server says; its last word on what was said counts even if there is none. */
  handle(phase: STTTurnPhase, { text: whole, ...rest }: Partial<STTWords>): void {
    this.#dangling?.cancel();
    if (phase === "start") this.#said = "";
    const text = whole && behind(this.#said, whole);
    const nothingNew = !text && (this.#said !== "" || phase === "end");
    if (phase === "end") this.#said = "";
    if (nothingNew && !this.#open) return;
    if (text || (text === "" && phase === "end")) this.#words = { ...rest, text };
    if (phase === "end") return this.#end();
    // The next connection begins anew what has begun.
    const goesOn = phase === "start" && this.#open;
    this.#begin();
    const words = this.#whole();
    if (text && phase !== "resume") this.#listener.words(words);
    if (goesOn) return;
    this.#listener.announce(phase, ...phase === "resume" ? [] : [words.text]);
  }

  /** Audio was sent. */
  heard(ms: number): void {
    this.#chunkMs = ms;
    this.#silentMs = 0;
    if (this.#open) this.#watch();
  }

  /** The connection is no more: what it heard so far is all it will have heard. */
  disconnected(): void {
    this.#said = "";
    if (!this.#open) return;
    this.#before = this.#whole().text;
    this.#words = { ...this.#words, text: "" };
    this.#dangling?.cancel();
    this.#dangling = this.#clock.timer(DANGLING_MS, () => this.#end());
  }

  /** What was half said is not wanted: the turn is over, without words. */
  forget(): void {
    if (!this.#open) return;
    const said = this.#saidSoFar();
    this.#before = "";
    this.#words = { text: "" };
    this.#end();
    this.#said = said;
  }

  /** The conversation ends: so does the turn, with the words that there are. */
  finish(): void {
    if (this.#open) this.#end();
  }

  /** Stops watching. */
  close(): void {
    this.#watchdog?.cancel();
    this.#dangling?.cancel();
    this.#open = false;
  }

  #begin(): void {
    if (this.#open) return;
    this.#open = true;
    this.#silentMs = 0;
    this.#listener.started();
    this.#watch();
  }

  #end(): void {
    // A server may end what it never began.
    this.#begin();
    const words = this.#whole();
    this.close();
    this.#before = "";
    this.#words = { text: "" };
    this.#listener.ended(words);
    this.#listener.announce("end", words.text);
  }

  /** The server does not end it: it may go on with the same words. */
  #endHere(): void {
    const said = this.#saidSoFar();
    this.#end();
    this.#said = said;
  }

  /** All words of the turn on this connection, those too that were behind an end here. */
  #saidSoFar(): string {
    return `${this.#said} ${this.#words.text}`.trim();
  }

  #whole(): STTWords {
    const text = [this.#before, this.#words.text].filter((part) => part !== "").join(" ");
    return { ...this.#words, text };
  }

  #watch(): void {
    this.#watchdog?.cancel();
    const waitMs = this.#silentMs > 0
      ? SILENCE_EVERY_MS
      : Math.max(2 * this.#chunkMs, this.#minTimeoutMs);
    this.#watchdog = this.#clock.timer(waitMs, () => {
      this.#silentMs += SILENCE_EVERY_MS;
      if (this.#silentMs > DANGLING_MS) return this.#endHere();
      this.#listener.silence();
      this.#watch();
    });
  }
}

/** What of a text comes behind what was said already; all of it where it begins otherwise. */
function behind(said: string, text: string): string {
  if (said === "") return text;
  let left = lettersOf(said);
  let at = 0;
  for (const character of text) {
    const letter = lettersOf(character);
    if (left === "" && letter !== "") break;
    if (!left.startsWith(letter)) return text;
    left = left.slice(letter.length);
    at += character.length;
  }
  return text.slice(at);
}

/** A text without what a provider may still change of it. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}
