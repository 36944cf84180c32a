import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  defineTool,
  type FunctionCallHandler,
  LLMContext,
  LLMContextFrame,
  type ToolOptions,
  ToolResult,
} from "../../context/mod.ts";
import {
  EndFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  LLMUpdateSettingsFrame,
  MetricsFrame,
  TTSSpeakFrame,
} from "../../frames/mod.ts";
import {
  ScriptedLLMService,
  type ScriptedLLMServiceOptions,
  TestPipeline,
  type VirtualClock,
} from "../../testing/mod.ts";
import { type LLMEvent, ToolCallCollector } from "./mod.ts";

function start(options: ScriptedLLMServiceOptions = {}, params = {}) {
  const llm = new ScriptedLLMService(options);
  const pipeline = new TestPipeline([llm], { params });
  const clock = pipeline.clock as VirtualClock;
  const context = new LLMContext([{ role: "user", content: "Hello!" }]);
  const ask = () => pipeline.push(new LLMContextFrame(context));
  return { llm, pipeline, clock, context, ask, [Symbol.asyncDispose]: () => pipeline.close() };
}

/** A session with one tool, "work". */
function withTool(
  handler: FunctionCallHandler,
  options: ToolOptions & ScriptedLLMServiceOptions = {},
) {
  const { cancelOnInterruption, timeoutSecs, runLlm, ...rest } = options;
  const session = start({ answers: [{ calls: [{ name: "work", arguments: { n: 1 } }] }], ...rest });
  const tool = defineTool<{ n: number }>({
    name: "work",
    description: "Works.",
    parameters: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    handler,
    cancelOnInterruption,
    timeoutSecs,
    runLlm,
  });
  session.context.setTools([tool]);
  return session;
}

function names(frames: readonly Frame[]): string[] {
  return frames.map((frame) => frame.constructor.name.replace(/Frame$/, ""));
}

function texts(pipeline: TestPipeline): string {
  return pipeline.of(LLMTextFrame).map(({ text }) => text).join("");
}

function results(pipeline: TestPipeline): unknown[] {
  return pipeline.of(FunctionCallResultFrame).map(({ result }) => result);
}

Deno.test("LLMService passes an answer on as it comes, between its start and end", async () => {
  await using session = start({ answers: [{ text: "It is noon.", tokenMs: 50 }] });
  const { pipeline, clock, ask } = session;
  ask();
  await clock.advance(60);
  assertEquals(names(pipeline.down), ["LLMFullResponseStart", "LLMText", "LLMText"]);
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(texts(pipeline), "It is noon.");
  assertEquals(names(pipeline.down).at(-1), "LLMFullResponseEnd");
});

Deno.test("LLMService answers one context after another, each as it stood", async () => {
  await using session = start({
    answers: [{ text: "One.", tokenMs: 20, firstTokenMs: 100 }, "Two."],
  });
  const { llm, pipeline, context, ask } = session;
  ask();
  await pipeline.until(LLMFullResponseStartFrame);
  context.addMessage({ role: "user", content: "And now?" });
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(texts(pipeline), "One.Two.");
  assertEquals(llm.requests.map((request) => request.context.messages.length), [1, 2]);
});

Deno.test("LLMService answers a context that comes back up", async () => {
  await using session = start({ answers: ["Yes."] });
  const { pipeline, context } = session;
  pipeline.pushUpstream(new LLMContextFrame(context));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(texts(pipeline), "Yes.");
  assertEquals(pipeline.of(LLMContextFrame, "upstream"), []);
});

