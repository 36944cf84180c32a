/**
 * Cuts a stream of samples into chunks of one size.
 *
 * A chunk that lies within one piece of input is a view of it; only one that spans pieces is copied.
 *
 * @example 256-sample input as 20 ms chunks of 16 kHz
 * ```ts
 * import { PcmChunker } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const chunker = new PcmChunker(320);
 * assertEquals(chunker.push(new Int16Array(256)).length, 0);
 * assertEquals(chunker.push(new Int16Array(256)).map((chunk) => chunk.length), [320]);
 * assertEquals(chunker.flush()?.length, 192);
 * ```
 */
export class PcmChunker {
  /** How many samples each chunk has, all channels together. */
  readonly chunkSamples: number;

  #partial: Int16Array;
  #filled = 0;

  /**
   * Makes a chunker with nothing in it.
   *
   * @param chunkSamples How many samples each chunk shall have.
   * @throws {RangeError} If that is not a positive whole number.
   */
  constructor(chunkSamples: number) {
    if (!Number.isInteger(chunkSamples) || chunkSamples < 1) {
      throw new RangeError(
        `Cannot cut audio into chunks of ${chunkSamples} samples: pass a positive whole number, such as 320`,
      );
    }
    this.chunkSamples = chunkSamples;
    this.#partial = new Int16Array(chunkSamples);
  }

  /** How many samples wait for a chunk to become full. */
  get pendingSamples(): number {
    return this.#filled;
  }

  /**
   * Takes the next samples and gives the chunks that are full.
   *
   * @param pcm Any number of samples; chunks may be views of them, so they must not be written to later.
   * @returns The chunks in order, possibly none.
   */
  push(pcm: Int16Array): Int16Array[] {
    const size = this.chunkSamples;
    const chunks: Int16Array[] = [];
    let offset = 0;
    if (this.#filled > 0) {
      offset = Math.min(size - this.#filled, pcm.length);
      this.#keep(pcm.subarray(0, offset));
      if (this.#filled < size) return chunks;
      chunks.push(this.#partial);
      this.#partial = new Int16Array(size);
      this.#filled = 0;
    }
    for (; offset + size <= pcm.length; offset += size) {
      chunks.push(pcm.subarray(offset, offset + size));
    }
    this.#keep(pcm.subarray(offset));
    return chunks;
  }

  /**
   * Gives what waits for a chunk to become full, and forgets it.
   *
   * @param options With `pad`, the chunk is filled up with silence.
   * @returns The last chunk, or `undefined` when nothing waits.
   */
  flush(options: { readonly pad?: boolean } = {}): Int16Array | undefined {
    if (this.#filled === 0) return undefined;
    const length = this.#filled;
    this.#filled = 0;
    const rest = new Int16Array(options.pad ? this.chunkSamples : length);
    rest.set(this.#partial.subarray(0, length));
    return rest;
  }

  /** Forgets what waits, for the start of another stream. */
  reset(): void {
    this.#filled = 0;
  }

  #keep(pcm: Int16Array): void {
    this.#partial.set(pcm, this.#filled);
    this.#filled += pcm.length;
  }
}
