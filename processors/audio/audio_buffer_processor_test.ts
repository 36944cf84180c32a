import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { concatAudio, deinterleave } from "../../audio/mod.ts";
import { findSine, sine } from "../../audio/testdata/signals.ts";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  OutputAudioRawFrame,
  StopFrame,
  TTSAudioRawFrame,
  UserAudioRawFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import {
  counting,
  KeptLog,
  makeOutput,
  type RecordingOutput,
  Tap,
  utterance,
} from "../../tests/transports/output_rig.ts";
import type { TransportParams } from "../../transports/base/mod.ts";
import {
  AudioBufferProcessor,
  type AudioBufferProcessorOptions,
  AudioBufferStartRecordingFrame,
  AudioBufferStopRecordingFrame,
  type TurnAudioData,
} from "./mod.ts";

const RATE = 24_000;

/** A recorder behind an output, and all it gives. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly log = new KeptLog();
  readonly output: RecordingOutput;
  readonly below = new Tap("below");
  readonly recorder: AudioBufferProcessor;
  readonly task: PipelineTask;
  readonly running: Promise<void>;
  readonly tracks: { readonly user: Int16Array; readonly bot: Int16Array }[] = [];
  readonly events: string[] = [];
  readonly runs: string[] = [];
  readonly turns: string[] = [];

  constructor(options: AudioBufferProcessorOptions = {}, params: TransportParams = {}) {
    const { clock, log } = this;
    this.output = makeOutput(params);
    this.recorder = new AudioBufferProcessor({ autoStartRecording: true, ...options });
    this.#listen();
    const pipeline = new Pipeline([this.output, this.recorder, this.below]);
    this.task = new PipelineTask(pipeline, { clock, log });
    this.running = this.task.run();
  }

  #listen(): void {
    const { recorder, events, runs, turns, tracks } = this;
    const note = (name: string, audio: Int16Array) =>
      runs.push(`${name} ${audio.length * 1000 / recorder.sampleRate}`);
    const turn = (name: string, { turnNumber, audio }: TurnAudioData) =>
      turns.push(`${name} ${turnNumber} ${audio.length * 1000 / recorder.sampleRate}`);
    recorder.on("recordingStarted", () => void events.push("started"));
    recorder.on("recordingStopped", () => void events.push("stopped"));
    recorder.on("trackAudioData", (user, bot, rate, channels) => {
      events.push(`tracks ${user.length} ${bot.length} ${rate} ${channels}`);
      tracks.push({ user, bot });
    });
    recorder.on("userTurnAudioData", (audio) => void note("user", audio));
    recorder.on("botTurnAudioData", (audio) => void note("bot", audio));
    recorder.on("userTurnAudio", (data) => void turn("user", data));
    recorder.on("botTurnAudio", (data) => void turn("bot", data));
  }

  get user(): Int16Array {
    return concatAudio(this.tracks.map(({ user }) => user));
  }

  get bot(): Int16Array {
    return concatAudio(this.tracks.map(({ bot }) => bot));
  }

  send(...frames: Frame[]): void {
    for (const frame of frames) void this.task.queueFrame(frame);
  }

  /** A microphone that sends as much as a person would, in time. */
  async speak(ms: number, sample = 1_000, rate = RATE): Promise<void> {
    for (let at = 0; at < ms; at += 20) {
      await this.clock.advance(20);
      this.send(mic(sample, rate));
    }
  }

  async stop(): Promise<void> {
    await this.clock.settle();
    await this.recorder.stopRecording();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.runUntil(this.task.cancel());
    await this.running;
    assertEquals(this.clock.timers, 0);
  }
}

async function started(
  options: AudioBufferProcessorOptions = {},
  params: TransportParams = {},
): Promise<Rig> {
  const rig = new Rig(options, params);
  await rig.clock.settle();
  return rig;
}

function mic(sample: number, sampleRate = RATE): InputAudioRawFrame {
  return new InputAudioRawFrame(new Int16Array(sampleRate / 50).fill(sample), { sampleRate });
}

/** Where a track holds something: from and to, in milliseconds. */
function sounds(track: Int16Array, rate = RATE): number[][] {
  const found: number[][] = [];
  track.forEach((sample, i) => {
    if (sample === 0) return;
    const last = found.at(-1);
    if (last && last[1] === i) last[1] = i + 1;
    else found.push([i, i + 1]);
  });
  return found.map((span) => span.map((at) => at * 1000 / rate));
}

