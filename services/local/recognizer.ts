/**
 * Hears the phrases of a {@linkcode PhraseBook} in speech, in process: no key, no network.
 *
 * It is the grammar recogniser of npm `soundswallower` with its English model (both MIT). It hears
 * nothing but its phrases; other speech is refused, and silence and noise are nothing heard.
 *
 * @example
 * ```ts
 * import { PhraseBook } from "@parley/sdk/services/local/grammar";
 * import { SpeechRecognizer } from "@parley/sdk/services/local/recognizer";
 * import { assertEquals } from "@std/assert";
 *
 * using recognizer = new SpeechRecognizer({ book: new PhraseBook(["hello", "goodbye"]) });
 * const utterance = recognizer.start();
 * utterance.feed(new Int16Array(16_000)); // a second of silence
 * assertEquals(await utterance.finish(), { text: "", refused: false, confidence: 0, words: [] });
 * ```
 *
 * @module
 */
import { DecoderPool } from "./_decoder_pool.ts";
import type { Thresholds } from "./_judgement.ts";
import { createPhraseDecoder, createSoundDecoder, type Decoder } from "./_recognition_model.ts";
import { type Recognition, type RecognizedWord, Utterance } from "./_utterance.ts";
import type { PhraseBook } from "./grammar.ts";

export type { Recognition, RecognizedWord };

/** What a {@linkcode SpeechRecognizer} can be given. */
export interface SpeechRecognizerOptions {
  /** The phrases to hear. */
  readonly book: PhraseBook;
  /** Sample rate of the audio, in hertz, from 8000. @default {16000} */
  readonly sampleRate?: number | undefined;
  /**
   * How badly a phrase may fit against any sounds in any order before it is refused: natural
   * logarithms per second of speech, below zero. Nearer to zero refuses more.
   *
   * @default {-270}
   */
  readonly minPhraseFit?: number | undefined;
  /** The same for each word of it. @default {-440} */
  readonly minWordFit?: number | undefined;
  /**
   * Words that are listened for only to be refused; by default, some 150 that people often say.
   * Those that the dictionary lacks, and those that sound like a phrase, are left out.
   */
  readonly decoys?: readonly string[] | undefined;
}

/** Speech on its way into a recogniser. */
export interface RecognizerUtterance {
  /**
   * Takes the next samples, mono. When they are many, 200 ms of them are decoded now and the rest
   * with what comes next, so that nobody waits long. They must not be written to later.
   */
  feed(audio: Int16Array): void;
  /** The words so far, as they seem now; empty while they seem to be no phrase. */
  partial(): string;
  /**
   * Ends it and says what it was.
   *
   * @throws {unknown} The signal's reason, if it aborts.
   * @throws {Error} If it is over already.
   */
  finish(options?: { readonly signal?: AbortSignal | undefined }): Promise<Recognition>;
  /** Forgets it. */
  cancel(): void;
  /** Resolves when it was finished or cancelled, and its decoders are free for the next. */
  readonly over: Promise<void>;
}

/**
 * Hears phrases in speech.
 *
 * Utterances are heard one by one, each the same whatever came before it, soft or loud. The decoders
 * are shared by all recognisers of a process with the same phrases; between utterances none is held.
 * They run on the thread of the event loop, some 80 ms for each second of speech, in pieces of 3 ms.
 *
 * Needs `--allow-read` for the package's model.
 *
 * @example
 * ```ts
 * import { PhraseBook } from "@parley/sdk/services/local/grammar";
 * import { SpeechRecognizer } from "@parley/sdk/services/local/recognizer";
 *
 * using recognizer = new SpeechRecognizer({ book: new PhraseBook(["stop", "roll a dice"]) });
 * await recognizer.load();
 * const utterance = recognizer.start();
 * utterance.feed(new Int16Array(640)); // as the audio comes
 * const { text, refused } = await utterance.finish();
 * console.log(text || (refused ? "(not a phrase)" : "(nothing)"));
 * ```
 */
export class SpeechRecognizer {
  readonly #options: SpeechRecognizerOptions;
  readonly #sampleRate: number;
  readonly #thresholds: Thresholds;
  readonly #pool: DecoderPool;
  #utterance: Utterance | undefined;

  /**
   * Makes a recogniser; nothing is loaded yet.
   *
   * @throws {RangeError} If the sample rate is below 8000 Hz.
   */
  constructor(options: SpeechRecognizerOptions) {
    this.#options = options;
    this.#sampleRate = options.sampleRate ?? 16_000;
    if (!(this.#sampleRate >= 8000)) {
      throw new RangeError(
        `Cannot recognize speech at ${this.#sampleRate} Hz: pass a "sampleRate" of at least 8000`,
      );
    }
    this.#thresholds = { phrase: options.minPhraseFit ?? -270, word: options.minWordFit ?? -440 };
    this.#pool = DecoderPool.of(this.#kind(), () => this.#makeDecoders());
  }

  /**
   * Loads the model and runs it once, so that the first utterance is not late. Without it, that
   * happens while the first utterance comes. Calling it again does nothing.
   *
   * @throws {RangeError} If a word of a phrase has no pronunciation.
   */
  async load(): Promise<void> {
    if (!this.#pool.isCold) return;
    const utterance = this.#listen();
    utterance.feed(new Int16Array(this.#sampleRate));
    await utterance.finish();
  }

  /** Begins to listen. An utterance that was neither finished nor cancelled is cancelled. */
  start(): RecognizerUtterance {
    this.#utterance?.cancel();
    return this.#utterance = this.#listen();
  }

  /** Cancels what is being heard. */
  close(): void {
    this.#utterance?.cancel();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  #listen(): Utterance {
    const [sampleRate, thresholds] = [this.#sampleRate, this.#thresholds];
    return new Utterance(this.#pool, { sampleRate, thresholds });
  }

  /** What decoders must have in common to be exchanged for each other. */
  #kind(): string {
    const { book, decoys } = this.#options;
    return JSON.stringify([book.rules, [...book.pronunciations], decoys, this.#sampleRate]);
  }

  async #makeDecoders(): Promise<{ phrases: Decoder; sounds: Decoder }> {
    const { book, decoys } = this.#options;
    const sampleRate = this.#sampleRate;
    const phrases = await createPhraseDecoder(book, { sampleRate, decoys });
    return { phrases, sounds: await createSoundDecoder(sampleRate) };
  }
}
