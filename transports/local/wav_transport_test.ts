import { assert, assertEquals } from "@std/assert";
import { decodeWav, encodeWav } from "../../audio/mod.ts";
import { VADAnalyzer } from "../../audio/vad/mod.ts";
import {
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor, type FrameScope } from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { KeptLog, Tap } from "../../tests/transports/output_rig.ts";
import { WavTransport, type WavTransportOptions } from "./mod.ts";

class LoudIsSpeech extends VADAnalyzer {
  constructor() {
    super({ params: { startSecs: 0.04, stopSecs: 0.2, minVolume: 0 } });
  }
  numFramesRequired(): number {
    return 320;
  }
  voiceConfidence(window: Int16Array): number {
    return window.some((sample) => Math.abs(sample) > 100) ? 1 : 0;
  }
}

/** Answers with a second of sound when the user has spoken. */
class Answerer extends FrameProcessor {
  readonly #thinkMs: number;
  #scope: FrameScope | undefined;

  constructor(thinkMs = 0) {
    super();
    this.#thinkMs = thinkMs;
    this.handle(VADUserStoppedSpeakingFrame, (_frame, context) => {
      this.spawn("answer", () => this.answer());
      return context.forward();
    });
  }

  async answer(ms = 1_000): Promise<void> {
    const scope = this.#scope = this.scope();
    const contextId = crypto.randomUUID();
    void scope.push(new LLMFullResponseStartFrame());
    if (this.#thinkMs > 0) await this.clock.sleep(this.#thinkMs);
    void scope.push(new TTSStartedFrame({ contextId }));
    const pcm = new Int16Array(16 * ms).fill(500);
    void scope.push(new TTSAudioRawFrame(pcm, { sampleRate: 16_000, contextId }));
    void scope.push(new TTSStoppedFrame({ contextId }));
    void scope.push(new LLMFullResponseEndFrame());
  }

  interrupt(): void {
    void this.scope().broadcast(() => new InterruptionFrame());
  }
}

class Rig {
  readonly clock = new VirtualClock();
  readonly log = new KeptLog();
  readonly above = new Tap("above");
  readonly transport: WavTransport;
  readonly bot: Answerer;
  readonly task: PipelineTask;
  readonly running: Promise<void>;

  constructor(options: WavTransportOptions, thinkMs = 0) {
    this.transport = new WavTransport(options);
    this.bot = new Answerer(thinkMs);
    const parts = [this.transport.input(), this.above, this.bot, this.transport.output()];
    const { clock, log } = this;
    this.task = new PipelineTask(new Pipeline(parts), { clock, log });
    this.running = this.task.run();
  }

  /** Where in the recording there is sound, in milliseconds. */
  get sound(): number[][] {
    const ranges: number[][] = [];
    const pcm = this.transport.recording();
    for (let i = 0; i < pcm.length; i++) {
      if (Math.abs(pcm[i] ?? 0) < 100) continue;
      const ms = i / 24;
      const last = ranges.at(-1);
      if (last && ms - (last[1] ?? 0) < 1) last[1] = ms;
      else ranges.push([ms, ms]);
    }
    return ranges.map((range) => range.map(Math.round));
  }

