import { assert, assertEquals } from "@std/assert";
import { TTSAudioRawFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import {
  counting,
  heard,
  makeOutput,
  RATE,
  speech,
  started,
  utterance,
  word,
} from "../../tests/transports/output_rig.ts";
import type { TransportParams } from "./mod.ts";

Deno.test("an output writes chunks on absolute deadlines, at most 80 ms ahead", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(400));
  await rig.clock.advance(1_000);
  assertEquals(
    output.written.map(({ writtenMs, atMs }) => [writtenMs, atMs]),
    [[0, 0], [0, 40], [40, 80], [80, 120], [120, 160], [160, 200], [200, 240], [240, 280], [
      280,
      320,
    ], [320, 360]],
  );
  assert(output.written.every(({ pcm }) => pcm.length === 960));
  assertEquals(
    output.samples,
    [...counting(20, 0)].concat(...Array.from(
      { length: 19 },
      (_, i) => [...counting(20, (i + 1) * 480)],
    )),
  );
});

Deno.test.each<[TransportParams, number[], number]>([
  [{ sendAheadMs: 0 }, [0, 40, 80, 120, 160], 960],
  [{ sendAheadMs: 200 }, [0, 0, 0, 0, 0], 960],
  [{ audioOut10msChunks: 2, sendAheadMs: 20 }, [0, 20, 40, 60, 80], 480],
  [{ audioOut10msChunks: 10 }, [0, 100], 2_400],
])("an output with %o writes at %j ms", async (params, times, samples) => {
  const output = makeOutput(params);
  await using rig = await started(output);
  rig.send(...utterance(200));
  await rig.clock.advance(1_000);
  assertEquals(output.written.slice(0, times.length).map(({ writtenMs }) => writtenMs), times);
  assertEquals(output.written.map(({ pcm }) => pcm.length).at(0), samples);
});

Deno.test("an output joins pieces of odd sizes and loses no sample", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  const all = counting(1_000);
  for (let at = 0, step = 1; at < all.length; at += step, step = step * 7 % 1_009 + 1) {
    rig.send(
      new TTSAudioRawFrame(all.subarray(at, at + step), { sampleRate: RATE, contextId: "a" }),
    );
  }
  rig.send(new TTSStoppedFrame({ contextId: "a" }));
  await rig.clock.advance(2_000);
  assertEquals(output.samples, [...all]);
});

Deno.test("an output gives a large piece on without a copy", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  const frame = speech(400);
  rig.send(frame);
  await rig.clock.advance(1_000);
  assert(output.written.every(({ pcm }) => pcm.buffer === frame.audio.buffer));
});

Deno.test("an output fills up the last chunk of an utterance in time", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(100));
  await rig.clock.advance(1_000);
  assertEquals(output.written.map(({ writtenMs }) => writtenMs), [0, 0, 40]);
  assertEquals(output.samples.slice(2_400), Array(480).fill(0));
});

Deno.test("an output does not hold back for ever what fills no chunk", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(speech(10));
  await rig.clock.advance(39);
  assertEquals(output.written.length, 0);
  await rig.clock.advance(1);
  assertEquals(output.samples, [...counting(10, 0), ...Array(720).fill(0)]);
});

Deno.test("an output joins the beginning of speech that comes in small pieces", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  for (let i = 0; i < 8; i++) {
    rig.send(speech(10, { from: i * 240 }));
    await rig.clock.advance(10);
  }
  await rig.clock.advance(200);
  assertEquals(output.samples.slice(0, 1_920).every((sample) => sample !== 0), true);
});

Deno.test("an output begins anew after its source was late", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(speech(80));
  await rig.clock.advance(130);
  rig.send(speech(80));
  await rig.clock.advance(500);
  assertEquals(output.written.map(({ atMs }) => atMs), [0, 40, 130, 170]);
});

Deno.test.each<[number, number, number]>([
  [16_000, 1, 24_000],
  [48_000, 2, 24_000],
  [22_050, 1, 16_000],
  [24_000, 2, 24_000],
])("an output brings %d Hz in %d channels to %d Hz", async (sampleRate, numChannels, out) => {
  const output = makeOutput({ audioOutSampleRate: out });
  await using rig = await started(output);
  const pcm = new Int16Array(sampleRate * numChannels).fill(1_000);
  rig.send(
    new TTSAudioRawFrame(pcm, { sampleRate, numChannels, contextId: "a" }),
    word("said", 1_000),
    new TTSStoppedFrame({ contextId: "a" }),
  );
  await rig.clock.advance(2_000);
  assertEquals(output.written[0]?.sampleRate, out);
  assertEquals(output.samples.length, out);
  assertEquals(output.samples[out / 2], 1_000);
  assertEquals(heard(rig), "said");
});

Deno.test("an output writes as many channels as it is told", async () => {
  const output = makeOutput({ audioOutChannels: 2 });
  await using rig = await started(output);
  rig.send(speech(40));
  await rig.clock.advance(100);
  assertEquals(output.written.map(({ pcm, numChannels }) => [pcm.length, numChannels]), [[
    1_920,
    2,
  ]]);
  assertEquals(output.samples.slice(0, 4), [1, 1, 2, 2]);
});

Deno.test("an output takes the user's rate, else the wire's, else the pipeline's", async () => {
  const rates: (number | undefined)[] = [];
  for (const [wished, wire] of [[8_000, 16_000], [undefined, 16_000], [undefined, undefined]]) {
    const output = makeOutput({ audioOutSampleRate: wished });
    output.preferred = wire;
    await using rig = await started(output);
    rig.send(speech(100));
    await rig.clock.advance(200);
    rates.push(output.written[0]?.sampleRate);
  }
  assertEquals(rates, [8_000, 16_000, 24_000]);
});
