import type { TTSAudioEncoding } from "./protocol.ts";

/** How the samples of a WAV stream are written. */
export interface WavFormat {
  readonly encoding: Exclude<TTSAudioEncoding, "wav">;
  readonly sampleRate: number;
  readonly numChannels: number;
}

/** The header of a WAV stream, how many bytes it takes, and how many of audio follow. */
interface WavHeader {
  readonly format: WavFormat;
  readonly headerBytes: number;
  /** Infinite where whoever wrote it did not know. */
  readonly audioBytes: number;
}

/** Bytes in which the audio has to begin. */
const MAX_HEADER_BYTES = 65_536;
/** Bytes that say what a chunk is, and how long. */
const CHUNK_HEADER_BYTES = 8;

const ENCODINGS: ReadonlyMap<string, WavFormat["encoding"]> = new Map([
  ["1/16", "pcm_s16le"],
  ["3/32", "pcm_f32le"],
  ["6/8", "alaw"],
  ["7/8", "mulaw"],
]);

/**
 * Finds the audio in the bytes of WAV streams, one behind another and wherever they
 * are cut: what stands behind the audio, such as a list of titles, is none.
 */
export class WavReader {
  #carried: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Bytes of audio that are still to come. */
  #audioBytes = Infinity;
  /** Bytes that are to be left out. */
  #skipBytes = 0;
  /** Whether a byte follows the audio that belongs to nobody. */
  #padded = false;

  /** Gives what is found: the format where a stream begins, and pieces of its audio. */
  *read(bytes: Uint8Array): Iterable<WavFormat | Uint8Array> {
    let data = join(this.#carried, bytes);
    this.#carried = new Uint8Array(0);
    // Of a stream that did not say how long it is, the next can begin with any piece.
    let fresh = this.#skipBytes === 0;
    while (data.length > 0) {
      const found = fresh || this.#betweenChunks ? splitWavHeader(data) : undefined;
      fresh = false;
      if (found === "more" || (this.#betweenChunks && data.length < CHUNK_HEADER_BYTES)) {
        this.#carried = data.slice();
        return;
      }
      let taken: number;
      if (found) {
        yield found.format;
        this.#audioBytes = found.audioBytes;
        this.#padded = found.audioBytes % 2 === 1;
        taken = found.headerBytes;
      } else if (this.#betweenChunks) {
        taken = this.#beginChunk(data);
      } else if (this.#skipBytes > 0) {
        taken = Math.min(this.#skipBytes, data.length);
        this.#skipBytes -= taken;
      } else {
        taken = Math.min(this.#audioBytes, data.length);
        yield data.subarray(0, taken);
        this.#audioBytes -= taken;
        if (this.#audioBytes === 0 && this.#padded) this.#skipBytes = 1;
      }
      data = data.subarray(taken);
    }
  }

  /** Whether a chunk begins with the next byte, or another stream. */
  get #betweenChunks(): boolean {
    return this.#audioBytes === 0 && this.#skipBytes === 0;
  }

  /** Begins to leave out a chunk behind the audio; gives the bytes of its header. */
  #beginChunk(data: Uint8Array): number {
    if (/^[\x20-\x7e]{4}$/.test(ascii(data, 0))) {
      const size = new DataView(data.buffer, data.byteOffset).getUint32(4, true);
      this.#skipBytes = size + size % 2;
      return CHUNK_HEADER_BYTES;
    }
    // What is no chunk is audio, of which there is more than was said.
    this.#audioBytes = Infinity;
    return 0;
  }
}

/**
 * Finds the header at the beginning of bytes: nothing where there is none, and
 * `"more"` where it has not come in full.
 */
function splitWavHeader(bytes: Uint8Array): WavHeader | "more" | undefined {
  const magic = "RIFF";
  if (!magic.startsWith(ascii(bytes, 0))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: WavFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = ascii(bytes, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === "data") {
      if (!format) throw new SyntaxError('Cannot read WAV: its "data" comes before its "fmt "');
      // Whoever did not know says nothing, or more than there ever is.
      return { format, headerBytes: body, audioBytes: size === 0 ? Infinity : size };
    }
    if (id === "fmt ") {
      if (body + Math.min(size, 16) > bytes.length) return "more";
      format = formatAt(view, body);
    }
    // A chunk of an odd size is followed by a byte that belongs to nobody.
    at = body + size + size % 2;
    if (at > MAX_HEADER_BYTES) throw new SyntaxError('Cannot read WAV: it has no "data" chunk');
  }
  return "more";
}

function formatAt(view: DataView, at: number): WavFormat {
  const tag = view.getUint16(at, true);
  const bits = view.getUint16(at + 14, true);
  // What is extensible is PCM at the providers that there are.
  const encoding = ENCODINGS.get(`${tag === 0xfffe ? 1 : tag}/${bits}`);
  if (!encoding) {
    throw new SyntaxError(`Cannot read WAV: format ${tag} of ${bits} bits is not known`);
  }
  return {
    encoding,
    numChannels: Math.max(1, view.getUint16(at + 2, true)),
    sampleRate: view.getUint32(at + 4, true),
  };
}

function ascii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/** One behind the other. */
export function join(before: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(before.length + bytes.length);
  joined.set(before);
  joined.set(bytes, before.length);
  return joined;
}
