import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Logger } from "../async/mod.ts";
import { LLMContextSummaryResultFrame } from "../frames/mod.ts";
import { SeededRandom, VirtualClock } from "../testing/mod.ts";
import {
  type InferenceOptions,
  isLLMSpecificMessage,
  LLMContext,
  type LLMContextMessage,
  LLMContextSummarizer,
  type LLMContextSummarizerOptions,
  type LLMContextSummaryRequestFrame,
  type SummaryAppliedEvent,
  textOf,
  writeSummary,
} from "./mod.ts";
import { summaryRange } from "./_summary_range.ts";
import { estimateTokens, transcriptOf } from "./_summary_text.ts";

const system: LLMContextMessage = { role: "system", content: "Be brief." };
const user = (content: string): LLMContextMessage => ({ role: "user", content });
const bot = (content: string): LLMContextMessage => ({ role: "assistant", content });
const call = (...ids: string[]): LLMContextMessage => ({
  role: "assistant",
  tool_calls: ids.map((id) => ({
    id,
    type: "function",
    function: { name: "look", arguments: "{}" },
  })),
});
const result = (tool_call_id: string, content = '"seen"'): LLMContextMessage => ({
  role: "tool",
  tool_call_id,
  content,
});
const news = (tool_call_id: string, status: string) =>
  JSON.stringify({ type: "async_tool", status, tool_call_id });

/** Pairs of a question and an answer. */
function talk(pairs: number): LLMContextMessage[] {
  return Array.from({ length: pairs }, (_, i) => [user(`Question ${i}`), bot(`Answer ${i}`)])
    .flat();
}

const RANGES: [name: string, messages: LLMContextMessage[], keep: number, range: number[]][] = [
  ["all but the newest", talk(3), 2, [0, 4]],
  ["nothing where all stays", talk(1), 4, [0, 0]],
  ["nothing of an empty conversation", [], 0, [0, 0]],
  ["not the system messages", [system, system, ...talk(2)], 1, [2, 5]],
  ["nothing of a conversation that has only begun", [system], 0, [1, 1]],
  ["a call with its result", [user("a"), call("1"), result("1"), user("b")], 1, [0, 3]],
  ["no call whose result stays", [user("a"), call("1"), result("1"), user("b")], 2, [0, 1]],
  [
    "none of several calls when one of their results stays",
    [user("a"), call("1", "2"), result("1"), result("2"), user("b")],
    2,
    [0, 1],
  ],
  [
    "no call that is still open, nor what follows it",
    [user("a"), bot("b"), call("1"), result("1", "IN_PROGRESS"), ...talk(4)],
    2,
    [0, 2],
  ],
  [
    "no call that goes on beside the conversation",
    [user("a"), call("1"), result("1", news("1", "running")), ...talk(2)],
    0,
    [0, 1],
  ],
  [
    "no call whose result came later and stays",
    [
      user("a"),
      call("1"),
      result("1", news("1", "running")),
      user("b"),
      { role: "developer", content: news("1", "finished") },
    ],
    1,
    [0, 1],
  ],
  [
    "a call whose result came later",
    [
      call("1"),
      result("1", news("1", "running")),
      user("b"),
      { role: "developer", content: news("1", "finished") },
      user("c"),
    ],
    1,
    [0, 4],
  ],
  [
    "a call whose id is used again for one that is open",
    [call("1"), result("1"), user("a"), call("1"), result("1", "IN_PROGRESS")],
    0,
    [0, 3],
  ],
  [
    "no earlier call that is torn when a later one is left out",
    [call("1"), call("2"), result("1"), user("a"), result("2", "IN_PROGRESS")],
    0,
    [0, 0],
  ],
  [
    "no thought whose answer stays",
    [user("a"), bot("b"), { llm: "anthropic", message: { type: "thought" } }, bot("c")],
    1,
    [0, 2],
  ],
  [
    "a text that only looks like news of a call",
    [
      { role: "developer", content: '{"type":"async_tool", broken' },
      user("a"),
    ],
    0,
    [0, 2],
  ],
];

