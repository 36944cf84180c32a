/** A context that is summarized while a conversation goes on. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  defineTool,
  LLMContext,
  type LLMContextOptions,
  LLMMessagesAppendFrame,
} from "../context/mod.ts";
import { InterruptionFrame, LLMSummarizeContextFrame } from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import type { LLMRequest } from "../services/llm/mod.ts";
import { type ScriptedAnswer, ScriptedLLMService, VirtualClock } from "../testing/mod.ts";
import {
  LLMAssistantAggregator,
  type LLMAssistantAggregatorParams,
  LLMContextAggregatorPair,
} from "./mod.ts";
import { lineOf } from "./_script_player_test.ts";

const isSummary = ({ settings }: LLMRequest) =>
  settings.systemInstruction?.includes("condense") === true;

interface TalkOptions extends LLMAssistantAggregatorParams {
  readonly context?: LLMContextOptions;
  readonly answers?: (request: LLMRequest) => string | ScriptedAnswer;
  readonly summary?: ScriptedAnswer;
}

/** A typed conversation: what is said is answered "Answer n", a summary takes half a second. */
class Talk implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly context: LLMContext;
  readonly llm: ScriptedLLMService;
  readonly assistant: LLMAssistantAggregator;
  readonly applied: string[] = [];
  readonly logged: string[] = [];
  readonly task: PipelineTask;
  readonly #running: Promise<void>;
  #asked = 0;

  constructor({ context = {}, answers, summary, ...assistantParams }: TalkOptions = {}) {
    this.context = new LLMContext([{ role: "system", content: "Be brief." }], context);
    const say = answers ?? (() => `Answer ${++this.#asked}`);
    const summed = summary ?? { text: "All that.", firstTokenMs: 500 };
    this.llm = new ScriptedLLMService({
      answers: (request) => isSummary(request) ? summed : say(request),
    });
    const [user, assistant] = new LLMContextAggregatorPair(this.context, { assistantParams });
    this.assistant = assistant;
    assistant.on("summaryApplied", (summarizer, event) => {
      const counts = [event.originalMessageCount, event.newMessageCount];
      this.applied.push([...counts, summarizer === assistant.summarizer].join(" "));
    });
    const log = (message: string) => void this.logged.push(message);
    this.task = new PipelineTask(new Pipeline([user, this.llm, assistant]), {
      clock: this.clock,
      log: { debug() {}, info() {}, warn: log, error: log },
    });
    this.#running = this.task.run();
  }

  get lines(): string[] {
    return this.context.messages.map(lineOf);
  }

  get summaries(): number {
    return this.llm.requests.filter(isSummary).length;
  }

  async types(content: string, afterMs = 0): Promise<void> {
    const messages = [{ role: "user", content }] as const;
    void this.task.queueFrame(new LLMMessagesAppendFrame(messages, { runLlm: true }));
    await this.clock.advance(afterMs);
    await this.clock.settle();
  }

  async summarizes(config?: ConstructorParameters<typeof LLMSummarizeContextFrame>[0]) {
    void this.task.queueFrame(new LLMSummarizeContextFrame(config));
    await this.clock.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.task.cancel();
    await this.#running;
    assertEquals(this.clock.timers, 0, "a timer is left");
  }
}

const AUTO = {
  enableAutoContextSummarization: true,
  autoContextSummarizationConfig: {
    maxUnsummarizedMessages: 6,
    summaryConfig: { minMessagesAfterSummary: 2 },
  },
};

Deno.test("A conversation that becomes long is summarized while the bot answers", async () => {
  await using talk = new Talk(AUTO);
  await talk.types("One");
  await talk.types("Two");
  assertEquals(talk.summaries, 0);
  await talk.types("Three");
  assertEquals(talk.summaries, 1);
  await talk.types("Four");
  assertEquals(talk.applied, []);
  await talk.clock.advance(500);
  assertEquals(talk.lines, [
    "system: Be brief.",
    "developer: Conversation summary: All that.",
    "assistant: Answer 2",
    "user: Three",
    "assistant: Answer 3",
    "user: Four",
    "assistant: Answer 4",
  ]);
  assertEquals(talk.applied, ["9 7 true"]);
  await talk.types("Five");
  const last = talk.llm.requests.at(-1)?.context.messages ?? [];
  assertEquals(last.length, 8);
  assertEquals(talk.logged, []);
});

Deno.test("A conversation is not summarized of its own accord unless that is wanted", async () => {
  const { autoContextSummarizationConfig } = AUTO;
  await using talk = new Talk({ autoContextSummarizationConfig });
  for (const n of ["One", "Two", "Three", "Four"]) await talk.types(n);
  assertEquals(talk.summaries, 0);
  await talk.summarizes();
  await talk.clock.advance(500);
  assertEquals(talk.applied, ["9 4 true"]);
});

Deno.test("A summary that is asked for is written as was asked, and only once at a time", async () => {
  await using talk = new Talk();
  for (const n of ["One", "Two", "Three"]) await talk.types(n);
  await talk.summarizes({
    minMessagesAfterSummary: 1,
    targetContextTokens: 33,
    summaryMessageTemplate: "<past>{summary}</past>",
  });
  await talk.summarizes();
  assertEquals(talk.summaries, 1);
  assertEquals(talk.llm.requests.find(isSummary)?.settings.maxTokens, 33);
  await talk.clock.advance(500);
  assertEquals(talk.lines, [
    "system: Be brief.",
    "developer: <past>All that.</past>",
    "assistant: Answer 3",
  ]);
});

