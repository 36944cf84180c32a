import type { Clock } from "../../async/mod.ts";
import type { SpokenWord } from "../../text/mod.ts";
import { StallGuard } from "../wire/mod.ts";
import type { SpeechEvent } from "./synthesis.ts";

/** Milliseconds of audio that may wait unread before the provider is made to wait. */
export const READ_AHEAD_MS = 60_000;

export interface SpeechOptions {
  readonly clock: Clock;
  readonly sampleRate: number;
  readonly stallTimeoutMs: number;
  /** Aborted when nobody wants to hear it any more. */
  readonly signal: AbortSignal;
  /** Asks the provider; nothing is asked where there is nothing to say. */
  readonly ask: ((signal: AbortSignal) => AsyncIterable<SpeechEvent>) | undefined;
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

  /** Whether all of it has been read; never so if it failed. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Gives the audio as it comes; throws what the provider threw, behind the audio before it. */
  async *audio(): AsyncIterable<Int16Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#given += chunk.length;
        this.#wake();
        yield chunk;
      } else if (this.#failed) throw this.#failed.error;
      else if (this.#complete || this.#signal.aborted) return;
      else await this.#change();
    }
  }

  async #follow(
    ask: (signal: AbortSignal) => AsyncIterable<SpeechEvent>,
    options: SpeechOptions,
  ): Promise<void> {
    const signal = this.#signal;
    using guard = new StallGuard(options.clock, { timeoutMs: options.stallTimeoutMs, signal });
    // Whoever asks has the speech in hand before anything of it is there.
    await Promise.resolve();
    try {
      for await (const event of guard.watch(ask(guard.signal))) {
        if (signal.aborted) return;
        if (event.type === "words") this.words.push(...event.words);
        else this.#take(event.audio, options);
        while (this.readMs - this.givenMs > READ_AHEAD_MS && !signal.aborted) await this.#change();
      }
      if (this.#read === 0) throw new NoAudioError("Cannot be heard: the provider gave no audio");
      this.#complete = true;
    } catch (error) {
      this.#failed = { error };
    }
    this.#wake();
    if (this.#complete) options.onRead();
  }

  #take(audio: Int16Array, options: SpeechOptions): void {
    if (audio.length === 0) return;
    if (this.#read === 0) options.onFirstAudio();
    this.#read += audio.length;
    this.#chunks.push(audio);
    this.#wake();
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
