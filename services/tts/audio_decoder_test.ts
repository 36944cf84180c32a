import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  bytesToPcm,
  encodeALaw,
  encodeMuLaw,
  encodeWav,
  pcmToBytes,
  pcmToFloat32,
} from "../../audio/mod.ts";
import { AudioDecoder } from "./_audio_decoder.ts";
import type { TTSAudioEncoding } from "./protocol.ts";

const TONE = Int16Array.from({ length: 240 }, (_, k) => Math.round(8_000 * Math.sin(k / 9)));

const bytesOf = (data: Float32Array | Int16Array | Uint8Array) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();

const STEREO = Int16Array.from({ length: 480 }, (_, k) => TONE[k >> 1] ?? 0);

const ENCODED: readonly [what: string, TTSAudioEncoding, bytes: Uint8Array, within: number][] = [
  ["16-bit PCM", "pcm_s16le", bytesOf(pcmToBytes(TONE)), 0],
  ["floats", "pcm_f32le", bytesOf(pcmToFloat32(TONE)), 0],
  ["mu-law", "mulaw", encodeMuLaw(TONE), 400],
  ["A-law", "alaw", encodeALaw(TONE), 400],
  ["WAV", "wav", encodeWav(TONE, { sampleRate: 24_000 }), 0],
  ["WAV with two channels", "wav", encodeWav(STEREO, { sampleRate: 24_000, numChannels: 2 }), 0],
  ["samples where a WAV header was announced", "wav", bytesOf(pcmToBytes(TONE)), 0],
];

for (const [what, encoding, bytes, within] of ENCODED) {
  Deno.test(`AudioDecoder reads ${what}, wherever it is cut`, () => {
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const decoder = new AudioDecoder({ encoding, fromRate: 24_000, toRate: 24_000 });
      const pieces = [bytes.slice(0, cut), bytes.slice(cut, cut + 1), bytes.slice(cut + 1)];
      const samples = [...pieces.map((piece) => decoder.read(piece)), decoder.flush()]
        .flatMap((piece) => [...piece]);
      assertEquals(samples.length, TONE.length);
      assert(samples.every((sample, k) => Math.abs(sample - (TONE[k] ?? 0)) <= within));
    }
  });
}

Deno.test("AudioDecoder heeds the rate that a header or a piece says", () => {
  const wav = encodeWav(TONE, { sampleRate: 12_000 });
  const decoder = new AudioDecoder({ encoding: "wav", fromRate: 24_000, toRate: 24_000 });
  assertEquals(decoder.read(wav).length + decoder.flush().length, 480);
  const plain = new AudioDecoder({ encoding: "pcm_s16le", fromRate: 24_000, toRate: 24_000 });
  const bytes = bytesOf(pcmToBytes(TONE));
  const lengths = [
    plain.read(bytes).length,
    plain.read(bytes, 12_000).length,
    plain.flush().length,
  ];
  assertEquals(lengths.reduce((sum, length) => sum + length), 240 + 480);
});

Deno.test("AudioDecoder reads a header before each of several pieces", () => {
  const wav = encodeWav(TONE, { sampleRate: 24_000 });
  const decoder = new AudioDecoder({ encoding: "wav", fromRate: 8_000, toRate: 24_000 });
  const lengths = [decoder.read(wav), decoder.read(wav), decoder.flush()].map(({ length }) =>
    length
  );
  assertEquals(lengths, [240, 240, 0]);
});

Deno.test("AudioDecoder says what is wrong with a WAV", () => {
  const wav = encodeWav(TONE, { sampleRate: 24_000 });
  wav[20] = 99;
  const decoder = new AudioDecoder({ encoding: "wav", fromRate: 24_000, toRate: 24_000 });
  assertThrows(() => decoder.read(wav), SyntaxError, "Cannot read WAV: format 99 of 16 bits");
});

/** A chunk, with the byte behind it where its size is odd. */
function chunk(id: string, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(`${id}....${text}${text.length % 2 ? "\0" : ""}`);
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  return bytes;
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

/** What a decoder makes of a WAV that comes in pieces. */
function decoded(pieces: readonly Uint8Array[]): number[] {
  const decoder = new AudioDecoder({ encoding: "wav", fromRate: 24_000, toRate: 24_000 });
  return [...pieces.map((piece) => decoder.read(piece)), decoder.flush()]
    .flatMap((piece) => [...piece]);
}

/** A WAV whose header says that its audio has so many bytes. */
function wavSaying(size: number): Uint8Array {
  const wav = encodeWav(TONE, { sampleRate: 24_000 });
  new DataView(wav.buffer).setUint32(40, size, true);
  return wav;
}

Deno.test("AudioDecoder takes what stands behind the audio of a WAV for none, wherever it is cut", () => {
  const wav = encodeWav(TONE, { sampleRate: 24_000 });
  const behind = join(chunk("LIST", "INFOISFTa writer"), chunk("id3 ", "odd"), chunk("note", ""));
  const bytes = join(wav, behind, wav, behind);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const pieces = [bytes.slice(0, cut), bytes.slice(cut, cut + 1), bytes.slice(cut + 1)];
    assertEquals(decoded(pieces), [...TONE, ...TONE], `cut at ${cut}`);
  }
});

Deno.test("AudioDecoder skips the byte that pads audio of an odd size", () => {
  const wav = encodeWav(TONE, { sampleRate: 24_000 });
  new DataView(wav.buffer).setUint32(40, 2 * TONE.length - 1, true);
  // Of the last sample one half is audio, and the other nobody's.
  assertEquals(decoded([join(wav, chunk("LIST", "INFO"))]), [...TONE.slice(0, -1)]);
});

for (const size of [0, 0x7fff_ffff, 0xffff_ffff]) {
  Deno.test(`AudioDecoder reads a WAV to its end that says it has ${size} bytes`, () => {
    const wav = wavSaying(size);
    assertEquals(decoded([wav.slice(0, 101), wav.slice(101)]), [...TONE]);
  });
}

Deno.test("AudioDecoder takes audio for audio that looks like a chunk, where no size is said", () => {
  const looks = bytesToPcm(new TextEncoder().encode("LISTabcdefgh"));
  const wav = encodeWav(looks, { sampleRate: 24_000 });
  new DataView(wav.buffer).setUint32(40, 0, true);
  assertEquals(decoded([wav]), [...looks]);
});

Deno.test("AudioDecoder loses no audio of a WAV that says it has less", () => {
  assertEquals(decoded([wavSaying(100)]), [...TONE]);
});