Deno.test("An interruption takes no summary away", async () => {
  await using talk = new Talk();
  for (const n of ["One", "Two", "Three"]) await talk.types(n);
  await talk.summarizes();
  void talk.task.queueFrame(new InterruptionFrame());
  await talk.clock.advance(500);
  assertEquals(talk.applied, ["7 6 true"]);
});

Deno.test("A request for a summary that waits behind an answer outlives its interruption", async () => {
  await using talk = new Talk({
    ...AUTO,
    answers: () => ({ text: "One two three", tokenMs: 400 }),
  });
  for (const n of ["One", "Two"]) await talk.types(n, 1_000);
  await talk.types("Three");
  assertEquals(talk.summaries, 0);
  void talk.task.queueFrame(new InterruptionFrame());
  await talk.clock.advance(500);
  assertEquals(talk.applied, ["7 5 true"]);
});

Deno.test("A summary that waited for a call is written when that ends, also if nobody is told", async () => {
  const note = defineTool({
    name: "note",
    description: "",
    runLlm: false,
    handler: ({ clock }) => clock.sleep(3_000),
  });
  let asked = 0;
  await using talk = new Talk({
    context: { tools: [note] },
    answers: () => ++asked === 3 ? { calls: [{ name: "note" }] } : `Answer ${asked}`,
  });
  for (const n of ["One", "Two", "Note it"]) await talk.types(n);
  await talk.summarizes();
  await talk.clock.advance(2_999);
  assertEquals(talk.summaries, 0);
  await talk.clock.advance(501);
  assertEquals([asked, talk.applied.length], [3, 1]);
});

Deno.test("A summary waits for a call that is open, and never parts it from its result", async () => {
  const look = defineTool({
    name: "look",
    description: "",
    handler: ({ clock }) => clock.sleep(3_000).then(() => "found"),
  });
  let asked = 0;
  await using talk = new Talk({
    context: { tools: [look] },
    answers: () => ++asked === 3 ? { calls: [{ name: "look" }] } : `Answer ${asked}`,
  });
  for (const n of ["One", "Two", "Find it"]) await talk.types(n);
  await talk.summarizes({ minMessagesAfterSummary: 0 });
  await talk.types("Meanwhile");
  await talk.clock.advance(2_000);
  assertEquals(talk.summaries, 0);
  await talk.clock.advance(1_000);
  assertEquals(talk.summaries, 1);
  assertStringIncludes(
    talk.llm.requests.find(isSummary)?.context.messages.map(lineOf).join() ?? "",
    "Assistant makes call call_1: look({})",
  );
  await talk.clock.advance(1_000);
  assertEquals(talk.lines, [
    "system: Be brief.",
    "developer: Conversation summary: All that.",
    "assistant: Answer 5",
  ]);
});

Deno.test("A call that is told of later keeps what belongs to it together", async () => {
  const look = defineTool({
    name: "look",
    description: "",
    handler: ({ clock }) => clock.sleep(1_000).then(() => "found"),
  });
  let asked = 0;
  await using talk = new Talk({
    context: { tools: [look] },
    answers: () => ++asked === 2 ? { calls: [{ name: "look" }] } : `Answer ${asked}`,
  });
  for (const n of ["One", "Find it", "Meanwhile"]) await talk.types(n);
  await talk.clock.advance(1_000);
  await talk.summarizes({ minMessagesAfterSummary: 3 });
  await talk.clock.advance(500);
  assertEquals(talk.lines, [
    "system: Be brief.",
    "developer: Conversation summary: All that.",
    "call call_1: look({})",
    "tool call_1: async call_1 running",
    "user: Meanwhile",
    "assistant: Answer 3",
    'developer: async call_1 finished "found"',
    "assistant: Answer 4",
  ]);
});

Deno.test("A model that cannot summarize is a warning, and the conversation goes on", async () => {
  await using talk = new Talk({ ...AUTO, summary: { error: new Error("overloaded") } });
  for (const n of ["One", "Two", "Three"]) await talk.types(n);
  assertEquals(talk.logged, ["A context was not summarized: overloaded"]);
  await talk.types("Four");
  assertEquals([talk.summaries, talk.lines.length, talk.applied], [2, 9, []]);
});

Deno.test("A session that ends leaves no summary under way", async () => {
  const talk = new Talk({ summary: { stalls: true } });
  for (const n of ["One", "Two", "Three"]) await talk.types(n);
  await talk.summarizes();
  assertEquals(talk.summaries, 1);
  await talk[Symbol.asyncDispose]();
  assertEquals(talk.assistant.summarizer.inProgress, false);
});

Deno.test("An aggregator refuses a summary that could never be written", () => {
  const autoContextSummarizationConfig = { maxContextTokens: null, maxUnsummarizedMessages: null };
  assertThrows(
    () => new LLMAssistantAggregator(new LLMContext(), { autoContextSummarizationConfig }),
    TypeError,
    "it has no limit",
  );
});
