import { assertEquals } from "@std/assert";
import { LLMContext } from "../context/mod.ts";
import { FunctionCallsStartedFrame, LLMFullResponseStartFrame } from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { LLMAssistantAggregator, VADUserTurnStartStrategy } from "./mod.ts";
import { lineOf, play } from "./_script_player_test.ts";

const CALL = '{"toolCallId":"t1","functionName":"look","arguments":{}}';
const TWO = '[{"toolCallId":"t1","functionName":"look","arguments":{}},' +
  '{"toolCallId":"t2","functionName":"look","arguments":{}}]';
const result = (id: string, value: unknown, more: object = {}) =>
  `bot result ${JSON.stringify({ toolCallId: id, functionName: "look", result: value, ...more })}`;

Deno.test("What was said before a call stands before it, though it is heard later", async () => {
  const { context, asked } = await play([
    "0 bot answer+",
    '10 bot tts+ {"contextId":"a"}',
    `20 bot calls [${CALL}]`,
    `20 bot call ${CALL}`,
    "30 bot speaks+",
    `40 ${result("t1", "found")}`,
    '100 bot heard {"text":"Let me","contextId":"a"}',
    '200 bot heard {"text":" look.","contextId":"a"}',
    "300 bot answer-",
    '310 bot tts- {"contextId":"a"}',
    "320 bot speaks-",
  ]);
  assertEquals(context, ["assistant: Let me look.", "call t1: look({})", 'tool t1: "found"']);
  assertEquals(asked, ["320 assistant"]);
});

Deno.test("An answer that waits behind other speech stands before its calls, too", async () => {
  const { context } = await play([
    '0 bot tts+ {"contextId":"g"}',
    "10 bot speaks+",
    '20 bot heard {"text":"Welcome.","contextId":"g"}',
    `30 bot calls [${CALL}]`,
    '40 bot tts- {"contextId":"g"}',
    "50 bot answer+",
    '60 bot heard {"text":"Let me look.","contextId":"a"}',
    "70 bot answer-",
    `80 ${result("t1", 1)}`,
  ]);
  assertEquals(context, [
    "assistant: Welcome.",
    "assistant: Let me look.",
    "call t1: look({})",
    "tool t1: 1",
  ]);
});

Deno.test("The model is told of a result once its answer has ended", async () => {
  const { asked } = await play([
    "0 bot answer+",
    `10 bot calls [${CALL}]`,
    `20 ${result("t1", 1)}`,
    "500 bot answer-",
  ]);
  assertEquals(asked, ["500 assistant"]);
});

for (const value of [0, "", false, null, [], {}]) {
  Deno.test(`The result ${JSON.stringify(value)} is a result`, async () => {
    const { context, asked } = await play([
      `0 bot calls [${CALL}]`,
      `10 ${result("t1", value)}`,
    ]);
    assertEquals(context[1], `tool t1: ${JSON.stringify(value)}`);
    assertEquals(asked, ["10 assistant"]);
  });
}

Deno.test("The model runs once when a group is done, as far as its results wish", async () => {
  const run = async (first: object, second: object) => {
    const { asked } = await play([
      `0 bot calls ${TWO}`,
      `10 ${result("t1", 1, first)}`,
      `20 ${result("t2", 2, second)}`,
    ]);
    return asked;
  };
  assertEquals(await run({}, {}), ["20 assistant"]);
  assertEquals(await run({ runLlm: false }, {}), ["20 assistant"]);
  assertEquals(await run({}, { runLlm: false }), ["20 assistant"]);
  assertEquals(await run({ runLlm: false }, { properties: { runLlm: false } }), []);
  assertEquals(await run({ runLlm: true }, { runLlm: false }), ["10 assistant"]);
  assertEquals(await run({ runLlm: true }, {}), ["10 assistant", "20 assistant"]);
  assertEquals(await run({ runLlm: false, properties: { runLlm: true } }, { runLlm: false }), [
    "10 assistant",
  ]);
});

Deno.test("A call that is cancelled completes its group", async () => {
  const cancelled = (more: string) => [
    `0 bot calls ${TWO}`,
    `10 ${result("t1", 1)}`,
    `20 bot cancelled {"toolCallId":"t2","functionName":"look"${more}}`,
  ];
  const { context, asked } = await play(cancelled(""));
  assertEquals(context.slice(1), ["tool t1: 1", "call t2: look({})", "tool t2: CANCELLED"]);
  assertEquals(asked, ["20 assistant"]);
});