for (const [name, messages, keep, range] of RANGES) {
  Deno.test(`A summary stands for ${name}`, () => {
    const { start, end } = summaryRange(messages, keep);
    assertEquals([start, end], range);
  });
}

Deno.test("Whatever a conversation looks like, no call is parted from its result", () => {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
  const random = new SeededRandom(seed);
  const pick = (n: number) => Math.floor(random.next() * n);
  for (let round = 0; round < 500; round++) {
    const open: string[] = [];
    const messages: LLMContextMessage[] = [];
    for (let i = 0; i < 24; i++) {
      const kind = pick(4);
      if (kind === 0) messages.push(user(`${i}`));
      else if (kind === 1) {
        open.push(`${i}`);
        messages.push(call(`${i}`));
      } else if (open.length > 0) messages.push(result(open.splice(pick(open.length), 1)[0] ?? ""));
      else messages.push(bot(`${i}`));
    }
    const { start, end } = summaryRange(messages, pick(8));
    const ids = (list: LLMContextMessage[]) =>
      list.flatMap((m) => "role" in m && m.role === "assistant" ? m.tool_calls ?? [] : [])
        .map(({ id }) => id);
    const answers = (list: LLMContextMessage[]) =>
      list.flatMap((m) => "role" in m && m.role === "tool" ? [m.tool_call_id] : []);
    const [inside, outside] = [messages.slice(start, end), messages.slice(end)];
    assertEquals(ids(inside).toSorted(), answers(inside).toSorted(), `seed ${seed}`);
    for (const id of answers(outside)) assert(ids(outside).includes(id), `seed ${seed}`);
  }
});

Deno.test("A conversation is written down so that a model can summarize it", () => {
  const text = transcriptOf([
    { role: "developer", content: "Conversation summary: The user is Ada." },
    user("What do you see?"),
    bot("○"),
    {
      role: "user",
      content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }],
    },
    { llm: "openai", message: { secret: 1 } },
    call("7"),
    result("7", '"a cat"'),
    bot("✓ A cat."),
  ]);
  assertEquals(text.split("\n"), [
    "Note: Conversation summary: The user is Ada.",
    "User: What do you see?",
    "User: (shows or plays something)",
    "Assistant makes call 7: look({})",
    'Result of call 7: "a cat"',
    "Assistant: A cat.",
  ]);
});

Deno.test("Tokens are estimated at four characters each, media and calls included", () => {
  assertEquals(estimateTokens([user("x".repeat(40))]), 20);
  assertEquals(estimateTokens([call("1")]), 12);
  const picture = LLMContext.createImageUrlMessage("https://example.com/cat.png");
  assertEquals(estimateTokens([picture]), 510);
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const specific = [{ a: 1 }, circular].map((message) => ({ llm: "openai", message }));
  assertEquals(estimateTokens(specific), 22);
});

/** A summarizer on a virtual clock, with all it tells. */
function start(messages: LLMContextMessage[], options: LLMContextSummarizerOptions = {}) {
  const clock = new VirtualClock();
  const context = new LLMContext(messages);
  const warnings: string[] = [];
  const log: Logger = { debug() {}, info() {}, warn: (m) => void warnings.push(m), error() {} };
  const summarizer = new LLMContextSummarizer(context, {
    clock: () => clock,
    log: () => log,
    ...options,
  });
  const requests: LLMContextSummaryRequestFrame[] = [];
  const applied: SummaryAppliedEvent[] = [];
  summarizer.on("requestSummarization", (request) => void requests.push(request))
    .on("summaryApplied", (event) => void applied.push(event));
  const answer = (summary: string, more: { index?: number; error?: string; id?: string } = {}) => {
    const { requestId = "", context } = requests.at(-1) ?? {};
    const { end } = summaryRange(context?.messages ?? [], requests.at(-1)?.minMessagesToKeep ?? 0);
    summarizer.take(
      new LLMContextSummaryResultFrame({
        requestId: more.id ?? requestId,
        summary,
        lastSummarizedIndex: more.index ?? end - 1,
        error: more.error,
      }),
    );
  };
  return { clock, context, summarizer, requests, applied, warnings, answer };
}

