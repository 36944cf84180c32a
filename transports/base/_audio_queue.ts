import { Deque } from "../../async/mod.ts";

interface Piece {
  readonly pcm: Int16Array;
  readonly speech: boolean;
}

/** Samples taken from an {@linkcode AudioQueue}. */
export interface Taken {
  /** As many samples as were asked for, with silence where there were not enough. */
  readonly pcm: Int16Array;
  /** How many of them came from the queue. */
  readonly samples: number;
  /** Whether any of them are speech. */
  readonly speech: boolean;
}

/** Audio in pieces of any size, taken in pieces of another: a view where one piece holds it all, else one copy. */
export class AudioQueue {
  readonly #pieces: Deque<Piece> = new Deque();
  #offset = 0;
  #samples = 0;
  #speech = 0;

  /** How many samples wait. */
  get samples(): number {
    return this.#samples;
  }

  /** Whether speech waits. */
  get speech(): boolean {
    return this.#speech > 0;
  }

  push(pcm: Int16Array, speech: boolean): void {
    if (pcm.length === 0) return;
    this.#pieces.push({ pcm, speech });
    this.#samples += pcm.length;
    if (speech) this.#speech++;
  }

  take(count: number): Taken {
    const first = this.#pieces.peek();
    if (first && first.pcm.length - this.#offset >= count) {
      const pcm = first.pcm.subarray(this.#offset, this.#offset + count);
      this.#drop(first, count);
      return { pcm, samples: count, speech: first.speech };
    }
    const pcm = new Int16Array(count);
    let samples = 0;
    let speech = false;
    for (let piece = first; piece && samples < count; piece = this.#pieces.peek()) {
      const part = piece.pcm.subarray(this.#offset, this.#offset + count - samples);
      pcm.set(part, samples);
      samples += part.length;
      speech ||= piece.speech;
      this.#drop(piece, part.length);
    }
    return { pcm, samples, speech };
  }

  clear(): void {
    this.#pieces.clear();
    this.#offset = this.#samples = this.#speech = 0;
  }

  #drop(piece: Piece, count: number): void {
    this.#samples -= count;
    this.#offset += count;
    if (this.#offset < piece.pcm.length) return;
    this.#pieces.shift();
    this.#offset = 0;
    if (piece.speech) this.#speech--;
  }
}
