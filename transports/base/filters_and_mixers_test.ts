import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  BaseAudioFilter,
  BaseAudioMixer,
  decodeWav,
  encodeWav,
  mixAudio,
  rms,
} from "../../audio/mod.ts";
import { RNNoiseFilter } from "../../audio/filters/mod.ts";
import { SoundfileMixer } from "../../audio/mixers/mod.ts";
import { noise, readFixture } from "../../audio/testdata/signals.ts";
import {
  FilterControlFrame,
  FilterEnableFrame,
  type Frame,
  InterruptionFrame,
  MixerControlFrame,
  MixerEnableFrame,
  MixerUpdateSettingsFrame,
  OutputAudioRawFrame,
  SpeechControlParamsFrame,
  VADParamsUpdateFrame,
} from "../../frames/mod.ts";
import { VADAnalyzer } from "../../audio/vad/mod.ts";
import { InputRig, startedInput } from "../../tests/transports/input_rig.ts";
import {
  heard,
  makeOutput,
  type OutputRig,
  speech,
  started as startedOutput,
  utterance,
} from "../../tests/transports/output_rig.ts";

class RelearnFrame extends FilterControlFrame {}

/** A filter that does what a test tells it. */
class Tame extends BaseAudioFilter {
  readonly given: number[] = [];
  readonly frames: string[] = [];
  onStart: (() => void | Promise<void>) | undefined;
  onStop: (() => void) | undefined;
  broken = false;
  override start(): void | Promise<void> {
    return this.onStart?.();
  }
  override stop(): void {
    this.onStop?.();
  }
  setEnabled(enable: boolean): void {
    this.frames.push(`enable ${enable}`);
  }
  override processFrame(frame: FilterControlFrame): void {
    this.frames.push(frame.constructor.name);
  }
  filter(pcm: Int16Array): Int16Array {
    if (this.broken) throw new Error("clogged");
    this.given.push(...pcm);
    return pcm.map((sample) => sample + 1);
  }
}

const piece = (sample: number, samples = 320) => new Int16Array(samples).fill(sample);

Deno.test.each([[false], [true]])(
  "a filter that cannot start is reported, and audio passes as it is (later: %s)",
  async (later) => {
    const filter = new Tame();
    filter.onStart = () => {
      if (later) return Promise.reject(new Error("no model"));
      throw new Error("no model");
    };
    await using rig = await startedInput({ audioInFilter: filter });
    rig.input.feed(piece(7));
    assertEquals([rig.samples[0], filter.given.length], [7, 0]);
    assertEquals(rig.log.errors, [
      `Cannot start the audio filter in "${rig.input.name}": no model`,
    ]);
  },
);

Deno.test("virtual time waits for a filter to start", async () => {
  const filter = new Tame();
  filter.onStart = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  await using rig = new InputRig({ audioInFilter: filter });
  await rig.clock.advance(1_000);
  assertEquals(rig.below.list(), ["0 Start"]);
});

Deno.test("a filter that fails is reported once for a row of failures", async () => {
  const filter = new Tame();
  await using rig = await startedInput({ audioInFilter: filter });
  for (const broken of [true, true, false, true, true]) {
    filter.broken = broken;
    rig.input.feed(piece(7));
  }
  assertEquals(rig.samples.filter((_, i) => i % 320 === 0), [7, 7, 8, 7, 7]);
  const error = `Cannot filter audio in "${rig.input.name}": clogged`;
  assertEquals(rig.log.errors, [error, error]);
});

Deno.test("a filter hears one channel, and every channel gets what it gives", async () => {
  const filter = new Tame();
  await using rig = await startedInput({ audioInFilter: filter, audioInChannels: 2 });
  rig.input.feed(Int16Array.from({ length: 640 }, (_, i) => i % 2 ? 30 : 10), {
    sampleRate: 16_000,
    numChannels: 2,
  });
  assertEquals(filter.given, Array(320).fill(20));
  assertEquals(rig.samples, Array(640).fill(21));
});

Deno.test("a frame of a filter's own reaches it, and passes on", async () => {
  const filter = new Tame();
  await using rig = await startedInput({ audioInFilter: filter });
  for (const frame of [new RelearnFrame(), new FilterEnableFrame(false)]) rig.send(frame);
  await rig.clock.settle();
  assertEquals(filter.frames, ["RelearnFrame", "enable false"]);
  assertEquals(rig.below.list(), ["0 Start", "0 Relearn", "0 FilterEnable"]);
  await using without = await startedInput({});
  without.send(new RelearnFrame());
  await without.clock.settle();
  assertEquals(without.below.list(), ["0 Start", "0 Relearn"]);
});

