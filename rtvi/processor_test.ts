import { assert, assertEquals, assertRejects } from "@std/assert";
import { LLMMessagesAppendFrame } from "../context/mod.ts";
import {
  EndFrame,
  type Frame,
  InputDTMFFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { RTVIClientMessageFrame, RTVIProcessor } from "./mod.ts";
import { Session } from "./testdata/session.ts";

const READY = { version: "2.1.0", about: { library: "@parley/sdk" } };

Deno.test("RTVIProcessor answers a client that is ready, and says so", async () => {
  await using session = new Session();
  const ready: RTVIProcessor[] = [];
  session.rtvi.on("clientReady", (rtvi) => void ready.push(rtvi));
  session.ask("client-ready", { version: "2.0.0", about: { library: "x" } }, "ready-1");
  assertEquals(await session.take(), [
    { label: "rtvi-ai", type: "bot-ready", id: "ready-1", data: READY },
  ]);
  session.rtvi.setBotReady({ library: "mine" });
  assertEquals(await session.take(), [
    {
      label: "rtvi-ai",
      type: "bot-ready",
      id: "ready-1",
      data: { ...READY, about: { library: "mine" } },
    },
  ]);
  assertEquals(ready, [session.rtvi]);
});

for (const version of ["2.1.0", "2.0.0", "2.0.0-beta", "2.9.9"]) {
  Deno.test(`RTVIProcessor understands a client of version ${version}`, async () => {
    await using session = new Session();
    session.ask("client-ready", { version, about: "bad" });
    assertEquals(await session.told(), [["bot-ready", READY]]);
  });
}

/** What `send-text` makes of its data. */
function shortly(frame: Frame): unknown {
  if (frame instanceof LLMMessagesAppendFrame) return [frame.messages, frame.runLlm];
  return frame instanceof LLMConfigureOutputFrame ? frame.skipTts : frame.constructor.name;
}

const TEXTS: Record<string, { options?: unknown; content?: string; frames: unknown[] }> = {
  "interrupts, and is answered": {
    frames: ["InterruptionFrame", [[{ role: "user", content: "Hello" }], true]],
  },
  "without options is the same": {
    options: null,
    frames: ["InterruptionFrame", [[{ role: "user", content: "Hello" }], true]],
  },
  "may be empty": {
    content: "",
    frames: ["InterruptionFrame", [[{ role: "user", content: "" }], true]],
  },
  "is not answered at once": {
    options: { run_immediately: false },
    frames: [[[{ role: "user", content: "Hello" }], false]],
  },
  "is answered in silence": {
    options: { audio_response: false },
    frames: ["InterruptionFrame", true, [[{ role: "user", content: "Hello" }], true], false],
  },
  "is neither answered at once nor spoken": {
    options: { run_immediately: false, audio_response: false },
    frames: [true, [[{ role: "user", content: "Hello" }], false], false],
  },
};

for (const [name, { options, content = "Hello", frames }] of Object.entries(TEXTS)) {
  Deno.test(`RTVIProcessor: a typed text ${name}`, async () => {
    const kept = [InterruptionFrame, LLMMessagesAppendFrame, LLMConfigureOutputFrame];
    await using session = new Session({ kept });
    session.ask("send-text", { content, options });
    assertEquals((await session.passed()).map(shortly), frames);
    assertEquals(await session.told(), []);
  });
}

/** Takes its time with every text, and knows whether it is to be silent. */
class Model extends FrameProcessor {
  silent = false;
  answered = 0;

  constructor() {
    super();
    this.handle(LLMConfigureOutputFrame, ({ skipTts }) => void (this.silent = skipTts));
    this.handle(LLMMessagesAppendFrame, async (_frame, { signal }) => {
      await this.clock.sleep(1_000, { signal });
      this.answered++;
    });
  }
}

function modelTask() {
  const [clock, rtvi, model] = [new VirtualClock(), new RTVIProcessor(), new Model()];
  const task = new PipelineTask(new Pipeline([model]), { clock, rtvi });
  const type = (options: unknown) => {
    const data = { content: "Hello", options };
    task.queueFrame(
      new InputTransportMessageFrame({ label: "rtvi-ai", type: "send-text", id: "1", data }),
    );
  };
  return { clock, rtvi, model, task, type };
}

Deno.test("RTVIProcessor: a typed text interrupts what is before it, and not itself", async () => {
  const { clock, model, task, type } = modelTask();
  void task.run();
  type({});
  await clock.advance(500);
  type({});
  await clock.advance(2_000);
  assertEquals(model.answered, 1);
  await clock.runUntil(task.cancel());
});

Deno.test("RTVIProcessor: an answer in silence that is interrupted silences nothing else", async () => {
  const { clock, rtvi, model, task, type } = modelTask();
  void task.run();
  type({ audio_response: false });
  await clock.advance(500);
  assertEquals(model.silent, true);
  rtvi.interruptBot();
  await clock.advance(0);
  assertEquals([model.silent, model.answered], [false, 0]);
  await clock.runUntil(task.cancel());
});

Deno.test("RTVIProcessor hands an application's message on, and sends its answers", async () => {
  await using session = new Session({ kept: [RTVIClientMessageFrame] });
  const asked: RTVIClientMessageFrame[] = [];
  session.rtvi.on("clientMessage", (rtvi, message) => {
    asked.push(message);
    rtvi.sendServerResponse(message, { b: 2 });
    rtvi.sendServerResponse(message);
    rtvi.sendErrorResponse(message, "No such thing");
  });
  session.ask("client-message", { t: "ping", d: { x: 1 } }, "m1");
  session.ask("client-message", { t: "no-data" }, "m2");
  const frames = await session.passed();
  assertEquals(frames, asked);
  assertEquals(asked.map(({ msgId, type, data }) => [msgId, type, data]), [
    ["m1", "ping", { x: 1 }],
    ["m2", "no-data", undefined],
  ]);
  assertEquals((await session.take()).map(({ id, type, data }) => [id, type, data]), [
    ["m1", "server-response", { t: "ping", d: { b: 2 } }],
    ["m1", "server-response", { t: "ping" }],
    ["m1", "error-response", { error: "No such thing" }],
    ["m2", "server-response", { t: "no-data", d: { b: 2 } }],
    ["m2", "server-response", { t: "no-data" }],
    ["m2", "error-response", { error: "No such thing" }],
  ]);
});

Deno.test("RTVIProcessor hands on the keys that a user presses", async () => {
  await using session = new Session({ kept: [InputDTMFFrame] });
  session.ask("dtmf", { buttons: ["1", "#"] });
  session.ask("dtmf", { button: "5" });
  const frames = await session.passed();
  assertEquals(frames.map((frame) => frame instanceof InputDTMFFrame && frame.button), [
    "1",
    "#",
    "5",
  ]);
  assertEquals(await session.told(), []);
});

Deno.test("RTVIProcessor sends what the application says", async () => {
  await using session = new Session({ kept: [InterruptionFrame] });
  session.rtvi.sendServerMessage({ a: 1 });
  session.rtvi.sendServerMessage("text");
  session.rtvi.sendServerMessage(null);
  session.rtvi.sendError("It broke");
  session.rtvi.sendError("It broke for good", { fatal: true });
  assertEquals(await session.told(), [
    ["server-message", { a: 1 }],
    ["server-message", "text"],
    "server-message",
    ["error", { error: "It broke", fatal: false }],
    ["error", { error: "It broke for good", fatal: true }],
  ]);
  session.rtvi.interruptBot();
  assertEquals((await session.passed()).length, 1);
});

Deno.test("RTVIProcessor ends the session when the client disconnects the bot", async () => {
  await using session = new Session({ kept: [EndFrame] });
  session.ask("disconnect-bot");
  await session.clock.settle();
  assertEquals((await session.passed()).length, 1);
  assert(session.task.hasFinished());
});

Deno.test("RTVIProcessor does not write a client's error into the log's text", async () => {
  await using session = new Session();
  session.ask("error", { error: "my secret", fatal: false });
  assertEquals(await session.told(), []);
  assertEquals(session.warnings, ["The client reported an error"]);
});

Deno.test("RTVIProcessor answers a message once where both of its copies come by", async () => {
  await using session = new Session({ behindInput: true });
  session.ask("client-ready", { version: "2.1.0" });
  assertEquals(await session.told(), [["bot-ready", READY]]);
  const [down, up] = [0, 1].map(() =>
    new InputTransportMessageFrame({ label: "rtvi-ai", type: "get-config", id: "1" })
  );
  assert(down && up);
  down.broadcastSiblingId = up.id;
  up.broadcastSiblingId = down.id;
  session.input.push(down);
  session.probe.push(up, "upstream");
  session.input.push(down);
  assertEquals((await session.take()).map(({ type }) => type), ["error-response"]);
});

Deno.test("RTVIProcessor has the client run a function, and gives what it answers", async () => {
  const functionCallReportLevel = { locate: "full" } as const;
  await using session = new Session({ observerParams: { functionCallReportLevel } });
  const { signal } = new AbortController();
  const result = session.rtvi.handleFunctionCall({
    functionName: "locate",
    toolCallId: "t1",
    signal,
  });
  session.ask("llm-function-call-result", { tool_call_id: "other", result: "no" });
  session.ask("llm-function-call-result", {
    function_name: "locate",
    tool_call_id: "t1",
    arguments: {},
    result: { lat: 1 },
  });
  assertEquals(await result, { lat: 1 });
  session.ask("llm-function-call-result", { tool_call_id: "t1", result: "again" });
  assertEquals((await session.take()).map(({ type }) => type), [
    "error-response",
    "error-response",
  ]);
});

Deno.test("RTVIProcessor gives up on a call that is cancelled, or of which the client is not told", async () => {
  const functionCallReportLevel = { "*": "full", secret: "name" } as const;
  await using session = new Session({ observerParams: { functionCallReportLevel } });
  const controller = new AbortController();
  const { signal } = controller;
  const call = { toolCallId: "t1", signal };
  const cancelled = session.rtvi.handleFunctionCall({ functionName: "locate", ...call });
  controller.abort(new DOMException("Cancelled", "AbortError"));
  await assertRejects(() => cancelled, DOMException, "Cancelled");
  await assertRejects(
    () => session.rtvi.handleFunctionCall({ functionName: "secret", ...call }),
    TypeError,
    'Cannot have the client run "secret": its report level is "name"',
  );
});

Deno.test("RTVIProcessor says that the bot started, and does nothing once it is closed", async () => {
  const { clock, rtvi, task } = modelTask();
  let started = 0;
  rtvi.on("botStarted", () => void started++);
  void task.run();
  await clock.settle();
  assertEquals(started, 1);
  await clock.runUntil(task.cancel());
  rtvi.sendServerMessage(1);
  rtvi.interruptBot();
  await clock.settle();
});
