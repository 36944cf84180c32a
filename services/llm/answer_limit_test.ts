/** A model that trickles for ever is given up; one that is slow, or waits for its listener, is not. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TimeoutError } from "../../async/mod.ts";
import { LLMContext, LLMContextFrame } from "../../context/mod.ts";
import {
  FunctionCallsStartedFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMTextFrame,
} from "../../frames/mod.ts";
import {
  type ScriptedAnswer,
  type ScriptedEvent,
  ScriptedLLMService,
  type ScriptedLLMServiceOptions,
  TestPipeline,
  type VirtualClock,
} from "../../testing/mod.ts";

/** An answer of so many words, each so long after the one before. */
function trickle(words: number, tokenMs: number): ScriptedAnswer {
  return { text: "word ".repeat(words).trimEnd(), tokenMs };
}

function start(options: ScriptedLLMServiceOptions) {
  const llm = new ScriptedLLMService(options);
  const pipeline = new TestPipeline([llm]);
  let told = 0;
  llm.on("completionTimeout", () => void told++);
  const ask = () => pipeline.push(new LLMContextFrame(new LLMContext()));
  return {
    llm,
    pipeline,
    clock: pipeline.clock as VirtualClock,
    ask,
    told: () => told,
    words: () => pipeline.of(LLMTextFrame).length,
    [Symbol.asyncDispose]: () => pipeline.close(),
  };
}

Deno.test("A model that gives a word now and then for ever is given up after two minutes", async () => {
  await using session = start({ answers: [trickle(200, 4_000), "New."] });
  const { llm, pipeline, clock, ask } = session;
  ask();
  await clock.advance(119_999);
  assertEquals([pipeline.errors.length, session.words()], [0, 30]);
  await clock.advance(1);
  assertEquals(pipeline.of(LLMFullResponseEndFrame).length, 1);
  assertEquals([llm.requests[0]?.signal.aborted, session.told()], [true, 1]);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "after 120000 ms of waiting");
  ask();
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(clock.timers, 0);
});

Deno.test("A slow model that pauses is not given up", async () => {
  // Twenty seconds before the first word, two pauses as long, and a long answer.
  const long = (from: number): ScriptedEvent[] =>
    Array.from({ length: 150 }, (_, i) => ({
      afterMs: i === 0 ? from : i % 60 === 0 ? 20_000 : 300,
      event: { type: "text", text: "word " },
    }));
  await using session = start({ answers: [{ events: long(20_000) }] });
  session.ask();
  await session.clock.advance(200_000);
  assertEquals([session.words(), session.pipeline.errors, session.told()], [150, [], 0]);
});

Deno.test("What the voice takes to speak is not the model's time", async () => {
  await using session = start({ answers: [trickle(60, 100)], answerTimeoutMs: 10_000 });
  const { pipeline, clock, ask } = session;
  const output = pipeline.block();
  ask();
  await clock.advance(60_000);
  output.release();
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals([session.words(), pipeline.errors], [60, []]);
});

Deno.test("What an answer that was given up asked for is not done", async () => {
  const events: ScriptedEvent[] = [
    { afterMs: 100, event: { type: "toolCall", index: 0, id: "1", name: "work", arguments: "{}" } },
    ...Array.from({ length: 20 }, (): ScriptedEvent => ({
      afterMs: 1_000,
      event: { type: "text", text: "word " },
    })),
  ];
  await using session = start({ answers: [{ events }], answerTimeoutMs: 5_000 });
  session.ask();
  await session.clock.advance(30_000);
  assertEquals(session.pipeline.of(FunctionCallsStartedFrame), []);
  assertEquals(session.words(), 4);
});

Deno.test("An answer that was interrupted is not complained of later", async () => {
  await using session = start({ answers: [trickle(100, 1_000)], answerTimeoutMs: 5_000 });
  session.ask();
  await session.clock.advance(2_500);
  session.pipeline.push(new InterruptionFrame());
  await session.clock.advance(30_000);
  assertEquals([session.pipeline.errors, session.told(), session.clock.timers], [[], 0, 0]);
});

Deno.test("An inference outside of the pipeline has the same limit", async () => {
  await using session = start({ answers: [trickle(100, 1_000)], answerTimeoutMs: 5_000 });
  await session.pipeline.settle();
  const given = session.llm.runInference(new LLMContext());
  const refused = assertRejects(() => given, TimeoutError, "after 5000 ms of waiting");
  await session.clock.advance(5_000);
  await refused;
});

Deno.test("A stall is still called one", async () => {
  await using session = start({ answers: [{ text: "Well,", stalls: true }] });
  session.ask();
  await session.clock.advance(30_000);
  assertStringIncludes(session.pipeline.errors[0]?.error ?? "", "nothing came for 30000 ms");
});
