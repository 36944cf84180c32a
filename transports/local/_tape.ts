import { resample } from "../../audio/mod.ts";

interface Piece {
  readonly at: number;
  readonly pcm: Int16Array;
}

/** What was played when: mono audio on a line of time. */
export class Tape {
  readonly sampleRate: number;
  #pieces: Piece[] = [];

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
  }

  /** How long it is, in milliseconds. */
  get endMs(): number {
    const last = this.#pieces.at(-1);
    return last ? (last.at + last.pcm.length) * 1000 / this.sampleRate : 0;
  }

  /** Writes samples at a time; what follows the piece before within a sample follows it exactly. */
  write(pcm: Int16Array, atMs: number): void {
    const last = this.#pieces.at(-1);
    const end = last ? last.at + last.pcm.length : 0;
    const at = Math.round(atMs * this.sampleRate / 1000);
    this.#pieces.push({ at: Math.abs(at - end) <= 1 ? end : Math.max(at, end), pcm });
  }

  /** Cuts off what comes after a time, and says how many milliseconds of audio that was. */
  cut(atMs: number): number {
    const at = Math.round(atMs * this.sampleRate / 1000);
    let samples = 0;
    this.#pieces = this.#pieces.flatMap((piece) => {
      const keep = Math.min(piece.pcm.length, Math.max(0, at - piece.at));
      samples += piece.pcm.length - keep;
      return keep > 0 ? [{ at: piece.at, pcm: piece.pcm.subarray(0, keep) }] : [];
    });
    return samples * 1000 / this.sampleRate;
  }

  /** All of it from the beginning, at a rate, at least so long. */
  read(sampleRate: number, leastMs: number): Int16Array {
    const length = Math.round(Math.max(this.endMs, leastMs) * this.sampleRate / 1000);
    const whole = new Int16Array(length);
    for (const { at, pcm } of this.#pieces) whole.set(pcm, at);
    return resample(whole, { fromRate: this.sampleRate, toRate: sampleRate });
  }
}