  get timeline(): string[] {
    return this.transport.timeline.map(({ type, atMs }) => `${Math.round(atMs)} ${type}`);
  }
}

/** Half a second of silence, one of sound, half a second of silence. */
function question(sampleRate: number, numChannels: number) {
  const samples = new Int16Array(2 * sampleRate * numChannels);
  samples.fill(1_000, sampleRate / 2 * numChannels, sampleRate * 1.5 * numChannels);
  return decodeWav(encodeWav(samples, { sampleRate, numChannels }));
}

Deno.test.each([[16_000, 1], [44_100, 2], [11_025, 1], [8_000, 2]])(
  "WavTransport holds a conversation from a file of %d Hz in %d channels",
  async (sampleRate, numChannels) => {
    const vadAnalyzer = new LoudIsSpeech();
    const rig = new Rig({ audio: question(sampleRate, numChannels), params: { vadAnalyzer } });
    await rig.clock.runUntil(rig.running);
    const [started, stopped, ended, finished] = rig.transport.timeline.map(({ atMs }) => atMs);
    assertEquals(rig.transport.timeline.map(({ type }) => type), [
      "botStartedSpeaking",
      "inputEnded",
      "botStoppedSpeaking",
      "finished",
    ]);
    assert(started! >= 1_700 && started! <= 1_760, `${started}`);
    assertEquals([stopped, Math.round(ended! - started!)], [2_000, 1_000]);
    assert(finished! - ended! >= 2_000 && finished! - ended! <= 2_040, `${finished}`);
    // The answer stands in the recording where it was heard.
    const [range] = rig.sound;
    assert(
      Math.abs((range?.[0] ?? 0) - started!) <= 1 && Math.abs((range?.[1] ?? 0) - ended!) <= 2,
    );
    assertEquals(rig.transport.recording().length, Math.round(finished! * 24));
    assertEquals([rig.log.errors, rig.clock.timers], [[], 0]);
  },
);

Deno.test("WavTransport gives audio as a microphone does, and silence after the file", async () => {
  const rig = new Rig({ audio: { samples: new Int16Array(1_600).fill(7), sampleRate: 16_000 } });
  await rig.clock.runUntil(rig.running);
  const audio = rig.above.seen.filter(({ frame }) => frame instanceof InputAudioRawFrame);
  assertEquals(
    audio.slice(0, 7).map(({ atMs, frame }) => [atMs, (frame as InputAudioRawFrame).audio[0]]),
    [
      [20, 7],
      [40, 7],
      [60, 7],
      [80, 7],
      [100, 7],
      [120, 0],
      [140, 0],
    ],
  );
  assertEquals(rig.timeline, ["100 inputEnded", "2100 finished"]);
  assert(audio.length >= 104);
});

Deno.test("WavTransport waits for an answer that is being thought out", async () => {
  const vadAnalyzer = new LoudIsSpeech();
  const rig = new Rig({ audio: question(16_000, 1), params: { vadAnalyzer } }, 7_000);
  await rig.clock.runUntil(rig.running);
  assertEquals(rig.timeline.map((line) => line.split(" ")[1]), [
    "inputEnded",
    "botStartedSpeaking",
    "botStoppedSpeaking",
    "finished",
  ]);
});

Deno.test("WavTransport ends after its longest time, whatever goes on", async () => {
  const rig = new Rig({ maxMs: 3_000 });
  await rig.clock.settle();
  await rig.bot.answer(60_000);
  await rig.clock.advance(3_000);
  assertEquals(rig.timeline.at(-1), "3000 finished");
  void rig.task.cancel();
  await rig.clock.runUntil(rig.running);
  assertEquals(rig.transport.recording().length, 72_000);
});

Deno.test("an interruption can be heard in the recording, to the sample", async () => {
  const rig = new Rig({ quietMs: 500 });
  await rig.clock.settle();
  await rig.bot.answer(5_000);
  await rig.clock.advance(1_234);
  rig.bot.interrupt();
  await rig.clock.advance(300);
  await rig.bot.answer(200);
  rig.transport.endInput();
  await rig.clock.runUntil(rig.running);
  assertEquals(rig.sound, [[0, 1_234], [1_534, 1_734]]);
  assertEquals(rig.timeline, [
    "0 botStartedSpeaking",
    "1234 interruption",
    "1234 botStoppedSpeaking",
    "1534 botStartedSpeaking",
    "1534 inputEnded",
    "1734 botStoppedSpeaking",
    "2234 finished",
  ]);
});

Deno.test("WavTransport announces what happens, once each", async () => {
  const rig = new Rig({
    audio: { samples: new Int16Array(320), sampleRate: 16_000 },
    quietMs: 100,
  });
  const events: string[] = [];
  rig.transport.on("event", ({ type }) => void events.push(type));
  rig.transport.on("finished", () => void events.push("over"));
  await rig.clock.runUntil(rig.running);
  rig.transport.endInput();
  assertEquals(events, ["inputEnded", "finished", "over"]);
});

Deno.test("a recording stops growing when the task has ended", async () => {
  const rig = new Rig({});
  await rig.clock.advance(500);
  await rig.clock.runUntil(rig.task.cancel());
  await rig.running;
  await rig.clock.advance(10_000);
  assertEquals(rig.transport.recording().length, 12_000);
});

Deno.test("a minute of conversation takes no time on a virtual clock", async () => {
  const vadAnalyzer = new LoudIsSpeech();
  const samples = new Int16Array(60 * 16_000);
  for (let s = 2; s < 60; s += 6) samples.fill(1_000, s * 16_000, (s + 1) * 16_000);
  const rig = new Rig({ audio: { samples, sampleRate: 16_000 }, params: { vadAnalyzer } });
  await rig.clock.runUntil(rig.running);
  assertEquals(rig.sound.length, 10);
  const frames: Frame[] = rig.above.seen.map(({ frame }) => frame);
  assertEquals(frames.filter((frame) => frame instanceof VADUserStoppedSpeakingFrame).length, 10);
});

Deno.test("WavTransport says what is played from then on, one after another, and goes on", async () => {
  const transport = new WavTransport({});
  const heard: number[] = [];
  const listener = new Tap("listener");
  const clock = new VirtualClock();
  const task = new PipelineTask(
    new Pipeline([transport.input(), listener, transport.output()]),
    { clock },
  );
  const running = task.run();
  await clock.advance(100);
  const audio = (sample: number) => ({
    samples: new Int16Array(640).fill(sample),
    sampleRate: 16_000,
  });
  transport.play(audio(1));
  transport.play(audio(2));
  await clock.advance(200);
  transport.play(audio(3));
  await clock.advance(100);
  for (const { frame } of listener.seen) {
    if (frame instanceof InputAudioRawFrame) heard.push(frame.audio[0] ?? NaN);
  }
  assertEquals(heard, [0, 0, 0, 0, 0, 1, 1, 2, 2, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0]);
  assertEquals(transport.timeline, []);
  await clock.runUntil(task.cancel());
  await running;
});
