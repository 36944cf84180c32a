import { assert, assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  EndFrame,
  HeartbeatFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  OutputAudioRawFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  SpeechOutputAudioRawFrame,
  StopFrame,
  TextFrame,
  TTSStartedFrame,
} from "../../frames/mod.ts";
import {
  botSigns,
  counting,
  heard,
  Hum,
  makeOutput,
  RATE,
  speech,
  started,
  utterance,
} from "../../tests/transports/output_rig.ts";

Deno.test("an output lets everything by when it has been heard, in order", async () => {
  await using rig = await started(makeOutput());
  rig.send(
    new LLMFullResponseStartFrame(),
    new AggregatedTextFrame("One two.", { willBeSpoken: true, contextId: "a" }),
    ...utterance(400, ["One ", "two."]),
    new LLMFullResponseEndFrame(),
  );
  await rig.clock.advance(1_000);
  assertEquals(rig.below.list(), [
    "0 Start",
    "0 LLMFullResponseStart",
    "0 AggregatedText",
    "0 TTSStarted",
    "0 BotStartedSpeaking",
    "0 BotSpeaking",
    "200 HeardText",
    "200 BotSpeaking",
    "400 HeardText",
    "400 TTSStopped",
    "400 LLMFullResponseEnd",
    "400 BotStoppedSpeaking",
  ]);
  assertEquals(rig.above.list("upstream"), [
    "0 OutputTransportReady",
    "0 BotStartedSpeaking",
    "0 BotSpeaking",
    "200 BotSpeaking",
    "400 BotStoppedSpeaking",
  ]);
});

Deno.test("an output lets a frame by at once when nothing is being heard", async () => {
  await using rig = await started(makeOutput());
  rig.send(new LLMTextFrame("Hello"), new TextFrame("there"));
  assertEquals(rig.below.list(), ["0 Start", "0 LLMText", "0 Text"]);
});

Deno.test("an output passes on what was heard, as it was written", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(...utterance(100));
  await rig.clock.advance(90);
  rig.send(new InterruptionFrame());
  await rig.clock.advance(500);
  const audio = rig.below.seen.filter(({ frame }) => frame instanceof OutputAudioRawFrame);
  assertEquals(
    audio.map(({ atMs, frame }) => [atMs, (frame as OutputAudioRawFrame).audio.length]),
    [[40, 960], [80, 960], [90, 240]],
  );
});

Deno.test("an output sends messages in order with the audio, and urgent ones at once", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(
    new OutputTransportMessageFrame("before"),
    ...utterance(100),
    new OutputTransportMessageFrame("after"),
    new OutputTransportMessageUrgentFrame("urgent"),
  );
  await rig.clock.advance(500);
  assertEquals(output.messages, [
    { atMs: 0, message: "before" },
    { atMs: 0, message: "urgent" },
    { atMs: 100, message: "after" },
  ]);
});

Deno.test("an output lets a heartbeat by while it plays", async () => {
  await using rig = await started(makeOutput());
  rig.send(...utterance(400), new HeartbeatFrame(0));
  await rig.clock.advance(10);
  assert(rig.below.list().includes("0 Heartbeat"));
});

Deno.test("the bot speaks on through the gap between two sentences of one answer", async () => {
  await using rig = await started(makeOutput());
  rig.send(new LLMFullResponseStartFrame(), ...utterance(200));
  await rig.clock.advance(700);
  rig.send(...utterance(200, [], "b"), new LLMFullResponseEndFrame());
  await rig.clock.advance(2_000);
  assertEquals(botSigns(rig), ["0 BotStartedSpeaking", "900 BotStoppedSpeaking"]);
});

Deno.test.each<
  [string, (OutputAudioRawFrame | TTSStartedFrame | LLMFullResponseStartFrame)[], string]
>([
  ["without an utterance", [speech(200)], "550 BotStoppedSpeaking"],
  [
    "in an utterance",
    [new TTSStartedFrame({ contextId: "a" }), speech(200)],
    "1200 BotStoppedSpeaking",
  ],
  ["in an answer", [new LLMFullResponseStartFrame(), speech(200)], "1200 BotStoppedSpeaking"],
])("the bot stops when speech runs dry %s", async (_name, frames, stopped) => {
  await using rig = await started(makeOutput());
  rig.send(...frames);
  await rig.clock.advance(3_000);
  assertEquals(botSigns(rig), ["0 BotStartedSpeaking", stopped]);
});

