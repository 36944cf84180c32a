import { assertEquals } from "@std/assert";
import { defineTool, LLMContext, LLMContextFrame } from "../../context/mod.ts";
import { FunctionCallResultFrame, TTSSpeakFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import { engineOf } from "../../processors/frame_processor.ts";
import { ScriptedLLMService, ScriptedTTSService, TestPipeline } from "../../testing/mod.ts";

const CALLS = 40;

Deno.test("function calls leave no scopes open, however many there are and without an interruption", async () => {
  const answers = Array.from({ length: CALLS }, () => ({ calls: [{ name: "work" }] }));
  const llm = new ScriptedLLMService({ answers });
  await using pipeline = new TestPipeline([llm]);
  const work = defineTool({
    name: "work",
    description: "Works, and says so on the way.",
    parameters: { type: "object", properties: {} },
    handler: ({ resultCallback }) => {
      resultCallback("half", { isFinal: false });
      return "done";
    },
  });
  const open: number[] = [];
  for (let calls = 1; calls <= CALLS; calls++) {
    pipeline.push(new LLMContextFrame(new LLMContext([], { tools: [work] })));
    await pipeline.until(FunctionCallResultFrame, { count: 4 * calls });
    await pipeline.settle();
    open.push(engineOf(llm).lanes.works.scopes);
  }
  // One lasts as long as the service, and all calls share it.
  assertEquals(new Set(open), new Set([1]));
});

Deno.test("utterances leave no scopes open", async () => {
  const tts = new ScriptedTTSService();
  await using pipeline = new TestPipeline([tts]);
  for (let said = 1; said <= 20; said++) {
    pipeline.push(new TTSSpeakFrame("Hello there."));
    await pipeline.until(TTSStoppedFrame, { count: said });
  }
  await pipeline.settle();
  assertEquals(engineOf(tts).lanes.works.scopes <= 1, true);
});

Deno.test("a tool is given what the application shares with it", async () => {
  const shared = { orders: ["tea"] };
  const seen: unknown[] = [];
  const llm = new ScriptedLLMService({ answers: [{ calls: [{ name: "look" }] }] });
  const look = defineTool({
    name: "look",
    description: "Looks.",
    parameters: { type: "object", properties: {} },
    handler: ({ appResources }) => void seen.push(appResources),
  });
  await using pipeline = new TestPipeline([llm], { appResources: shared });
  pipeline.push(new LLMContextFrame(new LLMContext([], { tools: [look] })));
  await pipeline.until(FunctionCallResultFrame);
  assertEquals(seen.length, 1);
  assertEquals(seen[0] === shared, true);
});
