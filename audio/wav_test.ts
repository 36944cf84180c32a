import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { encodeALaw, encodeMuLaw } from "./g711.ts";
import { pcmToBytes } from "./pcm.ts";
import { cut, readFixture } from "./testdata/signals.ts";
import { decodeWav, encodeWav, wavHeader, WavWriter } from "./wav.ts";

const PCM = new Int16Array([0, 1, -1, 1000, -1000, 32767, -32768]);

interface FileParts {
  readonly tag?: number;
  readonly bits?: number;
  readonly numChannels?: number;
  readonly data: Uint8Array;
  readonly dataSize?: number;
  readonly riffSize?: number;
  readonly before?: Uint8Array;
  readonly extensible?: boolean;
}

// Puts a file together by hand, apart from the writer under test.
function wavFile(parts: FileParts): Uint8Array {
  const { tag = 1, bits = 16, numChannels = 1, data, before = new Uint8Array(0) } = parts;
  const format = new DataView(new ArrayBuffer(parts.extensible ? 40 : 16));
  format.setUint16(0, parts.extensible ? 0xfffe : tag, true);
  format.setUint16(2, numChannels, true);
  format.setUint32(4, 16000, true);
  format.setUint32(8, 16000 * numChannels * bits / 8, true);
  format.setUint16(12, numChannels * bits / 8, true);
  format.setUint16(14, bits, true);
  if (parts.extensible) {
    format.setUint16(16, 22, true);
    format.setUint16(18, bits, true);
    format.setUint16(24, tag, true);
  }
  const chunks = [
    ...before,
    ...chunk("fmt ", new Uint8Array(format.buffer)),
    ...chunk("data", data, parts.dataSize),
  ];
  const riff = [...new TextEncoder().encode("WAVE"), ...chunks];
  return chunk("RIFF", new Uint8Array(riff), parts.riffSize);
}

function chunk(id: string, body: Uint8Array, size: number = body.length): Uint8Array {
  const bytes = new Uint8Array(8 + body.length + body.length % 2);
  bytes.set(new TextEncoder().encode(id));
  new DataView(bytes.buffer).setUint32(4, size, true);
  bytes.set(body, 8);
  return bytes;
}

Deno.test("encodeWav writes the bytes that every player knows", () => {
  const cases: [number[], number, number, string][] = [
    [
      [1, 2, 3],
      16000,
      1,
      "UklGRioAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQYAAAABAAIAAwA=",
    ],
    [[], 16000, 1, "UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA="],
    [
      [1, 2, 3, 4],
      24000,
      2,
      "UklGRiwAAABXQVZFZm10IBAAAAABAAIAwF0AAAB3AQAEABAAZGF0YQgAAAABAAIAAwAEAA==",
    ],
  ];
  for (const [samples, sampleRate, numChannels, base64] of cases) {
    const file = encodeWav(Int16Array.from(samples), { sampleRate, numChannels });
    assertEquals(file.toBase64(), base64);
  }
});

Deno.test("decodeWav reads what encodeWav wrote", () => {
  const wav = decodeWav(encodeWav(PCM.subarray(1), { sampleRate: 44100, numChannels: 2 }));
  assertEquals(wav, {
    sampleRate: 44100,
    numChannels: 2,
    samples: PCM.slice(1),
    encoding: "pcm16",
    warnings: [],
  });
});

Deno.test("decodeWav reads a file that stands at an odd place in its buffer", () => {
  const file = encodeWav(PCM, { sampleRate: 8000 });
  const moved = new Uint8Array(file.length + 1);
  moved.set(file, 1);
  assertEquals(decodeWav(moved.subarray(1)).samples, PCM);
});

