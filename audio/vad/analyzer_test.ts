import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { applyGain } from "../mix.ts";
import { cut, findSine, sine } from "../testdata/signals.ts";
import { VADAnalyzer, type VADModelOptions } from "./analyzer.ts";

// Says of each window what the test wants, and keeps what it was given.
class Scripted extends VADAnalyzer {
  readonly windows: Int16Array[] = [];
  resets = 0;
  closes = 0;
  judge: (index: number) => number | Promise<number>;

  constructor(judge: (index: number) => number | Promise<number>, options: VADModelOptions = {}) {
    super({ params: { minVolume: 0 }, modelRates: [8000, 16000], ...options });
    this.judge = judge;
  }
  numFramesRequired(): number {
    return this.analysisRate / 1000 * 32;
  }
  voiceConfidence(window: Int16Array): number | Promise<number> {
    this.windows.push(window);
    return this.judge(this.windows.length - 1);
  }
  protected override resetModel(): void {
    this.resets++;
  }
  protected override closeModel(): void {
    this.closes++;
  }
}

// Twelve windows of speech and twelve of silence.
const speechThenSilence = (index: number) => index < 12 ? 0.9 : 0.1;
const CLIP = new Int16Array(24 * 512);
const CHANGES = ["STARTING 32", "SPEAKING 192", "STOPPING 416", "QUIET 576"];

async function changes(vad: VADAnalyzer, pieces: Int16Array[]): Promise<string[]> {
  const found: string[] = [];
  for (const piece of pieces) {
    const { transitions } = await vad.analyze(piece);
    found.push(...transitions.map(({ state, atMs }) => `${state} ${atMs}`));
  }
  return found;
}

Deno.test("the changes are the same however the audio is cut", async () => {
  for (const size of [64, 256, 320, 480, 512, 1000, CLIP.length]) {
    await using vad = new Scripted(speechThenSilence);
    assertEquals(await changes(vad, cut(CLIP, size)), CHANGES, `in chunks of ${size}`);
  }
});

Deno.test("20 ms chunks have a state each, which changes when a window is complete", async () => {
  await using vad = new Scripted(speechThenSilence);
  const states: string[] = [];
  for (const chunk of cut(CLIP, 320)) states.push((await vad.analyze(chunk)).state.slice(0, 3));
  assertEquals(
    states.join(" "),
    [
      "QUI",
      ...Array(8).fill("STA"),
      ...Array(11).fill("SPE"),
      ...Array(8).fill("STO"),
      ...Array(11).fill("QUI"),
    ].join(" "),
  );
});

Deno.test("calls that overlap are worked off in order", async () => {
  const order: number[] = [];
  const gates = Array.from({ length: 3 }, () => Promise.withResolvers<number>());
  await using vad = new Scripted((index) => {
    order.push(index);
    return gates[index]?.promise ?? 0;
  });
  const analyses = cut(new Int16Array(3 * 512), 512).map((window) => vad.analyze(window));
  for (const index of [2, 1, 0]) gates[index]?.resolve(0.9);
  const found = await Promise.all(analyses);
  assertEquals(order, [0, 1, 2]);
  assertEquals(found.map(({ positionMs }) => positionMs), [32, 64, 96]);
});

Deno.test("audio of another rate is resampled to one that the model knows", async () => {
  const cases: [number, number][] = [
    [8000, 8000],
    [16000, 16000],
    [11025, 16000],
    [24000, 16000],
    [44100, 16000],
    [48000, 16000],
  ];
  for (const [rate, analysisRate] of cases) {
    await using vad = new Scripted(() => 0);
    vad.setSampleRate(rate);
    assertEquals([vad.sampleRate, vad.analysisRate], [rate, analysisRate]);
    const tone = sine(1000, { rate, samples: rate });
    for (const chunk of cut(tone, Math.round(rate / 50))) await vad.analyze(chunk);
    assertEquals(vad.windows.length, Math.floor((1000 - 4.5) / 32), `from ${rate} Hz`);
    const window = vad.windows[10] ?? new Int16Array(0);
    assertAlmostEquals(findSine(window, 1000, analysisRate).amplitude, 8000, 20);
  }
});

Deno.test("a wished rate is the one analyzed at, whatever the audio has", async () => {
  await using vad = new Scripted(() => 0, { sampleRate: 8000 });
  assertEquals([vad.sampleRate, vad.analysisRate], [8000, 8000]);
  vad.setSampleRate(48000);
  await vad.analyze(new Int16Array(4800));
  assertEquals([vad.sampleRate, vad.analysisRate], [48000, 8000]);
  assertEquals(vad.windows.map((window) => window.length), [256, 256, 256]);
});

