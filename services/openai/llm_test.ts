import { assertEquals } from "@std/assert";
import type OpenAI from "openai";
import { defineTool, LLMContext, LLMContextFrame } from "../../context/mod.ts";
import {
  LLMFullResponseEndFrame,
  LLMTextFrame,
  LLMUpdateSettingsFrame,
  MetricsFrame,
} from "../../frames/mod.ts";
import { FakeOpenAI, testLLM, TestPipeline } from "../../testing/mod.ts";
import { systemClock } from "../../async/mod.ts";
import { OpenAILLMService, type OpenAILLMServiceOptions } from "./mod.ts";

// An import that lost its types would be "any", without a word.
type IsAny<T> = 0 extends 1 & T ? true : false;
const TYPED: IsAny<OpenAI.Chat.ChatCompletionChunk> = false;

testLLM({
  name: "OpenAILLMService",
  key: { env: "OPENAI_API_KEY", make: () => new OpenAILLMService() },
  open: () => {
    const openai = new FakeOpenAI();
    const { apiKey, url: baseUrl } = openai;
    return {
      make: (options) => new OpenAILLMService({ apiKey, baseUrl, maxRetries: 0, ...options }),
      provider: {
        script: (...answers) => openai.chat(...answers),
        stuck: () => openai.stuck(),
        closed: () => openai.settled(),
        askedModel: () => openai.requests.at(-1)?.body.model,
        secrets: [apiKey],
      },
      [Symbol.asyncDispose]: () => openai.close(),
    };
  },
});

function start(options: OpenAILLMServiceOptions = {}, clock?: typeof systemClock) {
  const openai = new FakeOpenAI();
  const llm = new OpenAILLMService({
    apiKey: openai.apiKey,
    baseUrl: openai.url,
    maxRetries: 0,
    ...options,
  });
  const params = { enableUsageMetrics: true };
  const pipeline = new TestPipeline([llm], { params, ...clock && { clock } });
  const context = new LLMContext([{ role: "user", content: "Hello" }]);
  const ask = async () => {
    const before = pipeline.of(LLMFullResponseEndFrame).length;
    pipeline.push(new LLMContextFrame(context));
    await pipeline.until(LLMFullResponseEndFrame, { count: before + 1 });
    return openai.requests.at(-1)?.body;
  };
  return {
    openai,
    llm,
    pipeline,
    context,
    ask,
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await openai.close();
    },
  };
}

const PLAIN = {
  model: "gpt-4.1",
  messages: [{ role: "user", content: "Hello" }],
  stream: true,
  stream_options: { include_usage: true },
};

Deno.test("OpenAILLMService asks for what was said, and for nothing that was not set", async () => {
  assertEquals(TYPED, false);
  await using session = start();
  assertEquals(await session.ask(), PLAIN);
});

Deno.test("OpenAILLMService asks for what its settings say", async () => {
  await using session = start({
    serviceTier: "flex",
    settings: {
      model: "gpt-4o",
      systemInstruction: "Be brief.",
      temperature: 0.3,
      topP: 0.9,
      maxTokens: 100,
      maxCompletionTokens: 200,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      seed: 7,
      extra: { verbosity: "low" },
    },
  });
  assertEquals(await session.ask(), {
    ...PLAIN,
    model: "gpt-4o",
    messages: [{ role: "system", content: "Be brief." }, ...PLAIN.messages],
    temperature: 0.3,
    top_p: 0.9,
    max_tokens: 100,
    max_completion_tokens: 200,
    frequency_penalty: 0.5,
    presence_penalty: -0.5,
    seed: 7,
    service_tier: "flex",
    verbosity: "low",
  });
});

