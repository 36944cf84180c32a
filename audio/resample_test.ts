import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { rms } from "./level.ts";
import { concatAudio } from "./pcm.ts";
import { resample, type ResamplerQuality, StreamResampler } from "./resample.ts";
import { cut, findSine, noise, sine } from "./testdata/signals.ts";

const RATES = [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000];
const PAIRS = RATES.flatMap((fromRate) => RATES.map((toRate) => ({ fromRate, toRate })));
// Without a common divisor there are more phases than the filter's table holds.
const ODD_PAIRS = [{ fromRate: 44101, toRate: 16000 }, { fromRate: 16000, toRate: 15991 }];

// The middle of a signal, away from where it begins and ends.
function middle(pcm: Int16Array): Int16Array {
  return pcm.subarray(pcm.length / 8, pcm.length * 7 / 8);
}

Deno.test("the pass band keeps level and phase at all rates", () => {
  for (const { fromRate, toRate } of [...PAIRS, ...ODD_PAIRS]) {
    if (fromRate === toRate) continue;
    for (const share of [0.05, 0.4, 0.8]) {
      const hz = share * Math.min(fromRate, toRate) / 2;
      const input = sine(hz, { rate: fromRate, samples: fromRate / 2, amplitude: 16000 });
      const found = findSine(resample(input, { fromRate, toRate }), hz, toRate);
      const name = `${hz} Hz from ${fromRate} to ${toRate}`;
      const gainDb = 20 * Math.log10(found.amplitude / 16000);
      assertAlmostEquals(gainDb, 0, 0.01, name);
      // The phase is the time of the output's first sample: 1e-3 is less than a hundredth of a sample.
      assertAlmostEquals(found.phase, 0, 1e-3, name);
    }
  }
});

Deno.test("noise and distortion lie as far below a tone as 16 bits allow", () => {
  for (const { fromRate, toRate } of [...PAIRS, ...ODD_PAIRS]) {
    if (fromRate === toRate) continue;
    const input = sine(997, { rate: fromRate, samples: fromRate, amplitude: 16000 });
    const output = middle(resample(input, { fromRate, toRate }));
    assertGreater(findSine(output, 997, toRate).snrDb, 86, `${fromRate} to ${toRate}`);
  }
});

Deno.test("what the lower rate cannot hold does not come back as an alias", () => {
  for (const { fromRate, toRate } of [...PAIRS, ...ODD_PAIRS]) {
    for (const share of [1.04, 1.1, 1.25, 1.5, 1.9]) {
      const hz = share * toRate / 2;
      if (hz >= fromRate / 2) continue;
      const input = sine(hz, { rate: fromRate, samples: fromRate / 2, amplitude: 16000 });
      const left = rms(middle(resample(input, { fromRate, toRate })));
      const rejectedDb = 20 * Math.log10(16000 / Math.SQRT2 / left);
      assertGreater(rejectedDb, 86, `${hz} Hz from ${fromRate} to ${toRate}`);
    }
  }
});

Deno.test("what lies above the old Nyquist frequency stays empty when the rate goes up", () => {
  // 3 kHz at 8 kHz has an image at 5 kHz.
  const output = resample(sine(3000, { rate: 8000, samples: 8000, amplitude: 16000 }), {
    fromRate: 8000,
    toRate: 16000,
  });
  const image = findSine(middle(output), 5000, 16000).amplitude;
  assertLess(20 * Math.log10(image / 16000), -85);
});

Deno.test("chunks of any size give the very same samples as one piece", () => {
  const pairs = [[24000, 16000], [48000, 16000], [16000, 24000], [44100, 16000], [8000, 48000], [
    44101,
    16000,
  ]];
  const input = noise(6000, 20000);
  for (const [fromRate = 0, toRate = 0] of pairs) {
    const whole = resample(input, { fromRate, toRate });
    for (const size of [1, 7, 256, 441, 1024, 1025, 6000]) {
      const stream = new StreamResampler(fromRate, toRate);
      const pieces = cut(input, size).map((piece) => stream.process(piece));
      const output = concatAudio([...pieces, stream.flush()]);
      assertEquals(output, whole, `${fromRate} to ${toRate} in chunks of ${size}`);
    }
  }
});

Deno.test("the whole output is as long as the ratio says, to the sample", () => {
  for (const { fromRate, toRate } of [...PAIRS, ...ODD_PAIRS]) {
    for (const samples of [0, 1, 2, 63, 160, 441, 4000, 12345]) {
      const output = resample(new Int16Array(samples), { fromRate, toRate });
      assertEquals(
        output.length,
        Math.round(samples * toRate / fromRate),
        `${samples} from ${fromRate} to ${toRate}`,
      );
    }
  }
});

