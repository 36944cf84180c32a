import { assertEquals } from "@std/assert";
import { decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from "./g711.ts";
import { pcmToBytes } from "./pcm.ts";

const ALL_SAMPLES = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
const ALL_CODES = Uint8Array.from({ length: 256 }, (_, i) => i);

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice())).toHex();
}

// The codes of a few samples, to see what is wrong when a digest below differs: sample, mu-law, A-law.
const SELECTED: [number, number, number][] = [
  [0, 255, 213],
  [-1, 126, 85],
  [3, 255, 213],
  [4, 254, 213],
  [-8, 126, 85],
  [15, 253, 213],
  [16, 253, 212],
  [127, 239, 210],
  [128, 239, 221],
  [255, 231, 218],
  [256, 231, 197],
  [1000, 206, 250],
  [-1000, 78, 122],
  [8159, 159, 138],
  [-12345, 23, 61],
  [20000, 140, 166],
  [32124, 128, 170],
  [32767, 128, 170],
  [-32768, 0, 42],
];

Deno.test("selected samples have the codes of G.711", () => {
  const pcm = Int16Array.from(SELECTED, ([sample]) => sample);
  assertEquals([...encodeMuLaw(pcm)], SELECTED.map(([, muLaw]) => muLaw));
  assertEquals([...encodeALaw(pcm)], SELECTED.map(([, , aLaw]) => aLaw));
});

// Digests of the tables of CPython's audioop, which telephony has been tested against for decades.
Deno.test("all 65,536 samples and all 256 codes convert as the usual tables say", async () => {
  assertEquals(
    [
      await sha256(encodeMuLaw(ALL_SAMPLES)),
      await sha256(encodeALaw(ALL_SAMPLES)),
      await sha256(pcmToBytes(decodeMuLaw(ALL_CODES))),
      await sha256(pcmToBytes(decodeALaw(ALL_CODES))),
    ],
    [
      "81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a",
      "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b",
      "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
      "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
    ],
  );
});

Deno.test("a code that was decoded encodes to itself", () => {
  assertEquals(encodeALaw(decodeALaw(ALL_CODES)), ALL_CODES);
  // Mu-law has two zeros; the negative one decodes to 0 and comes back as the positive one.
  assertEquals(encodeMuLaw(decodeMuLaw(ALL_CODES)), ALL_CODES.map((c) => c === 127 ? 255 : c));
});
