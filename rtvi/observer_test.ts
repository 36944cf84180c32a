import { assertEquals } from "@std/assert";
import { LLMContext, LLMContextFrame, type LLMContextMessage } from "../context/mod.ts";
import {
  AggregatedTextFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  ErrorFrame,
  type Frame,
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
  OutputTransportMessageUrgentFrame,
  TranscriptionFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  UserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import {
  RTVIClientMessageFrame,
  type RTVIObserverParams,
  RTVIProcessor,
  RTVIServerMessageFrame,
  RTVIServerResponseFrame,
} from "./mod.ts";
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

function context(...messages: LLMContextMessage[]): LLMContextFrame {
  return new LLMContextFrame(new LLMContext(messages));
}

const STARTED = "llm-function-call-started";

function response(...texts: string[]): Frame[] {
  return [
    new LLMFullResponseStartFrame(),
    ...texts.map((text) => new LLMTextFrame(text)),
    new LLMFullResponseEndFrame(),
  ];
}

const CASES: Record<string, Case> = {
  "what the model is asked, if a user asks": {
    frames: [
      context({ role: "assistant", content: "last is assistant" }),
      context({
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } },
          { type: "text", text: "b" },
        ],
      }),
      context({ role: "developer", content: "dev" }),
      context(),
      context({ role: "user", content: "x" }, { role: "tool", content: "r", tool_call_id: "t" }),
      context({ llm: "openai", message: { role: "user", content: "x" } }),
      context({
        role: "user",
        content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
      }),
    ],
    told: [["user-llm-text", { text: "a b" }]],
  },
  "what the model writes": {
    params: { botOutputEnabled: false },
    frames: response("Hi", " there", ".", " 3", ".", "5", " ok"),
    told: [
      "bot-llm-started",
      ...["Hi", " there", ".", " 3"].map((text) => ["bot-llm-text", { text }]),
      ["bot-transcription", { text: "Hi there." }],
      ...[".", "5", " ok"].map((text) => ["bot-llm-text", { text }]),
      ["bot-transcription", { text: "3.5 ok" }],
      "bot-llm-stopped",
    ],
  },
  "nothing of what the model writes where that is not wanted": {
    params: { botLlmEnabled: false, botOutputEnabled: false },
    frames: [...response("Hi."), new LLMFullResponseStartFrame(), new InterruptionFrame()],
    told: ["bot-interrupted"],
  },
  "measurements": {
    frames: [
      new MetricsFrame([
        { type: "ttfb", processor: "a", value: 0 },
        { type: "ttfb", processor: "llm#0", model: "m", value: 0.12 },
        { type: "processing", processor: "a", value: 0.5 },
        {
          type: "llm_usage",
          processor: "llm#0",
          model: "m",
          value: {
            promptTokens: 10,
            completionTokens: 5,
            totalTokens: 15,
            cacheReadInputTokens: 3,
          },
        },
        { type: "tts_usage", processor: "tts", value: 42 },
        { type: "stt_usage", processor: "stt", value: 1.5 },
        { type: "ttfa", processor: "tts", ttfa: 0.3, ttfb: 0.2, leadingSilence: 0.1 },
        { type: "ttfat", processor: "llm#0", ttfat: 0.5, ttfb: 0.2, thinkingTime: 0.3 },
        { type: "text_aggregation", processor: "tts", value: 0.1 },
        {
          type: "turn",
          processor: "turn",
          isComplete: true,
          probability: 0.9,
          e2eProcessingTimeMs: 12,
        },
      ]),
      new MetricsFrame([]),
    ],
    told: [
      ["metrics", {
        ttfb: [{ processor: "a", value: 0 }, { processor: "llm#0", model: "m", value: 0.12 }],
        processing: [{ processor: "a", value: 0.5 }],
        tokens: [{
          prompt_tokens: 10,
          completion_tokens: 5,
          total_tokens: 15,
          cache_read_input_tokens: 3,
        }],
        characters: [{ processor: "tts", value: 42 }],
        stt_usage: [{ processor: "stt", value: { audio_seconds: 1.5 } }],
        ttfa: [{ processor: "tts", ttfa: 0.3, ttfb: 0.2, leading_silence: 0.1 }],
        ttfat: [{ processor: "llm#0", ttfat: 0.5, ttfb: 0.2, thinking_time: 0.3 }],
      }],
      ["metrics", {}],
    ],
  },
  "no measurements where they are not wanted": {
    params: { metricsEnabled: false },
    frames: [new MetricsFrame([])],
    told: [],
  },
  "what a processor has for the client": {
    frames: [
      new RTVIServerMessageFrame({ hello: "world", n: 1 }),
      new RTVIServerMessageFrame("text"),
      new RTVIServerMessageFrame(null),
      new RTVIServerResponseFrame(new RTVIClientMessageFrame("q", { msgId: "m7" }), {
        data: { ok: true },
      }),
      new RTVIServerResponseFrame(new RTVIClientMessageFrame("q", { msgId: "m7" })),
      new RTVIServerResponseFrame(new RTVIClientMessageFrame("q", { msgId: "m7" }), {
        error: "No",
      }),
    ],
    told: [
      ["server-message", { hello: "world", n: 1 }],
      ["server-message", "text"],
      "server-message",
      ["server-response", { t: "q", d: { ok: true } }],
      ["server-response", { t: "q" }],
      ["error-response", { error: "No" }],
    ],
  },
  "synthesized speech": {
    frames: [new TTSStartedFrame(), new TTSStoppedFrame()],
    told: ["bot-tts-started", "bot-tts-stopped"],
  },
  "who speaks": {
    frames: [new BotStartedSpeakingFrame(), new BotStoppedSpeakingFrame()],
    told: ["bot-started-speaking", "bot-stopped-speaking"],
  },
  "nothing of who speaks where that is not wanted": {
    params: { botSpeakingEnabled: false, botTtsEnabled: false },
    frames: [
      new TTSStartedFrame(),
      new BotStartedSpeakingFrame(),
      new InterruptionFrame(),
      new BotStoppedSpeakingFrame(),
    ],
    told: [],
  },
  "no interruption of silence": {
    frames: [...response(), new InterruptionFrame()],
    told: ["bot-llm-started", "bot-llm-stopped"],
  },
};