Deno.test("OpenAILLMService tells of tools, calls and their results", async () => {
  await using session = start();
  const { context } = session;
  const call = { id: "c1", type: "function", function: { name: "now", arguments: "{}" } } as const;
  const messages = [
    { role: "user", content: "Hello" },
    { role: "assistant", tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: '{"r":1}' },
  ] as const;
  context.setMessages(messages);
  const parameters = { type: "object", properties: {}, required: [] };
  context.setTools([
    defineTool({ name: "now", description: "Tells the time.", parameters, handler: () => 1 }),
  ]);
  context.setToolChoice("required");
  assertEquals(await session.ask(), {
    ...PLAIN,
    messages,
    tools: [{
      type: "function",
      function: { name: "now", description: "Tells the time.", parameters },
    }],
    tool_choice: "required",
  });
});

Deno.test("OpenAILLMService says what a client throws that knows no better", async () => {
  const client = { chat: { completions: { create: () => Promise.reject(new Error("odd")) } } };
  await using session = start({ client });
  await session.ask();
  assertEquals(session.pipeline.errors.map(({ error }) => error), [
    "Cannot get an answer with OpenAI: odd",
  ]);
});

Deno.test("OpenAILLMService sends its headers", async () => {
  await using session = start({
    organization: "org-1",
    project: "proj-1",
    defaultHeaders: { "X-Trace": "7" },
  });
  await session.ask();
  const headers = session.openai.requests[0]?.headers;
  assertEquals(headers?.get("openai-organization"), "org-1");
  assertEquals(headers?.get("openai-project"), "proj-1");
  assertEquals(headers?.get("x-trace"), "7");
});

Deno.test("OpenAILLMService takes no organization from the environment", async () => {
  Deno.env.set("OPENAI_ORG_ID", "org-of-somebody-else");
  try {
    await using session = start();
    await session.ask();
    assertEquals(session.openai.requests[0]?.headers.get("openai-organization"), null);
  } finally {
    Deno.env.delete("OPENAI_ORG_ID");
  }
});

Deno.test("OpenAILLMService says once that there are two system messages", async () => {
  await using session = start({ settings: { systemInstruction: "Be brief." } });
  session.context.setMessages([
    { role: "system", content: "Be kind." },
    { role: "user", content: "Hello" },
  ]);
  const body = await session.ask();
  await session.ask();
  assertEquals(body?.messages, [
    { role: "system", content: "Be brief." },
    { role: "system", content: "Be kind." },
    { role: "user", content: "Hello" },
  ]);
  assertEquals(session.pipeline.logged.length, 1);
});

Deno.test("OpenAILLMService counts tokens of the cache and of thinking", async () => {
  await using session = start();
  const usage = {
    promptTokens: 100,
    completionTokens: 20,
    cacheReadInputTokens: 64,
    reasoningTokens: 12,
  };
  session.openai.chat({ text: "Hi", usage });
  await session.ask();
  const data = session.pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map(({ value }) => value), [{ ...usage, totalTokens: 120 }]);
});

Deno.test("OpenAILLMService speaks a refusal of the model", async () => {
  await using session = start({ client: streaming([{ refusal: "I cannot do that." }, {}]) });
  await session.ask();
  assertEquals(session.pipeline.of(LLMTextFrame).map(({ text }) => text), ["I cannot do that."]);
});

Deno.test("OpenAILLMService reads what is there of a chunk, whatever it is", async () => {
  const chunks = [null, 7, {}, { choices: [] }, { choices: [{ delta: { content: 5 } }] }];
  await using session = start({ client: streaming([{ content: "Hi" }, {}], chunks) });
  await session.ask();
  assertEquals(session.pipeline.of(LLMTextFrame).map(({ text }) => text), ["Hi"]);
  assertEquals(session.pipeline.errors, []);
});

Deno.test("OpenAILLMService reports an answer that breaks off without an error", async () => {
  await using session = start({ client: streaming([{ content: "Hi" }]) });
  await session.ask();
  assertEquals(session.pipeline.errors.map(({ error, category }) => [error, category]), [
    ["Cannot get an answer with OpenAI: it broke its answer off", "connection"],
  ]);
});

