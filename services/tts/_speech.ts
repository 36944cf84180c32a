import type { Clock } from "../../async/mod.ts";
import type { SpokenWord } from "../../text/mod.ts";
import { StallGuard } from "../wire/mod.ts";
import type { SpeechEvent } from "./synthesis.ts";

/** Milliseconds of audio that may wait unread before the provider is made to wait. */
export const READ_AHEAD_MS = 60_000;

export interface SpeechOptions {
  readonly clock: Clock;
  readonly sampleRate: number;
  /** Milliseconds without anything after which it is given up; never, where the source sees to that. */
  readonly stallTimeoutMs: number | undefined;
  /** Aborted when nobody wants to hear it any more. */
  readonly signal: AbortSignal;
  /** Asks the provider; nothing is asked where there is nothing to say. */
  readonly ask: ((signal: AbortSignal) => AsyncIterable<SpeechEvent>) | undefined;
  /** Whether there has to be audio in the end. */
  readonly owes: () => boolean;
  readonly onFirstAudio: () => void;
  /** Called once all of it has been read; not if it failed. */
  readonly onRead: () => void;
}

/** The provider said nothing where there was something to say; it may speak the next text. */
class NoAudioError extends Error {
  override readonly name = "NoAudioError";
  readonly retryable = true;
}

/** The audio and word times of one request, read ahead of who pushes them. */
export class Speech {
  readonly words: SpokenWord[] = [];
  readonly sampleRate: number;
  readonly #signal: AbortSignal;
  readonly #chunks: Int16Array[] = [];
  #read = 0;
  #given = 0;
  #complete = false;
  #broken = false;
  #failed: { readonly error: unknown } | undefined;
  #changed: PromiseWithResolvers<void> | undefined;

  constructor(options: SpeechOptions) {
    this.sampleRate = options.sampleRate;
    this.#signal = options.signal;
    if (!options.ask) {
      this.#complete = true;
      return;
    }
    options.signal.addEventListener("abort", () => this.#wake(), { once: true });
    void this.#follow(options.ask, options);
  }

  /** Milliseconds of audio given out, the piece just given included. */
  get givenMs(): number {
    return this.#given * 1000 / this.sampleRate;
  }

  /** Milliseconds of audio read so far. */
  get readMs(): number {
    return this.#read * 1000 / this.sampleRate;
  }

  /** Whether all of it has been read; never so if it failed, or broke. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Whether the connection broke before all of it was there. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Whether nothing more comes, for whatever reason. */
  get over(): boolean {
    return this.#complete || this.#broken || this.#failed !== undefined;
  }

  /**
   * Gives the audio as it comes, and an empty piece when words come for what was given; throws what the provider
   * threw, behind the audio before it.
   */
  async *audio(): AsyncIterable<Int16Array> {
    for (let told = 0;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#given += chunk.length;
        this.#wake();
        told = this.words.length;
        yield chunk;
      } else if (this.words.length > told) {
        told = this.words.length;
        yield new Int16Array();
      } else if (this.#failed) throw this.#failed.error;
      else if (this.#complete || this.#broken || this.#signal.aborted) return;
      else await this.#change();
    }
  }

  async #follow(
    ask: (signal: AbortSignal) => AsyncIterable<SpeechEvent>,
    options: SpeechOptions,
  ): Promise<void> {
    // Whoever asks has the speech in hand before anything of it is there.
    await Promise.resolve();
    try {
      await this.#readAll(ask, options);
      if (this.#broken) this.#keepWholeWords();
      else if (this.#read === 0 && options.owes()) {
        throw new NoAudioError("Cannot be heard: the provider gave no audio");
      } else this.#complete = true;
    } catch (error) {
      this.#failed = { error };
    }
    this.#wake();
    if (this.#complete) options.onRead();
  }

  async #readAll(
    ask: (signal: AbortSignal) => AsyncIterable<SpeechEvent>,
    options: SpeechOptions,
  ): Promise<void> {
    const { clock, signal, stallTimeoutMs: timeoutMs } = options;
    using guard = timeoutMs === undefined
      ? undefined
      : new StallGuard(clock, { timeoutMs, signal });
    const events = guard ? guard.watch(ask(guard.signal)) : ask(signal);
    for await (const event of events) {
      if (signal.aborted) return;
      if (event.type === "words") {
        this.words.push(...event.words);
        this.#wake();
      } else if (event.type === "audio") this.#take(event.audio, options);
      else this.#broken = true;
      while (this.readMs - this.givenMs > READ_AHEAD_MS && !signal.aborted) await this.#change();
    }
  }

  #take(audio: Int16Array, options: SpeechOptions): void {
    if (audio.length === 0) return;
    if (this.#read === 0) options.onFirstAudio();
    this.#read += audio.length;
    this.#chunks.push(audio);
    this.#wake();
  }

  /** What is asked for anew begins with a word: the half of one that nobody has heard goes. */
  #keepWholeWords(): void {
    const ends = this.words.flatMap(({ endMs }, k) => endMs ?? this.words[k + 1]?.startMs ?? []);
    const wholeMs = Math.max(0, ...ends.filter((ms) => ms <= this.readMs));
    if (ends.length === 0) return;
    const keep = Math.max(this.#given, Math.round(wholeMs * this.sampleRate / 1000));
    while (this.#read > keep) {
      const last = this.#chunks.pop();
      if (!last) return;
      const over = Math.min(last.length, this.#read - keep);
      this.#read -= over;
      if (over < last.length) this.#chunks.push(last.subarray(0, last.length - over));
    }
  }

  #change(): Promise<void> {
    this.#changed ??= Promise.withResolvers<void>();
    return this.#changed.promise;
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
