import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { concatAudio } from "../pcm.ts";
import { resample } from "../resample.ts";
import { cut, noise, readFixture, sine } from "../testdata/signals.ts";
import { decodeWav } from "../wav.ts";
import { SileroVADAnalyzer, type SileroVADOptions } from "./silero.ts";

// 0.60 to 2.39 s and 3.09 to 5.03 s are speech, each with a little silence of the synthesizer's at both ends.
const SPEECH = decodeWav(await readFixture("two_voices_16k.wav")).samples;
const FIRST = [832, 2240];
const SECOND = [3328, 4896];

interface Audio {
  readonly pcm: Int16Array;
  readonly rate: number;
  readonly chunkMs?: number;
}

// The segments of speech: where each began and ended.
async function segments({ pcm, rate, chunkMs = 20 }: Audio, options: SileroVADOptions = {}) {
  await using vad = new SileroVADAnalyzer({ params: { minVolume: 0 }, ...options });
  vad.setSampleRate(rate);
  const found: number[][] = [];
  for (const chunk of cut(pcm, Math.round(rate * chunkMs / 1000))) {
    for (const { from, state, sinceMs } of (await vad.analyze(chunk)).transitions) {
      if (from === "STARTING" && state === "SPEAKING") found.push([sinceMs]);
      if (from === "STOPPING" && state === "QUIET") found.at(-1)?.push(sinceMs);
    }
  }
  return found;
}

function assertSegments(found: number[][], wanted: number[][], name: string) {
  assertEquals(found.length, wanted.length, `${name}: ${JSON.stringify(found)}`);
  found.flat().forEach((ms, i) => assertAlmostEquals(ms, wanted.flat()[i] ?? 0, 100, name));
}

Deno.test("SileroVADAnalyzer finds two sentences in silence", async () => {
  assertSegments(await segments({ pcm: SPEECH, rate: 16000 }), [FIRST, SECOND], "16 kHz");
});

Deno.test("SileroVADAnalyzer finds them with the documented parameters, volume gate and all", async () => {
  const found = await segments({ pcm: SPEECH, rate: 16000 }, { params: {} });
  // The gate opens some windows later: the volume is smoothed.
  assertSegments(found, [[960, 2240], [3424, 4896]], "defaults");
});

Deno.test("SileroVADAnalyzer finds them at other rates, and at 8 kHz with a window of its own", async () => {
  for (const rate of [8000, 24000, 44100, 48000]) {
    const pcm = resample(SPEECH, { fromRate: 16000, toRate: rate });
    assertSegments(await segments({ pcm, rate }), [FIRST, SECOND], `${rate} Hz`);
  }
  const low = await segments({ pcm: SPEECH, rate: 16000 }, { sampleRate: 8000 });
  assertSegments(low, [FIRST, SECOND], "16 kHz analyzed at 8 kHz");
  await using vad = new SileroVADAnalyzer({ sampleRate: 8000 });
  assertEquals(vad.numFramesRequired(), 256);
});

Deno.test("SileroVADAnalyzer gives the same segments however the audio is cut", async () => {
  const pcm = SPEECH.subarray(0, 48000);
  const wanted = await segments({ pcm, rate: 16000 });
  assertEquals(wanted.length, 1);
  for (const chunkMs of [16, 32, 50, 3000]) {
    assertEquals(await segments({ pcm, rate: 16000, chunkMs }), wanted, `${chunkMs} ms`);
  }
});

Deno.test("SileroVADAnalyzer takes silence, noise, hum and music for no speech", async () => {
  const chord = [220, 277, 330, 440].map((hz) => sine(hz, { rate: 16000, samples: 32000 }));
  const cases: [string, Int16Array][] = [
    ["silence", new Int16Array(32000)],
    ["quiet noise", noise(32000, 300)],
    ["loud noise", noise(32000, 20000)],
    ["hum", sine(50, { rate: 16000, samples: 32000, amplitude: 3000 })],
    ["a chord", Int16Array.from({ length: 32000 }, (_, i) => sum(chord, i) / 4)],
  ];
  for (const [name, pcm] of cases) {
    const params = { minVolume: 0, confidence: 0.5 };
    assertEquals(await segments({ pcm, rate: 16000 }, { params }), [], name);
  }
});

function sum(channels: Int16Array[], index: number): number {
  return channels.reduce((total, channel) => total + (channel[index] ?? 0), 0);
}

Deno.test("SileroVADAnalyzer hears speech through noise", async () => {
  const hiss = noise(SPEECH.length, 300);
  const pcm = SPEECH.map((sample, i) => sample / 2 + (hiss[i] ?? 0));
  assertSegments(await segments({ pcm, rate: 16000 }), [FIRST, SECOND], "in noise");
});

async function confidences(vad: SileroVADAnalyzer, pcm: Int16Array, size = 512) {
  const found: number[] = [];
  for (const window of cut(pcm, size)) found.push((await vad.analyze(window)).confidence);
  return found;
}

