/**
 * Speaks with espeak-ng in process, and says when each written word is said: no key, no network.
 *
 * **espeak-ng is GPL-3.0.** This module does not contain it, and importing the module does not load
 * it: {@linkcode loadEspeak} does, from npm (`@echogarden/espeak-ng-emscripten`, 24 MB). No other
 * file of the SDK imports that package. A program that ships with it falls under its terms.
 *
 * @example
 * ```ts
 * import { loadEspeak } from "@parley/sdk/services/local/espeak";
 *
 * const espeak = await loadEspeak();
 * for await (const piece of espeak.speak("It costs $12.50.")) {
 *   if (piece.type === "words") console.log(piece.words);
 *   else console.log(piece.audio.length, "samples at", espeak.sampleRate, "Hz");
 * }
 * ```
 *
 * @module
 */
import { nextTurn } from "../../async/mod.ts";
import { samplesForMs } from "../../audio/mod.ts";
import { type SpokenSegment, spokenSegments } from "./_spoken_segments.ts";
import { spokenTokens } from "./_spoken_text.ts";
import { type EspeakEvent, speechEnd, spokenLine, wordTimes } from "./_word_times.ts";

/** A written word, and when it is said. */
export interface EspeakWord {
  /** The word as it is written, with its marks. */
  readonly text: string;
  /** Where it begins in the text, in UTF-16 code units. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** When it begins, in milliseconds from the first sample. */
  readonly startMs: number;
  /** When it ends; at its beginning for an emoji, a bullet and the like, which are not said. */
  readonly endMs: number;
}

/** What comes of a text, piece by piece. */
export type EspeakPiece =
  | {
    /** Words of the text, each once and in order, before their audio. */
    readonly type: "words";
    /** The words. */
    readonly words: readonly EspeakWord[];
  }
  | {
    /** The next part of the audio, some 100 ms of it. */
    readonly type: "audio";
    /** Samples, mono, at {@linkcode Espeak.sampleRate}. */
    readonly audio: Int16Array;
  };

/** How a text is spoken. */
export interface EspeakOptions {
  /** A voice of espeak-ng, with a variant if wanted. @default {"en-us+f2"} */
  readonly voice?: string | undefined;
  /** Words a minute, from 80 to 450. @default {160} */
  readonly rate?: number | undefined;
  /** Pitch, from 0 to 99. @default {50} */
  readonly pitch?: number | undefined;
  /** Ends the speech when it aborts: nothing comes after. */
  readonly signal?: AbortSignal | undefined;
}

/** What is used of the package, which has no types. */
interface EspeakWorker {
  get_samplerate(): number;
  /** Zero when the voice is known. */
  set_voice(voice: string): number;
  set_rate(rate: number): void;
  set_pitch(pitch: number): void;
  synthesize(text: string, take: (audio: Int16Array, events: EspeakEvent[]) => boolean): void;
}

/** The package. */
interface EspeakPackage {
  readonly default: () => Promise<{ readonly eSpeakNGWorker: new () => EspeakWorker }>;
}

// Deno downloads every package that is named by a literal, chosen or not, so this name is put
// together where it is used.
const PACKAGE = ["npm:@echogarden/espeak-ng", "emscripten@0.3.5"];

/** The speed at which pauses are as long as they say, in words a minute. */
const USUAL_RATE = 160;

/** Texts that make the machine code of what comes later; the first takes 170 ms. */
const WARM_UP = ["Hello there.", "It is a quarter to twelve, and 3 dollars.", "What did you say?"];

let loading: Promise<Espeak> | undefined;

/** espeak-ng, loaded once for the process and shared by all sessions. */
export interface Espeak {
  /** Samples in a second of its audio, in hertz: 22050. */
  readonly sampleRate: number;
  /**
   * Speaks a text.
   *
   * Every written word is reported once, whatever is said for it; words of scripts without spaces
   * one by one. Emoji and marks of markdown are not said. The times of the words count from the
   * first sample, with the pauses behind sentences and clauses, which are part of the audio.
   *
   * It is made in calls of some 4 s of speech or less, which take 5 ms for each second of it, and
   * other work gets its turn between them. A call sets its own voice, rate and pitch and ends before
   * the next one begins, so sessions do not disturb each other.
   *
   * @throws {RangeError} If there is no such voice.
   */
  speak(text: string, options?: EspeakOptions): AsyncIterable<EspeakPiece>;
}

