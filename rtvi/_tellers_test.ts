import { assert, assertEquals } from "@std/assert";
import { LLMContext, LLMContextFrame, type LLMContextMessage } from "../context/mod.ts";
import {
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  OutputAudioRawFrame,
  TranscriptionFrame,
  UserAudioRawFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { RTVIObserverParams } from "./mod.ts";
import { Place, Session } from "./testdata/session.ts";

/** What the client is told of frames that a processor pushes. */
interface Case {
  readonly params?: RTVIObserverParams;
  readonly frames: readonly Frame[];
  readonly told: readonly unknown[];
}

const AT = "2026-01-01T00:00:00.000+00:00";
const SAID = { userId: "u1", timestamp: AT };
const CALL = { functionName: "get_weather", toolCallId: "t1", arguments: { city: "Paris" } };
const OTHER = { functionName: "other", toolCallId: "t2", arguments: {} };

function context(...messages: LLMContextMessage[]): LLMContextFrame {
  return new LLMContextFrame(new LLMContext(messages));
}

/** All frames of one call that gave something, and of one that was cancelled. */
function calls(): Frame[] {
  return [
    new FunctionCallsStartedFrame([CALL, OTHER]),
    new FunctionCallInProgressFrame(CALL),
    new FunctionCallResultFrame({ ...CALL, result: 1, properties: { isFinal: false } }),
    new FunctionCallResultFrame({ ...CALL, result: { temp: 20 } }),
    new FunctionCallCancelFrame(OTHER),
  ];
}

const [STARTED, RUNNING, STOPPED] = [
  "llm-function-call-started",
  "llm-function-call-in-progress",
  "llm-function-call-stopped",
];

const CASES: Record<string, Case> = {
  "the user's turn": {
    frames: [
      new VADUserStartedSpeakingFrame(),
      new UserStartedSpeakingFrame(),
      new InterimTranscriptionFrame("what", SAID),
      new TranscriptionFrame("what time is it", SAID),
      new VADUserStoppedSpeakingFrame(),
      new UserStoppedSpeakingFrame(),
      context({ role: "system", content: "s" }, { role: "user", content: "what time is it" }),
    ],
    told: [
      "user-started-speaking",
      ["user-transcription", { text: "what", user_id: "u1", timestamp: AT, final: false }],
      ["user-transcription", {
        text: "what time is it",
        user_id: "u1",
        timestamp: AT,
        final: true,
      }],
      "user-stopped-speaking",
      ["user-llm-text", { text: "what time is it" }],
    ],
  },
  "a class of the application's own": {
    frames: [new (class Heard extends TranscriptionFrame {})("hello", SAID)],
    told: [["user-transcription", { text: "hello", user_id: "u1", timestamp: AT, final: true }]],
  },
  "a muted user": {
    frames: [new UserMuteStartedFrame(), new UserMuteStoppedFrame()],
    told: ["user-mute-started", "user-mute-stopped"],
  },
  "nothing of the user where that is not wanted": {
    params: {
      userSpeakingEnabled: false,
      userMuteEnabled: false,
      userTranscriptionEnabled: false,
      userLlmEnabled: false,
    },
    frames: [
      new UserStartedSpeakingFrame(),
      new UserMuteStartedFrame(),
      new TranscriptionFrame("x"),
      new InterimTranscriptionFrame("x"),
      new UserMuteStoppedFrame(),
      new UserStoppedSpeakingFrame(),
      context({ role: "user", content: "x" }),
    ],
    told: [],
  },
  "the user's voice, if wanted": {
    params: { vadUserSpeakingEnabled: true },
    frames: [new VADUserStartedSpeakingFrame(), new VADUserStoppedSpeakingFrame()],
    told: ["vad-user-started-speaking", "vad-user-stopped-speaking"],
  },
  "function calls, by default without anything about them": {
    frames: calls(),
    told: [
      [STARTED, {}],
      [STARTED, {}],
      [RUNNING, { tool_call_id: "t1" }],
      [STOPPED, { tool_call_id: "t1", cancelled: false }],
      [STOPPED, { tool_call_id: "t2", cancelled: true }],
    ],
  },
  "function calls with their names": {
    params: { functionCallReportLevel: { "*": "name" } },
    frames: calls(),
    told: [
      [STARTED, { function_name: "get_weather" }],
      [STARTED, { function_name: "other" }],
      [RUNNING, { tool_call_id: "t1", function_name: "get_weather" }],
      [STOPPED, { tool_call_id: "t1", cancelled: false, function_name: "get_weather" }],
      [STOPPED, { tool_call_id: "t2", cancelled: true, function_name: "other" }],
    ],
  },
  "function calls, one in full and the others not": {
    params: { functionCallReportLevel: { "*": "disabled", "get_weather": "full" } },
    frames: calls(),
    told: [
      [STARTED, { function_name: "get_weather" }],
      [RUNNING, {
        tool_call_id: "t1",
        function_name: "get_weather",
        arguments: { city: "Paris" },
      }],
      [STOPPED, {
        tool_call_id: "t1",
        cancelled: false,
        function_name: "get_weather",
        result: { temp: 20 },
      }],
    ],
  },
  "a call in full that gave nothing": {
    params: { functionCallReportLevel: { "*": "full" } },
    frames: [new FunctionCallResultFrame({ ...CALL, result: null })],
    told: [[STOPPED, { tool_call_id: "t1", cancelled: false, function_name: "get_weather" }]],
  },
};

for (const [name, { params = {}, frames, told }] of Object.entries(CASES)) {
  Deno.test(`RTVIObserver tells ${name}`, async () => {
    await using session = new Session({ observerParams: params });
    for (const frame of frames) session.probe.push(frame);
    assertEquals(await session.told(), told);
  });
}

/** A tone of a tenth of a second, half as loud as can be: about -9 LUFS. */
const TONE = Int16Array.from(
  { length: 1600 },
  (_, i) => 16_384 * Math.sin(2 * Math.PI * 1_000 * i / 16_000),
);

function levelOf(told: readonly unknown[], type: string): number {
  assertEquals(told.length, 1);
  const [[told_type, data]] = told as [[string, { value: number }]];
  assertEquals(told_type, type);
  return data.value;
}

Deno.test("RTVIObserver tells how loud the user is, if wanted, once in a period", async () => {
  await using session = new Session({
    observerParams: { userAudioLevelEnabled: true, audioLevelPeriodSecs: 0.1 },
  });
  const format = { sampleRate: 16_000 };
  session.input.push(new InputAudioRawFrame(new Int16Array(800), format));
  assertEquals(await session.told(), []);
  session.input.push(new InputAudioRawFrame(new Int16Array(800), format));
  assertEquals(levelOf(await session.told(), "user-audio-level"), 0);
  session.input.push(new InputAudioRawFrame(TONE, format));
  const level = levelOf(await session.told(), "user-audio-level");
  assert(level > 0.95 && level <= 1, `${level}`);
  const stereo = Int16Array.from({ length: 3200 }, (_, i) => TONE[i >> 1] ?? 0);
  session.input.push(new UserAudioRawFrame(stereo, { ...format, numChannels: 2 }));
  assertEquals(levelOf(await session.told(), "user-audio-level"), level);
});

Deno.test("RTVIObserver tells how loud the bot is, if wanted, as it is heard", async () => {
  await using session = new Session({
    observerParams: { botAudioLevelEnabled: true, audioLevelPeriodSecs: 0.1 },
    parts: [new Silent()],
  });
  const frame = () => new OutputAudioRawFrame(TONE, { sampleRate: 16_000 });
  session.probe.push(frame());
  assertEquals(await session.told(), []);
  session.output.push(frame());
  assert(levelOf(await session.told(), "bot-audio-level") > 0.95);
});

/** Takes audio as an output does that has not played it yet. */
class Silent extends Place {
  constructor() {
    super();
    this.handle(OutputAudioRawFrame, () => {});
  }
}
