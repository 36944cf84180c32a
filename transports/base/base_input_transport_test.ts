import { assert, assertEquals, assertThrows } from "@std/assert";
import { BaseAudioFilter } from "../../audio/mod.ts";
import { VADAnalyzer } from "../../audio/vad/mod.ts";
import {
  EndFrame,
  FilterEnableFrame,
  FilterUpdateSettingsFrame,
  StopFrame,
} from "../../frames/mod.ts";
import { HandFedInput, InputRig, startedInput } from "../../tests/transports/input_rig.ts";
import { counting } from "../../tests/transports/output_rig.ts";
import type { ReceivedAudioOptions, TransportParams } from "./mod.ts";

Deno.test("an input cuts what comes into chunks of 20 ms and loses no sample", async () => {
  await using rig = await startedInput();
  const all = counting(400, 1, 16_000);
  for (let at = 0; at < all.length; at += 256) rig.input.feed(all.subarray(at, at + 256));
  assertEquals(rig.audio.length, 20);
  assert(rig.audio.every(({ audio, sampleRate }) => audio.length === 320 && sampleRate === 16_000));
  assertEquals(rig.samples, [...all]);
});

Deno.test.each<[ReceivedAudioOptions, TransportParams, [number, number]]>([
  [{ sampleRate: 48_000 }, {}, [16_000, 1]],
  [{ sampleRate: 44_100, numChannels: 2 }, {}, [16_000, 1]],
  [{ sampleRate: 8_000 }, { audioInSampleRate: 24_000 }, [24_000, 1]],
  [{ sampleRate: 48_000, numChannels: 2 }, { audioInChannels: 2 }, [16_000, 2]],
  [{ sampleRate: 16_000 }, { audioInChannels: 2 }, [16_000, 2]],
])("an input brings %j with %j to %j", async (options, params, [sampleRate, numChannels]) => {
  await using rig = await startedInput(params);
  const { sampleRate: rate, numChannels: channels = 1 } = options;
  for (let i = 0; i < 50; i++) {
    rig.input.feed(new Int16Array(rate / 50 * channels).fill(777), options);
  }
  assert(rig.audio.length >= 49);
  for (const frame of rig.audio) {
    assertEquals([frame.sampleRate, frame.numChannels, frame.numFrames], [
      sampleRate,
      numChannels,
      sampleRate / 50,
    ]);
  }
  assertEquals(rig.samples.slice(5_000, 5_010), Array(10).fill(777));
});

Deno.test("an input goes on when the format changes on the way", async () => {
  await using rig = await startedInput();
  for (const sampleRate of [16_000, 48_000, 8_000, 16_000]) {
    rig.input.feed(new Int16Array(sampleRate).fill(500), { sampleRate });
  }
  assertEquals(rig.samples.length, 4 * 16_000);
  assertEquals(rig.samples.filter((sample) => Math.abs(sample - 500) > 60).length < 200, true);
});

Deno.test("an input takes nothing before the start and after the end", async () => {
  const rig = new InputRig();
  rig.input.feed(new Int16Array(320));
  rig.input.message("early");
  await rig.clock.settle();
  rig.input.feed(new Int16Array(320));
  rig.input.message("in time");
  void rig.task.queueFrame(new EndFrame());
  rig.input.feed(new Int16Array(320));
  await rig.clock.runUntil(rig.running);
  rig.input.feed(new Int16Array(320));
  rig.input.message("late");
  assertEquals(rig.below.list(), [
    "0 Start",
    "0 InputAudioRaw",
    "0 InputTransportMessage",
    "0 End",
  ]);
  assertEquals(rig.input.calls, ["open 16000", "begin", "shut EndFrame"]);
});

Deno.test("an input that is cancelled takes nothing more", async () => {
  const rig = await startedInput();
  const cancelled = rig.task.cancel();
  rig.input.feed(new Int16Array(320));
  await rig.clock.runUntil(cancelled);
  assertEquals([rig.audio.length, rig.input.calls.at(-1)], [0, "shut CancelFrame"]);
});

Deno.test("an input can be stopped, and closes nothing then", async () => {
  const rig = await startedInput();
  void rig.task.queueFrame(new StopFrame());
  await rig.clock.runUntil(rig.running);
  rig.input.feed(new Int16Array(320));
  assertEquals([rig.audio.length, rig.input.calls], [0, ["open 16000", "begin"]]);
  await rig.input.close();
  assertEquals(rig.input.calls.at(-1), "shut undefined");
});

Deno.test("an input takes audio in when it is told to, and only if it is enabled", async () => {
  await using late = await startedInput({ audioInStreamOnStart: false });
  late.input.feed(new Int16Array(320));
  late.input.startAudioStreaming();
  late.input.feed(new Int16Array(640));
  assertEquals(late.audio.length, 2);
  await using deaf = await startedInput({ audioInEnabled: false });
  deaf.input.startAudioStreaming();
  deaf.input.feed(new Int16Array(320));
  assertEquals(deaf.audio.length, 0);
});

