import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { AnyMetricsData } from "../../frames/mod.ts";
import { type EnvironmentParams, makeEnvironment } from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { ServiceMetrics } from "./mod.ts";

const RATE = 16_000;

function start(params: Partial<EnvironmentParams> = { enableMetrics: true }) {
  const clock = new VirtualClock();
  const told: AnyMetricsData[] = [];
  const metrics = new ServiceMetrics({
    processor: "x",
    clock: () => clock,
    params: () => makeEnvironment({ params }).params,
    model: () => "small",
    push: ({ data }) => told.push(...data),
  });
  return { clock, metrics, told };
}

/** A tone of so many milliseconds. */
function tone(ms: number, amplitude: number): Int16Array {
  const wave = (_: unknown, i: number) => amplitude * Math.sin(2 * Math.PI * 440 * i / RATE);
  return Int16Array.from({ length: ms * RATE / 1000 }, wave);
}

function silence(ms: number): Int16Array {
  return new Int16Array(ms * RATE / 1000);
}

function joined(...pieces: readonly Int16Array[]): Int16Array {
  return Int16Array.from(pieces.flatMap((piece) => [...piece]));
}

Deno.test("ServiceMetrics tells of the time to the answer where a model thought before it", async () => {
  const { clock, metrics, told } = start();
  metrics.startTtfb();
  await clock.advance(200);
  metrics.stopTtfb();
  await clock.advance(300);
  metrics.stopTtfb();
  metrics.stopTtfat();
  await clock.advance(100);
  metrics.stopTtfat();
  const who = { processor: "x", model: "small" };
  assertEquals(told, [
    { type: "ttfb", ...who, value: 0.2 },
    { type: "ttfat", ...who, ttfat: 0.5, ttfb: 0.2, thinkingTime: 0.3 },
  ]);
});

Deno.test("ServiceMetrics takes the first byte for the answer where nothing came before it", async () => {
  const { clock, metrics, told } = start();
  metrics.startTtfb();
  await clock.advance(200);
  metrics.stopTtfat();
  await clock.advance(100);
  metrics.stopTtfat();
  assertEquals(told.map(({ type, value }) => [type, value]), [["ttfb", 0.2]]);
});

Deno.test("ServiceMetrics finds when speech is audible, however its audio is cut", async () => {
  const audio = joined(silence(120), tone(400, 8_000));
  for (const length of [1, 7, 160, 1_000, audio.length]) {
    const { clock, metrics, told } = start();
    metrics.startTtfb();
    await clock.advance(250);
    metrics.stopTtfb();
    for (let at = 0; at < audio.length; at += length) {
      metrics.listen(audio.subarray(at, at + length), RATE);
    }
    assertEquals(told.map(({ type }) => type), ["ttfb", "ttfa"], `in pieces of ${length}`);
    const [, ttfa] = told;
    if (ttfa?.type !== "ttfa") throw new Error("Cannot look at it: it is no ttfa");
    assertEquals(ttfa.ttfb, 0.25);
    assertAlmostEquals(ttfa.leadingSilence, 0.12, 0.002);
    assertAlmostEquals(ttfa.ttfa, 0.37, 0.002);
  }
});

const UNHEARD: Record<string, Int16Array> = {
  "noise below 40 dB": tone(1_000, 400),
  "an offset": new Int16Array(RATE).fill(20_000),
  "a crackle": joined(silence(100), tone(30, 20_000), silence(1_000)),
  "too little to be sure": tone(40, 20_000),
  "speech after three seconds of silence": joined(silence(3_001), tone(500, 20_000)),
};

for (const [name, audio] of Object.entries(UNHEARD)) {
  Deno.test(`ServiceMetrics takes for silence: ${name}`, () => {
    const { metrics, told } = start();
    metrics.startTtfb();
    metrics.stopTtfb();
    for (let at = 0; at < audio.length; at += 160) {
      metrics.listen(audio.subarray(at, at + 160), RATE);
    }
    assertEquals(told.map(({ type }) => type), ["ttfb"]);
  });
}

Deno.test("ServiceMetrics listens anew for each answer, and not to one that was cancelled", () => {
  const { metrics, told } = start();
  for (const cancelled of [false, true, false]) {
    metrics.startTtfb();
    metrics.stopTtfb();
    metrics.listen(silence(20), RATE);
    if (cancelled) metrics.cancel();
    metrics.listen(tone(100, 8_000), RATE);
    metrics.listen(tone(100, 8_000), RATE);
  }
  assertEquals(told.map(({ type }) => type), ["ttfb", "ttfa", "ttfb", "ttfb", "ttfa"]);
});

Deno.test("ServiceMetrics measures until the first piece of a text is whole, once", async () => {
  const { clock, metrics, told } = start();
  metrics.stopTextAggregation();
  metrics.startTextAggregation();
  await clock.advance(150);
  metrics.stopTextAggregation();
  metrics.stopTextAggregation();
  metrics.startTextAggregation();
  metrics.cancel();
  metrics.stopTextAggregation();
  assertEquals(told.map(({ type, value }) => [type, value]), [["text_aggregation", 0.15]]);
});

Deno.test("ServiceMetrics measures none of that where it is not wanted", async () => {
  const measure = async (params: Partial<EnvironmentParams>, times: number) => {
    const { clock, metrics, told } = start(params);
    for (let i = 0; i < times; i++) {
      metrics.startTtfb();
      metrics.startTextAggregation();
      metrics.stopTtfb();
      metrics.listen(tone(100, 8_000), RATE);
      metrics.stopTextAggregation();
      metrics.startTtfb();
      metrics.stopTtfb();
      await clock.advance(1);
      metrics.stopTtfat();
    }
    return told.map(({ type }) => type);
  };
  assertEquals(await measure({ enableUsageMetrics: true }, 1), []);
  assertEquals(await measure({ enableMetrics: true, reportOnlyInitialTtfb: true }, 2), [
    "ttfb",
    "ttfa",
    "text_aggregation",
    "text_aggregation",
  ]);
});
