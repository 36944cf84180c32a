import { assert, assertEquals } from "@std/assert";
import { VADAnalyzer, type VADModelOptions } from "../../audio/vad/mod.ts";
import {
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  SpeechControlParamsFrame,
  UserMuteStartedFrame,
  VADParamsUpdateFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { KeptLog, Tap } from "../../tests/transports/output_rig.ts";
import { VADController } from "./vad_controller.ts";
import { VADProcessor, type VADProcessorOptions } from "./vad_processor.ts";

/** Takes for speech what is not silent, after as long as it is told. */
class LoudIsSpeech extends VADAnalyzer {
  readonly log: string[] = [];
  think: (() => Promise<void>) | undefined;
  onLoad: (() => Promise<void>) | undefined;

  constructor(options: VADModelOptions = {}) {
    super({ params: { startSecs: 0.06, stopSecs: 0.1, minVolume: 0 }, ...options });
  }
  override load(): Promise<void> {
    this.log.push("load");
    return this.onLoad?.() ?? Promise.resolve();
  }
  numFramesRequired(): number {
    return this.analysisRate / 50;
  }
  async voiceConfidence(window: Int16Array): Promise<number> {
    await this.think?.();
    return window.some((sample) => sample !== 0) ? 1 : 0;
  }
  protected override closeModel(): void {
    this.log.push("close");
  }
}

class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly log = new KeptLog();
  readonly above = new Tap("above");
  readonly below = new Tap("below");
  readonly analyzer: LoudIsSpeech;
  readonly vad: VADProcessor;
  readonly task: PipelineTask;
  readonly running: Promise<void>;

  constructor(analyzer = new LoudIsSpeech(), options: Partial<VADProcessorOptions> = {}) {
    this.analyzer = analyzer;
    this.vad = new VADProcessor({ vadAnalyzer: analyzer, ...options });
    const { clock, log } = this;
    this.task = new PipelineTask(new Pipeline([this.above, this.vad, this.below]), { clock, log });
    this.running = this.task.run();
  }

  /** Gives so many pieces of 20 ms, in time. */
  async speak(pieces: number, sample = 1_000): Promise<void> {
    for (let i = 0; i < pieces; i++) {
      this.send(piece(sample));
      await this.clock.advance(20);
    }
  }

  send(frame: Frame): void {
    void this.task.queueFrame(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.runUntil(this.task.cancel());
    await this.running;
  }
}

function piece(sample = 1_000, { sampleRate = 16_000, numChannels = 1 } = {}): InputAudioRawFrame {
  const pcm = new Int16Array(sampleRate / 50 * numChannels).fill(sample);
  return new InputAudioRawFrame(pcm, { sampleRate, numChannels });
}

/** What came out, audio as a letter: "a" for speech, "." for silence. */
function story(tap: Tap): string {
  return tap.seen.filter(({ direction }) => direction === "downstream").map(({ frame }) => {
    if (frame instanceof InputAudioRawFrame) return frame.audio[0] === 0 ? "." : "a";
    if (frame instanceof VADUserStartedSpeakingFrame) return "<";
    if (frame instanceof VADUserStoppedSpeakingFrame) return ">";
    return frame.constructor.name === "UserSpeakingFrame" ? "'" : "";
  }).join("");
}

Deno.test("VADProcessor says what it found right after the audio that decided it", async () => {
  await using rig = new Rig();
  await rig.speak(3, 0);
  await rig.speak(6);
  await rig.speak(7, 0);
  // Three pieces make 60 ms of speech, five make 100 ms of silence.
  assertEquals(story(rig.below), "...aaa<'aaa.....>..");
});

Deno.test("VADProcessor says it both ways, with what it took and when", async () => {
  await using rig = new Rig();
  await rig.speak(5);
  await rig.speak(6, 0);
  const up = rig.above.seen.filter(({ direction }) => direction === "upstream")
    .map(({ frame }) => frame);
  const [started] = up.filter((frame) => frame instanceof VADUserStartedSpeakingFrame);
  const [stopped] = up.filter((frame) => frame instanceof VADUserStoppedSpeakingFrame);
  assertEquals([started?.startSecs, started?.timestamp], [0.06, 0.04]);
  assertEquals([stopped?.stopSecs, stopped?.timestamp], [0.1, 0.18]);
  const down = rig.below.seen.find(({ frame }) => frame instanceof VADUserStartedSpeakingFrame);
  assertEquals(down?.frame.broadcastSiblingId, started?.id);
});

Deno.test.each([[0.2, 6], [0.1, 11], [10, 1]])(
  "VADProcessor says every %d s that the user speaks",
  async (speechActivityPeriod, signs) => {
    await using rig = new Rig(undefined, { speechActivityPeriod });
    await rig.speak(54);
    assertEquals(story(rig.below).match(/'/g)?.length, signs);
  },
);

Deno.test("VADProcessor ends speech when no audio comes any more", async () => {
  await using rig = new Rig();
  await rig.speak(5);
  await rig.clock.advance(899);
  assert(!story(rig.below).includes(">"));
  await rig.clock.advance(100);
  assert(story(rig.below).endsWith(">"));
  const stopped = rig.below.seen.find(({ frame }) => frame instanceof VADUserStoppedSpeakingFrame);
  assertEquals([stopped?.atMs, (stopped?.frame as VADUserStoppedSpeakingFrame).stopSecs], [
    1_080,
    1,
  ]);
  await rig.speak(4);
  assertEquals(story(rig.below).slice(-6), ">aaa<'a".slice(-6));
});

Deno.test("VADProcessor waits for audio for ever when it is told to", async () => {
  await using rig = new Rig(undefined, { audioIdleTimeout: 0 });
  await rig.speak(5);
  await rig.clock.advance(60_000);
  assertEquals(story(rig.below), "aaa<'aa");
});

Deno.test("virtual time waits for the analyzer", async () => {
  const analyzer = new LoudIsSpeech();
  await using rig = new Rig(analyzer);
  await rig.clock.settle();
  analyzer.think = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  await rig.speak(6);
  await rig.speak(6, 0);
  assertEquals(story(rig.below), "aaa<'aaa.....>.");
  const times = rig.below.seen.filter(({ frame }) => frame instanceof InputAudioRawFrame)
    .map(({ atMs }) => atMs);
  assertEquals(times, Array.from({ length: 12 }, (_, i) => i * 20));
});

Deno.test("nothing but audio waits for the analyzer", async () => {
  const analyzer = new LoudIsSpeech();
  const done = Promise.withResolvers<void>();
  await using rig = new Rig(analyzer);
  await rig.clock.settle();
  analyzer.think = () => done.promise;
  rig.send(piece());
  rig.send(new UserMuteStartedFrame());
  rig.send(new InterruptionFrame());
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(rig.below.list(), ["0 Start", "0 UserMuteStarted", "0 Interruption"]);
  done.resolve();
  await rig.clock.settle();
  assertEquals(rig.below.list().at(-1), "0 InputAudioRaw");
});

Deno.test("the end waits for the last audio, and nothing is lost", async () => {
  const analyzer = new LoudIsSpeech();
  await using rig = new Rig(analyzer);
  await rig.clock.settle();
  analyzer.think = () => new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 4; i++) rig.send(piece());
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running);
  assertEquals(story(rig.below), "aaa<'a");
  assertEquals(rig.below.list().at(-1), "0 End");
  assertEquals(analyzer.log, ["load", "close"]);
  assertEquals(rig.clock.timers, 0);
});

Deno.test("audio passes an analyzer that fails, which is reported once", async () => {
  const analyzer = new LoudIsSpeech();
  await using rig = new Rig(analyzer);
  await rig.clock.settle();
  analyzer.think = () => Promise.reject(new Error("no model"));
  await rig.speak(5);
  analyzer.think = undefined;
  await rig.speak(5);
  assertEquals(story(rig.below), "aaaaaaaa<'aa");
  assertEquals(rig.log.errors, [`Cannot find speech in "${rig.vad.name}": no model`]);
});

Deno.test("an analyzer that cannot be loaded is reported, and the pipeline starts", async () => {
  const analyzer = new LoudIsSpeech();
  analyzer.onLoad = () => Promise.reject(new Error("no such file"));
  await using rig = new Rig(analyzer);
  await rig.speak(1);
  assertEquals(rig.log.errors, [`Cannot load the VAD analyzer in "${rig.vad.name}": no such file`]);
  assertEquals(rig.below.list(), ["0 Start", "0 InputAudioRaw"]);
});

Deno.test("an analyzer slower than speech loses the oldest audio, and says so", async () => {
  const analyzer = new LoudIsSpeech();
  const done = Promise.withResolvers<void>();
  await using rig = new Rig(analyzer);
  await rig.clock.settle();
  analyzer.think = () => done.promise;
  for (let i = 0; i < 600; i++) rig.send(piece(i + 1));
  done.resolve();
  await rig.clock.settle();
  const samples = rig.below.seen.map(({ frame }) => frame)
    .filter((frame) => frame instanceof InputAudioRawFrame).map(({ audio }) => audio[0]);
  assertEquals([samples.length, samples[0], samples[1], samples.at(-1)], [501, 1, 101, 600]);
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.includes("the analyzer is too slow"));
});

