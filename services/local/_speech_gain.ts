import { rms } from "../../audio/mod.ts";

/** Pieces whose level is taken together: a vowel, and neither a click nor a word. */
const WINDOW_PIECES = 3;

/** From here on it may be speech. */
const AUDIBLE_LEVEL = 150;

/** Pieces after the first that may be speech, until it is as loud as it gets, more or less. */
const PIECES_TO_WAIT = 6;

/** The level at which the model hears best, and how far speech is brought to it. */
const BEST_LEVEL = 2400;
const MIN_GAIN = 0.1;
const MAX_GAIN = 20;

/**
 * Finds what an utterance must be multiplied with to be as loud as the model likes it.
 *
 * It is one factor for the whole utterance, taken from its beginning: the model knows loudness only
 * by its changes. Twice or half as loud makes no difference, so the beginning will do.
 */
export class SpeechGain {
  #levels: number[] = [];
  #loudest = 0;
  #waited = 0;
  #gain: number | undefined;

  /** The factor, once it is known. */
  get value(): number | undefined {
    return this.#gain;
  }

  /** Takes the next piece, of 40 ms. */
  add(piece: Int16Array): void {
    if (this.#gain !== undefined) return;
    this.#levels = [...this.#levels.slice(1 - WINDOW_PIECES), rms(piece)];
    const squares = this.#levels.reduce((sum, level) => sum + level ** 2, 0);
    this.#loudest = Math.max(this.#loudest, Math.sqrt(squares / WINDOW_PIECES));
    if (this.#loudest >= AUDIBLE_LEVEL && ++this.#waited > PIECES_TO_WAIT) this.settle();
  }

  /** Decides by what there was. */
  settle(): void {
    this.#gain ??= Math.min(Math.max(BEST_LEVEL / Math.max(this.#loudest, 1), MIN_GAIN), MAX_GAIN);
  }
}