Deno.test("decodeWav reads every encoding, plain and extensible", () => {
  const floats = [0, 0.5, -1, 1, -2];
  const clamped = [0, 16384, -32768, 32767, -32768];
  const cases: [string, number, number, Uint8Array, number[]][] = [
    ["pcm8", 1, 8, new Uint8Array([128, 255, 0, 129]), [0, 32512, -32768, 256]],
    ["pcm16", 1, 16, pcmToBytes(PCM), [...PCM]],
    // 0x012345 rounds down, 0x0123c5 up, the largest stays within 16 bits.
    [
      "pcm24",
      1,
      24,
      new Uint8Array([0x45, 0x23, 0x01, 0xc5, 0x23, 0x01, 0xff, 0xff, 0x7f, 0, 0, 0x80]),
      [0x0123, 0x0124, 32767, -32768],
    ],
    [
      "pcm32",
      1,
      32,
      new Uint8Array(Int32Array.of(65536, -65536, 0x7fffffff, -0x80000000).buffer),
      [1, -1, 32767, -32768],
    ],
    ["float32", 3, 32, new Uint8Array(Float32Array.from(floats).buffer), clamped],
    ["float64", 3, 64, new Uint8Array(Float64Array.from(floats).buffer), clamped],
    ["alaw", 6, 8, encodeALaw(new Int16Array([8, -1008])), [8, -1008]],
    ["mulaw", 7, 8, encodeMuLaw(new Int16Array([0, -988])), [0, -988]],
  ];
  for (const [encoding, tag, bits, data, samples] of cases) {
    for (const extensible of [false, true]) {
      const wav = decodeWav(wavFile({ tag, bits, data, extensible }));
      assertEquals([wav.encoding, [...wav.samples]], [encoding, samples]);
      assertEquals(wav.warnings, []);
    }
  }
});

Deno.test("decodeWav steps over chunks it has no use for, also of odd size", () => {
  const before = new Uint8Array([
    ...chunk("LIST", new TextEncoder().encode("INFOISFT")),
    ...chunk("junk", new Uint8Array(7).fill(0x64)),
  ]);
  assertEquals(decodeWav(wavFile({ before, data: pcmToBytes(PCM) })).samples, PCM);
});

Deno.test("decodeWav leaves out what follows the audio", () => {
  const file = wavFile({ data: pcmToBytes(PCM) });
  const tail = chunk("LIST", new Uint8Array(30));
  assertEquals(decodeWav(new Uint8Array([...file, ...tail])).samples, PCM);
});

Deno.test("decodeWav reads a stream whose sizes were never filled in", () => {
  const data = pcmToBytes(PCM);
  for (const size of [0, 0xffffffff, 0x7fffffff - 36]) {
    const wav = decodeWav(wavFile({ data, dataSize: size, riffSize: size }));
    assertEquals(wav.samples, PCM, `with a size of ${size}`);
    assertEquals(wav.warnings, []);
  }
  const live = new Uint8Array([...wavHeader({ sampleRate: 16000 }), ...data]);
  assertEquals(decodeWav(live).samples, PCM);
});

Deno.test("decodeWav takes no audio for no audio", () => {
  const empty = encodeWav(new Int16Array(0), { sampleRate: 16000 });
  const tagged = new Uint8Array([...empty, ...chunk("LIST", new Uint8Array(4))]);
  new DataView(tagged.buffer).setUint32(4, tagged.length - 8, true);
  for (const file of [empty, tagged]) {
    assertEquals(decodeWav(file).samples.length, 0);
    assertEquals(decodeWav(file).warnings, []);
  }
});

Deno.test("decodeWav gives what there is of a file that was cut short, and says so", () => {
  const file = encodeWav(PCM, { sampleRate: 16000 });
  const wav = decodeWav(file.subarray(0, file.length - 5));
  assertEquals(wav.samples, PCM.slice(0, 4));
  assertEquals(wav.warnings, [
    "The file is cut short: 9 of 14 bytes of audio are there",
    "The last 1 bytes are not a whole sample and were left out",
  ]);
});

Deno.test("decodeWav reads a file of speech", async () => {
  const wav = decodeWav(await readFixture("two_voices_16k.wav"));
  assertEquals([wav.sampleRate, wav.numChannels, wav.samples.length], [16000, 1, 90080]);
});

