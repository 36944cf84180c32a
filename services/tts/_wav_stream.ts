import type { TTSAudioEncoding } from "./protocol.ts";

/** How the samples of a WAV stream are written. */
export interface WavFormat {
  readonly encoding: Exclude<TTSAudioEncoding, "wav">;
  readonly sampleRate: number;
  readonly numChannels: number;
}

/** The header of a WAV stream, and how many bytes it takes. */
export interface WavHeader {
  readonly format: WavFormat;
  readonly headerBytes: number;
}

/** Bytes in which the audio has to begin. */
const MAX_HEADER_BYTES = 65_536;

const ENCODINGS: ReadonlyMap<string, WavFormat["encoding"]> = new Map([
  ["1/16", "pcm_s16le"],
  ["3/32", "pcm_f32le"],
  ["6/8", "alaw"],
  ["7/8", "mulaw"],
]);

/**
 * Finds the header at the beginning of bytes: nothing where there is none, and
 * `"more"` where it has not come in full.
 */
export function splitWavHeader(bytes: Uint8Array): WavHeader | "more" | undefined {
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
      return { format, headerBytes: body };
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
