import { assert, assertEquals } from "@std/assert";
import { defineTool, LLMContext } from "../context/mod.ts";
import {
  InputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { TurnLatencyObserver } from "../observers/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { ProtobufFrameSerializer } from "../serializers/mod.ts";
import {
  type ScriptedAnswer,
  ScriptedLLMService,
  ScriptedTTSService,
  VirtualClock,
} from "../testing/mod.ts";
import { BaseInputTransport, BaseOutputTransport } from "../transports/base/mod.ts";
import { LLMContextAggregatorPair } from "../turns/mod.ts";
import { makeMessage, RTVIProcessor } from "./mod.ts";

const serializer = new ProtobufFrameSerializer();

/** Takes bytes as a socket gives them. */
class WireInput extends BaseInputTransport {
  take(bytes: Uint8Array): void {
    const frame = serializer.deserialize(bytes);
    assert(frame instanceof InputTransportMessageFrame);
    this.receive(frame);
  }
}

/** Keeps the messages that go out, as bytes, with when they went. */
class WireOutput extends BaseOutputTransport {
  readonly sent: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  protected override writeAudio(): void {}

  protected override sendMessage(frame: OutputTransportMessageUrgentFrame): void {
    const bytes = serializer.serialize(frame);
    assert(bytes);
    this.sent.push({ at: this.clock.now(), bytes });
  }
}

/** A bot of the real parts, with a scripted model and voice. */
function open(...answers: ScriptedAnswer[]) {
  const clock = new VirtualClock();
  const rtvi = new RTVIProcessor({
    observerParams: { botLlmEnabled: false, functionCallReportLevel: { "*": "full" } },
  });
  const [input, output] = [new WireInput({}), new WireOutput({ audioOutEnabled: true })];
  const context = new LLMContext([], {
    tools: [
      defineTool({
        name: "locate",
        description: "Where the user is",
        handler: (call) => rtvi.handleFunctionCall(call),
      }),
    ],
  });
  const pair = new LLMContextAggregatorPair(context);
  const llm = new ScriptedLLMService({ answers });
  const tts = new ScriptedTTSService({ voice: { words: true, firstAudioMs: 200 } });
  const pipeline = new Pipeline([input, pair.user(), llm, tts, output, pair.assistant()]);
  const latency = new TurnLatencyObserver();
  const task = new PipelineTask(pipeline, { clock, rtvi, observers: [latency] });
  void task.run();
  return { clock, rtvi, input, output, context, latency, task };
}

function ask(type: string, data: unknown): Uint8Array {
  const bytes = serializer.serialize(
    new OutputTransportMessageUrgentFrame(makeMessage(type, data, { id: "1" })),
  );
  assert(bytes);
  return bytes;
}

/** What a client reads, in short: when, and what happened or has been heard of which segment. */
function told({ sent }: WireOutput): unknown[] {
  return sent.splice(0).flatMap(({ at, bytes }) => {
    const frame = serializer.deserialize(bytes);
    assert(frame instanceof InputTransportMessageFrame);
    const { message } = frame as { message: { type: string; data?: Record<string, unknown> } };
    const { type, data = {} } = message;
    // When a voice has synthesized what it says is its own affair.
    if (/^bot-tts-(started|stopped)$/.test(type)) return [];
    if (type !== "bot-output") return [[at, type, ...("text" in data ? [data["text"]] : [])]];
    const progress = data["spoken_progress"] as Record<string, string> | undefined;
    const heard = progress ? progress["accumulated_text"] : data["text"];
    return [[at, data["segment_id"], data["spoken_status"], heard]];
  });
}

Deno.test("A client types, hears and reads the answer, types again and is answered", async () => {
  const { clock, input, output, context, latency, task } = open(
    { text: "Hello there. How are you?", firstTokenMs: 100, tokenMs: 10 },
    { text: "Bye.", firstTokenMs: 100 },
  );
  await clock.settle();
  input.take(ask("client-ready", { version: "2.1.0" }));
  input.take(ask("send-text", { content: "Hi" }));
  await clock.advance(1_500);
  input.take(ask("send-text", { content: "Stop" }));
  await clock.advance(2_000);
  assertEquals(told(output), [
    [0, "bot-ready"],
    [0, "user-llm-text", "Hi"],
    [320, "bot-started-speaking"],
    [320, 1, "new", ""],
    [620, "bot-tts-text", "Hello"],
    [620, 1, "in-progress", "Hello"],
    [1040, "bot-tts-text", "there."],
    [1040, 1, "completed", "Hello there."],
    [1040, 2, "new", ""],
    [1220, "bot-tts-text", "How"],
    [1220, 2, "in-progress", "How"],
    [1460, "bot-tts-text", "are"],
    [1460, 2, "in-progress", "How are"],
    [1500, "bot-interrupted"],
    [1500, "bot-stopped-speaking"],
    [1500, "user-llm-text", "Stop"],
    [1800, "bot-started-speaking"],
    [1800, 3, "new", ""],
    [2040, "bot-tts-text", "Bye."],
    [2040, 3, "completed", "Bye."],
    [2040, "bot-stopped-speaking"],
  ]);
  assertEquals(context.messages, [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello there. How are" },
    { role: "user", content: "Stop" },
    { role: "assistant", content: "Bye." },
  ]);
  assertEquals(latency.turns.map(({ firstAudioMs, interrupted }) => [firstAudioMs, interrupted]), [
    [320, true],
    [300, false],
  ]);
  await clock.runUntil(task.cancel());
});

Deno.test("A client runs a function that the model calls", async () => {
  const { clock, input, output, latency, task } = open(
    { calls: [{ name: "locate", arguments: { precise: true } }] },
    { text: "In Oslo." },
  );
  await clock.settle();
  input.take(ask("send-text", { content: "Where am I?" }));
  await clock.advance(400);
  input.take(ask("llm-function-call-result", { tool_call_id: "call_1", result: { city: "Oslo" } }));
  await clock.advance(400);
  assertEquals(told(output), [
    [0, "user-llm-text", "Where am I?"],
    [0, "llm-function-call-started"],
    [0, "llm-function-call-in-progress"],
    [400, "llm-function-call-stopped"],
    [600, "bot-started-speaking"],
    [600, 1, "new", ""],
    [720, "bot-tts-text", "In"],
    [720, 1, "in-progress", "In"],
  ]);
  assertEquals(latency.turns.map(({ toolMs, firstTokenMs }) => [toolMs, firstTokenMs]), [
    [400, 400],
  ]);
  await clock.runUntil(task.cancel());
});

Deno.test("A client types for an answer that is not spoken, and reads it", async () => {
  const { clock, input, output, context, latency, task } = open(
    { text: "Hello there. How are you?" },
    { text: "Bye." },
  );
  await clock.settle();
  input.take(ask("send-text", { content: "Hi", options: { audio_response: false } }));
  await clock.advance(1_000);
  input.take(ask("send-text", { content: "Stop" }));
  await clock.advance(1_000);
  assertEquals(told(output), [
    [0, "user-llm-text", "Hi"],
    [0, 1, undefined, "Hello there."],
    [0, 2, undefined, "How are you?"],
    [1000, "user-llm-text", "Stop"],
    [1200, "bot-started-speaking"],
    [1200, 3, "new", ""],
    [1440, "bot-tts-text", "Bye."],
    [1440, 3, "completed", "Bye."],
    [1440, "bot-stopped-speaking"],
  ]);
  assertEquals(context.messages.at(1), { role: "assistant", content: "Hello there. How are you?" });
  assertEquals(
    latency.turns.map(({ firstTokenMs, firstAudioMs }) => [firstTokenMs, firstAudioMs]),
    [
      [0, undefined],
      [0, 200],
    ],
  );
  await clock.runUntil(task.cancel());
});

Deno.test("A client follows a spoken question and its answer", async () => {
  const { clock, output, latency, task } = open({ text: "It is noon.", firstTokenMs: 100 });
  await clock.settle();
  task.queueFrame(new VADUserStartedSpeakingFrame());
  await clock.advance(1_000);
  task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.advance(100);
  task.queueFrame(new TranscriptionFrame("What time is it?"));
  await clock.advance(2_000);
  assertEquals(told(output), [
    [0, "user-started-speaking"],
    [1100, "user-transcription", "What time is it?"],
    [1600, "user-stopped-speaking"],
    [1600, "user-llm-text", "What time is it?"],
    [1900, "bot-started-speaking"],
    [1900, 1, "new", ""],
    [2020, "bot-tts-text", "It"],
    [2020, 1, "in-progress", "It"],
    [2200, "bot-tts-text", "is"],
    [2200, 1, "in-progress", "It is"],
    [2560, "bot-tts-text", "noon."],
    [2560, 1, "completed", "It is noon."],
    [2560, "bot-stopped-speaking"],
  ]);
  const { turn: _turn, ...times } = latency.turns[0] ?? {};
  assertEquals(times, {
    source: "speech",
    userText: "What time is it?",
    startedAt: 800,
    vadStopMs: 200,
    transcriptMs: 300,
    turnEndMs: 800,
    firstTokenMs: 900,
    firstSentenceMs: 900,
    firstSpeechMs: 1100,
    firstAudioMs: 1100,
    toolMs: undefined,
    interrupted: false,
  });
  await clock.runUntil(task.cancel());
});
