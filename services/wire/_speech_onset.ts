/** Loudness from which on it is speech: 40 dB below full scale. */
const GATE = 0.01 * 32_768;
/** Pieces of a millisecond whose loudness is taken together: a click is not loud among them. */
const WINDOW = 10;
/** Windows that must be loud one after another: a crackle is shorter. */
const RUN = 50;
/** Milliseconds after which audio counts as silent. */
const PATIENCE_MS = 3_000;

interface Piece {
  readonly sum: number;
  readonly squares: number;
}

/** Finds where audio that comes piece by piece begins to be audible. */
export class SpeechOnset {
  readonly #rate: number;
  /** Samples of a millisecond. */
  readonly #length: number;
  readonly #window: Piece[] = [];
  #sum = 0;
  #squares = 0;
  #count = 0;
  #pieces = 0;
  #run = 0;

  constructor(sampleRate: number) {
    this.#rate = sampleRate;
    this.#length = Math.max(1, Math.round(sampleRate / 1000));
  }

  /** Whether it has been silent for so long that nobody waits for it any more. */
  get silent(): boolean {
    return this.#pieces > PATIENCE_MS;
  }

  /** Takes the next audio; gives the seconds of silence before speech, once that is certain. */
  find(audio: Int16Array): number | undefined {
    for (const sample of audio) {
      this.#sum += sample;
      this.#squares += sample ** 2;
      if (++this.#count < this.#length) continue;
      if (this.#piece() >= RUN) return (this.#pieces - RUN) * this.#length / this.#rate;
    }
    return undefined;
  }

  /** Ends a millisecond; gives how many windows have been loud up to now. */
  #piece(): number {
    this.#window.push({ sum: this.#sum, squares: this.#squares });
    if (this.#window.length > WINDOW) this.#window.shift();
    this.#sum = this.#squares = this.#count = 0;
    this.#pieces++;
    return this.#run = loudness(this.#window, this.#length) > GATE ? this.#run + 1 : 0;
  }
}

/** Root mean square without the mean: an offset is not heard. */
function loudness(pieces: readonly Piece[], length: number): number {
  const samples = pieces.length * length;
  const mean = pieces.reduce((total, { sum }) => total + sum, 0) / samples;
  const square = pieces.reduce((total, { squares }) => total + squares, 0) / samples;
  return Math.sqrt(Math.max(0, square - mean ** 2));
}
