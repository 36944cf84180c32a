import type { Clock, Timer } from "../../async/mod.ts";

/** What happened in a conversation from a file. */
export type WavEventType =
  | "inputEnded"
  | "userStartedSpeaking"
  | "userStoppedSpeaking"
  | "botStartedSpeaking"
  | "botStoppedSpeaking"
  | "interruption"
  | "finished";

/** Something that happened, and when. */
export interface WavEvent {
  /** What it was. */
  readonly type: WavEventType;
  /** When, in milliseconds from the first sample of the input. */
  readonly atMs: number;
}

/** When a conversation from a file is over. */
export interface WavLimits {
  /** Milliseconds for which the bot has to be silent after the input has ended. */
  readonly quietMs: number;
  /** Milliseconds after which it is over in any case. */
  readonly maxMs: number;
}

/** The course of a conversation from a file: when it began, what happened, and when it is over. */
export class WavConversation {
  readonly #limits: WavLimits;
  readonly #told: (event: WavEvent) => void;
  readonly #events: WavEvent[] = [];
  #clock: Clock | undefined;
  #startMs = 0;
  #endedMs: number | undefined;
  #inputEnded: number | undefined;
  #botUntil = 0;
  #answering = false;
  #timers: Timer[] = [];
  #over = false;

  constructor(limits: WavLimits, told: (event: WavEvent) => void) {
    this.#limits = limits;
    this.#told = told;
  }

  /** Everything that happened so far, in order. */
  get events(): readonly WavEvent[] {
    return this.#events;
  }

  /** How long it has lasted, in milliseconds. */
  get nowMs(): number {
    return this.#endedMs ?? (this.#clock ? this.#clock.now() - this.#startMs : 0);
  }

  /** The time of a moment of the clock. */
  timeOf(clockMs: number): number {
    return clockMs - this.#startMs;
  }

  /** Begins; again does nothing. */
  begin(clock: Clock): void {
    if (this.#clock) return;
    this.#clock = clock;
    this.#startMs = clock.now();
    if (this.#limits.maxMs === Infinity) return;
    this.#timers.push(clock.timer(this.#limits.maxMs, () => this.#finish()));
  }

  /** Notes that something happened. */
  note(type: WavEventType): void {
    const event: WavEvent = { type, atMs: this.nowMs };
    this.#events.push(event);
    this.#told(event);
  }

  /** All of the input has been given. */
  endInput(): void {
    if (this.#inputEnded !== undefined || this.#over) return;
    this.#inputEnded = this.nowMs;
    this.note("inputEnded");
    this.#watch();
  }

  /** The bot will be heard until then. */
  botUntil(ms: number): void {
    this.#botUntil = Math.max(this.#botUntil, ms);
  }

  /** The bot is working out an answer, or is done with it. */
  answering(open: boolean): void {
    this.#answering = open;
    this.#botUntil = Math.max(this.#botUntil, this.nowMs);
  }

  /** What the bot would have said is dropped. */
  interrupted(): void {
    this.#answering = false;
    this.#botUntil = Math.min(this.#botUntil, this.nowMs);
  }

  /** Stops its time, and takes back its timers. */
  close(): void {
    this.#endedMs = this.nowMs;
    this.#over = true;
    for (const timer of this.#timers.splice(0)) timer.cancel();
  }

  /** Looks again when it could be over. */
  #watch(): void {
    if (this.#over || !this.#clock || this.#inputEnded === undefined) return;
    const quietSince = this.#answering ? this.nowMs : Math.max(this.#inputEnded, this.#botUntil);
    const left = quietSince + this.#limits.quietMs - this.nowMs;
    if (left <= 0) return this.#finish();
    this.#timers.push(this.#clock.timer(left, () => this.#watch()));
  }

  #finish(): void {
    if (this.#over) return;
    this.close();
    this.note("finished");
  }
}
