import { assert, assertEquals } from "@std/assert";
import { type Frame, TTSSpeakFrame } from "../frames/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { callTool, parseToolArguments, type ToolCallRequest } from "./call_tool.ts";
import { defineTool } from "./define_tool.ts";
import {
  type FunctionCallHandler,
  type FunctionCallParams,
  type ToolOptions,
  ToolResult,
} from "./function_schema.ts";
import { LLMContext } from "./llm_context.ts";

function request(clock: VirtualClock, more: Partial<ToolCallRequest> = {}): ToolCallRequest {
  return {
    functionName: "do",
    toolCallId: "t1",
    arguments: {},
    context: new LLMContext(),
    clock,
    ...more,
  };
}

function tool(handler: FunctionCallHandler, options: ToolOptions = {}) {
  return defineTool({ name: "do", description: "Does it.", handler, ...options });
}

for (const value of [0, "", false, null, [], {}, undefined, "noon"]) {
  Deno.test(`A handler that gives ${JSON.stringify(value)} gives a result`, async () => {
    const outcome = await callTool(tool(() => value), request(new VirtualClock()));
    assertEquals(outcome, { status: "result", result: value, properties: { runLlm: undefined } });
  });
}

Deno.test("A result can say whether the model runs again, before what the tool says", async () => {
  const quiet = tool(({ toolCallId }) => new ToolResult(toolCallId, { runLlm: true }), {
    runLlm: false,
  });
  const outcome = await callTool(quiet, request(new VirtualClock()));
  assertEquals([outcome.result, outcome.properties.runLlm], ["t1", true]);
  const plain = await callTool(tool(() => 1, { runLlm: false }), request(new VirtualClock()));
  assertEquals(plain.properties.runLlm, false);
});

Deno.test("A handler tells of progress, and its callback can be its last word", async () => {
  const clock = new VirtualClock();
  const progress: unknown[] = [];
  const work = tool(async ({ clock, resultCallback }) => {
    resultCallback("50%", { isFinal: false });
    await clock.sleep(1000);
    resultCallback("done");
    resultCallback("more", { isFinal: false });
    resultCallback("again");
    return "returned";
  });
  const outcome = await clock.runUntil(callTool(
    work,
    request(clock, { progress: (result) => void progress.push(result) }),
  ));
  assertEquals(progress, ["50%"]);
  assertEquals(outcome.result, "done");
  assertEquals(clock.timers, 0);
});

Deno.test("A handler that throws is told to the model, and kept for the log", async () => {
  const cause = new Error("no network");
  const outcome = await callTool(
    tool(() => {
      throw cause;
    }),
    request(new VirtualClock()),
  );
  assertEquals(outcome, {
    status: "failed",
    result: { error: 'Cannot finish "do": no network' },
    properties: {},
    cause,
  });
});

Deno.test("A handler that takes too long is aborted, whether it heeds that or not", async () => {
  const clock = new VirtualClock();
  let signal: AbortSignal | undefined;
  const never = tool((params) => {
    signal = params.signal;
    return new Promise(() => {});
  }, { timeoutSecs: 2 });
  const outcome = await clock.runUntil(callTool(never, request(clock)));
  assertEquals([outcome.status, outcome.result], ["timeout", {
    error: 'Cannot finish "do": not done after 2 s',
  }]);
  assertEquals(clock.now(), 2000);
  assert(signal?.aborted);
});

Deno.test("A schema whose check takes too long, or is cancelled, keeps the handler from beginning", async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const work = tool(() => ++calls, { timeoutSecs: 2 });
  const checked = Promise.withResolvers<{ value: unknown }>();
  work.validate = () => checked.promise;
  const outcome = await clock.runUntil(callTool(work, request(clock)));
  assertEquals([outcome.status, clock.now()], ["timeout", 2000]);
  const controller = new AbortController();
  const running = callTool(work, request(clock, { signal: controller.signal }));
  await clock.settle();
  controller.abort();
  assertEquals((await running).status, "cancelled");
  checked.resolve({ value: {} });
  await clock.settle();
  assertEquals([calls, clock.timers], [0, 0]);
});

Deno.test("A handler without a limit may take hours", async () => {
  const clock = new VirtualClock();
  const slow = tool(({ clock }) => clock.sleep(10_000_000).then(() => "ready"), {
    timeoutSecs: Infinity,
  });
  const outcome = await clock.runUntil(callTool(slow, request(clock)), { limitMs: 20_000_000 });
  assertEquals(outcome.result, "ready");
});

Deno.test("A call is cancelled before it begins, and while it runs", async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const work = tool(() => {
    calls++;
    return new Promise(() => {});
  });
  const before = await callTool(work, request(clock, { signal: AbortSignal.abort() }));
  assertEquals([before.status, calls], ["cancelled", 0]);
  const controller = new AbortController();
  const running = callTool(work, request(clock, { signal: controller.signal }));
  await clock.settle();
  controller.abort();
  assertEquals([(await running).status, calls, clock.timers], ["cancelled", 1, 0]);
});

Deno.test("A handler speaks while it works, and no longer once its call has ended", async () => {
  const pushed: Frame[] = [];
  const said = new TTSSpeakFrame("Let me look.");
  let late: FunctionCallParams | undefined;
  const work = tool((params) => {
    late = params;
    void params.push(said);
    return 1;
  });
  const push = (frame: Frame) => void pushed.push(frame);
  await callTool(work, request(new VirtualClock(), { push }));
  void late?.push(new TTSSpeakFrame("Too late."));
  assertEquals(pushed, [said]);
});

Deno.test("A call of a function that does not exist is told to the model", async () => {
  const outcome = await callTool(undefined, request(new VirtualClock(), { functionName: "fly" }));
  assertEquals([outcome.status, outcome.result], ["invalid", {
    error: 'Cannot call "fly": there is no such function',
  }]);
});

Deno.test("A schema whose check throws makes the call invalid", async () => {
  const work = tool(() => 1);
  work.validate = () => {
    throw new Error("broken");
  };
  assertEquals((await callTool(work, request(new VirtualClock()))).status, "invalid");
});

Deno.test("Arguments are read from what models write", () => {
  const cases: [string, unknown][] = [
    ["", {}],
    [" \n", {}],
    ["{}", {}],
    ['{"a":[1]}', { a: [1] }],
    ["{not json", undefined],
    ["null", undefined],
    ["[1]", undefined],
    ['"text"', undefined],
  ];
  for (const [json, value] of cases) assertEquals(parseToolArguments(json), value);
});
