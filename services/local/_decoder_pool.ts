import type { Decoder } from "./_recognition_model.ts";

/** What an utterance is decoded with: its phrases, and the sounds they are measured against. */
export interface DecoderPair {
  /** Hears the phrases. */
  readonly phrases: Decoder;
  /** Hears any sounds. */
  readonly sounds: Decoder;
}

/** Makes a pair. */
export type MakeDecoders = () => Promise<DecoderPair>;

// A decoder takes megabytes of WebAssembly memory that are never given back, freed or not. So they
// are kept: a process has as many of one kind as it ever had utterances of that kind at a time.
const pools = new Map<string, DecoderPool>();

/** Decoders of one kind, for all the sessions of a process. */
export class DecoderPool {
  readonly #make: MakeDecoders;
  readonly #free: DecoderPair[] = [];
  #isCold = true;

  constructor(make: MakeDecoders) {
    this.#make = make;
  }

  /** The pool of a kind; `make` is used when the kind is new. */
  static of(kind: string, make: MakeDecoders): DecoderPool {
    const pool = pools.get(kind) ?? new DecoderPool(make);
    pools.set(kind, pool);
    return pool;
  }

  /** Whether no utterance has gone through any of them, so that the first would be slow. */
  get isCold(): boolean {
    return this.#isCold;
  }

  /** A pair that is ready at once, if there is one. */
  takeReady(): DecoderPair | undefined {
    return this.#free.pop();
  }

  /** A pair, made if need be. */
  async take(): Promise<DecoderPair> {
    return this.takeReady() ?? await this.#make();
  }

  /** Takes a pair back whose utterance is over, for the next. */
  async give(pair: DecoderPair): Promise<void> {
    await Promise.all([pair.phrases.reset(), pair.sounds.reset()]);
    this.#free.push(pair);
    this.#isCold = false;
  }
}
