import { assert, assertEquals, assertThrows } from "@std/assert";
import { nextTurn } from "../async/mod.ts";
import { type Frame, InterruptionFrame, StopFrame } from "../frames/mod.ts";
import { gate, labelOf, Logbook, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { link, ParallelPipeline, Pipeline, PipelineTask, StreamProcessor } from "./mod.ts";

async function labels(stream: ReadableStream<Frame>): Promise<string[]> {
  return (await Array.fromAsync(stream)).map(labelOf);
}

Deno.test("a pipeline joins processors in both directions, and knows them in order", async () => {
  const [a, b, c] = [new Probe("a"), new Probe("b"), new Probe("c")];
  const pipeline = new Pipeline([a, new Pipeline([b]), c]);
  assertEquals(pipeline.processors, [a, b, c]);
  assertEquals([pipeline.head, pipeline.tail], [a, c]);
  await withTask([pipeline], ({ task }) => {
    task.queueFrame(new Note("down"));
    task.queueFrame(new Note("up"), "upstream");
    for (const probe of [a, b, c]) assertEquals(probe.take().slice(-2), ["down", "^up"]);
  });
});

Deno.test("a pipeline of nothing passes on", async () => {
  await using pipeline = new Pipeline([]);
  const read = ReadableStream.from<Frame>([new Note("a")]).pipeThrough(pipeline);
  assertEquals(await labels(read), ["a"]);
});

Deno.test("a pipeline ends as a stream once all of it is done", async () => {
  const wait = gate();
  const first = new Step().does(Note, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  const last = new Step().does(Note, async (frame, context) => {
    await nextTurn();
    await context.forward();
    // What goes back makes work for the first once more.
    if (frame.label === "b") await context.push(new Note("back"), "upstream");
  });
  const probe = new Probe();
  await using pipeline = new Pipeline([probe, first, last]);
  const source = ReadableStream.from<Frame>([new Note("a"), new Note("b")]);
  const read = labels(source.pipeThrough(pipeline));
  await nextTurn();
  wait.resolve();
  assertEquals([await read, probe.take()], [["a", "b"], ["a", "b", "^back"]]);
});

Deno.test("a pipeline with branches ends as a stream, and its branches know each other's interruptions", async () => {
  const aborted: string[] = [];
  const hold = (name: string) =>
    new Step(name).does(Note, (frame, context) => {
      if (frame.label !== "hold") return context.forward();
      context.signal.addEventListener("abort", () => aborted.push(name));
      return new Promise(() => {});
    });
  await using pipeline = new Pipeline([new ParallelPipeline([hold("a")], [hold("b")])]);
  const frames = [new Note("hold"), new Note("x"), new InterruptionFrame(), new Note("y")];
  const read = await labels(ReadableStream.from<Frame>(frames).pipeThrough(pipeline));
  assertEquals([read, aborted], [["Interruption", "y"], ["a", "b"]]);
});

Deno.test("a reader who cancels a pipeline stops all of it, and its source", async () => {
  const steps = [new Step(), new Step(), new Step()];
  await using pipeline = new Pipeline(steps);
  let reason: unknown;
  const source = new ReadableStream<Frame>({
    pull: (controller) => controller.enqueue(new Note("more")),
    cancel: (why) => void (reason = why),
  });
  const reader = source.pipeThrough(pipeline).getReader();
  await reader.read();
  await reader.cancel("enough");
  await nextTurn();
  assertEquals([reason, ...steps.map(({ life }) => life.aborted)], ["enough", true, true, true]);
});

Deno.test("a source that fails errors the reader of a pipeline, and stops all of it", async () => {
  const steps = [new Step(), new Step()];
  await using pipeline = new Pipeline(steps);
  const cause = new Error("Cannot go on: cable cut");
  const source = new ReadableStream<Frame>({ pull: (controller) => controller.error(cause) });
  const error = await labels(source.pipeThrough(pipeline)).catch((error) => error);
  assertEquals([error, ...steps.map(({ life }) => life.aborted)], [cause, true, true]);
});

Deno.test("linked processors share one environment, also through branches", () => {
  const [a, b, c, d] = [new Step(), new Step(), new Step(), new Step()];
  link(a, new ParallelPipeline([b], [c]));
  const alone = new ParallelPipeline([d]);
  assert(new Set([a, b, c].map((step) => step.shared.epochs)).size === 1);
  assert(engineOf(alone.head).env.epochs === d.shared.epochs);
});

Deno.test("a processor can stand in one place only", () => {
  const step = new Step("Twice");
  new Pipeline([new Step(), step]);
  const message = 'Cannot link "Twice" twice: it stands in a pipeline already';
  assertThrows(() => new Pipeline([new Step(), step]), TypeError, message);
  const same = new Step("Same");
  const again = 'Cannot link "Same" twice';
  assertThrows(() => new Pipeline([same, new Step(), same]), TypeError, again);
  assertThrows(() => new ParallelPipeline([same], [same]), TypeError, again);
  assertThrows(() => new ParallelPipeline([step]), TypeError, message);
  assertThrows(() => link(same, same), TypeError, again);
});

Deno.test("closing a pipeline closes every processor, also those of branches", async () => {
  const steps = [new Step(), new Step(), new Step()] as const;
  const pipeline = new Pipeline([steps[0], new ParallelPipeline([steps[1]], [steps[2]])]);
  await pipeline.close();
  await pipeline[Symbol.asyncDispose]();
  assertEquals(steps.map(({ life }) => life.aborted), [true, true, true]);
});

Deno.test("a plain TransformStream stands in a pipeline: data goes through it, system frames pass by", async () => {
  const wait = gate();
  const probe = new Probe();
  const shout = new TransformStream<Frame, Frame>({
    async transform(frame, controller) {
      await wait.promise;
      controller.enqueue(new Note(labelOf(frame).toUpperCase()));
      controller.enqueue(frame);
    },
  });
  await withTask([shout, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Note("a"), new Sign("s"), new Note("b")]);
    task.queueFrame(new Note("up"), "upstream");
    await clock.settle();
    assertEquals(probe.take(), ["s", "^up"]);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["A", "a", "B", "b"]);
  });
});