Deno.test("a filter that cannot stop is reported, and the transport is closed all the same", async () => {
  const filter = new Tame();
  filter.onStop = () => {
    throw new Error("stuck");
  };
  const rig = await startedInput({ audioInFilter: filter });
  await rig[Symbol.asyncDispose]();
  assertEquals(rig.input.calls.at(-1), "shut CancelFrame");
});

Deno.test("RNNoiseFilter cleans what an input takes in, until a frame turns it off", async () => {
  const voices = decodeWav(await readFixture("two_voices_16k.wav")).samples;
  const noisy = mixAudio(voices, noise(voices.length, 1_000));
  await using rig = await startedInput({ audioInFilter: new RNNoiseFilter() });
  for (let at = 0; at + 320 <= noisy.length; at += 320) {
    rig.input.feed(noisy.subarray(at, at + 320));
    if (at === 3 * 16_000) rig.send(new FilterEnableFrame(false));
    await rig.clock.advance(20);
  }
  const [quiet, spoken, off] = [[2.5, 2.9], [0.7, 2.3], [5.2, 5.5]]
    .map(([from = 0, to = 0]) =>
      rms(Int16Array.from(rig.samples.slice(from * 16_000, to * 16_000)))
    );
  assertLess(quiet ?? Infinity, 20);
  assertGreater(spoken ?? 0, 5_000);
  assertGreater(off ?? 0, 500);
  // What was held back has come out: off, nothing is missing.
  assertGreater(rig.samples.length, noisy.length - 2 * 320);
  assertEquals(rig.log.errors, []);
});

class Deaf extends VADAnalyzer {
  numFramesRequired(): number {
    return 320;
  }
  voiceConfidence(): number {
    return 0;
  }
}

Deno.test("a frame changes the parameters of an input's VAD, and others are told", async () => {
  const vadAnalyzer = new Deaf();
  await using rig = await startedInput({ vadAnalyzer });
  const params = { ...vadAnalyzer.params, stopSecs: 0.8 };
  rig.send(new VADParamsUpdateFrame(params));
  await rig.clock.settle();
  assertEquals(vadAnalyzer.params, params);
  assertEquals(rig.below.list(), ["0 Start", "0 SpeechControlParams", "0 VADParamsUpdate"]);
  const [told] = rig.above.seen.flatMap(({ frame }) =>
    frame instanceof SpeechControlParamsFrame ? [frame] : []
  );
  assertEquals(told?.vadParams, params);
  void rig.task.queueFrame(new VADParamsUpdateFrame({ ...params, confidence: 7 }), "upstream");
  await rig.clock.settle();
  assertEquals(vadAnalyzer.params, params);
  assert(rig.log.errors[0]?.includes('"confidence" to 7'));
});

class NextSongFrame extends MixerControlFrame {}

/** A mixer that does what a test tells it. */
class Hum extends BaseAudioMixer {
  readonly frames: string[] = [];
  onStart: (() => void | Promise<void>) | undefined;
  onMix: ((pcm: Int16Array) => Int16Array | Promise<Int16Array>) | undefined;
  stuck = false;
  override start(): void | Promise<void> {
    return this.onStart?.();
  }
  override stop(): void {
    if (this.stuck) throw new Error("stuck");
  }
  setEnabled(enable: boolean): void {
    this.frames.push(`enable ${enable}`);
  }
  override processFrame(frame: MixerControlFrame): void {
    this.frames.push(frame.constructor.name);
  }
  mix(pcm: Int16Array): Int16Array | Promise<Int16Array> {
    return this.onMix?.(pcm) ?? pcm.map((sample) => sample + 5);
  }
}

function played(rig: OutputRig): OutputAudioRawFrame[] {
  return rig.below.seen.flatMap(({ frame }) => frame instanceof OutputAudioRawFrame ? [frame] : []);
}

Deno.test("a mixer that cannot start is reported, and speech goes on", async () => {
  const mixer = new Hum();
  mixer.onStart = () => Promise.reject(new Error("no such file"));
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await startedOutput(output);
  rig.send(...utterance(80, ["said"]));
  await rig.clock.advance(300);
  assertEquals(heard(rig), "said");
  assertEquals(rig.log.errors, [`Cannot start the audio mixer in "${output.name}": no such file`]);
});

Deno.test.each<[string, Hum["onMix"], string]>([
  ["rejects", () => Promise.reject(new Error("hoarse")), "hoarse"],
  ["gives too little", (pcm) => pcm.subarray(1), "Cannot mix into 960 samples: the mixer gave 959"],
])("a mixer that %s is reported once, and speech is heard as it is", async (_how, onMix, why) => {
  const mixer = new Hum();
  mixer.onMix = onMix;
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await startedOutput(output);
  rig.send(...utterance(400, ["said"]));
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "said");
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.startsWith(`Cannot mix audio in "${output.name}": ${why}`));
  assertEquals(output.samples.filter((sample) => sample !== 0).slice(0, 3), [1, 2, 3]);
});

