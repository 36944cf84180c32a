/** The stock observers on one conversation with engines that measure, on a virtual clock. */
import { assertEquals } from "@std/assert";
import type { Clock } from "../async/mod.ts";
import { defineTool, LLMContext } from "../context/mod.ts";
import {
  ClientConnectedFrame,
  InputAudioRawFrame,
  MetricsFrame,
  TTSSpeakFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { type LLMEvent, LLMService } from "../services/llm/mod.ts";
import { SegmentedSTTService, type Transcript } from "../services/stt/mod.ts";
import { type SpeechEvent, type SpeechRequest, TTSService } from "../services/tts/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { KeptLog } from "../tests/kept_log.ts";
import { BaseOutputTransport } from "../transports/base/mod.ts";
import { LLMContextAggregatorPair } from "../turns/mod.ts";
import {
  BaseObserver,
  DebugLogObserver,
  type LatencyBreakdown,
  LLMLogObserver,
  MetricsLogObserver,
  TranscriptionLogObserver,
  TurnLatencyObserver,
  TurnTrackingObserver,
  UserBotLatencyObserver,
} from "./mod.ts";

/** Takes 150 ms. */
class Ears extends SegmentedSTTService {
  protected override async transcribe(): Promise<Transcript> {
    await this.clock.sleep(150);
    return { text: "What time is it?" };
  }
}

/** Says what the question cost at once, and the answer from 300 ms on, a word every 50 ms. */
class Head extends LLMService {
  asked = 0;

  protected override async *generate(): AsyncIterable<LLMEvent> {
    const usage = { promptTokens: 20, completionTokens: 7, totalTokens: 27, reasoningTokens: 2 };
    yield { type: "usage", usage };
    yield { type: "text", text: "" };
    await this.clock.sleep(300);
    if (++this.asked === 1) {
      yield { type: "toolCall", index: 0, id: "1", name: "look", arguments: "{}" };
      return;
    }
    for (const text of ["It ", "is ", "noon. ", "Good ", "bye."]) {
      yield { type: "text", text };
      await this.clock.sleep(50);
    }
  }
}

/** Speaks from 120 ms on, and is silent for the first 100 ms of that. */
class Mouth extends TTSService {
  protected override async *synthesize({ sampleRate }: SpeechRequest): AsyncIterable<SpeechEvent> {
    await this.clock.sleep(120);
    const wave = (_: unknown, i: number) => i < sampleRate / 10 ? 0 : 8_000 * Math.sin(i / 9);
    yield { type: "audio", audio: Int16Array.from({ length: sampleRate / 2 }, wave) };
  }
}

class Speaker extends BaseOutputTransport {
  protected override writeAudio(): void {}
}

/** Throws whatever it is shown. */
class Clumsy extends BaseObserver {
  override onPushFrame(): void {
    throw new Error("Cannot see: dust");
  }
}

class Notes extends FrameProcessor {
  readonly frames: MetricsFrame[] = [];

  constructor() {
    super();
    this.handle(MetricsFrame, (frame, context) => {
      this.frames.push(frame);
      return context.forward();
    });
  }
}

/** Says hello, is asked something, and looks before it answers. */
async function converse(observers: readonly BaseObserver[]) {
  const clock = new VirtualClock();
  const look = defineTool({
    name: "look",
    description: "",
    handler: async (call: { readonly clock: Clock }) => {
      await call.clock.sleep(400);
      return { time: "12:00" };
    },
  });
  const [user, assistant] = new LLMContextAggregatorPair(new LLMContext([], { tools: [look] }));
  const notes = new Notes();
  const parts = [
    new Ears({ name: "stt" }, { model: "ears" }),
    user,
    new Head({ name: "llm" }, { model: "head" }),
    new Mouth({ name: "tts" }, { model: "mouth" }),
    new Speaker({ audioOutEnabled: true, audioOutEndSilenceSecs: 0 }),
    notes,
    assistant,
  ];
  const params = { enableMetrics: true, enableUsageMetrics: true };
  const task = new PipelineTask(new Pipeline(parts), {
    clock,
    observers,
    params,
    log: new KeptLog(),
  });
  const running = task.run();
  void task.queueFrame(new ClientConnectedFrame());
  await clock.advance(500);
  void task.queueFrame(new TTSSpeakFrame("Hello."));
  await clock.advance(4_500);
  void task.queueFrame(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
  const audio = new Int16Array(16_000);
  void task.queueFrame(new InputAudioRawFrame(audio, { sampleRate: 16_000 }));
  await clock.advance(1_200);
  void task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.advance(10_000);
  await clock.runUntil(task.cancel());
  await running;
  assertEquals(clock.timers, 0, "a timer is left");
  return notes.frames.flatMap(({ data }) => data);
}

Deno.test("Every engine measures its part of a conversation", async () => {
  const measured = await converse([]);
  const values: Record<string, unknown[]> = {};
  for (const { processor, type, value, model: _model, ...more } of measured) {
    (values[`${processor} ${type}`] ??= []).push(value ?? more);
  }
  const usage = { promptTokens: 20, completionTokens: 7, totalTokens: 27, reasoningTokens: 2 };
  const audible = { ttfa: 0.22, ttfb: 0.12, leadingSilence: 0.1 };
  assertEquals(values, {
    "stt stt_usage": [1],
    "stt ttfb": [0.35],
    "stt processing": [0.15],
    "llm llm_usage": [usage, usage],
    // What a question costs is no part of its answer, and neither is an empty text.
    "llm ttfb": [0.3, 0.3],
    "llm processing": [0.3, 0.55],
    "tts text_aggregation": [0.15],
    "tts tts_usage": [6, 11, 9],
    "tts ttfb": [0.12, 0.12],
    "tts ttfa": [audible, audible],
  });
});

Deno.test("TurnLatencyObserver says where each moment of a turn went", async () => {
  const observer = new TurnLatencyObserver();
  await converse([observer]);
  const nothing = {
    vadStopMs: undefined,
    transcriptMs: undefined,
    turnEndMs: undefined,
    firstTokenMs: undefined,
    toolMs: undefined,
  };
  assertEquals(observer.turns, [
    {
      ...nothing,
      turn: 1,
      source: "bot",
      userText: "",
      startedAt: 500,
      firstSentenceMs: 0,
      firstSpeechMs: 120,
      firstAudioMs: 120,
      interrupted: false,
    },
    {
      turn: 2,
      source: "speech",
      userText: "What time is it?",
      startedAt: 6_000,
      vadStopMs: 200,
      transcriptMs: 350,
      turnEndMs: 800,
      firstTokenMs: 1_800,
      firstSentenceMs: 1_950,
      firstSpeechMs: 2_070,
      firstAudioMs: 2_070,
      toolMs: 400,
      interrupted: false,
    },
  ]);
});

Deno.test("UserBotLatencyObserver says how long the user waited, and for what", async () => {
  const observer = new UserBotLatencyObserver();
  const told: [event: string, secs: number][] = [];
  const breakdowns: LatencyBreakdown[] = [];
  observer.on("firstBotSpeechLatency", (secs) => void told.push(["first", secs]));
  observer.on("latencyMeasured", (secs) => void told.push(["measured", secs]));
  observer.on("latencyBreakdown", (breakdown) => void breakdowns.push(breakdown));
  await converse([observer]);
  assertEquals(told, [["first", 0.62], ["measured", 2.07]]);
  const noon = Date.parse("2026-01-01T12:00:00Z") / 1000;
  const [greeting, answer] = breakdowns;
  assertEquals(greeting?.ttfb, [
    { processor: "tts", model: "mouth", startTime: noon + 0.5, durationSecs: 0.12 },
  ]);
  assertEquals(greeting?.chronologicalEvents(), ["tts: TTFB 0.120s"]);
  assertEquals([answer?.userTurnStartTime, answer?.userTurnSecs], [noon + 6, 0.8]);
  assertEquals(answer?.functionCalls, [
    { functionName: "look", startTime: noon + 7.1, durationSecs: 0.4 },
  ]);
  assertEquals(answer?.chronologicalEvents(), [
    "User turn: 0.800s",
    "stt: TTFB 0.350s",
    "llm: TTFB 0.300s",
    "look: 0.400s",
    "llm: TTFB 0.300s",
    "tts: text aggregation 0.150s",
    "tts: TTFB 0.120s",
  ]);
});

Deno.test("TurnTrackingObserver counts the greeting, and the question with its answer", async () => {
  const observer = new TurnTrackingObserver();
  const told: unknown[] = [];
  observer.on("turnStarted", (turn) => void told.push(["started", turn]));
  observer.on("turnEnded", (...ended) => void told.push(["ended", ...ended]));
  await converse([observer]);
  assertEquals(told, [
    ["started", 1],
    ["ended", 1, 1.12, false],
    ["started", 2],
    ["ended", 2, 4.07, false],
  ]);
  assertEquals(observer.turnNumber, 2);
});

Deno.test("LLMLogObserver writes what a model is asked and answers, and none of its words", async () => {
  const log = new KeptLog();
  await converse([new LLMLogObserver({ log })]);
  assertEquals(log.notes, [
    "🧠 → llm LLM CONTEXT FRAME: 2 messages at 6.80s",
    "🧠 llm → LLM START RESPONSE at 6.80s",
    "🧠 llm → LLM FUNCTION CALL (1): look at 7.10s",
    "🧠 llm → LLM END RESPONSE at 7.10s",
    "🧠 llm → LLM FUNCTION CALL RESULT (1): look at 7.50s",
    "🧠 → llm LLM CONTEXT FRAME: 4 messages at 7.50s",
    "🧠 llm → LLM START RESPONSE at 7.50s",
    "🧠 llm → LLM GENERATING: 3 characters at 7.80s",
    "🧠 llm → LLM GENERATING: 3 characters at 7.85s",
    "🧠 llm → LLM GENERATING: 6 characters at 7.90s",
    "🧠 llm → LLM GENERATING: 5 characters at 7.95s",
    "🧠 llm → LLM GENERATING: 4 characters at 8.00s",
    "🧠 llm → LLM END RESPONSE at 8.05s",
  ]);
});

Deno.test("LLMLogObserver writes the words as well where they are wanted, apart from the message", async () => {
  const log = new KeptLog();
  await converse([new LLMLogObserver({ log, personalData: true })]);
  const details = log.entries.flatMap((entry) => entry.details.slice(0, 1));
  assertEquals(details.slice(1, 3), [{ "pii.arguments": {} }, { "pii.result": { time: "12:00" } }]);
  assertEquals(details.slice(4).map((personal) => Object.values(personal as object)[0]), [
    "It ",
    "is ",
    "noon. ",
    "Good ",
    "bye.",
  ]);
  const [first] = details;
  assertEquals(JSON.stringify(first).includes("What time is it?"), true);
});

Deno.test("TranscriptionLogObserver writes the transcripts of an STT service", async () => {
  for (const personalData of [false, true]) {
    const log = new KeptLog();
    await converse([new TranscriptionLogObserver({ log, personalData })]);
    const details = personalData ? [{ "pii.text": "What time is it?", "pii.userId": "" }] : [];
    assertEquals(log.entries.map((entry) => [entry.message, ...entry.details]), [
      ["💬 stt → TRANSCRIPTION: 16 characters at 6.35s", ...details],
    ]);
  }
});

Deno.test("No observer writes what anybody said unless it was asked for", async () => {
  const log = new KeptLog();
  await converse([
    new DebugLogObserver({ log }),
    new LLMLogObserver({ log }),
    new TranscriptionLogObserver({ log }),
    new MetricsLogObserver({ log }),
  ]);
  assertEquals(log.entries.length > 200, true);
  const written = JSON.stringify(log.entries);
  for (const word of ["Hello", "What time", "noon", "Good ", "bye", "12:00"]) {
    assertEquals(written.includes(word), false, `"${word}" stands in the log`);
  }
});

Deno.test("An observer that throws, or whose log does, disturbs neither the others nor the conversation", async () => {
  const alone = new TurnLatencyObserver();
  const measured = await converse([alone]);
  const beside = new TurnLatencyObserver();
  const fail = () => {
    throw new Error("Cannot write: the disk is full");
  };
  const broken = { debug: fail, info: fail, warn: fail, error: fail };
  const clumsy = new UserBotLatencyObserver();
  clumsy.on("latencyMeasured", fail);
  const observers = [new Clumsy(), new LLMLogObserver({ log: broken }), clumsy, beside];
  assertEquals(await converse(observers), measured);
  assertEquals(beside.turns, alone.turns);
});
