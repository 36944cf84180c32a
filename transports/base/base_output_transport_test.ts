import { assert, assertEquals } from "@std/assert";
import {
  BotStoppedSpeakingFrame,
  InterruptionFrame,
  MixerEnableFrame,
  MixerUpdateSettingsFrame,
  OutputAudioRawFrame,
  TextFrame,
} from "../../frames/mod.ts";
import {
  counting,
  heard,
  Hum,
  makeOutput,
  RATE,
  RecordingOutput,
  speech,
  started,
  utterance,
} from "../../tests/transports/output_rig.ts";

Deno.test("only what a peer acknowledges counts as heard, where it does", async () => {
  const output = makeOutput();
  output.isAcknowledging = true;
  await using rig = await started(output);
  rig.send(...utterance(400, ["One ", "two ", "three ", "four."]), new TextFrame("after"));
  await rig.clock.advance(300);
  assertEquals(heard(rig), "");
  output.acknowledgeTo(200);
  assertEquals(heard(rig), "One two ");
  await rig.clock.advance(500);
  assertEquals(heard(rig), "One two ");
  assertEquals(rig.below.list().some((line) => line.endsWith(" Text")), false);
  output.acknowledgeTo(400);
  assertEquals(rig.below.list().slice(-4), [
    "800 HeardText",
    "800 TTSStopped",
    "800 Text",
    "800 BotStoppedSpeaking",
  ]);
  rig.send(...utterance(400, ["Five ", "six."], "b"));
  await rig.clock.advance(300);
  rig.send(new InterruptionFrame());
  output.acknowledgeTo(800);
  await rig.clock.advance(100);
  assertEquals(heard(rig), "One two three four.");
});

Deno.test("a peer that stops acknowledging is not waited for for ever", async () => {
  const output = makeOutput();
  output.isAcknowledging = true;
  await using rig = await started(output);
  rig.send(...utterance(400, ["One ", "two."]));
  await rig.clock.advance(2_039);
  assertEquals(heard(rig), "");
  await rig.clock.advance(500);
  assertEquals(heard(rig), "One two.");
  assertEquals(rig.log.errors.length, 1);
  assert(rig.log.errors[0]?.startsWith("Cannot tell what was heard"));
  assertEquals(rig.below.seen.at(-1)?.frame instanceof BotStoppedSpeakingFrame, true);
});

Deno.test("a slow wire is waited for, and its audio counts from when it took it", async () => {
  const output = makeOutput();
  output.onWrite = () => rig.clock.sleep(100);
  await using rig = await started(output);
  rig.send(...utterance(120, ["One ", "two ", "three."]));
  await rig.clock.advance(2_000);
  assertEquals(output.written.map(({ writtenMs }) => writtenMs), [0, 100, 200]);
  assertEquals(heard(rig), "One two three.");
  assertEquals(rig.log.errors, []);
});

Deno.test("what a slow wire takes after an interruption does not count", async () => {
  const output = makeOutput();
  output.onWrite = () => rig.clock.sleep(100);
  await using rig = await started(output);
  rig.send(...utterance(400, ["never"]));
  await rig.clock.advance(50);
  rig.send(new InterruptionFrame(), ...utterance(40, ["said"], "b"));
  await rig.clock.advance(70);
  assertEquals(heard(rig), "");
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "said");
  assertEquals(output.written.map(({ writtenMs }) => writtenMs), [0, 100]);
});

Deno.test("a dead wire is reported once, and nothing it did not take counts as heard", async () => {
  const output = makeOutput();
  output.onWrite = ({ atMs }) => atMs < 100 ? undefined : new Promise(() => {});
  await using rig = await started(output);
  rig.send(...utterance(4_000, ["One ", ...Array(99).fill("more ")]), new TextFrame("after"));
  await rig.clock.advance(10_000);
  assertEquals(rig.log.errors, [
    `Cannot write audio in "${output.name}": Cannot go on: not done after 2000 ms`,
  ]);
  assertEquals(heard(rig), "One more more ");
  assertEquals(rig.below.list().slice(-3), [
    "2080 BotStoppedSpeaking",
    "5920 TTSStopped",
    "5920 Text",
  ]);
});

Deno.test("a wire that comes back is written to again", async () => {
  const output = makeOutput();
  const back = Promise.withResolvers<void>();
  let dead = true;
  output.onWrite = () => dead ? back.promise : undefined;
  await using rig = await started(output);
  rig.send(...utterance(200, ["lost"]));
  await rig.clock.advance(5_000);
  dead = false;
  back.resolve();
  await rig.clock.settle();
  rig.send(...utterance(200, ["said"], "b"));
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "said");
});

Deno.test("a wire that throws is reported once and does not stop the conversation", async () => {
  const output = makeOutput();
  output.onWrite = () => {
    throw new Error("broken pipe");
  };
  await using rig = await started(output);
  rig.send(...utterance(200, ["lost"]), new TextFrame("after"));
  await rig.clock.advance(1_000);
  assertEquals(rig.log.errors, [`Cannot write audio in "${output.name}": broken pipe`]);
  assertEquals(heard(rig), "");
  assertEquals(rig.below.list().at(-1), "200 Text");
});