Deno.test.each([
  [{ status: 400 }, "the request was not accepted (400, bad)", "invalid_request"],
  [{ status: 401 }, "the key was refused (401, bad); check OPENAI_API_KEY", "auth"],
  [
    { status: 404 },
    'there is no such model or address (404, bad); check "model" and "baseUrl"',
    "invalid_request",
  ],
  [{ status: 429 }, "too many requests (429, bad); try again later", "rate_limit"],
  [{ status: 500 }, "its server failed (500, bad); try again later", "server_error"],
  [{ trouble: "drop" as const }, "the connection broke", "connection"],
  [{ trouble: "garbage" as const }, "its answer cannot be read", "bad_answer"],
  [{ trouble: "error" as const }, "it broke its answer off", "server_error"],
])("OpenAILLMService says what %j means", async (answer, state, category) => {
  await using session = start();
  session.openai.chat({ ...answer, code: "bad" });
  await session.ask();
  assertEquals(session.pipeline.errors.map((frame) => [frame.error, frame.category]), [
    [`Cannot get an answer with OpenAI: ${state}`, category],
  ]);
});

Deno.test("OpenAILLMService says which address does not answer", async () => {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = server.addr as Deno.NetAddr;
  server.close();
  await using session = start({ baseUrl: `http://127.0.0.1:${port}/v1` });
  await session.ask();
  assertEquals(session.pipeline.errors.map(({ error }) => error), [
    `Cannot get an answer with OpenAI: nothing answers at "http://127.0.0.1:${port}"`,
  ]);
});

Deno.test("OpenAILLMService tries again what failed in passing", async () => {
  await using session = start({ maxRetries: 1 });
  session.openai.chat({ status: 503 }, "Here I am.");
  await session.ask();
  assertEquals(session.openai.requests.length, 2);
  assertEquals(session.pipeline.errors, []);
});

Deno.test("OpenAILLMService asks once more when there is no answer in time", async () => {
  await using session = start({ retryOnTimeout: true, retryTimeoutSecs: 0.05 }, systemClock);
  const { openai, llm, pipeline, ask } = session;
  let told = 0;
  llm.on("completionTimeout", () => void told++);
  openai.chat({ trouble: "silence" }, "Here I am.");
  await ask();
  assertEquals([openai.requests.length, told], [2, 1]);
  assertEquals(pipeline.errors, []);
  assertEquals(pipeline.of(LLMTextFrame).map(({ text }) => text).join(""), "Here I am.");
});

Deno.test("OpenAILLMService uses a client that it is given, without a key of its own", async () => {
  const client = streaming([{ content: "Hi" }, {}]);
  const llm = new OpenAILLMService({ client });
  await using pipeline = new TestPipeline([llm]);
  pipeline.push(new LLMContextFrame(new LLMContext([{ role: "user", content: "Hello" }])));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.of(LLMTextFrame).length, 1);
});

Deno.test("OpenAILLMService takes another temperature while it runs", async () => {
  await using session = start();
  session.pipeline.push(new LLMUpdateSettingsFrame({ delta: { temperature: 0.1 } }));
  assertEquals((await session.ask())?.temperature, 0.1);
});

Deno.test("OpenAILLMService hears every token on its own", async () => {
  await using session = start();
  session.openai.chat({ tokens: ["Ti", "ck", " to", "ck"], pauseMs: 1 });
  await session.ask();
  const texts = session.pipeline.of(LLMTextFrame).map(({ text }) => text);
  assertEquals(texts, ["Ti", "ck", " to", "ck"]);
});

/** A client whose answer has these pieces, an empty one standing for its end. */
function streaming(deltas: readonly object[], first: readonly unknown[] = []) {
  async function* chunks(): AsyncIterable<unknown> {
    yield* first;
    for (const delta of deltas) {
      const finish_reason = Object.keys(delta).length > 0 ? null : "stop";
      yield { choices: [{ index: 0, delta, finish_reason }] };
    }
  }
  return { chat: { completions: { create: () => Promise.resolve(chunks()) } } };
}
