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
  handle(phase: STTTurnPhase, { text, ...rest }: Partial<STTWords>): void {
    this.#dangling?.cancel();
    if (text || (text === "" && phase === "end")) this.#words = { ...rest, text };
    if (phase === "end") return this.#end();
    // The next connection begins anew what has begun.
    const goesOn = phase === "start" && this.#open;
    this.#begin();
    const whole = this.#whole();
    if (text && phase !== "resume") this.#listener.words(whole);
    if (goesOn) return;
    this.#listener.announce(phase, ...phase === "resume" ? [] : [whole.text]);
  }

  /** Audio was sent. */
  heard(ms: number): void {
    this.#chunkMs = ms;
    this.#silentMs = 0;
    if (this.#open) this.#watch();
  }

  /** The connection is no more: what it heard so far is all it will have heard. */
  disconnected(): void {
    if (!this.#open) return;
    this.#before = this.#whole().text;
    this.#words = { ...this.#words, text: "" };
    this.#dangling?.cancel();
    this.#dangling = this.#clock.timer(DANGLING_MS, () => this.#end());
  }

  /** What was half said is not wanted: the turn is over, without words. */
  forget(): void {
    if (!this.#open) return;
    this.#before = "";
    this.#words = { text: "" };
    this.#end();
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
      if (this.#silentMs > DANGLING_MS) return this.#end();
      this.#listener.silence();
      this.#watch();
    });
  }
}
