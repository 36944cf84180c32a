import { assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  ClientConnectedFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  InterruptionFrame,
  MetricsFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import {
  type LatencyBreakdown,
  UserBotLatencyObserver,
  type UserBotLatencyObserverOptions,
} from "./mod.ts";

class Ears extends FrameProcessor {
  override get role(): ProcessorRole {
    return "stt";
  }
}

const [OTHER, EARS] = [new FrameProcessor(), new Ears()];
const CALL = { functionName: "look", toolCallId: "1", arguments: {} };

type Script = readonly (readonly [atMs: number, frame: Frame, from?: "stt"])[];

/** A user who falls silent at 1000 ms. */
const SPEECH: () => Script = () => [
  [100, new VADUserStartedSpeakingFrame()],
  [1_200, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
];

function ttfb(processor: string, value: number): MetricsFrame {
  return new MetricsFrame([{ type: "ttfb", processor, value }]);
}

/** What is told of a script: seconds, and for breakdowns what they list. */
async function measure(script: Script, options: UserBotLatencyObserverOptions = {}) {
  const observer = new UserBotLatencyObserver(options);
  const told: unknown[] = [];
  const breakdowns: LatencyBreakdown[] = [];
  observer.on("firstBotSpeechLatency", (secs) => void told.push(["first", secs]));
  observer.on("latencyMeasured", (secs) => void told.push(["measured", secs]));
  observer.on("latencyBreakdown", (breakdown) => {
    breakdowns.push(breakdown);
    told.push(breakdown.chronologicalEvents());
  });
  for (const [at, frame, from] of script) {
    observer.onPushFrame({
      source: from ? EARS : OTHER,
      destination: OTHER,
      frame,
      direction: "downstream",
      timestamp: at * 1e6,
    });
  }
  await Promise.resolve();
  return { told, breakdowns };
}

const CASES: Record<string, { script: Script; told: unknown[] }> = {
  "from the end of the voice until the bot is heard, once": {
    script: [
      ...SPEECH(),
      [1_900, new BotStartedSpeakingFrame()],
      [4_000, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.9], []],
  },
  "the last voice counts, with what was measured after it": {
    script: [
      ...SPEECH(),
      [1_300, ttfb("stt", 0.3), "stt"],
      [1_400, new VADUserStartedSpeakingFrame()],
      [2_200, new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 })],
      [2_250, ttfb("stt", 0.25), "stt"],
      [2_400, new UserStoppedSpeakingFrame()],
      [2_600, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.6], ["User turn: 0.400s", "stt: TTFB 0.250s"]],
  },
  "nothing while the user speaks": {
    script: [
      [100, new VADUserStartedSpeakingFrame()],
      [500, ttfb("llm", 0.1)],
      [600, new BotStartedSpeakingFrame()],
    ],
    told: [],
  },
  "a greeting, from when the client connected": {
    script: [
      [100, ttfb("warm-up", 0.1)],
      [200, new ClientConnectedFrame()],
      [250, new ClientConnectedFrame()],
      [800, ttfb("tts", 0.4)],
      [900, new BotStartedSpeakingFrame()],
      [2_000, new BotStartedSpeakingFrame()],
    ],
    told: [["first", 0.7], ["tts: TTFB 0.400s"]],
  },
  "no greeting where the user spoke first": {
    script: [
      [0, new ClientConnectedFrame()],
      ...SPEECH(),
      [1_900, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.9], []],
  },
  "an interruption makes stale what was begun, and not what was heard of the user": {
    script: [
      ...SPEECH(),
      [1_300, ttfb("stt", 0.3), "stt"],
      [1_350, ttfb("llm", 0.2)],
      [1_360, new MetricsFrame([{ type: "text_aggregation", processor: "tts", value: 0.05 }])],
      [1_370, new FunctionCallInProgressFrame(CALL)],
      [1_400, new InterruptionFrame()],
      [1_450, new UserStoppedSpeakingFrame()],
      [1_500, new FunctionCallResultFrame({ ...CALL, result: 1 })],
      [1_800, ttfb("llm", 0.25)],
      [1_900, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.9], ["User turn: 0.450s", "stt: TTFB 0.300s", "llm: TTFB 0.250s"]],
  },
  "only the last result of a call, and none of one that was cancelled": {
    script: [
      ...SPEECH(),
      [1_300, new FunctionCallInProgressFrame(CALL)],
      [1_310, new FunctionCallInProgressFrame({ ...CALL, toolCallId: "2" })],
      [1_400, new FunctionCallResultFrame({ ...CALL, result: 1, properties: { isFinal: false } })],
      [1_500, new FunctionCallResultFrame({ ...CALL, result: 2 })],
      [1_600, new FunctionCallCancelFrame({ ...CALL, toolCallId: "2" })],
      [1_650, new FunctionCallResultFrame({ ...CALL, toolCallId: "2", result: 3 })],
      [1_900, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.9], ["look: 0.200s"]],
  },
  "the first piece of text, and no empty measurement": {
    script: [
      ...SPEECH(),
      [1_300, ttfb("llm", 0)],
      [1_400, new MetricsFrame([{ type: "text_aggregation", processor: "tts", value: 0.05 }])],
      [1_500, new MetricsFrame([{ type: "text_aggregation", processor: "tts", value: 0.15 }])],
      [1_900, new BotStartedSpeakingFrame()],
    ],
    told: [["measured", 0.9], ["tts: text aggregation 0.050s"]],
  },
};

for (const [name, { script, told }] of Object.entries(CASES)) {
  Deno.test(`UserBotLatencyObserver, ${name}`, async () => {
    assertEquals((await measure(script)).told, told);
  });
}

Deno.test("UserBotLatencyObserver counts the two frames of a broadcast once", async () => {
  const [down, up] = [new MetricsFrame(ttfb("llm", 0.2).data), new MetricsFrame([])];
  const copy = new MetricsFrame(down.data);
  down.broadcastSiblingId = copy.id;
  copy.broadcastSiblingId = down.id;
  const script: Script = [
    ...SPEECH(),
    [1_300, down],
    [1_300, copy],
    [1_301, down],
    [1_302, up],
    [1_900, new BotStartedSpeakingFrame()],
  ];
  assertEquals((await measure(script)).told, [["measured", 0.9], ["llm: TTFB 0.200s"]]);
});

Deno.test("UserBotLatencyObserver forgets broadcasts whose copy never comes, from maxFrames on", async () => {
  const first = new MetricsFrame(ttfb("llm", 0.2).data);
  const copy = new MetricsFrame(first.data);
  const lonely = Array.from({ length: 3 }, () => new MetricsFrame([]));
  first.broadcastSiblingId = copy.id;
  copy.broadcastSiblingId = first.id;
  for (const frame of lonely) frame.broadcastSiblingId = -frame.id;
  const script: Script = [
    ...SPEECH(),
    [1_300, first],
    ...lonely.map((frame) => [1_400, frame] as const),
    [1_500, copy],
    [1_900, new BotStartedSpeakingFrame()],
  ];
  const seen = async (maxFrames: number) =>
    (await measure(script, { maxFrames })).breakdowns[0]?.ttfb.length;
  assertEquals([await seen(4), await seen(3)], [1, 2]);
});