Deno.test("A call that is cancelled before it runs stays cancelled", async () => {
  const { context, asked } = await play([
    `0 bot calls [${CALL}]`,
    '10 bot cancelled {"toolCallId":"t1","functionName":"look"}',
    `20 bot call ${CALL}`,
    `30 ${result("t1", 1)}`,
  ]);
  assertEquals(context, ["call t1: look({})", "tool t1: CANCELLED"]);
  assertEquals(asked, []);
});

Deno.test("A call that goes on gives its result in its place while nothing else was said", async () => {
  const { context } = await play([
    `0 bot calls ${TWO}`,
    `10 bot call ${CALL}`,
    `20 ${result("t1", { sky: "clear" })}`,
  ]);
  assertEquals(context[1], 'tool t1: {"sky":"clear"}');
});

Deno.test("The conversation goes on, and the result comes behind it", async () => {
  const { context, asked } = await play([
    `0 bot calls [${CALL}]`,
    `10 bot call ${CALL}`,
    "100 user vad+",
    '200 user final "Tell me a joke."',
    "300 user vad-",
    "600 bot answer+",
    '610 bot heard {"text":"Knock"}',
    `620 ${result("t1", 7)}`,
    '630 bot heard {"text":"knock."}',
    "700 bot answer-",
  ]);
  assertEquals(context, [
    "call t1: look({})",
    "tool t1: async t1 running",
    "user: Tell me a joke.",
    "assistant: Knock knock.",
    "developer: async t1 finished 7",
  ]);
  assertEquals(asked, ["500 user", "700 assistant"]);
});

Deno.test("A call that goes on can be cancelled when the conversation has gone on", async () => {
  const { context } = await play([
    `0 bot calls [${CALL}]`,
    `10 bot call ${CALL}`,
    '20 user append {"messages":[{"role":"user","content":"Never mind."}]}',
    '30 bot cancelled {"toolCallId":"t1","functionName":"look"}',
  ]);
  assertEquals(context.at(-1), 'developer: async t1 finished "CANCELLED"');
});

const CANCELLABLE = '{"toolCallId":"t1","functionName":"look","arguments":{},' +
  '"cancelOnInterruption":true}';
const PROGRESS = { properties: { isFinal: false, runLlm: false } };

for (const meanwhile of [[], ['30 bot heard {"text":"Half of it."}']]) {
  const when = meanwhile.length > 0 ? ", though the conversation has gone on" : "";
  Deno.test(`A call that told of its progress and is then cancelled is cancelled${when}`, async () => {
    const { context } = await play([
      `0 bot calls [${CALL}]`,
      `10 bot call ${CANCELLABLE}`,
      `20 ${result("t1", "50%", PROGRESS)}`,
      ...meanwhile,
      '40 bot cancelled {"toolCallId":"t1","functionName":"look"}',
      `50 ${result("t1", "late")}`,
    ]);
    assertEquals(context, [
      "call t1: look({})",
      "tool t1: CANCELLED",
      'developer: async t1 running "50%"',
      ...meanwhile.map(() => "assistant: Half of it."),
    ]);
  });
}

Deno.test("A call that told of its progress is not left in progress by its result, either", async () => {
  const { context } = await play([
    `0 bot calls [${CALL}]`,
    `10 bot call ${CANCELLABLE}`,
    `20 ${result("t1", "50%", PROGRESS)}`,
    `30 ${result("t1", "done")}`,
  ]);
  assertEquals(context, [
    "call t1: look({})",
    "tool t1: async t1 running",
    'developer: async t1 running "50%"',
    'developer: async t1 finished "done"',
  ]);
});

Deno.test("A call that told of its progress is cancelled with the session", async () => {
  const { context } = await play([
    `0 bot calls [${CALL}]`,
    `10 bot call ${CANCELLABLE}`,
    `20 ${result("t1", "50%", PROGRESS)}`,
    "30 user end",
  ]);
  assertEquals(context[1], "tool t1: CANCELLED");
});

Deno.test("A model that numbers its calls anew in each answer is understood", async () => {
  const { context, asked } = await play([
    `0 bot calls [${CALL}]`,
    `10 ${result("t1", 1)}`,
    `20 bot calls [${CALL}]`,
    `30 ${result("t1", 2)}`,
    `40 bot calls [${CALL}]`,
    `50 bot calls [${CALL}]`,
    `60 ${result("t1", 3)}`,
  ]);
  assertEquals(context.filter((line) => line.startsWith("tool")), [
    "tool t1: 1",
    "tool t1: 2",
    "tool t1: CANCELLED",
    "tool t1: 3",
  ]);
  assertEquals(asked, ["10 assistant", "30 assistant", "60 assistant"]);
});

