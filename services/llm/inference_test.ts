import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TimeoutError } from "../../async/mod.ts";
import {
  defineTool,
  LLMContext,
  LLMContextFrame,
  LLMContextSummaryRequestFrame,
} from "../../context/mod.ts";
import {
  FunctionCallResultFrame,
  LLMContextSummaryResultFrame,
  MetricsFrame,
} from "../../frames/mod.ts";
import { LLMSwitcher } from "../../pipeline/mod.ts";
import {
  FakeOpenAI,
  type ScriptedAnswer,
  ScriptedLLMService,
  TestPipeline,
  type VirtualClock,
} from "../../testing/mod.ts";
import { OpenAILLMService, type OpenAILLMServiceOptions } from "../openai/mod.ts";
import { ProviderError } from "../wire/mod.ts";

function open(options: OpenAILLMServiceOptions = {}) {
  const openai = new FakeOpenAI();
  const { apiKey, url: baseUrl } = openai;
  const llm = new OpenAILLMService({ apiKey, baseUrl, maxRetries: 0, ...options });
  return {
    openai,
    llm,
    [Symbol.asyncDispose]: async () => {
      await llm.close();
      await openai.close();
    },
  };
}

const hello = () => new LLMContext([{ role: "user", content: "Hello" }]);

Deno.test("A model answers outside of a pipeline, with an instruction and a limit of its own", async () => {
  await using session = open({ settings: { systemInstruction: "Be a pirate.", maxTokens: 9 } });
  const { openai, llm } = session;
  openai.chat("Good day.", "Arr.");
  const answer = await llm.runInference(hello(), { systemInstruction: "Be kind.", maxTokens: 50 });
  assertEquals(answer, "Good day.");
  assertEquals(openai.requests[0]?.body.max_tokens, 50);
  assertEquals(openai.requests[0]?.body.messages, [
    { role: "system", content: "Be kind." },
    { role: "user", content: "Hello" },
  ]);
  assertEquals(await llm.runInference(hello()), "Arr.");
  const body = openai.requests[1]?.body;
  assertEquals(body?.max_tokens, 9);
  assertStringIncludes(JSON.stringify(body?.messages), "Be a pirate.");
  assertEquals(openai.faults, []);
});

Deno.test("A model that knows another limit of tokens is given that one", async () => {
  await using session = open({ settings: { maxCompletionTokens: 200 } });
  session.openai.chat("Yes.");
  await session.llm.runInference(hello(), { maxTokens: 50 });
  const body = session.openai.requests[0]?.body;
  assertEquals([body?.max_completion_tokens, body?.max_tokens], [50, undefined]);
});

Deno.test("An inference says what the provider refuses, and calls nothing", async () => {
  await using session = open({ apiKey: "wrong" });
  await assertRejects(() => session.llm.runInference(hello()), ProviderError, "key");
  const llm = new ScriptedLLMService({ answers: [{ calls: [{ name: "work" }] }] });
  let ran = false;
  const work = defineTool({ name: "work", description: "", handler: () => ran = true });
  const context = new LLMContext([], { tools: [work] });
  assertEquals(await llm.runInference(context), undefined);
  assertEquals([ran, llm.requests[0]?.context.toolChoice], [false, "none"]);
  assertEquals(llm.requests[0]?.context.tools, context.tools);
});

Deno.test("An inference that stalls, or that nobody wants any more, is given up", async () => {
  const llm = new ScriptedLLMService({
    answers: [{ text: "Well", stalls: true }, { stalls: true }],
    stallTimeoutMs: 2_000,
  });
  await using pipeline = new TestPipeline([llm]);
  await pipeline.settle();
  const clock = pipeline.clock as VirtualClock;
  const stalled = assertRejects(() => llm.runInference(hello()), TimeoutError, "2000 ms");
  await clock.advance(2_000);
  await stalled;
  const controller = new AbortController();
  const unwanted = assertRejects(
    () => llm.runInference(hello(), { signal: controller.signal }),
    Error,
    "changed my mind",
  );
  controller.abort(new Error("changed my mind"));
  await unwanted;
});