Deno.test("what each side said stands at its time, and silence between", async () => {
  await using rig = await started();
  await rig.speak(400);
  await rig.clock.advance(300);
  rig.send(...utterance(200));
  await rig.clock.advance(1_000);
  await rig.speak(100);
  await rig.clock.advance(50);
  rig.send(...utterance(100, [], "b"));
  await rig.clock.advance(500);
  await rig.stop();
  assertEquals(sounds(rig.user), [[0, 400], [1_700, 1_800]]);
  assertEquals(sounds(rig.bot), [[700, 900], [1_850, 1_950]]);
  assertEquals(rig.user.length, rig.bot.length);
  assertEquals(rig.bot.subarray(0.7 * RATE, 0.9 * RATE), counting(200, 0));
});

Deno.test("who is talked over stands beside what is said over him", async () => {
  await using rig = await started();
  rig.send(...utterance(400));
  await rig.speak(400);
  await rig.clock.advance(500);
  await rig.stop();
  assertEquals([sounds(rig.user), sounds(rig.bot)], [[[0, 400]], [[0, 400]]]);
});

Deno.test("what an interruption kept the bot from saying is not in the recording", async () => {
  const seed = Math.floor(performance.timeOrigin) % 100_000;
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (most: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state % most;
  };
  await using rig = await started();
  const expected: number[][] = [];
  for (let round = 0; round < 30; round++) {
    await rig.clock.advance(random(300));
    const written = rig.output.written.length;
    rig.send(...utterance(1_000, [], `round ${round}`));
    await rig.clock.advance(100 + random(890));
    rig.send(new InterruptionFrame());
    // What the wire was given before cannot be taken back: the next utterance begins when that is over.
    expected.push([rig.output.written[written]?.atMs ?? NaN, rig.clock.now()]);
    await rig.clock.advance(50);
  }
  await rig.stop();
  assertEquals(sounds(rig.bot), expected);
  for (const [from = 0, to = 0] of expected) {
    const heard = rig.bot.subarray(from * RATE / 1000, to * RATE / 1000);
    assertEquals(heard, counting(to - from, 0));
  }
});

Deno.test("only what a peer says it has played is in the recording, at the time it was played", async () => {
  const rig = new Rig();
  rig.output.isAcknowledging = true;
  await using _ = rig;
  await rig.clock.settle();
  rig.send(...utterance(400));
  await rig.clock.advance(300);
  rig.output.acknowledgeTo(200);
  await rig.clock.advance(100);
  rig.send(new InterruptionFrame());
  await rig.clock.advance(500);
  await rig.stop();
  assertEquals(sounds(rig.bot), [[0, 200]]);
});

Deno.test("a microphone that is muted leaves silence, and jitter leaves none", async () => {
  await using rig = await started();
  await rig.speak(200);
  await rig.clock.advance(980);
  await rig.speak(60);
  // Late by 40 ms, then back in time.
  await rig.clock.advance(40);
  rig.send(mic(1_000));
  await rig.clock.advance(20);
  rig.send(mic(1_000), mic(1_000));
  await rig.clock.advance(20);
  rig.send(mic(1_000));
  await rig.stop();
  assertEquals(sounds(rig.user), [[0, 200], [1_180, 1_320]]);
});

Deno.test.each([[RATE * 2], [960], [96_002], [100_000_000]])(
  "audio given in pieces of %d bytes is the same as in one",
  async (bufferSize) => {
    const talk = async (rig: Rig) => {
      await rig.speak(1_000, 300);
      rig.send(...utterance(700));
      await rig.speak(400, 400);
      rig.send(new InterruptionFrame());
      await rig.clock.advance(4_000);
      await rig.speak(1_020, 500);
      rig.send(...utterance(300, [], "b"));
      await rig.clock.advance(3_210);
      await rig.stop();
    };
    await using whole = await started();
    await talk(whole);
    assertEquals(whole.tracks.length, 1);
    await using rig = await started({ bufferSize });
    await talk(rig);
    assertEquals(rig.user.subarray(0, whole.user.length), whole.user);
    assertEquals(rig.bot.subarray(0, whole.bot.length), whole.bot);
    const sizes = rig.tracks.map(({ user, bot }) => [2 * user.length, 2 * bot.length]);
    const last = sizes.pop() ?? [];
    assert(sizes.every(([user, bot]) => user === bufferSize && bot === bufferSize));
    assert((last[0] ?? 0) <= bufferSize && last[0] === last[1]);
    if (bufferSize <= RATE * 2) assert(sizes.length > 5);
    assertEquals(rig.log.warnings, []);
  },
);