Deno.test("decodeWav says what it found instead of a WAV file", () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const cases: [Uint8Array, string][] = [
    [new Uint8Array(0), "there are no bytes"],
    [text("<html><body>Not found"), `the file starts with "<html>" instead of "RIFF"`],
    [text("OggS\0\x02\0\0"), `the file starts with "OggS" instead of "RIFF"`],
    [text(`{"error": "no"}`), `the file starts with "{"error":" instead of "RIFF"`],
    [new Uint8Array([0xff, 0xfb, 0x90, 0x64]), "the file starts with bytes ff fb 90 64 instead"],
    [text("RI"), `the file starts with "RI" instead of "RIFF"`],
    [text("RIFF1234"), "the file ends after 8 bytes"],
    [text("RIFF1234AVI LIST"), `the file is a RIFF file of kind "AVI " instead of "WAVE"`],
    [text("RIFF1234WAVE"), `it has no "fmt " chunk`],
    [wavFile({ data: pcmToBytes(PCM) }).subarray(0, 36), `it has no "data" chunk`],
    [wavFile({ data: pcmToBytes(PCM) }).subarray(0, 30), `its "fmt " chunk is too short`],
    [
      text("RIFF1234WAVEdata\x02\0\0\0\0\0"),
      `its "data" chunk comes before its "fmt " chunk`,
    ],
    [
      wavFile({ tag: 0x55, bits: 0, data: new Uint8Array(4) }),
      "its encoding (format 0x0055, 0 bits) is not known; convert it to 16-bit PCM first",
    ],
    [wavFile({ numChannels: 0, data: new Uint8Array(4) }), "it says 0 channels at 16000 Hz"],
  ];
  for (const [bytes, reason] of cases) {
    const error = assertThrows(() => decodeWav(bytes), SyntaxError);
    assertStringIncludes(error.message, `Cannot read WAV: ${reason}`);
  }
});

Deno.test("decodeWav ends on any bytes with audio or with a SyntaxError, and nothing else", () => {
  const file = wavFile({
    data: pcmToBytes(PCM),
    extensible: true,
    before: chunk("LIST", pcmToBytes(PCM)),
  });
  let seed = 7;
  const random = (below: number) => (seed = Math.imul(seed, 48271) >>> 1) % below;
  let read = 0;
  for (let round = 0; round < 2000; round++) {
    const broken = file.slice(0, 1 + random(file.length));
    for (let hit = random(4); hit > 0; hit--) broken[random(broken.length)] = random(256);
    try {
      decodeWav(broken);
      read++;
    } catch (error) {
      assertEquals(error instanceof SyntaxError, true, String(error));
    }
  }
  assertEquals(read > 100 && read < 1900, true, `${read} of 2000 were read`);
});

Deno.test("WavWriter writes the same file as encodeWav, however the audio came", () => {
  const writer = new WavWriter({ sampleRate: 8000 });
  for (const piece of cut(PCM, 2)) writer.write(piece);
  assertEquals(writer.toBytes(), encodeWav(PCM, { sampleRate: 8000 }));
  assertEquals(writer.durationMs, 7 / 8);
  writer.write(new Int16Array([5]));
  assertEquals(decodeWav(writer.toBytes()).samples, Int16Array.of(...PCM, 5));
});

Deno.test("WavWriter writes an empty file when nothing came", () => {
  const wav = decodeWav(new WavWriter({ sampleRate: 16000, numChannels: 2 }).toBytes());
  assertEquals([wav.numChannels, wav.samples.length], [2, 0]);
});

Deno.test("what is no audio is not written", () => {
  assertThrows(
    () => encodeWav(new Int16Array(3), { sampleRate: 16000, numChannels: 2 }),
    RangeError,
    "3 samples do not divide evenly into 2 channels",
  );
  for (const sampleRate of [0, -1, NaN, 0.5]) {
    assertThrows(() => wavHeader({ sampleRate }), RangeError, `at ${sampleRate} Hz`);
  }
  assertThrows(
    () => wavHeader({ sampleRate: 16000, dataBytes: 2 ** 32 }),
    RangeError,
    "more than a file can hold",
  );
});