Deno.test("VADProcessor hears stereo and any rate, and passes it on as it is", async () => {
  await using rig = new Rig();
  await rig.clock.settle();
  for (let i = 0; i < 6; i++) {
    rig.send(piece(1_000, { sampleRate: 48_000, numChannels: 2 }));
    await rig.clock.advance(20);
  }
  assert(story(rig.below).includes("<"));
  const first = rig.below.seen.find(({ frame }) => frame instanceof InputAudioRawFrame)?.frame;
  assertEquals((first as InputAudioRawFrame).audio.length, 1_920);
});

Deno.test("audio that comes back up passes by", async () => {
  await using rig = new Rig();
  await rig.clock.settle();
  void rig.task.queueFrame(piece(), "upstream");
  assertEquals(rig.above.list("upstream"), ["0 InputAudioRaw"]);
});

Deno.test("a cancelled VADProcessor drops what waits and closes its analyzer", async () => {
  const analyzer = new LoudIsSpeech();
  const done = Promise.withResolvers<void>();
  const rig = new Rig(analyzer);
  await rig.clock.settle();
  await rig.speak(5);
  analyzer.think = () => done.promise;
  rig.send(piece());
  rig.send(piece());
  await new Promise((resolve) => setImmediate(resolve));
  const cancelled = rig.task.cancel();
  done.resolve();
  await rig.clock.runUntil(cancelled);
  await rig.running;
  assertEquals(story(rig.below), "aaa<'aa");
  assertEquals([analyzer.log, rig.clock.timers], [["load", "close"], 0]);
});

