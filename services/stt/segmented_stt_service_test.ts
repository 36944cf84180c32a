import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  MetricsFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  UserAudioRawFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { STTMetadataFrame } from "../../turns/mod.ts";
import {
  ScriptedSTTService,
  type ScriptedSTTServiceOptions,
  TestPipeline,
  type VirtualClock,
} from "../../testing/mod.ts";
import {
  SegmentedSTTService,
  type SegmentListener,
  type STTSettings,
  type Transcript,
} from "./mod.ts";

const SECOND = 16_000;

function start(options: ScriptedSTTServiceOptions = {}, params = {}) {
  const stt = new ScriptedSTTService(options);
  const pipeline = new TestPipeline([stt], { params });
  const clock = pipeline.clock as VirtualClock;
  let next = 1;
  /** Plays audio in pieces of 20 ms, each sample the number of its piece. */
  const play = async (ms: number) => {
    for (let at = 0; at < ms; at += 20) {
      const audio = new Int16Array(320).fill(next++);
      pipeline.push(new InputAudioRawFrame(audio, { sampleRate: SECOND }));
      await clock.advance(20);
    }
  };
  const say = async (ms: number) => {
    pipeline.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
    await play(ms);
    pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  };
  return { stt, pipeline, clock, play, say, [Symbol.asyncDispose]: () => pipeline.close() };
}

function texts(pipeline: TestPipeline): string[] {
  return pipeline.of(TranscriptionFrame).map(({ text }) => text);
}

Deno.test("SegmentedSTTService transcribes from before speech was noticed to its end", async () => {
  await using session = start({ transcripts: ["Hello"] });
  const { stt, pipeline, play, say } = session;
  await play(4_000);
  await say(600);
  await pipeline.until(TranscriptionFrame);
  // 300 ms before the 200 ms that it took to notice: pieces 176 to 200, then the 30 of the speech.
  const [segment = new Int16Array()] = stt.segments;
  assertEquals(segment.length, 0.3 * SECOND + 0.2 * SECOND + 0.6 * SECOND);
  assertEquals([segment[0], segment.at(-1)], [176, 230]);
});

Deno.test("SegmentedSTTService has what there is when speech begins at once", async () => {
  await using session = start({ transcripts: ["Hello"] });
  const { stt, pipeline, play, say } = session;
  await play(100);
  await say(100);
  await pipeline.until(TranscriptionFrame);
  assertEquals(stt.segments[0]?.length, 0.2 * SECOND);
});

Deno.test("SegmentedSTTService pushes who spoke when, in which language, and that it is final", async () => {
  await using session = start({ transcripts: [{ text: " Bonjour ", language: "fr" }] });
  const { pipeline } = session;
  pipeline.push(
    new VADUserStartedSpeakingFrame(),
    new UserAudioRawFrame(new Int16Array(320), { sampleRate: SECOND, userId: "ada" }),
    new VADUserStoppedSpeakingFrame(),
  );
  const frame = await pipeline.until(TranscriptionFrame);
  assertEquals([frame.text, frame.language, frame.userId, frame.finalized], [
    "Bonjour",
    "fr",
    "ada",
    true,
  ]);
  assertEquals(frame.timestamp, "2026-01-01T12:00:00.000Z");
});

Deno.test("SegmentedSTTService keeps the order of segments, however long each takes", async () => {
  await using session = start({
    transcripts: [{ text: "one", delayMs: 5_000 }, "two", { text: "three", delayMs: 10 }],
  });
  const { pipeline, say } = session;
  for (let i = 0; i < 3; i++) await say(100);
  await pipeline.until(TranscriptionFrame, { count: 3, withinMs: 10_000 });
  assertEquals(texts(pipeline), ["one", "two", "three"]);
});

Deno.test("SegmentedSTTService passes audio and voice activity on in order", async () => {
  await using session = start({ transcripts: ["x"] });
  const { pipeline, say } = session;
  await say(40);
  await pipeline.until(TranscriptionFrame);
  assertEquals(pipeline.down.map((frame) => frame.constructor), [
    VADUserStartedSpeakingFrame,
    InputAudioRawFrame,
    InputAudioRawFrame,
    VADUserStoppedSpeakingFrame,
    TranscriptionFrame,
  ]);
});

Deno.test("SegmentedSTTService keeps audio for itself when told to", async () => {
  await using session = start({ transcripts: ["x"], audioPassthrough: false });
  await session.say(40);
  await session.pipeline.until(TranscriptionFrame);
  assertEquals(session.pipeline.of(InputAudioRawFrame), []);
  assertEquals(session.stt.segments[0]?.length, 640);
});

Deno.test("SegmentedSTTService lets no interruption stop a transcription", async () => {
  await using session = start({ transcripts: [{ text: "Stop!", delayMs: 1_000 }] });
  const { stt, pipeline, say, clock } = session;
  await say(200);
  await clock.advance(500);
  pipeline.interrupt();
  assertEquals(stt.signals[0]?.aborted, false);
  await pipeline.until(TranscriptionFrame);
  assert(
    pipeline.down.findIndex((f) => f instanceof InterruptionFrame) <
      pipeline.down.findIndex((f) => f instanceof TranscriptionFrame),
  );
});