Deno.test("audio in pieces comes about two seconds late, also while nobody says anything", async () => {
  await using rig = await started({ bufferSize: RATE * 2 });
  await rig.clock.advance(2_999);
  assertEquals(rig.tracks.length, 0);
  await rig.clock.advance(1);
  assertEquals(rig.tracks.length, 1);
  await rig.clock.advance(7_000);
  assertEquals(rig.events, ["started", ...Array(8).fill("tracks 24000 24000 24000 1")]);
});

Deno.test.each([[1], [2]])("audioData has %d channels", async (numChannels) => {
  await using rig = await started({ numChannels });
  const given: [Int16Array, number, number][] = [];
  rig.recorder.on("audioData", (...data) => void given.push(data));
  rig.send(...utterance(100));
  await rig.speak(200, 100);
  assert(rig.recorder.hasAudio());
  const merged = rig.recorder.mergeAudioBuffers();
  await rig.stop();
  assertEquals([rig.recorder.hasAudio(), rig.recorder.mergeAudioBuffers().length], [false, 0]);
  const [[audio, rate, channels] = []] = given;
  assert(audio);
  assertEquals([given.length, rate, channels], [1, RATE, numChannels]);
  assertEquals(merged, audio);
  const speech = counting(100, 0);
  if (numChannels === 1) {
    assertEquals(audio.subarray(0, 2_400), speech.map((sample) => sample + 100));
    assertEquals([...audio.subarray(2_400)], Array(2_400).fill(100));
  } else {
    const [left, right] = deinterleave(audio, 2);
    assertEquals([left, right], [rig.user, rig.bot]);
    assertEquals(right?.subarray(0, 2_400), speech);
  }
});

Deno.test("rates and channels are brought to those of the recording", async () => {
  await using rig = await started({ sampleRate: 16_000 });
  assertEquals([rig.recorder.sampleRate, rig.recorder.numChannels], [16_000, 1]);
  const tone = sine(440, { rate: 48_000, samples: 48_000 });
  const voice = sine(600, { rate: RATE, samples: RATE });
  for (let i = 0; i < 50; i++) {
    const mono = tone.subarray(i * 960, (i + 1) * 960);
    const stereo = Int16Array.from({ length: 1_920 }, (_, k) => mono[k >> 1] ?? 0);
    rig.send(new OutputAudioRawFrame(voice.subarray(i * 480, (i + 1) * 480), { sampleRate: RATE }));
    await rig.clock.advance(20);
    rig.send(new InputAudioRawFrame(stereo, { sampleRate: 48_000, numChannels: 2 }));
  }
  await rig.clock.advance(1_000);
  await rig.stop();
  // The output waited for a chunk to be full before it began.
  assertEquals([rig.user.length, rig.bot.length], [16_320, 16_320]);
  for (const [track, hz] of [[rig.user, 440], [rig.bot, 600]] as const) {
    const found = findSine(track.subarray(1_600, 14_400), hz, 16_000);
    assertAlmostEquals(found.amplitude, 8_000, 20);
    assert(found.snrDb > 50);
    // A tenth of a second is a whole number of periods: the phase is that of the start.
    assertAlmostEquals(found.phase, 0, 0.01);
  }
});

Deno.test("several people, and several destinations, are heard at once", async () => {
  await using rig = await started({}, { audioOutDestinations: ["music"] });
  const song = new OutputAudioRawFrame(new Int16Array(RATE / 10).fill(7), { sampleRate: RATE });
  song.transportDestination = "music";
  rig.send(song, new OutputAudioRawFrame(new Int16Array(RATE / 5).fill(100), { sampleRate: RATE }));
  for (let i = 0; i < 5; i++) {
    await rig.clock.advance(20);
    for (const [userId, sample] of [["Ann", 10], ["Ben", 200]] as const) {
      const audio = new Int16Array(480).fill(sample);
      rig.send(new UserAudioRawFrame(audio, { sampleRate: RATE, userId }));
    }
  }
  await rig.clock.advance(500);
  await rig.stop();
  assertEquals([...rig.user.subarray(0, 2_400)], Array(2_400).fill(210));
  assertEquals(rig.user.length, 4_800);
  const expected = Array.from({ length: 4_800 }, (_, i) => i < 2_400 ? 107 : 100);
  assertEquals([...rig.bot], expected);
});

