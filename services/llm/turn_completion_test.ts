/** A model that judges whether the user has said all. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  defineTool,
  LLMContext,
  LLMContextFrame,
  type LLMContextMessage,
  LLMMessagesAppendFrame,
  textOf,
} from "../../context/mod.ts";
import {
  EndFrame,
  type Frame,
  FunctionCallsStartedFrame,
  LLMFullResponseEndFrame,
  LLMTextFrame,
  LLMUpdateSettingsFrame,
  StopFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  type ScriptedAnswer,
  ScriptedLLMService,
  TestPipeline,
  VirtualClock,
} from "../../testing/mod.ts";
import { LLMMarkerFrame, type UserTurnCompletionConfig } from "../../turns/mod.ts";
import type { LLMSettings } from "./mod.ts";

/** A piece at a time, as a model may cut its answer. */
function pieces(...texts: string[]): ScriptedAnswer {
  return { events: texts.map((text) => ({ afterMs: 10, event: { type: "text", text } })) };
}

function start(answers: (string | ScriptedAnswer)[], settings: Partial<LLMSettings> = {}) {
  const clock = new VirtualClock();
  const llm = new ScriptedLLMService({
    answers,
    settings: { filterIncompleteUserTurns: true, ...settings },
  });
  const pipeline = new TestPipeline([llm], { clock });
  let asked = 0;
  const ask = async (messages: LLMContextMessage[] = [{ role: "user", content: "I want" }]) => {
    pipeline.push(new LLMContextFrame(new LLMContext(messages)));
    await pipeline.until(LLMFullResponseEndFrame, { count: ++asked });
  };
  const said = () =>
    pipeline.down.flatMap((frame) => {
      if (frame instanceof LLMTextFrame) return [frame.text];
      return frame instanceof LLMMarkerFrame
        ? [`[${frame.marker}${frame.appendToContextImmediately ? " now" : ""}]`]
        : [];
    });
  const prompts = () => pipeline.of(LLMMessagesAppendFrame, "upstream");
  const send = async (frame: Frame) => {
    pipeline.push(frame);
    await clock.settle();
  };
  const end = async () => {
    await pipeline.close();
    assertEquals(clock.timers, 0, "a timer is left");
  };
  return { clock, llm, pipeline, ask, said, prompts, send, [Symbol.asyncDispose]: end };
}

const SAID: [what: string, answer: string | ScriptedAnswer, said: string[], warned: boolean][] = [
  ["says that the turn is complete", "✓ Here you are.", ["[✓]", "Here", " you", " are."], false],
  ["says so in pieces", pieces("✓", " ", " Yes", " ✓"), ["[✓]", "Yes", " ✓"], false],
  ["decorates its sign", pieces("\n**", "✓\uFE0F", "**", " Yes."), ["[✓]", "Yes."], false],
  ["says nothing but that", "✓", ["[✓]"], false],
  ["says that the user was cut off", "○", ["[○ now]"], false],
  ["says that the user thinks, and talks on", "◐ Take your time.", ["[◐ now]"], false],
  ["gives no sign", "Here you are.", ["Here", " you", " are."], true],
  ["gives no sign but decoration", pieces('"', "*"), ['"*'], true],
  ["gives no answer", pieces(""), [], false],
];

for (const [what, answer, expected, warned] of SAID) {
  Deno.test(`What the user hears of a model that ${what}`, async () => {
    await using session = start([answer]);
    await session.ask();
    assertEquals(session.said(), expected);
    const warnings = session.pipeline.logged.filter((line) => line.includes("gave no sign"));
    assertEquals(warnings.length, warned ? 1 : 0);
  });
}

Deno.test("A model that is not to judge says what it says", async () => {
  await using session = start(["✓ Yes."], { filterIncompleteUserTurns: false });
  await session.ask();
  assertEquals(session.said(), ["✓", " Yes."]);
  assertEquals(session.llm.requests[0]?.settings.systemInstruction, undefined);
});

Deno.test("The instruction to judge stands behind every other one", async () => {
  await using session = start(["✓", "✓", "✓", "✓"], {
    userTurnCompletionConfig: { instructions: "Judge." },
  });
  const { llm, ask, send } = session;
  const last = () => {
    const { settings, context } = llm.requests.at(-1) ?? {};
    return [settings?.systemInstruction, context?.messages.map(textOf).join("|")];
  };
  await ask();
  assertEquals(last(), ["Judge.", "I want"]);
  const own: LLMContextMessage = { role: "system", content: "Be brief." };
  await ask([own, { role: "user", content: "Hi" }]);
  assertEquals(last(), [undefined, "Be brief.\n\nJudge.|Hi"]);
  await send(new LLMUpdateSettingsFrame({ delta: { systemInstruction: "Be kind." } }));
  await ask([own]);
  assertEquals(last(), ["Be kind.\n\nJudge.", "Be brief."]);
  const context = new LLMContext([own]);
  assertEquals(await llm.runInference(context, { systemInstruction: "Sum it up." }), "✓");
  assertEquals(last(), ["Sum it up.", "Be brief."]);
  assertEquals(context.messages, [own]);
});