Deno.test("SegmentedSTTService cuts a segment that is too long, and loses nothing of it", async () => {
  await using session = start({ transcripts: ["one", "two", "three"], maxSegmentMs: 1_000 });
  const { stt, pipeline, say } = session;
  await say(2_500);
  await pipeline.until(TranscriptionFrame, { count: 3 });
  assertEquals(stt.segments.map(({ length }) => length / SECOND), [1, 1, 0.5]);
  assertEquals(stt.segments.map((segment) => segment[0]), [1, 51, 101]);
});

for (const nothing of ["", "  ", undefined]) {
  Deno.test(`SegmentedSTTService pushes nothing for ${JSON.stringify(nothing)}`, async () => {
    await using session = start({ transcripts: [{ text: nothing }, "Hello"] });
    await session.say(100);
    await session.say(100);
    await session.pipeline.until(TranscriptionFrame);
    assertEquals(texts(session.pipeline), ["Hello"]);
  });
}

Deno.test("SegmentedSTTService pushes an empty transcript when that is wanted", async () => {
  await using session = start({ transcripts: [{ text: " " }], pushEmptyTranscripts: true });
  await session.say(100);
  await session.pipeline.until(TranscriptionFrame);
  assertEquals(texts(session.pipeline), [""]);
});

Deno.test("SegmentedSTTService reports a failure, and hears the next segment", async () => {
  await using session = start({ transcripts: [{ error: new Error("no ears") }, "Hello"] });
  const { pipeline, say } = session;
  await say(100);
  await say(100);
  await pipeline.until(TranscriptionFrame);
  assertEquals(pipeline.errors.length, 1);
  assertMatch(pipeline.errors[0]?.error ?? "", /^Cannot transcribe in "\w+#\d+": no ears$/);
});

Deno.test("SegmentedSTTService gives up what stalls, and hears the next segment", async () => {
  await using session = start({
    transcripts: [{ stalls: true }, "Hello"],
    transcribeTimeoutMs: 3_000,
  });
  const { stt, pipeline, say } = session;
  await say(100);
  await say(100);
  await pipeline.until(TranscriptionFrame);
  assertEquals(stt.signals[0]?.aborted, true);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "nothing came for 3000 ms");
});

Deno.test("SegmentedSTTService hears nothing while the user is muted", async () => {
  await using session = start({ transcripts: ["Hello"] });
  const { stt, pipeline, play, say } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  // What was half heard is forgotten, and what is said while muted is never heard.
  pipeline.push(new UserMuteStartedFrame());
  await play(100);
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await say(100);
  pipeline.push(new UserMuteStoppedFrame());
  await say(60);
  await pipeline.until(TranscriptionFrame);
  assertEquals(stt.segments.map(({ length }) => length), [0.06 * SECOND]);
  assertEquals(pipeline.of(InputAudioRawFrame).length, 18);
});

Deno.test("SegmentedSTTService hears again when nobody mutes it any more", async () => {
  await using session = start({ transcripts: ["Hello"] });
  const { stt, pipeline, say } = session;
  pipeline.push(new STTMuteFrame(true), new UserMuteStartedFrame(), new STTMuteFrame(false));
  await say(100);
  pipeline.push(new UserMuteStoppedFrame());
  await say(60);
  await pipeline.until(TranscriptionFrame);
  assertEquals(stt.segments.map(({ length }) => length), [0.06 * SECOND]);
});

Deno.test("SegmentedSTTService says how long it takes, where that is known", async () => {
  await using session = start({ ttfsP99LatencySecs: 0.4 });
  const frame = await session.pipeline.until(STTMetadataFrame);
  assertEquals([frame.serviceName, frame.ttfsP99LatencySecs], [session.stt.name, 0.4]);
  await using silent = start();
  await silent.pipeline.settle();
  assertEquals(silent.pipeline.down, []);
});

Deno.test("SegmentedSTTService has an end wait for what was said last", async () => {
  await using session = start({ transcripts: [{ text: "Bye", delayMs: 2_000 }] });
  await session.say(100);
  await session.pipeline.end();
  assertEquals(texts(session.pipeline), ["Bye"]);
  assert(session.pipeline.down.at(-1) instanceof EndFrame);
});

Deno.test("SegmentedSTTService takes changed settings over", async () => {
  await using session = start({ settings: { language: "en" } });
  const { stt, pipeline } = session;
  pipeline.push(new STTUpdateSettingsFrame({ delta: { language: null } }));
  pipeline.push(new STTUpdateSettingsFrame({ delta: { model: "other" }, service: stt }));
  pipeline.push(new STTUpdateSettingsFrame({ delta: { model: "no" }, service: { name: "b" } }));
  await pipeline.until(STTUpdateSettingsFrame, { count: 2 });
  assertEquals(stt.settings, { model: "other", language: null });
});