Deno.test("a plain stream is flushed by the end, which passes on behind what it held", async () => {
  const probe = new Probe();
  const held: Frame[] = [];
  const hold = new TransformStream<Frame, Frame>({
    transform: (frame) => void held.push(frame),
    flush: (controller) => held.forEach((frame) => controller.enqueue(frame)),
  });
  await withTask([hold, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Note("a"), new Note("b")]);
    await clock.settle();
    assertEquals(probe.take(), []);
    await clock.runUntil(task.stopWhenDone());
    assertEquals(probe.take(), ["a", "b", "End"]);
  });
});

for (const room of [0, 100]) {
  Deno.test(`what a plain stream holds at an interruption is dropped when it comes out (room for ${room})`, async () => {
    const waits = [gate(), gate()];
    const probe = new Probe();
    const busy = new Step().does(Note, async (frame, context) => {
      if (frame.label === "a") await waits[0]?.promise;
      await context.forward();
    });
    const slow = new TransformStream<Frame, Frame>(
      {
        async transform(frame, controller) {
          if (labelOf(frame) === "d") await waits[1]?.promise;
          controller.enqueue(frame);
        },
      },
      { highWaterMark: 100 },
      { highWaterMark: room },
    );
    await withTask([slow, busy, probe], async ({ task, clock }) => {
      for (const label of ["a", "b", "c", "d", "e"]) task.queueFrame(new Note(label));
      await clock.settle();
      probe.take();
      task.interrupt();
      task.queueFrame(new Note("fresh"));
      await clock.settle();
      waits[1]?.resolve();
      await clock.settle();
      waits[0]?.resolve();
      await clock.settle();
      assertEquals(probe.take(), ["Interruption", "fresh"]);
    });
  });
}

Deno.test("a plain stream fits behind an interruption that did not come by", async () => {
  const probe = new Probe();
  const voice = new Step().does(Sign, (_, context) => context.push(new InterruptionFrame()));
  await withTask([new TransformStream<Frame, Frame>(), voice, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrame(new Note("a"));
    await clock.settle();
    task.queueFrame(new Sign("cut"));
    task.queueFrame(new Note("b"));
    await clock.settle();
    assertEquals(probe.take(), ["a", "Interruption", "b"]);
  });
});

Deno.test("a plain stream that fails is reported once by itself, and once for each frame it loses", async () => {
  const broken = new TransformStream<Frame, Frame>({
    transform() {
      throw new Error("Cannot transform: broken");
    },
  });
  const stream = new StreamProcessor(broken);
  await withTask([stream], async ({ task, log, clock }) => {
    task.queueFrames([new Note("a"), new Note("b")]);
    await clock.runUntil(task.stopWhenDone());
    const lines = log.take();
    assert(lines.every((line) => line.includes(stream.name)), lines.join("\n"));
    assert(lines.some((line) => line.includes('Cannot run "read"')));
    assert(lines.filter((line) => line.includes("Note#")).length === 2);
  });
});

Deno.test("a plain stream survives a stop, and serves the next task", async () => {
  const stream = new StreamProcessor(new TransformStream());
  const probe = new Probe();
  const pipeline = new Pipeline([stream, probe]);
  const log = new Logbook();
  for (const label of ["a", "b"]) {
    const task = new PipelineTask(pipeline, { log });
    task.queueFrames([new Note(label), new StopFrame()]);
    await task.run();
  }
  assertEquals(probe.take(), ["Start", "a", "Stop", "Start", "b", "Stop"]);
  await pipeline.close();
  assertEquals(log.take(), []);
});

Deno.test("a pipeline can be given what stands before and behind its processors", async () => {
  const [source, middle, sink] = ["source", "middle", "sink"].map((name) => new Step(name));
  await using pipeline = new Pipeline(middle ? [middle] : [], { source, sink });
  assertEquals(pipeline.processors.map(({ name }) => name), ["source", "middle", "sink"]);
});