/**
 * Loads espeak-ng, or gives what is loaded. Needs `--allow-read` for the package's data.
 *
 * @example
 * ```ts
 * import { loadEspeak } from "@parley/sdk/services/local/espeak";
 *
 * const espeak = await loadEspeak();
 * const pieces = await Array.fromAsync(espeak.speak("Hello.", { rate: 140 }));
 * console.log(pieces[0]); // { type: "words", words: [{ text: "Hello.", startMs: 0, … }] }
 * ```
 * @throws {Error} If the package or its data cannot be loaded.
 */
export function loadEspeak(): Promise<Espeak> {
  return loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
}

class LoadedEspeak implements Espeak {
  readonly #worker: EspeakWorker;
  #voice = "";

  constructor(worker: EspeakWorker) {
    this.#worker = worker;
  }

  get sampleRate(): number {
    return this.#worker.get_samplerate();
  }

  async *speak(text: string, options: EspeakOptions = {}): AsyncGenerator<EspeakPiece> {
    const { voice = "en-us+f2", rate = USUAL_RATE, signal } = options;
    let samples = 0;
    for (const segment of spokenSegments(text, spokenTokens(text, voice))) {
      if (samples > 0) await nextTurn();
      if (signal?.aborted) return;
      const { events, chunks } = this.#synthesize(spokenLine(segment.tokens), options);
      const fromMs = samples * 1000 / this.sampleRate;
      yield { type: "words", words: wordsOf(text, segment, { events, fromMs }) };
      const pauseMs = segment.pauseMs * USUAL_RATE / rate;
      for (const audio of this.#withPause(chunks, speechEnd(events) + pauseMs)) {
        if (signal?.aborted) return;
        samples += audio.length;
        yield { type: "audio", audio };
      }
    }
  }

  /** Makes the audio of a line. Nothing else runs meanwhile. */
  #synthesize(
    line: string,
    { voice = "en-us+f2", rate = USUAL_RATE, pitch = 50 }: EspeakOptions,
  ): { chunks: Int16Array[]; events: EspeakEvent[] } {
    const worker = this.#worker;
    this.#setVoice(voice);
    const chunks: Int16Array[] = [];
    const events: EspeakEvent[] = [];
    if (line === "") return { chunks, events };
    worker.set_rate(Math.round(Math.min(Math.max(rate, 80), 450)));
    worker.set_pitch(Math.round(Math.min(Math.max(pitch, 0), 99)));
    worker.synthesize(line, (audio, more) => {
      if (audio.length > 0) chunks.push(audio);
      events.push(...more);
      return false;
    });
    return { chunks, events };
  }

  #setVoice(voice: string): void {
    if (voice === this.#voice) return;
    if (this.#worker.set_voice(voice) !== 0) {
      this.#voice = "";
      throw new RangeError(
        `Cannot speak with the voice "${voice}": espeak-ng has none of that name; try "en-us+f2"`,
      );
    }
    this.#voice = voice;
  }

  /** The audio, made longer with silence or shorter until it ends at a time. */
  *#withPause(chunks: readonly Int16Array[], endMs: number): Iterable<Int16Array> {
    if (chunks.length === 0) return;
    let left = samplesForMs(endMs, { sampleRate: this.sampleRate });
    for (const chunk of chunks) {
      const audio = chunk.subarray(0, Math.max(left, 0));
      left -= audio.length;
      if (audio.length > 0) yield audio;
    }
    if (left > 0) yield new Int16Array(left);
  }
}

function wordsOf(
  text: string,
  { tokens }: SpokenSegment,
  { events, fromMs }: { readonly events: readonly EspeakEvent[]; readonly fromMs: number },
): EspeakWord[] {
  const times = wordTimes(tokens, events);
  return tokens.map(({ start, end }, k) => ({
    text: text.slice(start, end),
    start,
    end,
    startMs: fromMs + (times[k]?.startMs ?? 0),
    endMs: fromMs + (times[k]?.endMs ?? 0),
  }));
}

async function load(): Promise<Espeak> {
  const espeak = new LoadedEspeak(await loadWorker());
  for (const text of WARM_UP) for await (const _ of espeak.speak(text)) await nextTurn();
  return espeak;
}

async function loadWorker(): Promise<EspeakWorker> {
  try {
    const { default: create }: EspeakPackage = await import(PACKAGE.join("-"));
    const { eSpeakNGWorker: Worker } = await create();
    return new Worker();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load espeak-ng: ${reason}`, { cause });
  }
}