Deno.test("virtual time waits for a mixer that thinks", async () => {
  const mixer = new Hum();
  mixer.onMix = async (pcm) => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
    return pcm.map((sample) => sample + 5);
  };
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await startedOutput(output);
  await rig.clock.advance(4_000);
  assertEquals([rig.log.errors, output.written.length > 99], [[], true]);
});

Deno.test.each([[false], [true]])(
  "what passes on as heard holds what was mixed in, and says when it was heard (later: %s)",
  async (later) => {
    const mixer = new Hum();
    if (later) mixer.onMix = (pcm) => Promise.resolve(pcm.map((sample) => sample + 5));
    await using rig = await startedOutput(makeOutput({ audioOutMixer: mixer }));
    await rig.clock.advance(100);
    rig.send(...utterance(80));
    await rig.clock.advance(200);
    const frames = played(rig);
    assertEquals(frames.every(({ audio }) => (audio[0] ?? 0) >= 5), true);
    const times = frames.map(({ pts = NaN }) => pts / 1e6);
    assertEquals(times.slice(0, 5), [0, 40, 80, 120, 160]);
  },
);

Deno.test("audio that was heard says when, also where it was cut off", async () => {
  await using rig = await startedOutput(makeOutput());
  await rig.clock.advance(10);
  rig.send(...utterance(200));
  await rig.clock.advance(90);
  rig.send(new InterruptionFrame());
  await rig.clock.advance(1_000);
  const times = played(rig).map(({ pts = NaN, numFrames }) => [pts / 1e6, numFrames]);
  assertEquals(times, [[10, 960], [50, 960], [90, 240]]);
});

Deno.test("a mixer of one channel mixes into both of two", async () => {
  const mixer = new Hum();
  const seen: number[] = [];
  mixer.onMix = (pcm) => {
    seen.push(...pcm);
    return pcm.map((sample) => sample + 5);
  };
  const output = makeOutput({ audioOutMixer: mixer, audioOutChannels: 2 });
  await using rig = await startedOutput(output);
  const stereo = Int16Array.from({ length: 1_920 }, (_, i) => i % 2 ? 300 : 100);
  rig.send(new OutputAudioRawFrame(stereo, { sampleRate: 24_000, numChannels: 2 }));
  await rig.clock.advance(100);
  assertEquals(seen.filter((sample) => sample !== 0), Array(960).fill(200));
  const loud = output.samples.filter((sample) => sample !== 5);
  assertEquals(loud, Array.from({ length: 1_920 }, (_, i) => i % 2 ? 305 : 105));
});

Deno.test("a frame of a mixer's own reaches it, and passes on", async () => {
  const mixer = new Hum();
  await using rig = await startedOutput(makeOutput({ audioOutMixer: mixer }));
  rig.send(new NextSongFrame());
  await rig.clock.settle();
  assertEquals([mixer.frames, rig.below.list()], [["NextSongFrame"], ["0 Start", "0 NextSong"]]);
});

Deno.test("a mixer that cannot stop is reported, and the transport is closed all the same", async () => {
  const mixer = new Hum();
  mixer.stuck = true;
  const output = makeOutput({ audioOutMixer: mixer });
  const rig = await startedOutput(output);
  await rig[Symbol.asyncDispose]();
  assertEquals(output.shutBy, ["CancelFrame"]);
});

Deno.test("frames control what a SoundfileMixer mixes into speech and silence", async () => {
  const sound = (sample: number) => encodeWav(piece(sample, 24_000), { sampleRate: 24_000 });
  const mixer = new SoundfileMixer({
    soundFiles: { office: sound(100), music: sound(900) },
    defaultSound: "office",
  });
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await startedOutput(output);
  const steps: Frame[] = [
    speech(40),
    new MixerUpdateSettingsFrame({ volume: 2 }),
    new MixerUpdateSettingsFrame({ sound: "music", volume: 1 }),
    new MixerUpdateSettingsFrame({ sound: "street" }),
    new MixerEnableFrame(false),
    new MixerEnableFrame(true),
  ];
  const ends: number[] = [];
  for (const frame of steps) {
    rig.send(frame);
    // A change is whole one chunk later.
    await rig.clock.advance(120);
    ends.push(output.written.at(-1)?.pcm.at(-1) ?? NaN);
  }
  assertEquals(ends, [40, 200, 900, 900, 0, 900]);
  const spoken = output.samples.find((sample) => sample !== 40);
  assertEquals(spoken, 41);
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.includes('Cannot play "street"'));
});