Deno.test("SileroVADAnalyzer hands each window over with the end of the one before", async () => {
  // Windows whose confidence changes by 0.05 to 0.6 when the model gets silence in place of that end.
  const known: [number, number, number][] = [
    [16000, 32, 0.954],
    [16000, 70, 0.538],
    [16000, 101, 0.3],
    [16000, 136, 0.534],
    [16000, 152, 0.892],
    [8000, 59, 0.707],
    [8000, 68, 0.997],
    [8000, 69, 0.979],
    [8000, 70, 0.671],
  ];
  for (const rate of [8000, 16000]) {
    await using vad = new SileroVADAnalyzer({ sampleRate: rate });
    const pcm = resample(SPEECH, { fromRate: 16000, toRate: rate });
    const found = await confidences(vad, pcm, rate * 0.032);
    for (const [, window, confidence] of known.filter(([knownRate]) => knownRate === rate)) {
      assertAlmostEquals(found[window] ?? NaN, confidence, 0.03, `window ${window} at ${rate} Hz`);
    }
  }
});

Deno.test("SileroVADAnalyzers side by side hear only their own audio", async () => {
  const clips = [0, 20480, 40960].map((at) => SPEECH.subarray(at, at + 20480));
  const vads = clips.map(() => new SileroVADAnalyzer());
  const alone: number[][] = [];
  for (const clip of clips) alone.push(await confidences(new SileroVADAnalyzer(), clip));
  const together = await Promise.all(
    clips.map((clip, i) => confidences(vads[i] ?? new SileroVADAnalyzer(), clip)),
  );
  assertEquals(together, alone);
  assert(alone.every((values) => Math.max(...values) > 0.9));
});

Deno.test("SileroVADAnalyzer remembers what it heard until it is reset", async () => {
  await using vad = new SileroVADAnalyzer();
  const clip = SPEECH.subarray(16000, 16000 + 10 * 512);
  const first = await confidences(vad, clip);
  const second = await confidences(vad, clip);
  vad.reset();
  assertEquals(await confidences(vad, clip), first);
  assert(second[0] !== first[0]);
});

Deno.test("SileroVADAnalyzer forgets nothing by itself in twelve seconds of a vowel", async () => {
  // The model trusts a voice only after some windows, so that forgetting it shows as a dip.
  const vowel = SPEECH.subarray(17072, 17072 + 4 * 512);
  await using vad = new SileroVADAnalyzer();
  const found = await confidences(vad, concatAudio(Array(94).fill(vowel)));
  assertLess(found[0] ?? 1, 0.5);
  assertGreater(Math.min(...found.slice(20)), 0.9);
});

Deno.test("SileroVADAnalyzer runs a model from bytes, a path or an address", async () => {
  const url = new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v6.onnx"));
  const bytes = await Deno.readFile(url);
  const clip = SPEECH.subarray(16000, 16000 + 20 * 512);
  const found: number[][] = [];
  for (const model of [bytes, bytes.slice(), url, url.href, url.pathname]) {
    await using vad = new SileroVADAnalyzer({ model });
    found.push(await confidences(vad, clip));
  }
  await using usual = new SileroVADAnalyzer();
  const other = await confidences(usual, clip);
  for (const values of found) assertEquals(values, found[0]);
  assert(other.some((value, i) => Math.abs(value - (found[0]?.[i] ?? 0)) > 0.001));
});

Deno.test("SileroVADAnalyzer fetches a model from a server, and says what the server said", async () => {
  const url = new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx"));
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) =>
      request.url.endsWith("/vad.onnx")
        ? new Response(await Deno.readFile(url))
        : new Response("no", { status: 404 }),
  );
  const base = `http://127.0.0.1:${server.addr.port}`;
  await using good = new SileroVADAnalyzer({ model: `${base}/vad.onnx` });
  await good.load();
  await using bad = new SileroVADAnalyzer({ model: new URL(`${base}/other.onnx`) });
  await assertRejects(
    () => bad.load(),
    Error,
    `Cannot load the Silero VAD model from "${base}/other.onnx": Cannot fetch it: the server answers 404`,
  );
});

Deno.test("SileroVADAnalyzer says what is wrong with a model", async () => {
  await using garbage = new SileroVADAnalyzer({ model: new Uint8Array([1, 2, 3]) });
  for (const attempt of [() => garbage.load(), () => garbage.analyze(new Int16Array(512))]) {
    await assertRejects(
      attempt,
      Error,
      "Cannot load the Silero VAD model from the given bytes",
    );
  }
  assertEquals(garbage.state, "QUIET");
});

Deno.test("SileroVADAnalyzer tries again when the model could not be loaded", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const model = `${folder}/vad.onnx`;
    await using vad = new SileroVADAnalyzer({ model });
    await assertRejects(
      () => vad.load(),
      Error,
      `Cannot load the Silero VAD model from "${model}"`,
    );
    const url = new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx"));
    await Deno.copyFile(url, model);
    await vad.load();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("SileroVADAnalyzer refuses another model of the same family by what it lacks", async () => {
  const model = new URL(import.meta.resolve("@ricky0123/vad-web/dist/silero_vad_legacy.onnx"));
  await using vad = new SileroVADAnalyzer({ model });
  await assertRejects(() => vad.load(), Error, "Cannot load the Silero VAD model");
});

Deno.test("SileroVADAnalyzer refuses a rate that the model does not know", () => {
  assertThrows(
    () => new SileroVADAnalyzer({ sampleRate: 44100 }),
    RangeError,
    "Cannot detect speech at 44100 Hz: the model knows 8000 and 16000 Hz",
  );
});

Deno.test("importing the VAD contract loads no model and no runtime", async () => {
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", new URL("mod.ts", import.meta.url).pathname],
  }).output();
  const graph = new TextDecoder().decode(info.stdout);
  assertLess(graph.indexOf("onnxruntime"), 0);
  assert(graph.includes("state_machine.ts"));
});
