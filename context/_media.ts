import { encodeBase64 } from "@std/encoding";
import type { AudioRawFrame } from "../frames/mod.ts";

/** Audio frames in a row as one WAV file, in base64. */
export function wavBase64(frames: readonly AudioRawFrame[]): string {
  const [first] = frames;
  if (!first) throw new TypeError("Cannot make an audio message: there is no audio frame");
  const { sampleRate, numChannels } = first;
  if (frames.some((f) => f.sampleRate !== sampleRate || f.numChannels !== numChannels)) {
    throw new TypeError("Cannot make an audio message: its frames differ in rate or channels");
  }
  const length = frames.reduce((sum, { audio }) => sum + audio.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  writeHeader(view, { sampleRate, numChannels });
  let at = 44;
  for (const { audio } of frames) {
    for (const sample of audio) {
      view.setInt16(at, sample, true);
      at += 2;
    }
  }
  return encodeBase64(view.buffer);
}

function writeHeader(
  view: DataView,
  format: { readonly sampleRate: number; readonly numChannels: number },
): void {
  const { sampleRate, numChannels } = format;
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i++) view.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, numChannels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * numChannels * 2, true);
  view.setUint16(32, numChannels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, view.byteLength - 44, true);
}