const texts = ({ messages }: LLMContext) =>
  messages.map((m) => isLLMSpecificMessage(m) ? "?" : `${m.role}: ${textOf(m)}`);

Deno.test("A context that has reached its number of messages is summarized, and the newest stay", async () => {
  const stage = start([system, ...talk(9)]);
  stage.summarizer.check();
  assertEquals(stage.requests.length, 0);
  stage.context.addMessage(user("And now?"));
  stage.summarizer.check();
  stage.summarizer.check();
  assertEquals(stage.requests.length, 1);
  assert(stage.summarizer.inProgress);
  stage.context.addMessage(bot("Meanwhile."));
  stage.answer("Nine questions.");
  assertEquals(texts(stage.context), [
    "system: Be brief.",
    "developer: Conversation summary: Nine questions.",
    "assistant: Answer 7",
    "user: Question 8",
    "assistant: Answer 8",
    "user: And now?",
    "assistant: Meanwhile.",
  ]);
  await stage.clock.settle();
  assertEquals(stage.applied, [{
    originalMessageCount: 21,
    newMessageCount: 7,
    summarizedMessageCount: 15,
    preservedMessageCount: 6,
  }]);
  // Only what is new counts.
  stage.context.addMessages(talk(9));
  stage.summarizer.check();
  assertEquals(stage.requests.length, 1);
  stage.context.addMessages(talk(1));
  stage.summarizer.check();
  assertEquals(stage.requests.length, 2);
  assertStringIncludes(transcriptOf(stage.requests[1]?.context.messages ?? []), "Nine questions.");
  stage.summarizer.close();
  assertEquals(stage.clock.timers, 0);
});

Deno.test("A context that has reached its tokens is summarized, within four fifths of them", () => {
  const config = { maxContextTokens: 100, maxUnsummarizedMessages: null };
  const stage = start(talk(4), { config });
  stage.summarizer.check();
  assertEquals(stage.requests[0]?.targetContextTokens, 80);
  const roomy = start(talk(100), { config: { ...config, maxContextTokens: 10_000 } });
  roomy.summarizer.check();
  assertEquals(roomy.requests, []);
  stage.summarizer.close();
});

Deno.test("A context is not summarized of its own accord where that is not wanted", () => {
  const stage = start(talk(50), { autoTrigger: false });
  stage.summarizer.check();
  assertEquals(stage.requests, []);
  stage.summarizer.summarize({ minMessagesAfterSummary: 1, targetContextTokens: 7 });
  const [{ minMessagesToKeep, targetContextTokens } = {}] = stage.requests;
  assertEquals([minMessagesToKeep, targetContextTokens], [1, 7]);
  stage.summarizer.summarize();
  assertEquals(stage.requests.length, 1);
  stage.summarizer.close();
});

Deno.test("No summary is begun while it must wait, and one that was asked for comes then", () => {
  let held = true;
  const stage = start(talk(50), { held: () => held, autoTrigger: false });
  stage.summarizer.summarize({ minMessagesAfterSummary: 3 });
  stage.summarizer.check();
  assertEquals(stage.requests, []);
  held = false;
  stage.summarizer.check();
  assertEquals(stage.requests.map(({ minMessagesToKeep }) => minMessagesToKeep), [3]);
  stage.summarizer.close();
});

Deno.test("Where there is nothing to shorten, nobody is asked", () => {
  const stage = start([system, ...talk(2)]);
  stage.summarizer.summarize();
  stage.summarizer.summarize({ minMessagesAfterSummary: 3 });
  assertEquals([stage.requests, stage.warnings], [[], []]);
});

