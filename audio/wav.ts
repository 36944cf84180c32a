import { convertSamples, encodingOf, type WavEncoding } from "./_wav_samples.ts";
import { concatAudio, pcmToBytes } from "./pcm.ts";

const HEADER_BYTES = 44;
const MAX_DATA_BYTES = 0xffffffff - HEADER_BYTES;

/** What {@linkcode decodeWav} found in a file. */
export interface WavAudio {
  /** Samples a second in each channel, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved in `samples`. */
  readonly numChannels: number;
  /** The audio as 16-bit samples, whatever the file held. */
  readonly samples: Int16Array;
  /** How the file held them. */
  readonly encoding: WavEncoding;
  /** What was wrong with the file and did not keep it from being read, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits, 32 or 64-bit float, A-law and mu-law, any number of channels.
 *
 * Chunks other than the format and the data are skipped. A file whose writer never came back to fill in the size
 * is read to its end; one that was cut short gives what there is and says so in `warnings`.
 *
 * @example Read what was written
 * ```ts
 * import { decodeWav, encodeWav } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const wav = decodeWav(encodeWav(new Int16Array([1, 2, 3]), { sampleRate: 16000 }));
 * assertEquals(wav.sampleRate, 16000);
 * assertEquals([...wav.samples], [1, 2, 3]);
 * ```
 *
 * @param bytes The whole file.
 * @returns The audio with its rate and channels.
 * @throws {SyntaxError} If it is not a WAV file, or one whose encoding is not known.
 */
export function decodeWav(bytes: Uint8Array): WavAudio {
  checkMagic(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const warnings: string[] = [];
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = ascii(bytes, at, 4);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === "fmt ") format = readFormat(view, body, size);
    if (id === "data") {
      if (format === undefined) throw broken(`its "data" chunk comes before its "fmt " chunk`);
      const data = dataBytes(bytes, { body, size, warnings });
      return { ...convert(data, format, warnings), warnings };
    }
    // A chunk of an odd size is followed by a byte that belongs to nobody.
    at = body + size + size % 2;
  }
  throw broken(`it has no "${format === undefined ? "fmt " : "data"}" chunk`);
}

interface Format {
  readonly encoding: WavEncoding;
  readonly numChannels: number;
  readonly sampleRate: number;
  readonly sampleBytes: number;
}

function checkMagic(bytes: Uint8Array): void {
  if (bytes.length === 0) throw broken("there are no bytes");
  const found = ascii(bytes, 0, 4);
  if (found !== "RIFF") throw broken(`the file starts with ${quoteStart(bytes)} instead of "RIFF"`);
  if (bytes.length < 12) throw broken(`the file ends after ${bytes.length} bytes`);
  const kind = ascii(bytes, 8, 4);
  if (kind !== "WAVE") throw broken(`the file is a RIFF file of kind "${kind}" instead of "WAVE"`);
}

function readFormat(view: DataView, at: number, size: number): Format {
  if (size < 16 || at + 16 > view.byteLength) throw broken(`its "fmt " chunk is too short`);
  const extensible = view.getUint16(at, true) === 0xfffe;
  if (extensible && (size < 26 || at + 26 > view.byteLength)) {
    throw broken(`its extensible "fmt " chunk is too short`);
  }
  const bits = view.getUint16(at + 14, true);
  const tag = view.getUint16(extensible ? at + 24 : at, true);
  const encoding = encodingOf(tag, bits);
  if (encoding === undefined) {
    throw broken(
      `its encoding (format 0x${tag.toString(16).padStart(4, "0")}, ${bits} bits) is not known; ` +
        `convert it to 16-bit PCM first`,
    );
  }
  const numChannels = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  if (numChannels === 0 || sampleRate === 0) {
    throw broken(`it says ${numChannels} channels at ${sampleRate} Hz`);
  }
  return { encoding, numChannels, sampleRate, sampleBytes: Math.ceil(bits / 8) };
}

interface DataChunk {
  readonly body: number;
  readonly size: number;
  readonly warnings: string[];
}

// A writer that streams leaves a size of 0 or the largest there is, in the chunk and in the file's own header.
function dataBytes(bytes: Uint8Array, { body, size, warnings }: DataChunk): Uint8Array {
  const rest = bytes.length - body;
  const riffSize = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const streamed = size >= 0x7ffff000 || (size === 0 && riffSize + 8 !== bytes.length);
  if (streamed) return bytes.subarray(body);
  if (size > rest) {
    warnings.push(`The file is cut short: ${rest} of ${size} bytes of audio are there`);
  }
  return bytes.subarray(body, body + Math.min(size, rest));
}

function convert(data: Uint8Array, format: Format, warnings: string[]): Omit<WavAudio, "warnings"> {
  const { encoding, numChannels, sampleRate, sampleBytes } = format;
  const extra = data.length % (sampleBytes * numChannels);
  if (extra > 0) warnings.push(`The last ${extra} bytes are not a whole sample and were left out`);
  const samples = convertSamples(data.subarray(0, data.length - extra), encoding);
  return { sampleRate, numChannels, samples, encoding };
}

