/** What there is of the bot's speech at a moment. */
export interface SpeechAt {
  /** When the next or present speech begins to be heard, if any is written. */
  readonly begins: number | undefined;
  /** When the last speech that is written ends. */
  readonly ends: number;
  /** Whether speech waits to be written. */
  readonly queued: boolean;
}

/** What is announced. */
export type SpeechSign = "started" | "speaking" | "stopped";

/** How often it is said that the bot is speaking. */
const PERIOD_MS = 200;

/** Silence after which the bot has stopped when nobody says that its utterance has ended. */
const UNSAID_STOP_MS = 350;

/** Silence after which the bot has stopped although more was announced. */
const STALL_STOP_MS = 1_000;

/** Tells from what is played when the bot starts and stops speaking. */
export class BotSpeech {
  readonly #sign: (sign: SpeechSign) => void;
  readonly #utterances: Set<string | undefined> = new Set();
  #responses = false;
  #ended = false;
  #speaking = false;
  #tick = 0;

  constructor(sign: (sign: SpeechSign) => void) {
    this.#sign = sign;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** A TTS service began an utterance. */
  utteranceBegan(id: string | undefined): void {
    this.#utterances.add(id);
  }

  /** A TTS service has given all of an utterance. */
  utteranceEnded(id: string | undefined): void {
    this.#utterances.delete(id);
    this.#ended = true;
  }

  /** A model's answer begins or is over: between, more may come. */
  response(open: boolean): void {
    this.#responses = open;
  }

  /** Speech was queued. */
  queued(): void {
    this.#ended = false;
  }

  /** Announces a start that is due; called before what is over is forgotten. */
  start(now: number, speech: SpeechAt): void {
    if (this.#speaking || speech.begins === undefined || speech.begins > now) return;
    this.#speaking = true;
    this.#tick = now;
    this.#sign("started");
  }

  /** Announces what else is due. */
  update(now: number, speech: SpeechAt): void {
    if (!this.#speaking) return;
    const dry = !speech.queued && speech.ends <= now;
    if (dry) {
      if (now >= speech.ends + this.#patienceMs) this.stop();
    } else if (now >= this.#tick) {
      const next = this.#tick + PERIOD_MS;
      this.#tick = next > now ? next : now + PERIOD_MS;
      this.#sign("speaking");
    }
  }

  /** When something will be due, as far as is known. */
  next(now: number, speech: SpeechAt): number | undefined {
    if (!this.#speaking) return speech.begins;
    if (speech.queued) return this.#tick;
    const stop = speech.ends + this.#patienceMs;
    return speech.ends <= now ? stop : Math.min(stop, this.#tick);
  }

  /** Announces that the bot stopped, if it was speaking. */
  stop(): void {
    if (!this.#speaking) return;
    this.#speaking = false;
    this.#sign("stopped");
  }

  /** Forgets what was announced and will not come. */
  reset(): void {
    this.#utterances.clear();
    this.#responses = this.#ended = false;
  }

  get #patienceMs(): number {
    if (this.#responses || this.#utterances.size > 0) return STALL_STOP_MS;
    return this.#ended ? 0 : UNSAID_STOP_MS;
  }
}