Deno.test("A summary that does not come in time blocks no other", async () => {
  const config = { summaryConfig: { summarizationTimeoutSecs: 10 } };
  const stage = start(talk(5), { config });
  stage.summarizer.summarize();
  await stage.clock.advance(9_999);
  assertEquals(stage.warnings, []);
  await stage.clock.advance(1);
  assertEquals(stage.warnings, ["A context was not summarized: no model did so in 10 s"]);
  stage.summarizer.summarize();
  stage.answer("Too late.", { id: stage.requests[0]?.requestId ?? "" });
  assertEquals(stage.context.messages.length, 10);
  stage.answer("In time.");
  assertEquals(stage.context.messages.length, 5);
  assertEquals(stage.clock.timers, 0);
});

Deno.test("A summary may take for ever where that is wanted", () => {
  const stage = start(talk(5));
  stage.summarizer.summarize({ summarizationTimeoutSecs: null });
  assertEquals([stage.requests.length, stage.clock.timers], [1, 0]);
});

const BAD_RESULTS: [string, Parameters<ReturnType<typeof start>["answer"]>, string][] = [
  ["an error", ["", { error: "overloaded" }], "overloaded"],
  ["an empty text", [""], "the summary is empty"],
  ["an index beyond what was asked for", ["Sum.", { index: 9 }], "no summary up to 9"],
  ["no index", ["Sum.", { index: NaN }], "no summary up to NaN"],
];

for (const [what, answer, warning] of BAD_RESULTS) {
  Deno.test(`A context stays as it is when a summary comes as ${what}`, () => {
    const stage = start(talk(5));
    const before = stage.context.messages;
    stage.summarizer.summarize();
    stage.answer(...answer);
    assertEquals(stage.context.messages, before);
    assertStringIncludes(stage.warnings.join(), warning);
    stage.summarizer.summarize();
    assertEquals(stage.requests.length, 2);
    stage.summarizer.close();
  });
}

Deno.test("A summary of a conversation that was replaced meanwhile is dropped", () => {
  const stage = start(talk(5));
  stage.summarizer.summarize();
  stage.context.setMessages([user("Another topic.")]);
  stage.answer("The old topic.");
  assertEquals(texts(stage.context), ["user: Another topic."]);
  assertStringIncludes(stage.warnings.join(), "replaced meanwhile");
});

Deno.test("A summary stands in the template, whatever it holds", () => {
  const config = { summaryConfig: { summaryMessageTemplate: "<sum>{summary}</sum>" } };
  const stage = start(talk(5), { config });
  stage.summarizer.summarize();
  stage.answer("$& costs $1");
  assertEquals(texts(stage.context)[0], "developer: <sum>$& costs $1</sum>");
});

Deno.test("A wish that makes no sense is a warning, and the next one is granted", () => {
  const stage = start(talk(5));
  stage.summarizer.summarize({ summaryMessageTemplate: "no place" });
  stage.summarizer.summarize({ llm: { name: "TTS#1" } });
  assertEquals(stage.warnings, [
    'Cannot summarize a context: "summaryMessageTemplate" has no place for the summary; write "{summary}" where it goes',
    'Cannot summarize a context with "TTS#1": it has no "runInference"; pass an LLM service',
  ]);
  stage.summarizer.summarize();
  assertEquals(stage.requests.length, 1);
  stage.summarizer.close();
});

Deno.test("A configuration that makes no sense is refused when it is given", () => {
  const make = (config: LLMContextSummarizerOptions["config"]) => () =>
    new LLMContextSummarizer(new LLMContext(), { config });
  assertThrows(
    make({ maxContextTokens: null, maxUnsummarizedMessages: null }),
    TypeError,
    "no limit",
  );
  assertThrows(make({ maxContextTokens: 0 }), RangeError, '"maxContextTokens" is 0');
  assertThrows(make({ maxUnsummarizedMessages: 1.5 }), RangeError, "a whole number");
  const summary = (summaryConfig: object) => make({ summaryConfig });
  assertThrows(summary({ targetContextTokens: -1 }), RangeError, '"targetContextTokens" is -1');
  assertThrows(summary({ minMessagesAfterSummary: -1 }), RangeError, "0 or more");
  assertThrows(summary({ summarizationTimeoutSecs: 0 }), RangeError, "seconds above 0");
});