Deno.test("LLMService puts calls together from their pieces, and runs them side by side", async () => {
  await using session = start();
  const { llm, pipeline, context, clock, ask } = session;
  const pieces: LLMEvent[] = [
    { type: "text", text: "Let me see." },
    { type: "toolCall", index: 1, id: "b", name: "work", arguments: '{"n"' },
    { type: "toolCall", index: 0, id: "a", name: "work" },
    { type: "toolCall", index: 0, arguments: '{"n":' },
    { type: "toolCall", index: 1, arguments: ":2}" },
    { type: "toolCall", index: 0, arguments: "1}" },
  ];
  llm["generate"] = async function* () {
    yield* pieces;
  };
  const running: number[] = [];
  context.setTools([defineTool<{ n: number }>({
    name: "work",
    description: "Works.",
    handler: async ({ arguments: { n }, clock }) => {
      running.push(n);
      await clock.sleep(n === 1 ? 200 : 100);
      return n * 10;
    },
  })]);
  ask();
  await clock.settle();
  assertEquals(running, [1, 2]);
  await pipeline.until(FunctionCallResultFrame, { count: 4 });
  assertEquals(results(pipeline), [20, 10]);
  const [started] = pipeline.of(FunctionCallsStartedFrame);
  assertEquals(started?.functionCalls, [
    { functionName: "work", toolCallId: "a", arguments: { n: 1 } },
    { functionName: "work", toolCallId: "b", arguments: { n: 2 } },
  ]);
  const groups = pipeline.of(FunctionCallInProgressFrame).map(({ groupId }) => groupId);
  assertEquals([groups.length, new Set(groups).size], [2, 1]);
  // The answer ends before what its calls give.
  assertEquals(names(pipeline.down), [
    "LLMFullResponseStart",
    "LLMText",
    "FunctionCallsStarted",
    "FunctionCallInProgress",
    "FunctionCallInProgress",
    "LLMFullResponseEnd",
    "FunctionCallResult",
    "FunctionCallResult",
  ]);
  assertEquals(names(pipeline.up), [
    "FunctionCallsStarted",
    "FunctionCallInProgress",
    "FunctionCallInProgress",
    "FunctionCallResult",
    "FunctionCallResult",
  ]);
});

Deno.test("ToolCallCollector tells calls of one number apart by their ids", () => {
  const collector = new ToolCallCollector();
  collector.add({ type: "toolCall", index: 0, id: "a", name: "one", arguments: "{" });
  collector.add({ type: "toolCall", index: 0, id: "a", name: "one", arguments: "}" });
  collector.add({ type: "toolCall", index: 0, id: "b", name: "two", arguments: "{}" });
  assertEquals(collector.calls, [
    { toolCallId: "a", functionName: "one", rawArguments: "{}" },
    { toolCallId: "b", functionName: "two", rawArguments: "{}" },
  ]);
});

Deno.test("LLMService gives calls without an id one that no other call has", async () => {
  const call = { calls: [{ name: "work", arguments: { n: 1 }, id: "" }] };
  await using session = withTool(() => 1, { answers: [call, call] });
  const { pipeline, ask } = session;
  ask();
  ask();
  await pipeline.until(FunctionCallResultFrame, { count: 4 });
  const ids = pipeline.of(FunctionCallResultFrame).map(({ toolCallId }) => toolCallId);
  assertEquals(new Set(ids).size, 2);
});

Deno.test("LLMService tells the model of a function that there is none of", async () => {
  await using session = start({ answers: [{ calls: [{ name: "fly" }] }] });
  session.ask();
  await session.pipeline.until(FunctionCallResultFrame);
  assertEquals(results(session.pipeline), [
    { error: 'Cannot call "fly": there is no such function' },
  ]);
});

for (const broken of ['{"n":', "[1]", "no JSON", '{"n":"one"}']) {
  Deno.test(`LLMService tells the model that it cannot call a function with ${broken}`, async () => {
    let ran = false;
    await using session = withTool(() => ran = true, {
      answers: [{ calls: [{ name: "work", arguments: broken }] }],
    });
    session.ask();
    const { result } = await session.pipeline.until(FunctionCallResultFrame);
    assertStringIncludes(JSON.stringify(result), "Cannot call");
    assertEquals(ran, false);
    assert(session.pipeline.logged.every((line) => !line.includes(broken)));
  });
}

Deno.test("LLMService calls registered functions where the context's have no handler", async () => {
  await using session = start({ answers: [{ calls: [{ name: "add", arguments: { a: 2 } }] }] });
  const { llm, pipeline, ask } = session;
  assertEquals(llm.hasFunction("add"), false);
  llm.registerFunction("add", ({ arguments: { a } }) => Number(a) + 1);
  assertEquals(llm.hasFunction("add"), true);
  ask();
  await pipeline.until(FunctionCallResultFrame);
  assertEquals(results(pipeline), [3]);
  llm.unregisterFunction("add");
  assertEquals(llm.hasFunction("add"), false);
});

Deno.test("LLMService tells the model that a function failed, or took too long, once each", async () => {
  for (
    const [handler, error] of [
      [() => Promise.reject(new Error("no network")), 'Cannot finish "work": no network'],
      [() => new Promise(() => {}), 'Cannot finish "work": not done after 2 s'],
    ] as const
  ) {
    await using session = withTool(handler, { timeoutSecs: 2 });
    session.ask();
    await session.pipeline.until(FunctionCallResultFrame);
    await session.clock.advance(10_000);
    assertEquals(results(session.pipeline), [{ error }]);
    assertEquals(session.pipeline.logged.length, 1);
  }
});