Deno.test("A call of which only the beginning of its work is known is recorded all the same", async () => {
  const { context } = await play([`0 bot call ${CALL}`, `10 ${result("t1", 1)}`]);
  assertEquals(context, ["call t1: look({})", "tool t1: 1"]);
});

Deno.test("No call is left open when the session ends", async () => {
  const { context } = await play([`0 bot calls ${TWO}`, `10 ${result("t1", 1)}`, "20 user end"]);
  assertEquals(context.filter((line) => line.startsWith("tool")), [
    "tool t1: 1",
    "tool t2: CANCELLED",
  ]);
});

Deno.test("A session that is cancelled leaves neither an answer nor a call open", async () => {
  const context = new LLMContext();
  const assistant = new LLMAssistantAggregator(context);
  const stopped: unknown[] = [];
  assistant.on("assistantTurnStopped", ({ interrupted }) => void stopped.push(interrupted));
  const task = new PipelineTask(new Pipeline([assistant]), { clock: new VirtualClock() });
  const running = task.run();
  const call = { toolCallId: "t1", functionName: "look", arguments: {} };
  void task.queueFrame(new LLMFullResponseStartFrame());
  void task.queueFrame(new FunctionCallsStartedFrame([call]));
  assertEquals(assistant.hasFunctionCallsInProgress, true);
  await task.cancel();
  await running;
  assertEquals(assistant.hasFunctionCallsInProgress, false);
  assertEquals(context.messages.map(lineOf), ["call t1: look({})", "tool t1: CANCELLED"]);
  assertEquals(stopped, [true]);
});

Deno.test("A result that comes while the user speaks is told together with his words", async () => {
  const { asked } = await play([
    `0 bot calls [${CALL}]`,
    "10 user vad+",
    `20 ${result("t1", 1)}`,
    '300 user final "And now?"',
    "310 user vad-",
    "2000 end of script",
  ]);
  assertEquals(asked, ["510 user"]);
});

Deno.test("A result that comes while somebody coughs is told after that", async () => {
  const { asked } = await play([
    `0 bot calls [${CALL}]`,
    "10 user vad+",
    `20 ${result("t1", 1)}`,
    "200 user vad-",
    "2000 end of script",
  ]);
  assertEquals(asked, ["1200 assistant"]);
});

Deno.test("After an interruption that asks nothing, the model is told of results", async () => {
  const script = [
    "0 bot answer+",
    `10 bot calls [${CALL}]`,
    `20 ${result("t1", 1)}`,
    "30 user interrupt",
  ];
  assertEquals((await play([...script, "500 end of script"])).asked, ["130 assistant"]);
  const typed = '35 user append {"messages":[{"role":"user","content":"Hi"}],"runLlm":true}';
  assertEquals((await play([...script, typed, "500 end of script"])).asked, ["35 user"]);
});

Deno.test("What a user's own turn told the model is not told again", async () => {
  const start = [new VADUserTurnStartStrategy({ enableInterruptions: false })];
  const { asked } = await play([
    `0 bot calls [${CALL}]`,
    '10 bot tts+ {"contextId":"a"}',
    "20 bot speaks+",
    "30 user vad+",
    `40 ${result("t1", 1)}`,
    '50 user final "Well?"',
    "60 user vad-",
    '900 bot heard {"text":"Meanwhile,","contextId":"a"}',
    "1000 bot speaks-",
    "9000 end of script",
  ], { userParams: { userTurnStrategies: { start } } });
  assertEquals(asked, ["660 user"]);
});

Deno.test("Calls are recorded by whichever half hears of them first", async () => {
  const { context, asked } = await play([
    `0 back calls [${CALL}]`,
    `0 back call ${CALL}`,
    `10 ${result("t1", 1).replace("bot", "back")}`,
  ]);
  assertEquals(context, ["call t1: look({})", "tool t1: 1"]);
  assertEquals(asked, ["10 assistant"]);
});

Deno.test("Asked twice about the same conversation, the model answers once", async () => {
  const answer = ["100 bot answer+", "110 bot answer-"];
  assertEquals((await play(["0 user run", "50 bot run"])).asked, ["0 user"]);
  assertEquals((await play(["0 user run", ...answer, "120 bot run"])).asked, [
    "0 user",
    "120 assistant",
  ]);
  assertEquals((await play(["0 user run", "50 user interrupt", "60 user run"])).asked, [
    "0 user",
    "60 user",
  ]);
  assertEquals((await play(["0 user run", "6000 user run"])).asked, ["0 user", "6000 user"]);
});