Deno.test("the bot speaks with its voice, not with sounds or silence", async () => {
  await using rig = await started(makeOutput());
  const options = { sampleRate: RATE };
  rig.send(new OutputAudioRawFrame(counting(400), options));
  rig.send(new SpeechOutputAudioRawFrame(new Int16Array(9_600), options));
  rig.send(new SpeechOutputAudioRawFrame(counting(400), options));
  await rig.clock.advance(3_000);
  assertEquals(botSigns(rig), ["800 BotStartedSpeaking", "1550 BotStoppedSpeaking"]);
});

Deno.test("an end plays everything, then silence, then passes on", async () => {
  const output = makeOutput({ audioOutEndSilenceSecs: 0.2 });
  await using rig = await started(output);
  rig.send(...utterance(300, ["Goodbye."]));
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running);
  assertEquals(heard(rig), "Goodbye.");
  assertEquals(output.samples.length, 24 * 520);
  assertEquals(rig.below.list().slice(-4), [
    "300 HeardText",
    "300 TTSStopped",
    "300 BotStoppedSpeaking",
    "520 End",
  ]);
  assertEquals(output.shutBy, ["EndFrame"]);
  assertEquals(rig.clock.timers, 0);
});

Deno.test("an end waits for a minute of speech, however long an end may take", async () => {
  const output = makeOutput({ audioOutEndSilenceSecs: 2 });
  await using rig = await started(output);
  const sent = rig.task.queueFrames(utterance(60_000, ["A ", "long ", "story."]));
  await rig.clock.runUntil(sent);
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running);
  assertEquals([heard(rig), rig.clock.now(), rig.log.errors], ["A long story.", 62_000, []]);
});

Deno.test("an output holds whoever pushes more than two minutes ahead", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  const pushed: number[] = [];
  const sent = (async () => {
    for (let i = 0; i < 200; i++) {
      await rig.task.queueFrame(speech(1_000));
      pushed.push(rig.clock.now());
    }
  })();
  await rig.clock.runUntil(sent);
  const ahead = pushed.map((ms, i) => (i + 1) * 1_000 - ms);
  // Besides what is in the output, sixteen frames wait in each of two doors.
  assert(Math.max(...ahead) > 120_000, `${Math.max(...ahead)}`);
  assert(Math.max(...ahead) < 120_000 + 2 * 17_000 + 2_000, `${Math.max(...ahead)}`);
});

Deno.test.each([[15, 0], [0, 30], [12, 30]])(
  "an end waits for %d s of silence after %d s of music, though no frame moves",
  async (silenceSecs, musicSecs) => {
    const output = makeOutput({ audioOutEndSilenceSecs: silenceSecs });
    await using rig = await started(output);
    const music = new Int16Array(musicSecs * RATE).fill(1_000);
    rig.send(new OutputAudioRawFrame(music, { sampleRate: RATE }), new EndFrame());
    await rig.clock.runUntil(rig.running);
    assertEquals([rig.clock.now(), rig.log.errors], [(silenceSecs + musicSecs) * 1_000, []]);
  },
);

Deno.test("an end with nobody to hear it does not wait", async () => {
  const output = makeOutput({ audioOutEndSilenceSecs: 2 });
  await using rig = await started(output);
  rig.send(...utterance(5_000));
  await rig.clock.advance(100);
  output.isReady = false;
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running);
  assertEquals(rig.clock.now(), 100);
});

Deno.test("a stop plays everything, and the output can run again", async () => {
  const output = makeOutput({ audioOutEndSilenceSecs: 2 });
  await using rig = await started(output);
  rig.send(...utterance(300, ["Wait."]), new StopFrame());
  await rig.clock.runUntil(rig.running);
  assertEquals([heard(rig), rig.clock.now(), output.shutBy], ["Wait.", 320, []]);
});

Deno.test("a cancel says what was heard and is silent at once", async () => {
  const output = makeOutput({ audioOutMixer: new Hum() });
  await using rig = await started(output);
  rig.send(...utterance(1_000, ["One ", "two."]));
  await rig.clock.advance(600);
  const { length } = output.written;
  const cancelled = rig.task.cancel();
  await rig.clock.runUntil(cancelled);
  await rig.clock.advance(1_000);
  assertEquals([heard(rig), output.written.length], ["One ", length]);
  assertEquals(rig.below.list().slice(-2), ["600 BotStoppedSpeaking", "600 Cancel"]);
  assertEquals(output.shutBy, ["CancelFrame"]);
});

Deno.test("late frames after the end do nothing", async () => {
  const output = makeOutput();
  await using rig = await started(output);
  rig.send(new EndFrame());
  await rig.clock.runUntil(rig.running);
  rig.send(...utterance(100));
  output.acknowledgeTo(100);
  assertEquals(output.written, []);
});