Deno.test("LLMService passes on how far a function has come, what it says, and whether to go on", async () => {
  await using session = withTool(async ({ push, resultCallback, clock }) => {
    await push(new TTSSpeakFrame("One moment."));
    resultCallback("half", { isFinal: false });
    await clock.sleep(100);
    return new ToolResult("all", { runLlm: false });
  });
  const { pipeline, ask } = session;
  ask();
  await pipeline.until(FunctionCallResultFrame, { count: 2 });
  assertEquals(pipeline.of(TTSSpeakFrame).map(({ text }) => text), ["One moment."]);
  await pipeline.until(FunctionCallResultFrame, { count: 4 });
  assertEquals(
    pipeline.of(FunctionCallResultFrame).map((f) => [f.result, f.properties?.isFinal, f.runLlm]),
    [["half", false, undefined], ["all", undefined, false]],
  );
});

Deno.test("LLMService tells who listens of calls", async () => {
  await using session = withTool(() => new Promise(() => {}), { cancelOnInterruption: true });
  const { llm, pipeline, ask } = session;
  const told: string[] = [];
  llm.on("functionCallsStarted", ([call]) => void told.push(`${call?.functionName} started`));
  llm.on("functionCallsCancelled", ([call]) => void told.push(`${call?.functionName} cancelled`));
  ask();
  await pipeline.until(FunctionCallInProgressFrame);
  pipeline.interrupt();
  await pipeline.until(FunctionCallCancelFrame);
  assertEquals(told, ["work started", "work cancelled"]);
});

// Interruptions

Deno.test("LLMService gives an answer up at an interruption, and nothing of it comes after", async () => {
  for (let atMs = 0; atMs < 1_000; atMs += 23) {
    const old = { text: "a b c d e f g h", firstTokenMs: 200, tokenMs: 100 };
    const calls = [{ name: "work", arguments: { n: 1 } }];
    let ran = 0;
    await using session = withTool(() => ++ran, { answers: [{ ...old, calls }, "New."] });
    const { llm, pipeline, clock, ask } = session;
    ask();
    await clock.advance(atMs);
    pipeline.interrupt();
    assertEquals(llm.requests[0]?.signal.aborted, true, `at ${atMs} ms`);
    const before = pipeline.down.length;
    ask();
    await clock.advance(5_000);
    assertEquals(names(pipeline.down.slice(before)), [
      "LLMFullResponseStart",
      "LLMText",
      "LLMFullResponseEnd",
    ]);
    assertEquals(ran, 0);
    assertEquals(pipeline.errors, []);
  }
});

Deno.test("LLMService does not measure an answer by what is left of the one before", async () => {
  await using session = start({
    answers: [{ text: "old", firstTokenMs: 100 }, { text: "new", firstTokenMs: 300 }],
  }, { enableMetrics: true });
  const { pipeline, clock, ask } = session;
  ask();
  await clock.advance(99);
  pipeline.interrupt();
  ask();
  await pipeline.until(LLMFullResponseEndFrame);
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map(({ type, value }) => [type, value]), [["ttfb", 0.3], ["processing", 0.3]]);
});

Deno.test("LLMService gives up a model that does not heed its signal", async () => {
  await using session = start({ answers: [{ text: "old", stalls: true }, "New."] });
  const { pipeline, ask } = session;
  ask();
  await pipeline.until(LLMTextFrame);
  pipeline.push(new InterruptionFrame());
  ask();
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(texts(pipeline), "oldNew.");
});

Deno.test("LLMService lets calls go on through an interruption, unless their tool says otherwise", async () => {
  for (const cancelOnInterruption of [true, false]) {
    let signal: AbortSignal | undefined;
    await using session = withTool(async (call) => {
      signal = call.signal;
      await call.clock.sleep(1_000);
      return "done";
    }, { cancelOnInterruption });
    const { pipeline, clock, ask } = session;
    ask();
    await pipeline.until(FunctionCallInProgressFrame);
    assertEquals(
      pipeline.of(FunctionCallInProgressFrame)[0]?.cancelOnInterruption,
      cancelOnInterruption,
    );
    pipeline.interrupt();
    assertEquals(signal?.aborted, cancelOnInterruption);
    await clock.advance(2_000);
    assertEquals(results(pipeline), cancelOnInterruption ? [] : ["done"]);
    assertEquals(pipeline.of(FunctionCallCancelFrame).length, cancelOnInterruption ? 1 : 0);
    assertEquals(
      pipeline.of(FunctionCallCancelFrame, "upstream").length,
      cancelOnInterruption ? 1 : 0,
    );
  }
});

// Errors