Deno.test("a model without rates of its own gets the audio as it is", () => {
  class AnyRate extends VADAnalyzer {
    numFramesRequired(): number {
      return 1;
    }
    voiceConfidence(): number {
      return 0;
    }
  }
  const vad = new AnyRate();
  vad.setSampleRate(44100);
  assertEquals(vad.analysisRate, 44100);
});

Deno.test("a rate that the model does not know is refused", () => {
  assertThrows(
    () => new Scripted(() => 0, { sampleRate: 24000 }),
    RangeError,
    "Cannot detect speech at 24000 Hz: the model knows 8000 and 16000 Hz",
  );
});

Deno.test("another rate within a stream starts the model afresh and keeps state and time", async () => {
  await using vad = new Scripted(() => 0.9);
  await vad.analyze(new Int16Array(10 * 512));
  vad.setSampleRate(8000);
  assertEquals([vad.resets, vad.state], [1, "SPEAKING"]);
  const { positionMs, transitions } = await vad.analyze(new Int16Array(256));
  assertEquals([positionMs, transitions.length], [352, 0]);
  vad.setSampleRate(8000);
  assertEquals(vad.resets, 1);
});

Deno.test("the volume gate holds back a voice that is too quiet, and opens when it is loud", async () => {
  const loud = sine(997, { rate: 16000, samples: 16000, amplitude: 8000 });
  const cases: [Int16Array, boolean][] = [[loud, true], [applyGain(loud, 0.01), false]];
  for (const [audio, heard] of cases) {
    await using vad = new Scripted(() => 0.9, { params: {} });
    const { state, volume, transitions } = await vad.analyze(audio);
    assertEquals(state === "SPEAKING", heard, `at a volume of ${volume}`);
    if (!heard) continue;
    // The first 400 ms have no volume; from 0.4 s on it rises by a fifth of what is missing.
    assertEquals(transitions.map(({ state, atMs }) => `${state} ${atMs}`), [
      "STARTING 544",
      "SPEAKING 704",
    ]);
    assertAlmostEquals(volume, 0.947, 0.03);
  }
});

Deno.test("parameters change in the middle of speech", async () => {
  await using vad = new Scripted(speechThenSilence, { params: { minVolume: 0, stopSecs: 5 } });
  await vad.analyze(CLIP);
  assertEquals(vad.state, "STOPPING");
  vad.setParams({ stopSecs: 0.2 });
  assertEquals(vad.params.stopSecs, 0.2);
  assertEquals(await changes(vad, [new Int16Array(512)]), ["QUIET 800"]);
});

Deno.test("what the model throws comes out of that call, and the next one goes on in time", async () => {
  const failure = new Error("Cannot run");
  await using vad = new Scripted((index) => {
    if (index === 6) throw failure;
    return 0.9;
  });
  assertEquals(await changes(vad, [new Int16Array(6 * 512)]), ["STARTING 32", "SPEAKING 192"]);
  const [failed, next] = [vad.analyze(new Int16Array(3 * 512)), vad.analyze(new Int16Array(512))];
  assertEquals(await assertRejects(() => failed), failure);
  const { state, positionMs } = await next;
  assertEquals([state, positionMs], ["SPEAKING", 320]);
});

Deno.test("reset starts again, and what was under way finds nothing more", async () => {
  const gate = Promise.withResolvers<number>();
  await using vad = new Scripted((index) => index === 7 ? gate.promise : 0.9);
  await vad.analyze(new Int16Array(7 * 512));
  assertEquals(vad.state, "SPEAKING");
  const underWay = vad.analyze(new Int16Array(20 * 512));
  const waiting = vad.analyze(new Int16Array(20 * 512));
  await Promise.resolve();
  vad.reset();
  gate.resolve(0.9);
  for (const analysis of [await underWay, await waiting]) {
    assertEquals([analysis.state, analysis.transitions, analysis.positionMs], ["QUIET", [], 0]);
  }
  assertEquals([vad.windows.length, vad.resets], [8, 1]);
  assertEquals(await changes(vad, [new Int16Array(512)]), ["STARTING 32"]);
});

Deno.test("after close nothing is heard, and closing twice is fine", async () => {
  const vad = new Scripted(() => 0.9);
  await vad.analyze(new Int16Array(7 * 512));
  await vad.close();
  await vad.close();
  const { state, transitions } = await vad.analyze(new Int16Array(20 * 512));
  assertEquals([state, transitions, vad.windows.length, vad.closes], ["QUIET", [], 7, 1]);
});

Deno.test("loading is nothing to do unless a model says so", async () => {
  await using vad = new Scripted(() => 0);
  await vad.load();
  assertEquals([vad.numChannels, vad.state, vad.windows.length], [1, "QUIET", 0]);
});
