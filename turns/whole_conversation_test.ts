/** Both halves among the engines of a bot: a model, a voice and a paced output, on a virtual clock. */
import { assert, assertEquals } from "@std/assert";
import { defineTool, LLMContext, type LLMContextOptions } from "../context/mod.ts";
import {
  HeardTextFrame,
  InterruptionFrame,
  LLMRunFrame,
  TranscriptionFrame,
  TTSSpeakFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import {
  type ScriptedAnswer,
  ScriptedLLMService,
  ScriptedTTSService,
  VirtualClock,
} from "../testing/mod.ts";
import { BaseOutputTransport } from "../transports/base/mod.ts";
import { LLMContextAggregatorPair } from "./mod.ts";
import { lineOf } from "./_script_player_test.ts";

class Speaker extends BaseOutputTransport {
  protected override writeAudio(): void {}
}

/** Keeps what was heard, and what the context held when an interruption came by. */
class Listener extends FrameProcessor {
  heard = "";
  atInterruption: string[] | undefined;
  readonly #context: LLMContext;

  constructor(context: LLMContext) {
    super();
    this.#context = context;
    this.handle(HeardTextFrame, ({ text }) => {
      this.heard += text;
    });
    this.onInterruption((frame) => {
      if (frame instanceof InterruptionFrame) {
        this.atInterruption = this.#context.messages.map(lineOf);
      }
    });
  }
}

class Talk implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly context: LLMContext;
  readonly llm: ScriptedLLMService;
  readonly listener: Listener;
  readonly pair: LLMContextAggregatorPair;
  readonly task: PipelineTask;
  readonly logged: string[] = [];
  readonly #running: Promise<void>;

  constructor(answers: readonly (string | ScriptedAnswer)[], options: LLMContextOptions = {}) {
    this.context = new LLMContext([], options);
    this.llm = new ScriptedLLMService({ answers });
    this.listener = new Listener(this.context);
    this.pair = new LLMContextAggregatorPair(this.context);
    const [user, assistant] = this.pair;
    const tts = new ScriptedTTSService({ voice: { words: true } });
    const output = new Speaker({ audioOutEnabled: true, audioOutEndSilenceSecs: 0 });
    const log = (message: string) => void this.logged.push(message);
    this.task = new PipelineTask(
      new Pipeline([user, this.llm, tts, output, assistant, this.listener]),
      { clock: this.clock, log: { debug() {}, info() {}, warn: log, error: log } },
    );
    this.#running = this.task.run();
  }

  get lines(): string[] {
    return this.context.messages.map(lineOf);
  }

  /** The user says something, from now on for a second. */
  async says(text: string): Promise<void> {
    void this.task.queueFrame(new VADUserStartedSpeakingFrame());
    await this.clock.advance(1000);
    void this.task.queueFrame(new TranscriptionFrame(text));
    void this.task.queueFrame(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.task.cancel();
    await this.#running;
    assertEquals(this.clock.timers, 0, "a timer is left");
  }
}

Deno.test("A conversation is written down as it was heard", async () => {
  await using talk = new Talk(["It is noon. Anything else?", "Good bye."]);
  const said: string[] = [];
  talk.pair.user().on("userTurnStopped", (_strategy, { content }) => void said.push(content));
  talk.pair.assistant().on("assistantTurnStopped", ({ content }) => void said.push(content));
  await talk.says("What time is it?");
  await talk.clock.advance(5000);
  await talk.says("No.");
  await talk.clock.advance(5000);
  assertEquals(talk.lines, [
    "user: What time is it?",
    "assistant: It is noon. Anything else?",
    "user: No.",
    "assistant: Good bye.",
  ]);
  assertEquals(said, ["What time is it?", "It is noon. Anything else?", "No.", "Good bye."]);
  assertEquals(talk.logged, []);
});

const STORY = "You owe $12.50 at 3:45 p.m. **Now** listen:\n- one fox 🦊\n- two bears. The end!";

Deno.test("Interrupted at any moment, the context holds what was heard, and no more", async () => {
  const seen = new Set<string>();
  for (let moment = 0; moment <= 50; moment++) {
    await using talk = new Talk([STORY, "Fine."]);
    await talk.says("Tell me a story.");
    await talk.clock.advance(600 + moment * 120);
    void talk.task.queueFrame(new VADUserStartedSpeakingFrame());
    const { heard, atInterruption } = talk.listener;
    const said = heard.trim();
    assert(STORY.startsWith(said), `"${said}" is no beginning of the story`);
    const expected = ["user: Tell me a story.", ...said === "" ? [] : [`assistant: ${said}`]];
    assertEquals(atInterruption, expected, `when it was announced, at ${moment}`);
    assertEquals(talk.lines, expected, `after it was handled, at ${moment}`);
    seen.add(said);
    void talk.task.queueFrame(new TranscriptionFrame("Stop."));
    void talk.task.queueFrame(new VADUserStoppedSpeakingFrame());
    await talk.clock.advance(5000);
    assertEquals(talk.lines, [...expected, "user: Stop.", "assistant: Fine."]);
  }
  assert(seen.has("") && seen.has(STORY), "neither the first nor the last moment was tried");
  assert(seen.size > 12, `only ${seen.size} different beginnings were heard`);
});

Deno.test("The model is told of a result when it has said what it said before the call", async () => {
  const look = defineTool({ name: "look", description: "", handler: () => ({ sky: "clear" }) });
  await using talk = new Talk([
    { text: "Let me look.", calls: [{ name: "look" }, { name: "look" }] },
    "The sky is clear.",
  ], { tools: [look] });
  await talk.says("How is the weather?");
  await talk.clock.advance(10_000);
  assertEquals(talk.lines, [
    "user: How is the weather?",
    "assistant: Let me look.",
    "call call_1: look({})",
    'tool call_1: {"sky":"clear"}',
    "call call_2: look({})",
    'tool call_2: {"sky":"clear"}',
    "assistant: The sky is clear.",
  ]);
  assertEquals(talk.llm.requests.length, 2);
  assertEquals(talk.llm.requests[1]?.context.messages.length, 6);
});

Deno.test("A call goes on while the user interrupts, and its result is not lost", async () => {
  const look = defineTool({
    name: "look",
    description: "",
    handler: ({ clock }) => clock.sleep(6000).then(() => "found"),
  });
  await using talk = new Talk([
    { text: "Let me look, it takes a while.", calls: [{ name: "look" }] },
    "Knock knock.",
    "I found it.",
  ], { tools: [look] });
  await talk.says("Find my keys.");
  await talk.clock.advance(1200);
  await talk.says("Tell me a joke meanwhile.");
  await talk.clock.advance(12_000);
  const [, begun, ...rest] = talk.lines;
  assert(begun && "assistant: Let me look, it takes a while.".startsWith(begun), begun);
  assertEquals(rest, [
    "call call_1: look({})",
    "tool call_1: async call_1 running",
    "user: Tell me a joke meanwhile.",
    "assistant: Knock knock.",
    'developer: async call_1 finished "found"',
    "assistant: I found it.",
  ]);
});

Deno.test("A call that an interruption cancels is told to be cancelled, and asked for no more", async () => {
  const look = defineTool({
    name: "look",
    description: "",
    cancelOnInterruption: true,
    handler: ({ clock, signal }) => clock.sleep(60_000, { signal }),
  });
  await using talk = new Talk([{ calls: [{ name: "look" }] }, "As you like."], { tools: [look] });
  await talk.says("Find my keys.");
  await talk.clock.advance(2000);
  await talk.says("Never mind.");
  await talk.clock.advance(5000);
  assertEquals(talk.lines.slice(1), [
    "call call_1: look({})",
    "tool call_1: CANCELLED",
    "user: Never mind.",
    "assistant: As you like.",
  ]);
});

Deno.test("What the bot says of its own accord is remembered as far as it was heard", async () => {
  await using talk = new Talk(["Hello yourself."]);
  void talk.task.queueFrame(new TTSSpeakFrame("Welcome to the line, how are you?"));
  void talk.task.queueFrame(new TTSSpeakFrame("Beep.", { appendToContext: false }));
  await talk.clock.advance(1000);
  await talk.says("Hello?");
  await talk.clock.advance(5000);
  const [greeting, ...rest] = talk.lines;
  assertEquals(greeting, "assistant: Welcome to the");
  assertEquals(rest, ["user: Hello?", "assistant: Hello yourself."]);
});

Deno.test("A model that fails leaves the conversation able to go on", async () => {
  await using talk = new Talk([{ error: new Error("overloaded") }, "Here I am."]);
  await talk.says("Are you there?");
  await talk.clock.advance(2000);
  void talk.task.queueFrame(new LLMRunFrame());
  await talk.clock.advance(2000);
  assertEquals(talk.lines, ["user: Are you there?", "assistant: Here I am."]);
  assertEquals(talk.logged.length, 1);
});