Deno.test("LLMService reports a failure, starts none of its calls, and answers the next", async () => {
  let ran = 0;
  const calls = [{ name: "work", arguments: { n: 1 } }];
  const error = new Error("out of order");
  await using session = withTool(() => ++ran, {
    answers: [{ text: "Well,", calls, error }, "New."],
  });
  const { pipeline, ask } = session;
  ask();
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(texts(pipeline), "Well,New.");
  assertEquals(ran, 0);
  assertEquals(pipeline.errors.length, 1);
  assertMatch(
    pipeline.errors[0]?.error ?? "",
    /^Cannot get an answer in "ScriptedLLMService#\d+": out of order$/,
  );
});

Deno.test("LLMService gives up a model that stalls, and says so", async () => {
  await using session = start({
    answers: [{ text: "Well,", stalls: true }, "New."],
    stallTimeoutMs: 2_000,
  });
  const { llm, pipeline, ask } = session;
  let told = 0;
  llm.on("completionTimeout", () => void told++);
  ask();
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.clock.now(), 2_000);
  assertEquals(llm.requests[0]?.signal.aborted, true);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "nothing came for 2000 ms");
  assertEquals(told, 1);
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(texts(pipeline), "Well,New.");
});

Deno.test("LLMService does not count as stalled what the output holds up", async () => {
  await using session = start({ answers: ["word ".repeat(60)], stallTimeoutMs: 2_000 });
  const { pipeline, clock, ask } = session;
  const output = pipeline.block();
  ask();
  await clock.advance(10_000);
  const held = pipeline.of(LLMTextFrame).length;
  assert(held < 60);
  output.release();
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.errors, []);
  assertEquals(texts(pipeline), "word ".repeat(60));
});

// The rest

Deno.test("LLMService measures the first token, the whole answer and what it cost", async () => {
  const usage = { promptTokens: 7, completionTokens: 2, totalTokens: 9 };
  await using session = start({
    answers: [{ text: "Hi there", firstTokenMs: 200, tokenMs: 100, usage }],
  }, { enableMetrics: true, enableUsageMetrics: true });
  const { pipeline, ask } = session;
  ask();
  await pipeline.until(LLMFullResponseEndFrame);
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map(({ type, value, model }) => [type, value, model]), [
    ["ttfb", 0.2, "scripted"],
    ["llm_usage", usage, "scripted"],
    ["processing", 0.4, "scripted"],
  ]);
});

Deno.test("LLMService leaves answers unspoken while it is configured so", async () => {
  await using session = start({ answers: ["One.", "Two."] });
  const { pipeline, ask } = session;
  pipeline.push(new LLMConfigureOutputFrame(true));
  ask();
  pipeline.push(new LLMConfigureOutputFrame(false));
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  const skipping = pipeline.down.filter((f) =>
    f instanceof LLMTextFrame || f instanceof LLMFullResponseStartFrame ||
    f instanceof LLMFullResponseEndFrame
  ).map((f) => f.skipTts);
  assertEquals(skipping, [true, true, true, false, false, false]);
});

Deno.test("LLMService takes changed settings over between answers", async () => {
  await using session = start({
    answers: [{ text: "One.", firstTokenMs: 100 }, "Two."],
    settings: { temperature: 0.5, seed: undefined },
  });
  const { llm, pipeline, ask } = session;
  ask();
  pipeline.push(new LLMUpdateSettingsFrame({ delta: { model: "other", temperature: undefined } }));
  pipeline.push(new LLMUpdateSettingsFrame({ delta: { model: "no" }, service: { name: "b" } }));
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(llm.requests.map(({ settings }) => settings), [
    { model: "scripted", temperature: 0.5 },
    { model: "other", temperature: 0.5 },
  ]);
});

Deno.test("LLMService cancels what still runs when it is closed", async () => {
  let signal: AbortSignal | undefined;
  const session = withTool((call) => {
    signal = call.signal;
    return new Promise(() => {});
  }, {
    answers: [{ calls: [{ name: "work", arguments: { n: 1 } }] }, { text: "x", stalls: true }],
  });
  const { llm, pipeline, clock, ask } = session;
  ask();
  ask();
  await pipeline.until(LLMTextFrame);
  await pipeline.close();
  assertEquals([signal?.aborted, llm.requests[1]?.signal.aborted], [true, true]);
  assertEquals(clock.timers, 0);
});

Deno.test("LLMService finishes its answer before an end", async () => {
  await using session = start({ answers: [{ text: "Good bye.", tokenMs: 500 }] });
  session.ask();
  await session.pipeline.end();
  assertEquals(texts(session.pipeline), "Good bye.");
  assert(session.pipeline.down.at(-1) instanceof EndFrame);
});
