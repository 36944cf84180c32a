import { nextTurn } from "../../async/mod.ts";
import { PcmChunker, pcmToFloat32 } from "../../audio/mod.ts";
import type { DecoderPair, DecoderPool } from "./_decoder_pool.ts";
import { judge, type Judgement, type Thresholds } from "./_judgement.ts";
import { SpeechGain } from "./_speech_gain.ts";

/** A word that was heard, and when. */
export interface RecognizedWord {
  /** The word, in lower case. */
  readonly word: string;
  /** When it begins, in milliseconds from the first sample. */
  readonly startMs: number;
  /** When it ends. */
  readonly endMs: number;
}

/** What an utterance was. Without text it was refused, or else nothing was heard. */
export interface Recognition {
  /** The phrase: its words in lower case, without marks. Empty when none was heard. */
  readonly text: string;
  /** Whether it was speech, and none of the phrases. */
  readonly refused: boolean;
  /** How well the best phrase fits, from 0 to 1; it is refused below 0.5. */
  readonly confidence: number;
  /** The words of the phrase. */
  readonly words: readonly RecognizedWord[];
}

/** What an utterance is decoded with. */
export interface UtteranceOptions {
  /** Sample rate of the audio, in hertz. */
  readonly sampleRate: number;
  /** From where on something counts as heard. */
  readonly thresholds: Thresholds;
}

/** The most that a decoder takes at a time: a call of both takes about 3 ms. */
const PIECE_MS = 40;

/** The most pieces that are decoded in a turn of the event loop. */
const PIECES_A_TURN = 5;

/** Pieces between two looks at what the words are so far. */
const PIECES_A_PARTIAL = 5;

/** Silence after the end, in which the last sound is completed. */
const TAIL_MS = 300;

/** One utterance on its way through a pair of decoders. */
export class Utterance {
  readonly #pool: DecoderPool;
  readonly #options: UtteranceOptions;
  readonly #chunker: PcmChunker;
  readonly #ready: Promise<void>;
  readonly #gain = new SpeechGain();
  readonly #over = Promise.withResolvers<void>();
  #waiting: Int16Array[] = [];
  #pair: DecoderPair | undefined;
  #isOver = false;
  #decoded = 0;
  #partial = "";
  /** How many pieces must have been decoded before it is worth another look. */
  #partialAt = PIECES_A_PARTIAL;

  /** Begins one, as soon as there is a pair of decoders for it. */
  constructor(pool: DecoderPool, options: UtteranceOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#chunker = new PcmChunker(Math.round(options.sampleRate * PIECE_MS / 1000));
    const pair = pool.takeReady();
    if (pair) this.#begin(pair);
    this.#ready = pair ? Promise.resolve() : pool.take().then((made) => this.#begin(made));
    // Whoever finishes it is told of a failure; it may be that nobody does.
    this.#ready.catch(() => {});
  }

  /** Resolves when it is over and its decoders are given back. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Takes the next samples. */
  feed(audio: Int16Array): void {
    if (this.#isOver) return;
    this.#take(audio);
    this.#decode();
  }

  /** The words so far, if they seem to be a phrase. */
  partial(): string {
    if (this.#pair && !this.#isOver && this.#decoded >= this.#partialAt) {
      this.#partialAt = this.#decoded + PIECES_A_PARTIAL;
      this.#partial = textOf(this.#judge(this.#pair));
    }
    return this.#partial;
  }

  /** Ends it and says what it was. */
  async finish(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Recognition> {
    if (this.#isOver) throw new Error("Cannot finish the utterance: it is over already");
    this.#isOver = true;
    const tail = new Int16Array(Math.round(this.#options.sampleRate * TAIL_MS / 1000));
    this.#take(tail);
    this.#gain.settle();
    try {
      await this.#ready;
      while (this.#waiting.length > 0 && !options.signal?.aborted) {
        this.#decode();
        await nextTurn();
      }
      const judgement = await this.#release();
      options.signal?.throwIfAborted();
      return toRecognition(judgement);
    } finally {
      this.#over.resolve();
    }
  }

  /** Forgets it. */
  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting = [];
    // A pair that fails to come, or to be made ready again, is one that nobody waits for.
    this.#ready.then(() => this.#release()).catch(() => {}).finally(() => this.#over.resolve());
  }

  #begin(pair: DecoderPair): void {
    this.#pair = pair;
    pair.phrases.start();
    pair.sounds.start();
  }

  #take(audio: Int16Array): void {
    for (const piece of this.#chunker.push(audio)) {
      this.#gain.add(piece);
      this.#waiting.push(piece);
    }
  }

  #decode(): void {
    const { value: gain } = this.#gain;
    if (!this.#pair || gain === undefined) return;
    for (const piece of this.#waiting.splice(0, PIECES_A_TURN)) {
      const samples = pcmToFloat32(piece).map((sample) => sample * gain);
      this.#pair.phrases.feed(samples);
      this.#pair.sounds.feed(samples);
      this.#decoded++;
    }
  }

  #judge({ phrases, sounds }: DecoderPair): Judgement {
    return judge(phrases.segments(), sounds.segments(), this.#options.thresholds);
  }

  /** Ends the decoding, gives the decoders back, and says what it was. */
  async #release(): Promise<Judgement> {
    const pair = this.#pair;
    if (!pair) throw new Error("Cannot end an utterance: it has not begun");
    this.#pair = undefined;
    pair.phrases.stop();
    pair.sounds.stop();
    const judgement = this.#judge(pair);
    await this.#pool.give(pair);
    return judgement;
  }
}

function toRecognition(judgement: Judgement): Recognition {
  const { verdict, confidence, words } = judgement;
  return {
    text: textOf(judgement),
    refused: verdict === "refused",
    confidence,
    words: verdict !== "heard" ? [] : words.map(({ word, start, end }) => ({
      word,
      startMs: Math.round(start * 1000),
      endMs: Math.round(end * 1000),
    })),
  };
}

function textOf({ verdict, words }: Judgement): string {
  return verdict === "heard" ? words.map(({ word }) => word).join(" ") : "";
}