for (const [name, { params = {}, frames, told }] of Object.entries(CASES)) {
  Deno.test(`RTVIObserver tells ${name}`, async () => {
    await using session = new Session({ observerParams: params });
    for (const frame of frames) session.probe.push(frame);
    assertEquals(await session.told(), told);
  });
}

Deno.test("RTVIObserver tells of a broadcast once", async () => {
  await using session = new Session();
  session.probe.broadcast(() => new UserStartedSpeakingFrame());
  session.output.broadcast(() => new BotStartedSpeakingFrame());
  session.probe.broadcast(() => new FunctionCallsStartedFrame([CALL]));
  session.probe.broadcast(() => new InterruptionFrame());
  assertEquals(await session.told(), [
    "user-started-speaking",
    "bot-started-speaking",
    [STARTED, {}],
    "bot-interrupted",
  ]);
});

Deno.test("RTVIObserver tells of errors, whichever way they go", async () => {
  await using session = new Session();
  session.probe.push(new ErrorFrame("It broke"), "upstream");
  session.probe.push(new ErrorFrame("So did this"));
  assertEquals(await session.told(), [
    ["error", { error: "It broke", fatal: false }],
    ["error", { error: "So did this", fatal: false }],
  ]);
  session.probe.push(new ErrorFrame("The end", { fatal: true }), "upstream");
  assertEquals(await session.told(), [["error", { error: "The end", fatal: true }]]);
  assertEquals(session.task.hasFinished(), true);
});

Deno.test("RTVIObserver does not tell for ever of errors in telling of errors", async () => {
  class Broken extends FrameProcessor {
    tries = 0;
    constructor() {
      super();
      this.handle(OutputTransportMessageUrgentFrame, () => {
        this.tries++;
        throw new Error("no client");
      });
    }
  }
  const [clock, rtvi, broken] = [new VirtualClock(), new RTVIProcessor(), new Broken()];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  await using task = new PipelineTask(new Pipeline([broken]), { clock, log, rtvi });
  void task.run();
  rtvi.sendServerMessage(1);
  await clock.settle();
  assertEquals(broken.tries, 11);
  await clock.advance(1_000);
  rtvi.sendServerMessage(2);
  await clock.settle();
  assertEquals(broken.tries, 22);
});

Deno.test("RTVIObserver ends what an interruption ends, and nothing twice", async () => {
  await using session = new Session();
  session.probe.push(new LLMFullResponseStartFrame());
  session.probe.push(new LLMTextFrame("Never hea"));
  session.probe.push(new TTSStartedFrame());
  session.probe.push(new InterruptionFrame());
  session.probe.push(new LLMFullResponseEndFrame());
  session.probe.push(new TTSStoppedFrame());
  session.probe.push(new InterruptionFrame());
  assertEquals(await session.told(), [
    "bot-llm-started",
    ["bot-llm-text", { text: "Never hea" }],
    "bot-tts-started",
    "bot-llm-stopped",
    "bot-tts-stopped",
    "bot-interrupted",
  ]);
  for (const frame of response("Next.")) session.probe.push(frame);
  const [, , transcript] = await session.told();
  assertEquals(transcript, ["bot-transcription", { text: "Next." }]);
});

Deno.test("RTVIObserver calls it an interruption until the answer has been heard", async () => {
  /** Keeps the end of an answer, as if there were audio before it that has not been heard. */
  class Queue extends Place {
    constructor() {
      super();
      this.handle(LLMFullResponseEndFrame, (frame) => void (this.kept = frame));
    }
    kept: Frame | undefined;
  }
  const queue = new Queue();
  await using session = new Session({ parts: [queue], observerParams: { botLlmEnabled: false } });
  for (const frame of response()) session.probe.push(frame);
  session.probe.push(new InterruptionFrame());
  assertEquals(await session.told(), ["bot-interrupted"]);
  for (const frame of response()) session.probe.push(frame);
  await session.clock.settle();
  if (queue.kept) queue.push(queue.kept);
  session.probe.push(new InterruptionFrame());
  assertEquals(await session.told(), []);
});

Deno.test("RTVIObserver tells nothing of what an ignored source makes, and all of what it passes on", async () => {
  const judge = new Place();
  await using session = new Session({
    parts: [judge],
    observerParams: { ignoredSources: [judge] },
  });
  session.probe.push(new TranscriptionFrame("x", SAID));
  session.probe.push(new AggregatedTextFrame("code"));
  for (const frame of response("Hi.")) judge.push(frame);
  judge.push(new AggregatedTextFrame("secret"));
  judge.broadcast(() => new UserStartedSpeakingFrame());
  assertEquals((await session.take()).map(({ type }) => type), [
    "user-transcription",
    "bot-output",
  ]);
});
