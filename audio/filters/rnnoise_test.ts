import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { rms } from "../level.ts";
import { concatAudio } from "../pcm.ts";
import { resample, type ResamplerQuality } from "../resample.ts";
import { cut, noise, readFixture, sine } from "../testdata/signals.ts";
import { decodeWav } from "../wav.ts";
import { RNNoiseFilter } from "./rnnoise.ts";

const RATE = 16_000;
const SPOKEN = { from: 0.7, to: 2.3 };
const PAUSE = { from: 2.5, to: 3 };

const voices = decodeWav(await readFixture("two_voices_16k.wav")).samples;

function secs(pcm: Int16Array, { from, to }: { from: number; to: number }, rate = RATE) {
  return pcm.subarray(Math.round(from * rate), Math.round(to * rate));
}

function db(ratio: number): number {
  return 20 * Math.log10(ratio);
}

function add(first: Int16Array, second: Int16Array): Int16Array {
  return first.map((sample, i) => sample + (second[i] ?? 0));
}

async function started(rate = RATE, resamplerQuality?: ResamplerQuality): Promise<RNNoiseFilter> {
  const filter = new RNNoiseFilter({ resamplerQuality });
  await filter.start(rate);
  return filter;
}

/** Filters in chunks of 20 ms, and has what is held back come out. */
function run(filter: RNNoiseFilter, pcm: Int16Array, size = RATE / 50): Int16Array {
  const pieces = cut(pcm, size).map((piece) => filter.filter(piece));
  filter.setEnabled(false);
  return concatAudio([...pieces, filter.filter(new Int16Array(0))]);
}

/** By how many samples the second signal lies behind the first, as far as they are alike. */
function lagOf(first: Int16Array, second: Int16Array, most: number): number {
  let best = { lag: 0, likeness: -Infinity };
  for (let lag = -most; lag <= most; lag++) {
    let likeness = 0;
    for (let i = most; i < first.length - most; i++) {
      likeness += (first[i] ?? 0) * (second[i + lag] ?? 0);
    }
    if (likeness > best.likeness) best = { lag, likeness };
  }
  return best.lag;
}

Deno.test("RNNoiseFilter takes 30 dB of noise away and leaves speech its level", async () => {
  const hiss = noise(voices.length, 1_000);
  const noisy = add(voices, hiss);
  const filter = await started();
  const cleaned = run(filter, noisy);
  filter.stop();
  const before = rms(secs(noisy, PAUSE));
  const after = rms(secs(cleaned, PAUSE));
  assertGreater(before, 570);
  assertGreater(db(before / Math.max(after, 1e-3)), 30);
  const speech = db(rms(secs(cleaned, SPOKEN)) / rms(secs(voices, SPOKEN)));
  assertAlmostEquals(speech, 0, 1);
});

Deno.test("RNNoiseFilter leaves speech without noise as it is", async () => {
  const filter = await started();
  const cleaned = run(filter, voices);
  filter.stop();
  const spoken = secs(voices, SPOKEN);
  const difference = add(secs(cleaned, SPOKEN), spoken.map((sample) => -sample));
  assertGreater(db(rms(spoken) / rms(difference)), 12);
});

Deno.test.each<[number, ResamplerQuality]>([
  [8_000, "QQ"],
  [16_000, "QQ"],
  [16_000, "VHQ"],
  [24_000, "HQ"],
  [44_100, "MQ"],
  [48_000, "LQ"],
])("RNNoiseFilter at %d Hz, %s: nothing is lost, shifted or made longer", async (rate, quality) => {
  const input = resample(voices, { fromRate: RATE, toRate: rate });
  const filter = await started(rate, quality);
  const cleaned = run(filter, input, Math.round(rate / 50));
  filter.stop();
  assertEquals(cleaned.length, input.length);
  const [x, y] = [input, cleaned].map((pcm) => secs(pcm, SPOKEN, rate));
  assert(x && y);
  assertLess(Math.abs(lagOf(x, y, Math.round(rate / 200))), rate / 8_000);
});

Deno.test.each<[number, ResamplerQuality, number]>([
  [16_000, "QQ", 21],
  [16_000, "VHQ", 28],
  [8_000, "QQ", 22],
  [48_000, "QQ", 20],
])(
  "RNNoiseFilter at %d Hz, %s, is %d ms late, and 10 ms more at most",
  async (rate, quality, ms) => {
    const filter = await started(rate, quality);
    assertAlmostEquals(filter.latencyMs, ms, 1e-6);
    let given = 0;
    let taken = 0;
    for (let chunk = 0; chunk < 100; chunk++) {
      const pcm = new Int16Array(rate / 50);
      taken += pcm.length;
      given += filter.filter(pcm).length;
      if (chunk < 3) continue;
      const lateMs = (taken - given) / rate * 1000;
      assertGreater(lateMs, ms - 0.2);
      assertLess(lateMs, ms + 10.2);
    }
    filter.stop();
  },
);