class Halver extends BaseAudioFilter {
  readonly calls: string[] = [];
  think: (() => Promise<void>) | undefined;
  override start(sampleRate: number): void {
    this.calls.push(`start ${sampleRate}`);
  }
  override stop(): void {
    this.calls.push("stop");
  }
  setEnabled(enable: boolean): void {
    this.calls.push(`enable ${enable}`);
  }
  override updateSettings(settings: Readonly<Record<string, unknown>>): void {
    this.calls.push(`level ${settings.level}`);
  }
  filter(pcm: Int16Array): Int16Array | Promise<Int16Array> {
    const halved = pcm.map((sample) => sample / 2);
    return this.think ? this.think().then(() => halved) : halved;
  }
}

Deno.test.each([[false], [true]])(
  "a filter cleans what comes in, in order (later: %s)",
  async (later) => {
    const filter = new Halver();
    if (later) filter.think = () => new Promise((resolve) => setImmediate(resolve));
    {
      await using rig = await startedInput({ audioInFilter: filter });
      for (let i = 0; i < 10; i++) rig.input.feed(new Int16Array(160).fill(2 * (i + 1)));
      await rig.clock.settle();
      assertEquals(rig.samples, Array.from({ length: 1_600 }, (_, i) => Math.floor(i / 160) + 1));
    }
    assertEquals(filter.calls, ["start 16000", "stop"]);
  },
);

Deno.test("frames turn a filter off and change its settings, and pass on", async () => {
  const filter = new Halver();
  await using rig = await startedInput({ audioInFilter: filter });
  void rig.task.queueFrame(new FilterEnableFrame(false));
  void rig.task.queueFrame(new FilterUpdateSettingsFrame({ level: 80 }));
  await rig.clock.settle();
  assertEquals(filter.calls, ["start 16000", "enable false", "level 80"]);
  assertEquals(rig.below.list(), ["0 Start", "0 FilterEnable", "0 FilterUpdateSettings"]);
});

Deno.test("audio passes a filter that fails, which is reported", async () => {
  const filter = new Halver();
  await using rig = await startedInput({ audioInFilter: filter });
  filter.think = () => Promise.reject(new Error("no model"));
  rig.input.feed(new Int16Array(320).fill(7));
  await rig.clock.settle();
  assertEquals(rig.samples[0], 7);
  assertEquals(rig.log.errors, [`Cannot filter audio in "${rig.input.name}": no model`]);
});

Deno.test("a filter slower than speech loses the oldest audio, and the log says so", async () => {
  const filter = new Halver();
  const done = Promise.withResolvers<void>();
  filter.think = () => done.promise;
  await using rig = await startedInput({ audioInFilter: filter });
  for (let i = 0; i < 700; i++) rig.input.feed(new Int16Array(320).fill(2 * i));
  done.resolve();
  await rig.clock.settle();
  assertEquals([rig.audio.length, rig.samples[0], rig.samples[320]], [501, 0, 200]);
  assertEquals(rig.log.warnings.length, 1);
});

class LoudIsSpeech extends VADAnalyzer {
  closed = false;
  constructor() {
    super({ params: { startSecs: 0.02, stopSecs: 0.02, minVolume: 0 } });
  }
  numFramesRequired(): number {
    return 320;
  }
  voiceConfidence(window: Int16Array): number {
    return window[0] === 0 ? 0 : 1;
  }
  protected override closeModel(): void {
    this.closed = true;
  }
}

Deno.test.each([[true], [false]])(
  "an input can find speech itself (passing audio on: %s)",
  async (passes) => {
    const vadAnalyzer = new LoudIsSpeech();
    {
      await using rig = await startedInput({ vadAnalyzer, audioInPassthrough: passes });
      for (const sample of [0, 9, 9, 0, 0]) {
        rig.input.feed(new Int16Array(320).fill(sample));
        await rig.clock.advance(20);
      }
      const found = rig.below.list().map((line) => line.replace("InputAudioRaw", "audio"));
      const expected = [
        "0 Start",
        "0 audio",
        "20 audio",
        "20 VADUserStartedSpeaking",
        "20 UserSpeaking",
        "40 audio",
        "60 audio",
        "60 VADUserStoppedSpeaking",
        "80 audio",
      ];
      assertEquals(found, expected.filter((line) => passes || !line.endsWith("audio")));
    }
    assertEquals(vadAnalyzer.closed, true);
  },
);

Deno.test.each<[TransportParams, string]>([
  [{ audioInSampleRate: 0 }, "audioInSampleRate"],
  [{ audioInChannels: 1.5 }, "audioInChannels"],
  [{ audioOut10msChunks: 0 }, "audioOut10msChunks"],
  [{ audioOutEndSilenceSecs: -1 }, "audioOutEndSilenceSecs"],
  [{ sendAheadMs: NaN }, "sendAheadMs"],
])("an input refuses %j", (params, name) => {
  assertThrows(() => new HandFedInput(params), RangeError, `"${name}"`);
});