for (
  const [marker, secs, config] of [
    ["○", 5, undefined],
    ["◐", 10, undefined],
    ["○", 2, { incompleteShortTimeoutSecs: 2 }],
    ["◐", 30, { incompleteLongTimeoutSecs: 30 }],
  ] satisfies [string, number, UserTurnCompletionConfig | undefined][]
) {
  Deno.test(`After ${marker} the model is told to speak in ${secs} s`, async () => {
    const userTurnCompletionConfig = {
      ...config,
      incompleteShortPrompt: "Encourage.",
      incompleteLongPrompt: "Ask.",
    };
    await using session = start([marker], { userTurnCompletionConfig });
    await session.ask();
    await session.clock.advance(secs * 1000 - 1);
    assertEquals(session.prompts(), []);
    await session.clock.advance(1);
    const [{ messages, runLlm } = {}] = session.prompts();
    const content = marker === "○" ? "Encourage." : "Ask.";
    assertEquals([messages, runLlm], [[{ role: "developer", content }], true]);
    await session.clock.advance(60_000);
    assertEquals(session.prompts().length, 1);
  });
}

for (
  const [what, make] of [
    ["the user has the floor", () => new UserStartedSpeakingFrame()],
    ["another answer begins", () => new LLMContextFrame(new LLMContext())],
  ] satisfies [string, () => Frame][]
) {
  Deno.test(`Nobody is encouraged once ${what}`, async () => {
    await using session = start(["○", "✓ Yes."]);
    await session.ask();
    await session.send(make());
    await session.clock.advance(60_000);
    assertEquals(session.prompts(), []);
  });
}

for (const Last of [EndFrame, StopFrame]) {
  Deno.test(`Nobody is encouraged once a ${Last.name} has come by, however long the rest takes`, async () => {
    await using session = start(["○"]);
    await session.ask();
    const rest = session.pipeline.block();
    const before = session.clock.timers;
    await session.send(new Last());
    await session.clock.advance(5_500);
    rest.release();
    await session.clock.advance(60_000);
    assertEquals([before > 0, session.clock.timers, session.prompts().length], [true, 0, 0]);
  });
}

Deno.test("Nobody is encouraged who is interrupted by his own voice", async () => {
  await using session = start(["○"]);
  await session.ask();
  session.pipeline.interrupt();
  await session.clock.advance(60_000);
  assertEquals(session.prompts(), []);
});

Deno.test("While a voice is heard nobody is encouraged, and after it in as long as before", async () => {
  await using session = start(["○"]);
  await session.send(new VADUserStoppedSpeakingFrame());
  await session.ask();
  await session.clock.advance(4_000);
  await session.send(new VADUserStartedSpeakingFrame());
  await session.clock.advance(20_000);
  await session.send(new VADUserStoppedSpeakingFrame());
  await session.clock.advance(4_999);
  assertEquals(session.prompts(), []);
  await session.clock.advance(1);
  assertEquals(session.prompts().length, 1);
});

Deno.test("Who only coughs is encouraged in as long as before, once", async () => {
  await using session = start(["○"]);
  await session.ask();
  await session.clock.advance(4_000);
  for (let i = 0; i < 2; i++) {
    await session.send(new UserStartedSpeakingFrame());
    session.pipeline.interrupt();
    await session.clock.advance(20_000);
    assertEquals(session.prompts(), []);
    await session.send(new UserStoppedSpeakingFrame());
    await session.clock.advance(4_000);
  }
  await session.clock.advance(60_000);
  assertEquals(session.prompts().length, 1);
});

Deno.test("Who says more is answered, and not encouraged", async () => {
  await using session = start(["○", "✓ Yes."]);
  await session.ask();
  await session.send(new UserStartedSpeakingFrame());
  await session.send(new UserStoppedSpeakingFrame());
  await session.ask();
  await session.clock.advance(60_000);
  assertEquals(session.prompts(), []);
});

Deno.test("Where somebody wanted silence, a cough later encourages nobody", async () => {
  await using session = start(["○"]);
  await session.ask();
  session.pipeline.interrupt();
  await session.send(new UserStartedSpeakingFrame());
  await session.send(new UserStoppedSpeakingFrame());
  await session.clock.advance(60_000);
  assertEquals(session.prompts(), []);
});

Deno.test("A model that is told to speak and waits again is told no more until the user speaks", async () => {
  await using session = start(["○", "◐", "○"]);
  await session.ask();
  await session.clock.advance(5_000);
  await session.ask();
  await session.clock.advance(60_000);
  assertEquals(session.prompts().length, 1);
  assertStringIncludes(session.pipeline.logged.join(), "waits for the user again");
  await session.send(new UserStartedSpeakingFrame());
  await session.ask();
  await session.clock.advance(5_000);
  assertEquals(session.prompts().length, 2);
});

Deno.test("What half a sentence seems to ask for is not done", async () => {
  const calls = [{ name: "book" }];
  let booked = 0;
  const book = defineTool({ name: "book", description: "", handler: () => ++booked });
  await using session = start([{ text: "○", calls }, { text: "✓ Of course.", calls }, { calls }]);
  for (const expected of [0, 1, 2]) {
    const context = new LLMContext([], { tools: [book] });
    session.pipeline.push(new LLMContextFrame(context));
    await session.pipeline.until(LLMFullResponseEndFrame, { count: expected + 1 });
    await session.clock.settle();
    assertEquals([booked, session.pipeline.of(FunctionCallsStartedFrame).length], [
      expected,
      expected,
    ]);
  }
  assert(!session.pipeline.logged.join().includes("gave no sign"));
});

Deno.test("Times that make no sense are a warning, and the defaults count", async () => {
  await using session = start(["○"], {
    userTurnCompletionConfig: { incompleteShortTimeoutSecs: 0, instructions: "Judge." },
  });
  await session.ask();
  assertStringIncludes(session.pipeline.logged.join(), '"incompleteShortTimeoutSecs" is 0');
  assertEquals(session.llm.requests[0]?.settings.systemInstruction, "Judge.");
  await session.clock.advance(5_000);
  assertEquals(session.prompts().length, 1);
});