// Levels and lengths that a high-quality resampler of another make gave for half a second of 440 Hz.
Deno.test("half a second of 440 Hz comes out as others make it", () => {
  for (const fromRate of [8000, 16000, 24000, 48000]) {
    for (const toRate of [8000, 16000, 24000, 48000].filter((rate) => rate !== fromRate)) {
      const output = resample(sine(440, { rate: fromRate, samples: fromRate / 2 }), {
        fromRate,
        toRate,
      });
      assertEquals(output.length, toRate / 2);
      assertAlmostEquals(rms(output), 5656.8, 5656.8 * 0.005, `${fromRate} to ${toRate}`);
    }
  }
});

Deno.test("there is no shift in time: a click stays where it was", () => {
  const input = new Int16Array(2400);
  input[1200] = 30000;
  const output = resample(input, { fromRate: 24000, toRate: 16000 });
  assertEquals(output.indexOf(Math.max(...output)), 800);
});

Deno.test("a constant stays that constant, in every phase of the filter", () => {
  const output = resample(new Int16Array(5000).fill(12345), { fromRate: 44100, toRate: 48000 });
  assert(middle(output).every((sample) => sample === 12345));
});

Deno.test("full scale is clamped and does not wrap around", () => {
  const square = Int16Array.from({ length: 4800 }, (_, i) => i % 48 < 24 ? 32767 : -32768);
  const output = resample(square, { fromRate: 48000, toRate: 16000 });
  const wanted = resample(square.map((sample) => sample >> 1), { fromRate: 48000, toRate: 16000 });
  assertEquals(Math.max(...output), 32767);
  assertEquals(
    output.every((sample, i) => Math.abs(wanted[i] ?? 0) < 100 || sample * (wanted[i] ?? 0) > 0),
    true,
  );
});

Deno.test("a stream holds back no more than its delay", () => {
  for (const { fromRate, toRate } of PAIRS.filter((pair) => pair.fromRate !== pair.toRate)) {
    const stream = new StreamResampler(fromRate, toRate);
    const samples = fromRate / 25;
    const output = stream.process(new Int16Array(samples)).length;
    const heldMs = 40 - output / toRate * 1000;
    assertLess(heldMs, stream.delayMs + 1000 / toRate, `${fromRate} to ${toRate}`);
    assertLess(stream.delayMs, 4.5);
  }
});

Deno.test("equal rates pass through without a copy", () => {
  const stream = new StreamResampler(16000, 16000);
  const pcm = noise(100, 1000);
  assertStrictEquals(stream.process(pcm), pcm);
  assertEquals([stream.flush().length, stream.delayMs], [0, 0]);
  assertStrictEquals(resample(pcm, { fromRate: 8000, toRate: 8000 }), pcm);
});

Deno.test("after flush or reset a stream knows nothing of what came before", () => {
  const stream = new StreamResampler(24000, 16000);
  const pcm = noise(1000, 20000);
  const first = concatAudio([stream.process(pcm), stream.flush()]);
  const second = concatAudio([stream.process(pcm), stream.flush()]);
  stream.process(pcm);
  stream.reset();
  const third = concatAudio([stream.process(pcm), stream.flush()]);
  assertEquals([second, third], [first, first]);
});

Deno.test("rates that are none are refused, with both of them named", () => {
  for (const [fromRate, toRate] of [[0, 16000], [16000, NaN], [-8000, 8000], [16000.5, 8000]]) {
    assertThrows(
      () => new StreamResampler(fromRate ?? 0, toRate ?? 0),
      RangeError,
      `Cannot resample from ${fromRate} Hz to ${toRate} Hz`,
    );
  }
});

Deno.test.each<[ResamplerQuality, { delay: number; flat: number; from: number; db: number }]>([
  ["QQ", { delay: 8, flat: 0.6, from: 1.25, db: 60 }],
  ["LQ", { delay: 12, flat: 0.7, from: 1.1, db: 60 }],
  ["MQ", { delay: 16, flat: 0.7, from: 1.1, db: 80 }],
  ["HQ", { delay: 32, flat: 0.8, from: 1.04, db: 86 }],
  ["VHQ", { delay: 64, flat: 0.9, from: 1.02, db: 86 }],
])("quality %s of a resampler: %j", (quality, { delay, flat, from, db }) => {
  const level = (hz: number) => {
    const resampler = new StreamResampler(48000, 16000, { quality });
    assertEquals(resampler.delayMs, delay / 16);
    const input = sine(hz, { rate: 48000, samples: 24000, amplitude: 16000 });
    const output = concatAudio([resampler.process(input), resampler.flush()]);
    assertEquals(output.length, 8000);
    return 20 * Math.log10(rms(middle(output)) * Math.SQRT2 / 16000);
  };
  assertAlmostEquals(level(flat * 8000), 0, 0.05);
  assertLess(level(from * 8000), -db);
});