Deno.test("An inference is counted, and asked of the active model of a switcher", async () => {
  const usage = { promptTokens: 3, completionTokens: 2, totalTokens: 5 };
  const switcher = new LLMSwitcher({
    llms: [new ScriptedLLMService({ answers: [{ text: "Yes.", usage }] })],
  });
  await using pipeline = new TestPipeline([switcher], { params: { enableUsageMetrics: true } });
  await pipeline.settle();
  assertEquals(await switcher.runInference(hello()), "Yes.");
  const { data } = await pipeline.until(MetricsFrame);
  assertEquals(data.map((one) => one.type), ["llm_usage"]);
});

Deno.test("A function can ask the model that called it", async () => {
  const llm = new ScriptedLLMService({ answers: [{ calls: [{ name: "rhyme" }] }, "Moon, spoon."] });
  await using pipeline = new TestPipeline([llm]);
  const rhyme = defineTool({
    name: "rhyme",
    description: "",
    handler: ({ llm, context }) => llm?.runInference(context),
  });
  pipeline.push(new LLMContextFrame(new LLMContext([], { tools: [rhyme] })));
  const { result } = await pipeline.until(FunctionCallResultFrame);
  assertEquals(result, "Moon, spoon.");
});

const request = (options = {}) =>
  new LLMContextSummaryRequestFrame(
    new LLMContext([
      { role: "system", content: "Be brief." },
      { role: "user", content: "I am Ada." },
      { role: "assistant", content: "Hello, Ada!" },
      { role: "user", content: "Bye." },
    ]),
    {
      requestId: "r1",
      minMessagesToKeep: 1,
      targetContextTokens: 70,
      summarizationPrompt: "Sum it up.",
      ...options,
    },
  );

Deno.test("A model that is asked for a summary gives it both ways, while it answers", async () => {
  const openai = new FakeOpenAI();
  const { apiKey, url: baseUrl } = openai;
  openai.chat("The user is Ada.");
  await using pipeline = new TestPipeline([new OpenAILLMService({ apiKey, baseUrl })]);
  pipeline.pushUpstream(request());
  await pipeline.until(LLMContextSummaryResultFrame, { count: 2 });
  for (const way of ["upstream", "downstream"] as const) {
    const [result] = pipeline.of(LLMContextSummaryResultFrame, way);
    assertEquals([result?.requestId, result?.summary, result?.lastSummarizedIndex, result?.error], [
      "r1",
      "The user is Ada.",
      2,
      undefined,
    ]);
  }
  assertEquals(pipeline.of(LLMContextSummaryRequestFrame, "upstream"), []);
  const body = openai.requests[0]?.body;
  assertEquals([body?.max_tokens, body?.messages], [70, [
    { role: "system", content: "Sum it up." },
    {
      role: "user",
      content: "The conversation so far:\n\nUser: I am Ada.\nAssistant: Hello, Ada!",
    },
  ]]);
  await openai.close();
});

const FAILURES: [string, ScriptedAnswer, object, string][] = [
  ["fails", { error: new Error("overloaded") }, {}, "overloaded"],
  ["takes too long", { stalls: true }, { summarizationTimeoutSecs: 3 }, "no summary after 3 s"],
  ["has nothing to shorten", { text: "unused" }, { minMessagesToKeep: 9 }, "nothing"],
];

for (const [what, answer, options, error] of FAILURES) {
  Deno.test(`A model that ${what} says why there is no summary`, async () => {
    const llm = new ScriptedLLMService({ answers: [answer] });
    await using pipeline = new TestPipeline([llm]);
    pipeline.pushUpstream(request(options));
    const result = await pipeline.until(LLMContextSummaryResultFrame);
    assertEquals([result.summary, result.lastSummarizedIndex], ["", -1]);
    assertStringIncludes(result.error ?? "", error);
    assertEquals(pipeline.errors, []);
  });
}

Deno.test("An interruption stops no summary", async () => {
  const llm = new ScriptedLLMService({
    answers: [{ text: "The user is Ada.", firstTokenMs: 900 }],
  });
  await using pipeline = new TestPipeline([llm]);
  pipeline.pushUpstream(request());
  await pipeline.settle();
  pipeline.interrupt();
  const { summary } = await pipeline.until(LLMContextSummaryResultFrame);
  assertEquals(summary, "The user is Ada.");
  assert(llm.requests.length === 1);
});