Deno.test("a recording begins and ends when it is told to, and knows nothing of before", async () => {
  await using rig = await started({ autoStartRecording: false });
  assertEquals(rig.recorder.recording, false);
  await rig.speak(200);
  rig.send(...utterance(300));
  await rig.clock.advance(110);
  rig.send(new AudioBufferStartRecordingFrame());
  rig.send(new AudioBufferStartRecordingFrame());
  await rig.clock.settle();
  rig.recorder.startRecording();
  assertEquals(rig.recorder.recording, true);
  await rig.speak(100);
  await rig.clock.advance(400);
  rig.send(new AudioBufferStopRecordingFrame());
  await rig.clock.settle();
  await rig.speak(100);
  await rig.stop();
  assertEquals(rig.events, ["started", "tracks 5040 5040 24000 1", "stopped"]);
  assertEquals([sounds(rig.user), sounds(rig.bot)], [[[0, 100]], [[0, 190]]]);
  assertEquals(rig.bot[0], counting(300, 0)[0.11 * RATE]);
  const names = rig.below.list().filter((line) => /Recording/.test(line));
  assertEquals(names.length, 3);
  rig.recorder.startRecording();
  await rig.speak(40);
  await rig.stop();
  assertEquals(rig.events.slice(3), ["started", "tracks 960 960 24000 1", "stopped"]);
});

Deno.test("a recorder that is told to before the pipeline starts begins with it", async () => {
  const rig = new Rig({ autoStartRecording: false });
  assertEquals([rig.recorder.sampleRate, rig.recorder.hasAudio()], [0, false]);
  rig.recorder.startRecording();
  assertEquals(rig.recorder.recording, false);
  await using _ = rig;
  await rig.clock.settle();
  assertEquals(rig.recorder.recording, true);
  await rig.recorder.stopRecording();
  assertEquals(rig.events, ["started", "stopped"]);
});

Deno.test.each([[new EndFrame()], [new StopFrame()]])(
  "%s gives what there is, and waits until it has been taken",
  async (last) => {
    const rig = new Rig();
    const taken = Promise.withResolvers<void>();
    rig.recorder.on("audioData", async (audio) => {
      rig.events.push(`saving ${audio.length}`);
      await taken.promise;
      rig.events.push("saved");
    });
    rig.recorder.on("audioData", () => {
      throw new Error("disk full");
    });
    await rig.clock.settle();
    await rig.speak(100);
    rig.send(...utterance(100), last);
    await rig.clock.advance(300);
    assertEquals(rig.below.list().some((line) => / (End|Stop)$/.test(line)), false);
    taken.resolve();
    await rig.clock.runUntil(rig.running);
    assertEquals(rig.events, [
      "started",
      "saving 5280",
      "saved",
      "tracks 5280 5280 24000 1",
      "stopped",
    ]);
    assertEquals(rig.log.errors.length, 1);
    assert(rig.log.errors[0]?.includes("disk full"));
    await rig.recorder.close();
    assertEquals(rig.clock.timers, 0);
  },
);

Deno.test("a pipeline that runs again is recorded again", async () => {
  const clock = new VirtualClock();
  const recorder = new AudioBufferProcessor({ autoStartRecording: true });
  const lengths: string[] = [];
  recorder.on("trackAudioData", (user, _bot, rate) => void lengths.push(`${user.length} ${rate}`));
  const pipeline = new Pipeline([recorder]);
  for (const audioOutSampleRate of [RATE, 16_000]) {
    const task = new PipelineTask(pipeline, { clock, params: { audioOutSampleRate } });
    const running = task.run();
    await clock.advance(20);
    void task.queueFrame(mic(1_000));
    void task.queueFrame(new StopFrame());
    await clock.runUntil(running);
    assertEquals(recorder.recording, false);
  }
  assertEquals(lengths, ["480 24000", "320 16000"]);
  await pipeline.close();
});

