import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { concatAudio } from "./pcm.ts";
import { cut, noise, sine } from "./testdata/signals.ts";
import {
  AudioVolumeTracker,
  calculateAudioVolume,
  expSmoothing,
  loudness,
  normalizeValue,
} from "./volume.ts";

// Sines of 997 Hz and 400 ms, measured by another implementation of BS.1770-4: rate, amplitude, LUFS, volume.
const TONES: [number, number, number, number][] = [
  [8000, 100, -53.304, 0.567],
  [8000, 1000, -33.305, 0.767],
  [8000, 8000, -15.243, 0.9476],
  [8000, 32000, -3.202, 1],
  [16000, 100, -53.277, 0.5672],
  [16000, 1000, -33.278, 0.7672],
  [16000, 8000, -15.217, 0.9478],
  [16000, 32000, -3.175, 1],
  [24000, 100, -53.291, 0.5671],
  [24000, 8000, -15.231, 0.9477],
  [48000, 100, -53.317, 0.5668],
  [48000, 1000, -33.318, 0.7668],
  [48000, 32000, -3.215, 1],
];

Deno.test("loudness and volume of tones agree with BS.1770-4, whole and as a stream", () => {
  for (const [rate, amplitude, lufs, volume] of TONES) {
    const tone = sine(997, { rate, samples: rate * 0.4, amplitude });
    const name = `amplitude ${amplitude} at ${rate} Hz`;
    assertAlmostEquals(loudness(tone, rate), lufs, 0.01, name);
    assertAlmostEquals(calculateAudioVolume(tone, rate), volume, 0.0005, name);
    const tracker = new AudioVolumeTracker();
    for (const chunk of cut(tone, rate / 50)) tracker.update(chunk, rate);
    assertAlmostEquals(tracker.volume, volume, 0.0005, name);
  }
});

// EBU Tech 3341, cases 1 and 3: tones of 1 kHz in both channels, which is 3 LU less in one.
Deno.test("loudness is that of the EBU test signals", () => {
  const tone = (dbfs: number, secs: number) =>
    sine(1000, { rate: 48000, samples: 48000 * secs, amplitude: 32768 * 10 ** (dbfs / 20) });
  assertAlmostEquals(loudness(tone(-23, 20), 48000), -23 - 3.01, 0.1);
  const parts = [tone(-36, 10), tone(-23, 60), tone(-36, 10)];
  assertAlmostEquals(loudness(concatAudio(parts), 48000), -23 - 3.01, 0.1);
});

Deno.test("what lies below the gate has no volume", () => {
  for (
    const pcm of [new Int16Array(6400), sine(997, { rate: 16000, samples: 6400, amplitude: 10 })]
  ) {
    assertEquals(loudness(pcm, 16000), -Infinity);
    assertEquals(calculateAudioVolume(pcm, 16000), 0);
    const tracker = new AudioVolumeTracker();
    tracker.update(pcm, 16000);
    assertEquals(tracker.volume, 0);
  }
  assertEquals(loudness(new Int16Array(0), 16000), -Infinity);
});

Deno.test("audio shorter than a block is measured as it is", () => {
  const tone = sine(997, { rate: 16000, samples: 1600 });
  assertAlmostEquals(loudness(tone, 16000), -15.2, 0.2);
});

Deno.test("normalizeValue puts a range to 0 to 1", () => {
  const range = { min: -110, max: -10 };
  const cases: [number, number][] = [
    [0, 1],
    [-60, 0.5],
    [-110, 0],
    [-10, 1],
    [-200, 0],
    [-23.5, 0.865],
    [-Infinity, 0],
  ];
  for (const [value, wanted] of cases) assertEquals(normalizeValue(value, range), wanted);
});

Deno.test("expSmoothing follows a sequence to the last digit", () => {
  const values = [0, 0.9, 0.9, 0.1, 0.5, 0.5, 1, 0, 0];
  let previous = 0;
  const smoothed = values.map((value) => previous = expSmoothing(value, { previous, factor: 0.2 }));
  assertEquals(smoothed, [
    0,
    0.18000000000000002,
    0.324,
    0.2792,
    0.32336,
    0.358688,
    0.4869504,
    0.38956032,
    0.311648256,
  ]);
  assertEquals(expSmoothing(0.8, { previous: 0.1, factor: 0 }), 0.1);
  assertEquals(expSmoothing(0.8, { previous: 0.1, factor: 1 }), 0.8);
});

Deno.test("the tracker says nothing until 400 ms are full, and starts again at another rate", () => {
  // -60 LUFS, which is a volume of a half.
  const tone = (samples: number, rate: number) => sine(997, { rate, samples, amplitude: 46 });
  const tracker = new AudioVolumeTracker();
  const volumes: number[] = [];
  const feed = (times: number, samples: number, rate: number) => {
    for (const chunk of cut(tone(times * samples, rate), samples)) {
      tracker.update(chunk, rate);
      volumes.push(Math.round(tracker.volume * 50) / 50);
    }
  };
  feed(21, 320, 16000);
  assertEquals(volumes.splice(0), [...Array(19).fill(0), 0.5, 0.5]);
  feed(1, 6400, 16000);
  assertEquals(volumes.splice(0), [0.5]);
  feed(20, 160, 8000);
  assertEquals(volumes.splice(0), [...Array(19).fill(0), 0.5]);
  feed(1, 9000, 8000);
  assertEquals(volumes.splice(0), [0.5]);
  tracker.reset();
  assertEquals(tracker.volume, 0);
  feed(1, 3199, 8000);
  feed(1, 1, 8000);
  assertEquals(volumes, [0, 0.5]);
});

Deno.test("the tracker measures the last 400 ms and nothing before them", () => {
  const tracker = new AudioVolumeTracker();
  for (const chunk of cut(noise(160_000, 30000), 333)) tracker.update(chunk, 16000);
  // The high pass takes a while to ring out: the second 400 ms of silence hold nothing of it.
  tracker.update(new Int16Array(12800), 16000);
  assertEquals(tracker.volume, 0);
  const tone = sine(997, { rate: 16000, samples: 6400, amplitude: 100 });
  for (const chunk of cut(tone, 77)) tracker.update(chunk, 16000);
  assertAlmostEquals(tracker.volume, 0.5672, 0.0005);
});

Deno.test("the tracker stays exact however much it has heard", () => {
  const tone = sine(997, { rate: 16000, samples: 6400, amplitude: 20 });
  const fresh = new AudioVolumeTracker();
  fresh.update(tone, 16000);
  const used = new AudioVolumeTracker();
  for (const chunk of cut(noise(160_000, 30000), 320)) used.update(chunk, 16000);
  for (const chunk of cut(new Int16Array(64_000), 320)) used.update(chunk, 16000);
  used.update(tone, 16000);
  assertAlmostEquals(used.volume, fresh.volume, 1e-6);
  assertGreater(fresh.volume, 0.4);
});
