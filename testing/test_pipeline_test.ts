import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../async/mod.ts";
import { EndFrame, InterruptionFrame, TextFrame } from "../frames/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { TestPipeline, type VirtualClock } from "./mod.ts";

/** Takes its time, answers in capitals, and grumbles at nothing. */
class Slow extends FrameProcessor {
  constructor() {
    super({ name: "Slow" });
    this.handle(TextFrame, async (frame, context) => {
      if (frame.text === "") throw new Error("nothing to say");
      await this.clock.sleep(1_000);
      await context.push(new TextFrame(frame.text.toUpperCase()), context.direction);
    });
  }
}

Deno.test("TestPipeline steps its clock until what is waited for has left", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.push(new TextFrame("a"), new TextFrame("b"));
  assertEquals((await pipeline.until(TextFrame, { count: 2 })).text, "B");
  assertEquals(pipeline.clock.now(), 2_000);
  assertEquals(pipeline.down.map(({ name }) => name.split("#")[0]), ["TextFrame", "TextFrame"]);
});

Deno.test("TestPipeline records what leaves at either end", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.pushUpstream(new TextFrame("up"));
  await pipeline.until(TextFrame);
  assertEquals(pipeline.of(TextFrame, "upstream").map(({ text }) => text), ["UP"]);
  assertEquals(pipeline.down, []);
});

Deno.test("TestPipeline says what happened when what is waited for does not come", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.push(new TextFrame("a"), new TextFrame(""));
  await assertRejects(
    () => pipeline.until(EndFrame),
    Error,
    "Cannot see 1 EndFrame: what left last is [TextFrame#",
  );
  await assertRejects(
    () => pipeline.until(TextFrame, { count: 2 }),
    Error,
    "nothing to say",
  );
});

Deno.test("TestPipeline does not wait longer than it is told", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.push(new TextFrame("a"));
  await assertRejects(() => pipeline.until(TextFrame, { withinMs: 900 }), Error, "Cannot see");
  await using real = new TestPipeline([new Slow()], { clock: systemClock });
  await assertRejects(() => real.until(TextFrame, { withinMs: 5 }), Error, "Cannot see");
});

Deno.test("TestPipeline collects errors and what is logged", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.push(new TextFrame(""));
  await pipeline.settle();
  assertEquals(pipeline.errors.map(({ error }) => error.split(": ")[1]), ["nothing to say"]);
  assertEquals(pipeline.logged.length, 1);
});

Deno.test("TestPipeline does something at the very moment a frame leaves", async () => {
  await using pipeline = new TestPipeline([new Slow()]);
  pipeline.when(TextFrame, () => pipeline.interrupt());
  pipeline.push(new TextFrame("a"), new TextFrame("b"));
  await pipeline.until(InterruptionFrame);
  await (pipeline.clock as VirtualClock).advance(5_000);
  assertEquals(pipeline.of(TextFrame).length, 1);
});

Deno.test("TestPipeline takes nothing while it is blocked", async () => {
  await using pipeline = new TestPipeline([new FrameProcessor()]);
  const output = pipeline.block();
  pipeline.push(...Array.from({ length: 40 }, () => new TextFrame("x")));
  await pipeline.settle();
  const held = pipeline.of(TextFrame).length;
  assertEquals(held, 1);
  output.release();
  await pipeline.until(TextFrame, { count: 40 });
});

Deno.test("TestPipeline comes to its end, and closes twice", async () => {
  const pipeline = new TestPipeline([new Slow()]);
  pipeline.push(new TextFrame("a"));
  await pipeline.end();
  assert(pipeline.down.at(-1) instanceof EndFrame);
  await pipeline.close();
  await pipeline.close();
  assertEquals((pipeline.clock as VirtualClock).timers, 0);
});

Deno.test("TestPipeline closes while it is blocked", async () => {
  const pipeline = new TestPipeline([new Slow()]);
  pipeline.block();
  pipeline.push(new TextFrame("a"), new TextFrame("b"));
  await pipeline.until(TextFrame);
  await pipeline.close();
});