Deno.test("a cancel gives what there is, too", async () => {
  {
    const rig = await started();
    await rig.speak(100);
    await rig[Symbol.asyncDispose]();
    assertEquals(rig.events, ["started", "tracks 2400 2400 24000 1", "stopped"]);
  }
  const recorder = new AudioBufferProcessor();
  await recorder.close();
  recorder.startRecording();
  await recorder.stopRecording();
  assertEquals(recorder.recording, false);
});

Deno.test("a recorder that is closed gives nothing more, and leaves no timer behind", async () => {
  await using rig = await started({
    autoStartRecording: false,
    enableTurnAudio: true,
    bufferSize: RATE * 2,
  });
  const timers = rig.clock.timers;
  rig.recorder.startRecording();
  await rig.speak(100);
  rig.send(new BotStartedSpeakingFrame(), new BotStoppedSpeakingFrame());
  await rig.clock.settle();
  assertEquals(rig.clock.timers, timers + 2);
  await rig.recorder.close();
  assertEquals(rig.clock.timers, timers);
  assertEquals([rig.recorder.recording, rig.recorder.hasAudio()], [false, false]);
  await rig.clock.advance(5_000);
  assertEquals(rig.events, ["started"]);
});

Deno.test("handlers are told of one piece after another, however slow they are", async () => {
  await using rig = await started({ bufferSize: RATE * 2, maxBufferSecs: 4 });
  const order: number[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  rig.recorder.on("audioData", async (audio) => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    order.push(audio.findIndex((sample) => sample !== 0));
  });
  for (let second = 0; second < 5; second++) {
    await rig.speak(20 * (second + 1), 0);
    await rig.speak(1_000 - 20 * (second + 1), 5);
  }
  await rig.clock.advance(2_000);
  assertEquals(gates.length, 1);
  for (let i = 0; i < 4; i++) {
    gates[i]?.resolve();
    await rig.clock.settle();
  }
  assertEquals([order, rig.tracks.length], [[480, 960, 1_440, 1_920], 4]);
  // Room for 4 s of both sides: the fifth second waited in vain, and that was said.
  assertEquals(rig.log.warnings.length, 1);
  assert(rig.log.warnings[0]?.includes("handlers of its audio are too slow"));
  for (const gate of gates) gate.resolve();
});

Deno.test("a recording that grows too long is given in parts, and a warning says so", async () => {
  await using rig = await started({ maxBufferSecs: 10 });
  await rig.speak(25_000, 9);
  await rig.stop();
  const sizes = rig.tracks.map(({ user }) => user.length / RATE);
  assertEquals(sizes, [10, 10, 5]);
  assertEquals(sounds(rig.user), [[0, 25_000]]);
  assertEquals(rig.log.warnings, [
    `"${rig.recorder.name}" gives its recording in parts: it holds at most 10 s`,
  ]);
});

Deno.test("audio that comes faster than it was said is kept, and bounded too", async () => {
  await using rig = await started({ maxBufferSecs: 10 });
  for (let i = 0; i < 1_251; i++) rig.send(mic(1_000));
  await rig.clock.advance(100);
  assertEquals(rig.tracks.length, 1);
  await rig.stop();
  assertEquals(sounds(rig.user), [[0, 25_000]]);
  assertEquals(rig.tracks.map(({ user }) => user.length / RATE > 10), [false, false, false]);
});

Deno.test("speech that nobody has heard yet is not recorded, and a warning says why", async () => {
  const recorder = new AudioBufferProcessor({ autoStartRecording: true });
  const clock = new VirtualClock();
  const log = new KeptLog();
  const below = new Tap("below");
  const task = new PipelineTask(new Pipeline([recorder, below]), { clock, log });
  const running = task.run();
  await clock.settle();
  for (let i = 0; i < 3; i++) {
    void task.queueFrame(new TTSAudioRawFrame(counting(20), { sampleRate: RATE }));
  }
  await clock.advance(1_000);
  const odd = new InputAudioRawFrame(new Int16Array(3), { sampleRate: RATE, numChannels: 2 });
  const slow = new InputAudioRawFrame(new Int16Array(3), { sampleRate: 5 });
  for (const frame of [odd, slow, odd]) void task.queueFrame(frame);
  void task.queueFrame(mic(5), "upstream");
  await clock.settle();
  assertEquals([recorder.hasAudio(), log.warnings.length], [false, 3]);
  assert(log.warnings[0]?.includes("put the recorder behind the output"));
  assert(log.warnings[1]?.includes("Cannot split 3 samples into 2 channels"));
  assertEquals(below.seen.length, 8);
  // A sound that says nothing of when it was heard counts as just heard.
  await clock.advance(20);
  void task.queueFrame(new OutputAudioRawFrame(counting(20), { sampleRate: RATE }));
  await clock.settle();
  assertEquals(recorder.mergeAudioBuffers().subarray(RATE), counting(20));
  await clock.runUntil(task.cancel());
  await running;
});