/** A model of its own that waits for the test. */
class SlowLLM {
  readonly name = "Slow#1";
  readonly asked: { text: string; options: InferenceOptions | undefined }[] = [];
  readonly #answer = Promise.withResolvers<string | undefined>();

  runInference(context: LLMContext, options?: InferenceOptions): Promise<string | undefined> {
    this.asked.push({ text: context.messages.map(textOf).join(), options });
    return this.#answer.promise;
  }

  say(text: string | undefined): void {
    this.#answer.resolve(text);
  }
}

Deno.test("A model of its own writes the summary, and the one in the pipeline is not asked", async () => {
  const llm = new SlowLLM();
  const stage = start(talk(5), {
    config: { summaryConfig: { llm, summarizationPrompt: "Sum it up.", targetContextTokens: 99 } },
  });
  stage.summarizer.summarize();
  llm.say("  Five questions.\n");
  await stage.clock.settle();
  const [{ text = "", options } = {}] = llm.asked;
  assertStringIncludes(text, "User: Question 2\nAssistant: Answer 2");
  assert(!text.includes("Answer 3"));
  assertEquals([options?.maxTokens, options?.systemInstruction], [99, "Sum it up."]);
  assertEquals(stage.requests, []);
  assertEquals(texts(stage.context)[0], "developer: Conversation summary: Five questions.");
  assertEquals(stage.clock.timers, 0);
});

Deno.test("A model of its own that ignores its signal is not waited for", async () => {
  const llm = new SlowLLM();
  const stage = start(talk(5), {
    config: { summaryConfig: { llm, summarizationTimeoutSecs: 2 } },
  });
  stage.summarizer.summarize();
  await stage.clock.advance(2_000);
  assert(llm.asked[0]?.options?.signal?.aborted);
  assertStringIncludes(stage.warnings.join(), "no summary after 2 s");
  assert(!stage.summarizer.inProgress);
  llm.say("Too late.");
  await stage.clock.settle();
  assertEquals(stage.context.messages.length, 10);
});

Deno.test("When the session ends, a summary is wanted no more", async () => {
  const llm = new SlowLLM();
  const stage = start(talk(5), { config: { summaryConfig: { llm } } });
  stage.summarizer.summarize();
  stage.summarizer.close();
  stage.summarizer.close();
  await stage.clock.settle();
  assert(llm.asked[0]?.options?.signal?.aborted);
  assertEquals([stage.clock.timers, stage.warnings], [0, []]);
  llm.say("Too late.");
  await stage.clock.settle();
  assertEquals(stage.context.messages.length, 10);
});

Deno.test("What goes wrong with a summary stands in its result, and is never thrown", async () => {
  const clock = new VirtualClock();
  const stage = start(talk(5));
  stage.summarizer.summarize();
  const [request] = stage.requests;
  assert(request);
  const write = async (runInference: () => Promise<string | undefined>, signal?: AbortSignal) => {
    const llm = { name: "llm", runInference };
    return await writeSummary(request, { llm, clock, signal });
  };
  const empty = await write(() => Promise.resolve(" "));
  assertEquals([empty.error, empty.lastSummarizedIndex], [
    "Cannot summarize the context: the model wrote nothing",
    -1,
  ]);
  const thrown = await write(() => {
    throw new Error("at once");
  });
  assertEquals(thrown.error, "at once");
  const gone = await write(() => new Promise(() => {}), AbortSignal.abort(new Error("gone")));
  assertEquals(gone.error, "gone");
  assertEquals(clock.timers, 0);
  stage.summarizer.close();
});