Deno.test("RNNoiseFilter gives the same however audio is cut", async () => {
  const input = secs(voices, { from: 0.5, to: 1.5 });
  const outputs = [];
  for (const size of [1_600, 320, 160, 7]) {
    const filter = await started();
    outputs.push(run(filter, input, size));
    filter.stop();
  }
  const [first, ...others] = outputs;
  for (const other of others) assertEquals(other, first);
});

Deno.test("RNNoiseFilter that is off passes audio uncopied, and is as new when it is on again", async () => {
  const filter = await started();
  filter.setEnabled(false);
  const pcm = new Int16Array(320).fill(7);
  assertStrictEquals(filter.filter(pcm), pcm);
  assertEquals(filter.latencyMs, 0);
  filter.setEnabled(true);
  const hiss = noise(RATE, 1_000);
  const cleaned = run(filter, hiss);
  filter.stop();
  assertGreater(
    db(rms(secs(hiss, { from: 0.5, to: 1 })) / (rms(secs(cleaned, { from: 0.5, to: 1 })) + 1e-3)),
    30,
  );
});

Deno.test("turning RNNoiseFilter off and on loses no audio, however often", async () => {
  const filter = await started();
  const tone = sine(300, { rate: RATE, samples: RATE });
  let length = 0;
  cut(tone, 320).forEach((chunk, i) => {
    if (i === 10) filter.setEnabled(false);
    if (i === 20) {
      for (const enable of [true, false, true, false, true]) filter.setEnabled(enable);
    }
    length += filter.filter(chunk).length;
  });
  filter.setEnabled(false);
  length += filter.filter(new Int16Array(0)).length;
  filter.stop();
  assertEquals(length, tone.length);
});

Deno.test("RNNoiseFilter says how likely a voice is", async () => {
  const filter = await started();
  assertEquals(filter.voiceProbability, 0);
  const likely = cut(secs(voices, SPOKEN), 320).filter((chunk) => {
    filter.filter(chunk);
    return filter.voiceProbability > 0.9;
  });
  assertGreater(likely.length, 40);
  for (const chunk of cut(new Int16Array(RATE), 320)) filter.filter(chunk);
  assertLess(filter.voiceProbability, 0.1);
  filter.stop();
});

Deno.test("before its start and after its stop RNNoiseFilter passes audio as it is", async () => {
  const filter = new RNNoiseFilter();
  const pcm = new Int16Array(320).fill(3);
  assertStrictEquals(filter.filter(pcm), pcm);
  await filter.start(RATE);
  assertEquals(filter.filter(pcm).length < 320, true);
  filter.stop();
  filter.stop();
  assertStrictEquals(filter.filter(pcm), pcm);
  filter.setEnabled(false);
  await filter.start(RATE);
  assertStrictEquals(filter.filter(pcm), pcm);
  filter.stop();
});

Deno.test("two RNNoiseFilters do not hear each other", async () => {
  const [first, second, alone] = [await started(), await started(), await started()];
  const [a, b] = [secs(voices, SPOKEN), noise(1.6 * RATE, 2_000)];
  const woven = cut(a, 320).map((chunk, i) => {
    second.filter(b.subarray(i * 320, (i + 1) * 320));
    return first.filter(chunk);
  });
  assertEquals(concatAudio(woven), concatAudio(cut(a, 320).map((chunk) => alone.filter(chunk))));
  for (const filter of [first, second, alone]) filter.stop();
});

Deno.test("RNNoiseFilter refuses a quality that does not exist, and settings", () => {
  const quality = JSON.parse('"best"');
  assertThrows(() => new RNNoiseFilter({ resamplerQuality: quality }), RangeError, '"best"');
  assertThrows(() => new RNNoiseFilter().updateSettings({ level: 1 }), TypeError, '"level"');
});

Deno.test("importing the filters loads no library", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", new URL("./mod.ts", import.meta.url).href],
    stdout: "piped",
  }).output();
  const graph = new TextDecoder().decode(stdout);
  assert(graph.includes("_rnnoise_module.ts"));
  assertEquals(graph.includes("rnnoise-wasm"), false);
});