Deno.test("SegmentedSTTService measures from the end of speech, and the seconds it heard", async () => {
  const params = { enableMetrics: true, enableUsageMetrics: true };
  await using session = start({ transcripts: [{ text: "Hello", delayMs: 300 }] }, params);
  const { pipeline, say } = session;
  await say(1_000);
  await pipeline.until(TranscriptionFrame);
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  // The VAD had waited for 200 ms of silence by then.
  assertEquals(data.map(({ type, value }) => [type, value]), [
    ["stt_usage", 1],
    ["ttfb", 0.5],
    ["processing", 0.3],
  ]);
});

Deno.test("SegmentedSTTService stops at once when it is closed", async () => {
  const session = start({ transcripts: [{ stalls: true }] });
  await session.say(100);
  await session.clock.settle();
  await session.pipeline.close();
  assertEquals(session.stt.signals[0]?.aborted, true);
  assertEquals(session.clock.timers, 0);
  assertEquals(session.pipeline.errors, []);
});

Deno.test("SegmentedSTTService hears mono at its own rate, whatever comes", async () => {
  await using session = start({ transcripts: ["x"], sampleRate: 8_000 });
  const { stt, pipeline } = session;
  const stereo = new Int16Array(2 * 4_410);
  for (let i = 0; i < stereo.length; i += 2) stereo[i] = 1_000;
  pipeline.push(new VADUserStartedSpeakingFrame());
  for (let i = 0; i < 10; i++) {
    pipeline.push(new InputAudioRawFrame(stereo, { sampleRate: 44_100, numChannels: 2 }));
  }
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await pipeline.until(TranscriptionFrame);
  const [segment = new Int16Array()] = stt.segments;
  assert(Math.abs(segment.length - 8_000) < 80, `${segment.length} samples`);
  assert(Math.abs((segment[4_000] ?? 0) - 500) < 3, `${segment[4_000]}`);
});

/** Says how much it has heard so far. */
class Counting extends SegmentedSTTService<STTSettings> {
  broken = false;

  constructor() {
    super({}, {});
  }

  protected override listen(): SegmentListener {
    let samples = 0;
    return {
      feed: (audio): Transcript => {
        if (this.broken) throw new Error("deaf");
        samples += audio.length;
        return { text: samples > 320 ? `${samples}` : "" };
      },
      finish: () => Promise.resolve({ text: `${samples} in all` }),
    };
  }
}

function chunk(): Frame {
  return new InputAudioRawFrame(new Int16Array(320), { sampleRate: SECOND });
}

Deno.test("SegmentedSTTService pushes what the words seem to be so far", async () => {
  await using pipeline = new TestPipeline([new Counting()]);
  pipeline.push(new VADUserStartedSpeakingFrame(), chunk(), chunk(), chunk());
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await pipeline.until(TranscriptionFrame);
  assertEquals(pipeline.of(InterimTranscriptionFrame).map(({ text }) => text), ["640", "960"]);
  assertEquals(texts(pipeline), ["960 in all"]);
});

Deno.test("SegmentedSTTService reports once that a segment cannot be heard", async () => {
  const stt = new Counting();
  await using pipeline = new TestPipeline([stt]);
  stt.broken = true;
  pipeline.push(new VADUserStartedSpeakingFrame(), chunk(), chunk(), chunk());
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await pipeline.until(VADUserStoppedSpeakingFrame);
  stt.broken = false;
  pipeline.push(new VADUserStartedSpeakingFrame(), chunk(), chunk());
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await pipeline.until(TranscriptionFrame);
  assertEquals(pipeline.errors.map(({ error }) => error.split(": ")[1]), ["deaf"]);
  // The audio of the segment it gave up is what came before the next.
  assert(texts(pipeline)[0]?.endsWith("in all"));
});

for (const way of ["an end", "a close"] as const) {
  Deno.test(`SegmentedSTTService gives back what hears a segment that ${way} cuts off`, async () => {
    let cancelled = 0;
    class Cut extends SegmentedSTTService {
      protected override listen(): SegmentListener {
        return {
          feed: () => undefined,
          finish: () => Promise.resolve({ text: "never" }),
          cancel: () => void cancelled++,
        };
      }
    }
    const pipeline = new TestPipeline([new Cut({}, {})]);
    pipeline.push(new VADUserStartedSpeakingFrame(), chunk(), chunk());
    await pipeline.settle();
    await (way === "an end" ? pipeline.end() : pipeline.close());
    await pipeline.close();
    assertEquals([cancelled, texts(pipeline)], [1, []]);
  });
}

Deno.test("SegmentedSTTService without a way to transcribe says so", async () => {
  class Nothing extends SegmentedSTTService {}
  await using pipeline = new TestPipeline([new Nothing({ name: "Nothing" }, {})]);
  pipeline.push(new VADUserStartedSpeakingFrame(), chunk(), new VADUserStoppedSpeakingFrame());
  await pipeline.until(VADUserStoppedSpeakingFrame);
  await pipeline.settle();
  assertEquals(pipeline.errors.map(({ error }) => error), [
    'Cannot transcribe in "Nothing": it has no "transcribe"',
  ]);
});
