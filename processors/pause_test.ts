import { assert, assertEquals } from "@std/assert";
import {
  EndFrame,
  FrameProcessorPauseFrame,
  FrameProcessorPauseUrgentFrame,
  FrameProcessorResumeFrame,
  FrameProcessorResumeUrgentFrame,
} from "../frames/mod.ts";
import { gate, Logbook, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "./mod.ts";

/** What a probe saw, without the frames that pause and resume. */
function take(probe: Probe): string[] {
  return probe.take().filter((label) => !label.startsWith("FrameProcessor"));
}

Deno.test("a processor that is paused lets data wait, in order, and system frames by, until it is resumed", async () => {
  for (const Resume of [FrameProcessorResumeFrame, FrameProcessorResumeUrgentFrame]) {
    const [probe, paused] = [new Probe(), new Step("Paused")];
    await withTask([paused, probe], async ({ task, clock }) => {
      take(probe);
      void task.queueFrames([new Note("a"), new FrameProcessorPauseFrame(paused), new Note("b")]);
      void task.queueFrames([new Note("c"), new Sign("s")]);
      await clock.settle();
      assertEquals(take(probe), ["a", "s"]);
      void task.queueFrame(new Resume({ name: "Paused" }));
      await clock.settle();
      assertEquals(take(probe), ["b", "c"]);
    });
  }
});

Deno.test("a pause in turn waits for what came before; an urgent one does not", async () => {
  for (const urgent of [false, true]) {
    const wait = gate();
    const probe = new Probe();
    const slow = new Step("Slow").does(Note, async (frame, context) => {
      if (frame.label === "a") await wait.promise;
      await context.forward();
    });
    await withTask([slow, probe], async ({ task, clock }) => {
      take(probe);
      void task.queueFrames([new Note("a"), new Note("b")]);
      const Pause = urgent ? FrameProcessorPauseUrgentFrame : FrameProcessorPauseFrame;
      void task.queueFrames([new Pause(slow), new Note("c")]);
      wait.resolve();
      await clock.settle();
      assertEquals(take(probe), urgent ? ["a"] : ["a", "b"]);
      void task.queueFrame(new FrameProcessorResumeFrame(slow));
      await clock.settle();
      assertEquals(take(probe), urgent ? ["b", "c"] : ["c"]);
    });
  }
});

Deno.test("a pause is for the processor it names, and goes by the others", async () => {
  const [first, last, probe] = [new Step("first"), new Step("last"), new Probe()];
  await withTask([first, last, probe], ({ task }) => {
    probe.take();
    void task.queueFrames([new FrameProcessorPauseUrgentFrame({ name: "nobody" }), new Note("a")]);
    assertEquals(probe.take(), ["FrameProcessorPauseUrgent", "a"]);
  });
});

Deno.test("whoever pushes to a paused processor waits once it is full, and an interruption resumes it", async () => {
  const [source, paused, probe] = [new Step("source"), new Step("Paused"), new Probe()];
  await withTask([source, paused, probe], async ({ task, clock }) => {
    void task.queueFrame(new FrameProcessorPauseFrame(paused));
    const scope = source.open();
    for (let i = 0; i < 15; i++) assertEquals(scope.push(new Note(String(i))), undefined);
    assert(scope.push(new Note("15")) instanceof Promise);
    take(probe);
    task.interrupt();
    void task.queueFrame(new Note("fresh"));
    await clock.settle();
    assertEquals(take(probe), ["Interruption", "fresh"]);
  });
});

Deno.test("a processor can pause itself, and go on", async () => {
  class Careful extends FrameProcessor {
    constructor() {
      super();
      this.handle(Note, async (frame, context) => {
        if (frame.label === "a") this.pauseProcessingFrames();
        await context.forward();
      });
      this.handle(Sign, () => this.resumeProcessingFrames());
    }
  }
  const probe = new Probe();
  await withTask([new Careful(), probe], async ({ task, clock }) => {
    probe.take();
    void task.queueFrames([new Note("a"), new Note("b")]);
    await clock.settle();
    assertEquals(probe.take(), ["a"]);
    void task.queueFrame(new Sign("go on"));
    await clock.settle();
    assertEquals(probe.take(), ["b"]);
  });
});

Deno.test("an end that waits in a paused processor does not wait for ever, and says for whom", async () => {
  const paused = new Step("Paused");
  const [clock, log] = [new VirtualClock(), new Logbook()];
  const task = new PipelineTask(new Pipeline([paused]), { clock, log });
  void task.queueFrames([new FrameProcessorPauseFrame(paused), new EndFrame()]);
  await clock.runUntil(task.run());
  assertEquals(log.take(), ['error: Cannot end the pipeline: "Paused" (paused) did not finish']);
});