Deno.test("a frame from either end changes the VAD's parameters, and others are told", async () => {
  await using rig = new Rig();
  const params = { ...rig.analyzer.params, stopSecs: 0.04 };
  await rig.clock.settle();
  void rig.task.queueFrame(new VADParamsUpdateFrame(params), "upstream");
  await rig.clock.settle();
  assertEquals(rig.above.list("upstream"), ["0 SpeechControlParams", "0 VADParamsUpdate"]);
  assertEquals(rig.below.list().at(-1), "0 SpeechControlParams");
  await rig.speak(5);
  await rig.speak(3, 0);
  assertEquals(story(rig.below).slice(-4), "..>.");
  rig.send(new VADParamsUpdateFrame({ ...params, startSecs: -1 }));
  await rig.clock.settle();
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.includes('"startSecs" to -1'));
  assertEquals(rig.analyzer.params, params);
  const [told] = rig.below.seen.map(({ frame }) => frame)
    .filter((frame) => frame instanceof SpeechControlParamsFrame);
  assertEquals(told?.vadParams, params);
});

Deno.test("a controller that is closed takes no parameters any more", async () => {
  const events: string[] = [];
  const controller = new VADController({
    analyzer: new LoudIsSpeech(),
    clock: new VirtualClock(),
    found: ({ type }) => events.push(type),
    failed: () => events.push("failed"),
  });
  controller.setParams({ stopSecs: 1 });
  await controller.close();
  controller.setParams({ stopSecs: 2 });
  assertEquals(events, ["params"]);
});