const userStarts = () => new UserStartedSpeakingFrame();
const userStops = () => new UserStoppedSpeakingFrame();

Deno.test("each side's audio comes by the run and by the turn", async () => {
  await using rig = await started({ enableTurnAudio: true });
  await rig.speak(3_000, 1);
  rig.send(userStarts());
  await rig.speak(500, 2);
  rig.send(userStops());
  rig.send(...utterance(400));
  await rig.speak(600, 1);
  rig.send(...utterance(200, [], "b"));
  await rig.speak(500, 1);
  assertEquals(rig.runs, ["user 1500", "bot 400", "bot 200"]);
  assertEquals(rig.turns, []);
  rig.send(userStarts());
  await rig.speak(100, 2);
  rig.send(userStops());
  await rig.clock.settle();
  assertEquals(rig.turns, ["user 1 1500", "bot 1 600"]);
  rig.send(...utterance(100, [], "c"));
  await rig.clock.advance(2_599);
  assertEquals(rig.turns.length, 2);
  await rig.clock.advance(1);
  assertEquals(rig.turns.slice(2), ["user 2 1100", "bot 2 120"]);
  await rig.stop();
  assertEquals([rig.runs.length, rig.turns.length], [5, 4]);
});

Deno.test("who interrupts ends the turn: what was heard belongs to it, what he says to the next", async () => {
  await using rig = await started({ enableTurnAudio: true });
  rig.send(...utterance(1_000));
  await rig.clock.advance(310);
  rig.send(userStarts(), new InterruptionFrame());
  await rig.speak(200, 2);
  rig.send(userStops());
  await rig.stop();
  assertEquals(rig.runs, ["bot 310", "user 200"]);
  assertEquals(rig.turns, ["bot 1 310", "user 2 200"]);
});

Deno.test("what is under way when recording stops is given as far as it came", async () => {
  await using rig = await started({ enableTurnAudio: true });
  rig.send(...utterance(1_000));
  await rig.clock.advance(200);
  rig.send(userStarts());
  await rig.speak(120, 2);
  await rig.stop();
  // Of the chunk that is just being heard the output has not told yet.
  assertEquals(rig.runs, ["user 120", "bot 320"]);
  assertEquals(rig.turns, ["user 1 120", "bot 1 320"]);
});

Deno.test("without enableTurnAudio there are no events of turns, and a turn is bounded too", async () => {
  await using off = await started();
  off.send(userStarts());
  await off.speak(100);
  off.send(userStops(), ...utterance(100));
  await off.clock.advance(3_000);
  assertEquals([off.runs, off.turns], [[], []]);
  await using rig = await started({ enableTurnAudio: true, maxBufferSecs: 2 });
  rig.send(userStarts());
  await rig.speak(3_000);
  rig.send(userStops(), userStops(), new BotStoppedSpeakingFrame());
  await rig.clock.settle();
  assertEquals(rig.runs, ["user 2000"]);
  assert(rig.log.warnings.some((warning) => warning.includes("it is too long")));
  rig.send(new BotStartedSpeakingFrame(), new BotStoppedSpeakingFrame());
  await rig.clock.advance(3_000);
  assertEquals(rig.turns, ["user 1 2000"]);
});

Deno.test.each<[AudioBufferProcessorOptions, string]>([
  [{ sampleRate: 0 }, "sampleRate"],
  [{ sampleRate: 16_000.5 }, "sampleRate"],
  [{ numChannels: 3 }, "numChannels"],
  [{ bufferSize: -2 }, "bufferSize"],
  [{ bufferSize: 1 }, "bufferSize"],
  [{ maxBufferSecs: 0.5 }, "maxBufferSecs"],
  [{ maxBufferSecs: NaN }, "maxBufferSecs"],
])("a recorder refuses %j", (options, name) => {
  assertThrows(() => new AudioBufferProcessor(options), RangeError, `"${name}"`);
});