function broken(state: string): SyntaxError {
  return new SyntaxError(`Cannot read WAV: ${state}`);
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

// What a reader of the message can recognise: the first word of a text, or the first bytes in hexadecimal.
function quoteStart(bytes: Uint8Array): string {
  const text = /^[\x21-\x7e]+/.exec(ascii(bytes, 0, 12))?.[0] ?? "";
  const word = /^<[^>]*>/.exec(text)?.[0] ?? text;
  return word.length >= Math.min(3, bytes.length)
    ? `"${word}"`
    : `bytes ${[...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ")}`;
}

/** The shape of what {@linkcode encodeWav} and {@linkcode WavWriter} write. */
export interface WavOptions {
  /** Samples a second in each channel, in Hz. */
  readonly sampleRate: number;
  /** How many channels are interleaved. @default {1} */
  readonly numChannels?: number;
}

/**
 * Writes a WAV file of 16-bit PCM.
 *
 * @example One sample
 * ```ts
 * import { encodeWav } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeWav(new Int16Array([7]), { sampleRate: 24000 }).length, 46);
 * ```
 *
 * @param samples The samples, interleaved when there are several channels.
 * @param options Their rate and channels.
 * @returns The whole file.
 * @throws {RangeError} If the samples do not divide evenly into the channels, or are too many for one file.
 */
export function encodeWav(samples: Int16Array, options: WavOptions): Uint8Array {
  const numChannels = options.numChannels ?? 1;
  if (samples.length % numChannels !== 0) {
    throw new RangeError(
      `Cannot write WAV: ${samples.length} samples do not divide evenly into ${numChannels} channels`,
    );
  }
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  file.set(wavHeader({ ...options, dataBytes: samples.byteLength }));
  file.set(pcmToBytes(samples), HEADER_BYTES);
  return file;
}

/** What {@linkcode wavHeader} writes. */
export interface WavHeaderOptions extends WavOptions {
  /** How many bytes of audio follow; left out for a stream whose end is not known. */
  readonly dataBytes?: number;
}

/**
 * Writes the 44 bytes that stand before 16-bit PCM in a WAV file.
 *
 * @example The start of a stream of unknown length
 * ```ts
 * import { wavHeader } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wavHeader({ sampleRate: 16000 }).length, 44);
 * ```
 *
 * @param options Rate, channels, and the length if it is known.
 * @returns The header.
 * @throws {RangeError} If the rate or the channels are no positive whole numbers, or the audio is longer than the
 * format can say.
 */
export function wavHeader(options: WavHeaderOptions): Uint8Array {
  const { sampleRate, numChannels = 1, dataBytes } = options;
  if (!isWhole(sampleRate, 0xffffffff) || !isWhole(numChannels, 0xffff)) {
    throw new RangeError(
      `Cannot write WAV: ${numChannels} channels at ${sampleRate} Hz is no shape of audio`,
    );
  }
  if (dataBytes !== undefined && dataBytes > MAX_DATA_BYTES) {
    throw new RangeError(
      `Cannot write WAV: ${dataBytes} bytes of audio are more than a file can hold; split it`,
    );
  }
  const header = new Uint8Array(HEADER_BYTES);
  for (const [at, id] of [[0, "RIFF"], [8, "WAVE"], [12, "fmt "], [36, "data"]] as const) {
    header.set(new TextEncoder().encode(id), at);
  }
  const view = new DataView(header.buffer);
  view.setUint32(4, dataBytes === undefined ? 0xffffffff : 36 + dataBytes, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, numChannels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * numChannels * 2, true);
  view.setUint16(32, numChannels * 2, true);
  view.setUint16(34, 16, true);
  view.setUint32(40, dataBytes ?? 0xffffffff, true);
  return header;
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

/**
 * Collects audio piece by piece and writes it as one WAV file.
 *
 * @example A recording in two pieces
 * ```ts
 * import { decodeWav, WavWriter } from "@parley/sdk/audio";
 * import { assertEquals } from "@std/assert";
 *
 * const writer = new WavWriter({ sampleRate: 16000 });
 * writer.write(new Int16Array(160));
 * writer.write(new Int16Array(160));
 * assertEquals(writer.durationMs, 20);
 * assertEquals(decodeWav(writer.toBytes()).samples.length, 320);
 * ```
 */
export class WavWriter {
  /** The rate of the file, in Hz. */
  readonly sampleRate: number;
  /** How many channels the file has. */
  readonly numChannels: number;

  readonly #pieces: Int16Array[] = [];
  #samples = 0;

  /**
   * Makes a writer with nothing in it.
   *
   * @param options Rate and channels.
   */
  constructor(options: WavOptions) {
    this.sampleRate = options.sampleRate;
    this.numChannels = options.numChannels ?? 1;
  }

  /** How long the audio written so far lasts, in milliseconds. */
  get durationMs(): number {
    return this.#samples / this.numChannels / this.sampleRate * 1000;
  }

  /**
   * Adds samples to the end.
   *
   * @param samples The samples, interleaved when there are several channels; kept as they are, not copied.
   */
  write(samples: Int16Array): void {
    this.#pieces.push(samples);
    this.#samples += samples.length;
  }

  /**
   * Gives the whole file with all that was written so far.
   *
   * @returns The file; writing can go on after it.
   * @throws {RangeError} If the samples do not divide evenly into the channels, or are too many for one file.
   */
  toBytes(): Uint8Array {
    return encodeWav(concatAudio(this.#pieces), this);
  }
}
