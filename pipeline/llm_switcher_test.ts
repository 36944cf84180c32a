import { assert, assertEquals, assertRejects } from "@std/assert";
import { defineTool, LLMContext, LLMContextFrame } from "../context/mod.ts";
import {
  type Frame,
  FunctionCallResultFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  ManuallySwitchServiceFrame,
} from "../frames/mod.ts";
import { ScriptedLLMService, TestPipeline, VirtualClock } from "../testing/mod.ts";
import type { ScriptedAnswer } from "../testing/scripted_llm.ts";
import {
  LLMSwitcher,
  ServiceSwitcherStrategyFailover,
  type SwitchedInferenceOptions,
} from "./mod.ts";

const down = (answer: Omit<ScriptedAnswer, "error"> = {}): ScriptedAnswer => ({
  ...answer,
  error: new Error("the model is down"),
});

/** Models behind a switcher, each with what it answers. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly llms: ScriptedLLMService[];
  readonly switcher: LLMSwitcher<ScriptedLLMService>;
  readonly pipeline: TestPipeline;
  readonly context = new LLMContext([{ role: "user", content: "Hello." }]);

  constructor(...scripts: (string | ScriptedAnswer)[][]) {
    this.llms = scripts.map((answers, i) =>
      new ScriptedLLMService({ name: `LLM${i + 1}`, answers, stallTimeoutMs: 5_000 })
    );
    this.switcher = new LLMSwitcher({
      llms: this.llms,
      strategyType: ServiceSwitcherStrategyFailover,
    });
    this.pipeline = new TestPipeline([this.switcher], { clock: this.clock });
  }

  async push(...frames: readonly Frame[]): Promise<void> {
    this.pipeline.push(...frames);
    await this.clock.advance(10_000);
  }

  ask(): Promise<void> {
    return this.push(new LLMContextFrame(this.context));
  }

  /** What came out: "(" and ")" around each answer. */
  get out(): string {
    return this.pipeline.down.map((frame) => {
      if (frame instanceof LLMTextFrame) return frame.text;
      if (frame instanceof LLMFullResponseStartFrame) return "(";
      return frame instanceof LLMFullResponseEndFrame ? ")" : "";
    }).join("");
  }

  get asked(): number[] {
    return this.llms.map(({ requests }) => requests.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

Deno.test("a model that fails before its first word is replaced, and the answer is one", async () => {
  await using rig = new Rig([down()], ["It is noon."]);
  await rig.ask();
  assertEquals(rig.out, "(It is noon.)");
  assertEquals(rig.asked, [1, 1]);
  assertEquals(rig.pipeline.errors, []);
  assertEquals(rig.switcher.activeLlm, rig.llms[1]);
});

Deno.test("a model that stalls is replaced", async () => {
  await using rig = new Rig([{ stalls: true }], ["It is noon."]);
  await rig.ask();
  assertEquals(rig.out, "(It is noon.)");
});

Deno.test("an answer that was begun is closed, told of as lost, and not begun anew", async () => {
  await using rig = new Rig([down({ text: "It is" })], ["Good day.", "It is one."]);
  await rig.ask();
  assertEquals(rig.out, "(It is)");
  assertEquals(rig.pipeline.errors.length, 1);
  await rig.ask();
  assertEquals(rig.out, "(It is)(Good day.)");
});

Deno.test("questions that wait behind a failure are answered too, in order", async () => {
  await using rig = new Rig([down({ firstTokenMs: 100 })], ["One.", "Two."]);
  await rig.push(new LLMContextFrame(rig.context), new LLMContextFrame(rig.context));
  assertEquals(rig.out, "(One.)(Two.)");
});

Deno.test("where every model is down, the answer is closed once and the error told once", async () => {
  await using rig = new Rig([down()], [down()], [down()]);
  await rig.ask();
  assertEquals(rig.out, "()");
  assertEquals(rig.asked, [1, 1, 1]);
  assertEquals(rig.pipeline.errors.length, 1);
});

Deno.test("nobody goes on with an answer that was interrupted", async () => {
  await using rig = new Rig([{ firstTokenMs: 1_000, ...down() }], ["Late.", "Fresh."]);
  rig.pipeline.push(new LLMContextFrame(rig.context));
  await rig.clock.advance(500);
  await rig.push(new InterruptionFrame());
  assertEquals(rig.asked, [1, 0]);
  await rig.push(new ManuallySwitchServiceFrame({ name: "LLM2" }));
  await rig.ask();
  assertEquals(rig.out, "((Late.)");
});

Deno.test("a switch within an answer lets it come to its end, and the next model answers next", async () => {
  await using rig = new Rig([{ text: "One two three.", tokenMs: 100 }], ["Four."]);
  rig.pipeline.push(new LLMContextFrame(rig.context));
  await rig.clock.advance(50);
  rig.pipeline.push(
    new ManuallySwitchServiceFrame({ name: "LLM2" }),
    new LLMContextFrame(rig.context),
  );
  await rig.clock.advance(10_000);
  assertEquals(rig.out, "(One two three.)(Four.)");
});

Deno.test("a model that fails after the switch away from it leaves its question to the next", async () => {
  await using rig = new Rig([down({ firstTokenMs: 100 })], ["One.", "Two."]);
  rig.pipeline.push(
    new LLMContextFrame(rig.context),
    new ManuallySwitchServiceFrame({ name: "LLM2" }),
    new LLMContextFrame(rig.context),
  );
  await rig.clock.advance(10_000);
  assertEquals(rig.out, "(One.)(Two.)");
  assertEquals(rig.pipeline.errors, []);
});

Deno.test("a function is called whichever model asks, and goes on when its model fails later", async () => {
  const calls = [{ name: "look" }];
  await using rig = new Rig([{ calls }, down()], [{ calls }]);
  let looked = 0;
  rig.switcher.registerFunction("look", async () => {
    looked++;
    await rig.clock.sleep(3_000);
    return "seen";
  });
  rig.pipeline.push(new LLMContextFrame(rig.context));
  await rig.clock.advance(100);
  rig.pipeline.push(new LLMContextFrame(rig.context));
  await rig.clock.advance(10_000);
  assertEquals(looked, 2);
  assertEquals(rig.pipeline.of(FunctionCallResultFrame).map(({ result }) => result), [
    "seen",
    "seen",
  ]);
  rig.switcher.unregisterFunction("look");
  assert(rig.llms.every((llm) => !llm.hasFunction("look")));
});

Deno.test("a tool of the context is called by the model that took over", async () => {
  await using rig = new Rig([down()], [{ calls: [{ name: "look" }] }]);
  const look = defineTool({
    name: "look",
    description: "Looks",
    parameters: { type: "object", properties: {} },
    handler: () => "seen",
  });
  const context = new LLMContext([{ role: "user", content: "Look." }], { tools: [look] });
  await rig.push(new LLMContextFrame(context));
  assertEquals(rig.pipeline.of(FunctionCallResultFrame).map(({ result }) => result), ["seen"]);
});

Deno.test("whether answers are spoken is known to a model that takes over", async () => {
  await using rig = new Rig([down()], ["Quiet."]);
  await rig.push(new LLMConfigureOutputFrame(true));
  await rig.ask();
  assertEquals(rig.pipeline.of(LLMTextFrame).map(({ skipTts }) => skipTts), [true]);
});

Deno.test("an inference outside of the pipeline is made by the active model", async () => {
  class Asked extends ScriptedLLMService {
    override readonly runInference = (
      context: LLMContext,
      options: SwitchedInferenceOptions = {},
    ) => Promise.resolve(`${this.name}: ${context.messages.length}, ${options.maxTokens}`);
  }
  const llms = [new Asked({ name: "A" }), new Asked({ name: "B" })];
  const switcher = new LLMSwitcher({ llms });
  await using pipeline = new TestPipeline([switcher]);
  const context = new LLMContext();
  assertEquals(await switcher.runInference(context, { maxTokens: 7 }), "A: 0, 7");
  pipeline.push(new ManuallySwitchServiceFrame({ name: "B" }));
  await pipeline.settle();
  assertEquals(await switcher.runInference(context), "B: 0, undefined");
});

Deno.test("an inference that the active model cannot make is refused by name", async () => {
  const bare = { registerFunction: () => {}, unregisterFunction: () => {} };
  const llm = Object.assign(new ScriptedLLMService({ name: "A" }), bare, {
    runInference: undefined,
  });
  const switcher = new LLMSwitcher({ llms: [llm] });
  await assertRejects(
    () => switcher.runInference(new LLMContext()),
    TypeError,
    'Cannot run an inference with "A"',
  );
});