Deno.test("while there is nobody to hear, audio passes in its time and is not heard", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(400, ["One ", "two."]));
  await rig.clock.advance(210);
  output.isReady = false;
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "One ");
  assertEquals(output.written.at(-1)?.atMs, 240);
  assertEquals(rig.below.list().some((line) => line.endsWith("TTSStopped")), true);
});

Deno.test("an output goes to several destinations, none of which waits for another", async () => {
  const output = makeOutput({ audioOutDestinations: ["music"] });
  await using rig = await started(output);
  rig.send(...utterance(20_000));
  const music = new OutputAudioRawFrame(counting(40), { sampleRate: RATE });
  music.transportDestination = "music";
  const note = new TextFrame("for the music");
  note.transportDestination = "music";
  rig.send(music, note);
  await rig.clock.advance(100);
  const [first] = output.written.filter(({ destination }) => destination === "music");
  assertEquals(first?.atMs, 0);
  assertEquals(rig.below.list().at(-1), "40 Text");
});

Deno.test("an output warns once of audio that it has no place for", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  for (let i = 0; i < 3; i++) {
    const frame = speech(20);
    frame.transportDestination = "nowhere";
    rig.send(frame);
  }
  assertEquals(rig.log.warnings, [
    `"${output.name}" drops audio for "nowhere": no such destination`,
  ]);
  const mute = new RecordingOutput({});
  await using other = await started(mute);
  other.send(...utterance(100, ["never"]), new TextFrame("after"));
  await other.clock.advance(500);
  assertEquals(other.log.warnings, [
    `"${mute.name}" drops audio: its params do not set "audioOutEnabled"`,
  ]);
  assertEquals([heard(other), mute.written.length], ["", 0]);
  assertEquals(other.below.list().at(-1), "0 Text");
});

Deno.test.each([[false], [true]])(
  "a mixer mixes into speech and silence (later: %s)",
  async (later) => {
    const mixer = new Hum();
    mixer.later = later;
    const output = makeOutput({ audioOutMixer: mixer });
    {
      await using rig = await started(output);
      await rig.clock.advance(400);
      rig.send(...utterance(80, ["said"]));
      await rig.clock.advance(300);
      const { written } = output;
      assertEquals(
        written.every(({ atMs }, i) => i === 0 || atMs - written[i - 1]!.atMs === 40),
        true,
      );
      const pcm = output.samples;
      assertEquals(pcm.slice(0, 100), Array(100).fill(5));
      assertEquals(pcm.filter((sample) => sample !== 5).slice(0, 3), [6, 7, 8]);
      assertEquals(heard(rig), "said");
      assertEquals(rig.below.list().filter((line) => line.includes("BotSt")).length, 2);
    }
    assertEquals(mixer.calls, ["start 24000", "stop"]);
  },
);

Deno.test("a mixer that fails is reported once, and speech goes on without it", async () => {
  const mixer = new Hum();
  mixer.broken = true;
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await started(output);
  rig.send(...utterance(400, ["said"]));
  await rig.clock.advance(1_000);
  assertEquals(heard(rig), "said");
  assertEquals(rig.log.errors, [`Cannot mix audio in "${output.name}": hoarse`]);
});

Deno.test("each destination can have its own mixer", async () => {
  const mixer = new Hum();
  const output = makeOutput({
    audioOutDestinations: ["music"],
    audioOutMixer: new Map([["music", mixer]]),
  });
  await using rig = await started(output);
  await rig.clock.advance(200);
  assertEquals(new Set(output.written.map(({ destination }) => destination)), new Set(["music"]));
});

Deno.test("a wire that carries audio all the time gets silence while there is nothing to say", async () => {
  const output = makeOutput();
  output.isContinuous = true;
  await using rig = await started(output);
  await rig.clock.advance(200);
  assertEquals(output.written.map(({ atMs }) => atMs), [0, 40, 80, 120, 160, 200]);
  assertEquals(rig.below.seen.some(({ frame }) => frame instanceof OutputAudioRawFrame), false);
  const quiet = makeOutput({ audioOutAutoSilence: false });
  quiet.isContinuous = true;
  await using other = await started(quiet);
  await other.clock.advance(200);
  assertEquals(quiet.written, []);
});

Deno.test("frames turn a mixer off and on and change its settings, and pass on", async () => {
  const mixer = new Hum();
  const output = makeOutput({ audioOutMixer: mixer });
  await using rig = await started(output);
  const elsewhere = new MixerEnableFrame(false);
  elsewhere.transportDestination = "elsewhere";
  rig.send(
    new MixerEnableFrame(false),
    new MixerUpdateSettingsFrame({ volume: 0.5 }),
    elsewhere,
    new MixerUpdateSettingsFrame({ pitch: 2 }),
    new MixerEnableFrame(true),
  );
  await rig.clock.settle();
  assertEquals(mixer.calls, ["start 24000", "enable false", "volume 0.5", "enable true"]);
  assertEquals(rig.below.list(), [
    "0 Start",
    "0 MixerEnable",
    "0 MixerUpdateSettings",
    "0 MixerEnable",
    "0 MixerEnable",
  ]);
  assertEquals(rig.log.errors.length, 1);
});
