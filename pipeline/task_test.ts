import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  CancelFrame,
  CancelTaskFrame,
  EndFrame,
  EndTaskFrame,
  ErrorFrame,
  type Frame,
  InterruptionFrame,
  InterruptionTaskFrame,
  StartFrame,
  StopFrame,
  StopTaskFrame,
} from "../frames/mod.ts";
import { gate, Keep, Logbook, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { ParallelPipeline, Pipeline, PipelineTask, type PipelineTaskOptions } from "./mod.ts";

/** A task that nobody has run yet. */
function rig(elements: Step[], options: PipelineTaskOptions = {}) {
  const clock = new VirtualClock();
  const log = new Logbook();
  const task = new PipelineTask(new Pipeline(elements), { clock, log, ...options });
  const ends: string[] = [];
  task.on("pipelineFinished", (frame) => void ends.push(frame.constructor.name));
  return { clock, log, task, ends };
}

const never = new Promise<void>(() => {});

/** A processor that pushes a sign every so often. */
function ticker(everyMs: number): Step {
  const step: Step = new Step("Ticker").does(StartFrame, () => {
    const scope = step.open({ uninterruptible: true });
    step.loop("tick", async (signal) => {
      for (;;) {
        await step.shared.clock.sleep(everyMs, { signal });
        scope.push(new Sign("tick"));
      }
    });
  });
  return step;
}

Deno.test("a task starts its pipeline, feeds it, drains it, and tells of both", async () => {
  const probe = new Probe();
  const { task, clock, ends, log } = rig([probe]);
  const started: string[] = [];
  task.on("pipelineStarted", (frame) => void started.push(frame.constructor.name));
  const run = task.run();
  assertEquals(task.run(), run);
  await task.queueFrames([new Note("a"), new Sign("s")]);
  assertEquals(task.hasFinished(), false);
  await clock.runUntil(task.stopWhenDone());
  await run;
  assertEquals(probe.take(), ["Start", "a", "s", "End"]);
  assertEquals([started, ends, task.hasFinished()], [["StartFrame"], ["EndFrame"], true]);
  assertEquals([clock.timers, log.take()], [0, []]);
});

Deno.test("the start frame carries what the task was given", async () => {
  const frames: StartFrame[] = [];
  const step = new Step().does(StartFrame, (frame) => void frames.push(frame));
  const params = {
    audioInSampleRate: 8_000,
    audioOutSampleRate: 48_000,
    enableMetrics: true,
    enableUsageMetrics: true,
    reportOnlyInitialTtfb: true,
    startMetadata: { caller: "Ada" },
  };
  await withTask([step], () => {}, { params, enableTracing: true });
  const { startMetadata: metadata, ...rest } = { ...params, enableTracing: true };
  const { audioInSampleRate, audioOutSampleRate, enableMetrics, enableUsageMetrics } = step.shared
    .params;
  assertEquals(frames.length, 1);
  const [frame] = frames;
  for (const [name, value] of Object.entries(rest)) {
    assertEquals(frame?.[name as keyof StartFrame], value, name);
  }
  assertEquals(frame?.metadata, metadata);
  assertEquals([audioInSampleRate, audioOutSampleRate, enableMetrics, enableUsageMetrics], [
    8_000,
    48_000,
    true,
    true,
  ]);
});

Deno.test("frames queued before the task runs wait, in order, behind the start", async () => {
  const probe = new Probe();
  const { task } = rig([probe]);
  assertEquals(task.queueFrame(new Note("a")), undefined);
  await task.queueFrames([new Sign("s"), new Note("b")]);
  await task.queueFrames((async function* () {
    yield new Note("c");
    await null;
    yield new EndFrame();
  })());
  await task.run();
  assertEquals(probe.take(), ["Start", "a", "s", "b", "c", "End"]);
});

Deno.test("stopWhenDone before the task runs lets what was queued through first", async () => {
  const probe = new Probe();
  const { task, ends } = rig([probe]);
  task.queueFrame(new Note("a"));
  await task.stopWhenDone();
  await task.run();
  assertEquals([probe.take(), ends], [["Start", "a", "End"], ["EndFrame"]]);
});

Deno.test("queueFrames queues at once what there is room for, and waits for room for the rest", async () => {
  const wait = gate();
  const held = new Step().does(Note, () => wait.promise);
  await withTask([held], async ({ task, clock }) => {
    let done = false;
    const notes = Array.from({ length: 100 }, (_, i) => new Note(String(i)));
    void task.queueFrames(notes).then(() => done = true);
    await clock.settle();
    assertEquals(done, false);
    wait.resolve();
    await clock.settle();
    assertEquals(done, true);
    const probe = new Probe();
    const other = rig([probe]);
    const run = other.task.run();
    void other.task.queueFrames([new Note("a"), new Note("b")]);
    void other.task.stopWhenDone();
    await run;
    assertEquals(probe.take(), ["Start", "a", "b", "End"]);
  });
});

Deno.test("late writes are no-ops, and end a source that would go on for ever", async () => {
  const probe = new Probe();
  const { task, clock } = rig([probe]);
  const run = task.run();
  let given = 0;
  const feeding = task.queueFrames((async function* () {
    for (;;) {
      await clock.sleep(20);
      yield new Note(String(given++));
    }
  })());
  await clock.advance(100);
  await clock.runUntil(task.cancel());
  await run;
  await clock.runUntil(feeding);
  const { seen } = probe;
  const before = seen.length;
  assertEquals(given, 6);
  assertEquals(task.queueFrame(new Note("late")), undefined);
  await task.queueFrames([new Note("late"), new EndFrame()]);
  task.interrupt();
  await task.stopWhenDone();
  await task.cancel();
  assertEquals([seen.length, clock.timers], [before, 0]);
});

Deno.test("a stop drains and leaves the processors open for another task", async () => {
  const probe = new Probe();
  const pipeline = new Pipeline([new Step(), probe]);
  const clock = new VirtualClock();
  for (const label of ["a", "b"]) {
    const task = new PipelineTask(pipeline, { clock });
    task.queueFrames([new Note(label), new StopFrame()]);
    await task.run();
    await task.cancel();
    assertEquals([probe.life.aborted, task.hasFinished()], [false, true]);
  }
  assertEquals(probe.take(), ["Start", "a", "Stop", "Start", "b", "Stop"]);
  await pipeline.close();
});

for (
  const [name, request, expected] of [
    ["EndTaskFrame", () => new EndTaskFrame("bye"), ["Start", "x", "End"]],
    ["StopTaskFrame", () => new StopTaskFrame(), ["Start", "x", "Stop"]],
    ["CancelTaskFrame", () => new CancelTaskFrame("bye"), ["Start", "x", "Cancel"]],
  ] as const
) {
  Deno.test(`${name}, pushed upstream, reaches the task`, async () => {
    const probe = new Probe();
    const asker = new Step().does(Note, async (_, context) => {
      await context.push(new Note("x"));
      await context.push(request(), "upstream");
    });
    const { task } = rig([new Step(), asker, probe]);
    let reason: unknown;
    task.on("pipelineFinished", (frame) => {
      reason = frame instanceof StopFrame ? "bye" : frame.reason;
    });
    task.queueFrame(new Note("a"));
    await task.run();
    assertEquals([probe.take(), reason], [[...expected], "bye"]);
    await task.cancel();
  });
}

Deno.test("InterruptionTaskFrame, pushed upstream, interrupts the whole pipeline", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  const asker = new Step().does(Sign, (_, c) => c.push(new InterruptionTaskFrame(), "upstream"));
  await withTask([first, asker, last], async ({ task, clock }) => {
    first.take();
    last.take();
    task.queueFrame(new Sign("cut"));
    await clock.settle();
    assertEquals([first.take(), last.take()], [
      ["cut", "^InterruptionTask", "Interruption"],
      ["Interruption"],
    ]);
  });
});

const hangs = {
  StartFrame: { frameClass: StartFrame, end: "EndFrame" },
  EndFrame: { frameClass: EndFrame, end: "EndFrame" },
  CancelFrame: { frameClass: CancelFrame, end: "CancelFrame" },
};
for (const [name, { frameClass, end }] of Object.entries(hangs)) {
  for (const forwards of [false, true]) {
    const how = forwards ? "after passing it on" : "before passing it on";
    Deno.test(`a processor that hangs in ${name} ${how} is named, and the task ends`, async () => {
      const probe = new Probe();
      const hung = new Step("Hung").does<Frame>(frameClass, async (_, context) => {
        if (forwards) await context.forward();
        await never;
      });
      const { task, clock, log, ends } = rig([new Step(), hung, probe], {
        lifecycleTimeoutMs: 3_000,
      });
      const run = task.run();
      task.interrupt();
      task.queueFrame(new Note("a"));
      void (name === "CancelFrame" ? task.cancel() : task.stopWhenDone());
      await clock.runUntil(run);
      assertEquals(ends, [end]);
      const lines = log.take().filter((line) => line.includes('"Hung"'));
      // An end that was passed on is out of the processor's hands.
      if (name !== "EndFrame" || !forwards) {
        assertEquals(lines.length, 1, lines.join("\n"));
        assert(lines[0]?.includes(`"${name}#`), lines[0]);
      }
      const expected = name === "CancelFrame"
        ? ["Start", "Interruption", "a", "Cancel"]
        : ["Start", "Interruption", "a", "End"];
      assertEquals(probe.take().sort(), expected.sort());
      assert(clock.now() <= 4_000, `${clock.now()} ms`);
      assertEquals(clock.timers, 0);
    });
  }
}

Deno.test("a processor that hangs in an interruption is named, and its system lane goes on", async () => {
  const probe = new Probe();
  const hung = new Step("Hung").does(InterruptionFrame, () => never);
  await withTask([hung, probe], async ({ task, log, clock }) => {
    probe.take();
    task.interrupt();
    task.queueFrames([new Sign("s"), new Note("n")]);
    await clock.advance(9_999);
    assertEquals(probe.take(), ["Interruption"]);
    await clock.advance(1);
    assertEquals(probe.take(), ["s", "n"]);
    assert(log.take()[0]?.includes('in "Hung": not done after 10000 ms'));
  });
});

Deno.test("a lifecycle frame passes on after its handler, however the handler ends", async () => {
  for (const frameClass of [StartFrame, EndFrame, StopFrame]) {
    for (const how of ["returns", "forwards", "waits", "throws", "rejects"]) {
      const probe = new Probe();
      const order: string[] = [];
      const step: Step = new Step("Step").does<Frame>(frameClass, (_, context) => {
        order.push("handled");
        if (how === "forwards") return context.forward();
        if (how === "waits") return step.shared.clock.sleep(5);
        if (how === "throws") throw new Error("Cannot start: no key");
        if (how === "rejects") return Promise.reject(new Error("Cannot start: no key"));
      });
      const after = new Step().does<Frame>(frameClass, () => void order.push("passed on"));
      const { task, clock, log } = rig([step, after, probe]);
      task.queueFrames([
        new Note("a"),
        frameClass === StopFrame ? new StopFrame() : new EndFrame(),
      ]);
      await clock.runUntil(task.run());
      await clock.runUntil(task.cancel());
      assertEquals(order, ["handled", "passed on"]);
      assertEquals(probe.take().length, 3, `${frameClass.name} ${how}`);
      assertEquals(log.take().length, how === "throws" || how === "rejects" ? 1 : 0);
    }
  }
});

Deno.test("while frames move, an end may take long; a ticker cannot put it off for ever", async () => {
  const speaker: Step = new Step("Speaker").does(EndFrame, async (_, context) => {
    for (let i = 0; i < 300; i++) {
      await speaker.shared.clock.sleep(200);
      await context.push(new Sign("speaking"));
    }
  });
  await withTask([speaker], async ({ task, clock }) => {
    await clock.runUntil(task.stopWhenDone());
    assertEquals(clock.now(), 60_000);
  });
  for (const frameClass of [EndFrame, Note]) {
    const hung = new Step("Hung").does<Frame>(frameClass, () => never);
    const { task, clock, log, ends } = rig([ticker(1_000), hung], { drainLimitMs: 120_000 });
    const run = task.run();
    task.queueFrames([new Note("a"), new EndFrame()]);
    await clock.runUntil(run);
    assertEquals([ends.length, clock.now(), clock.timers], [1, 120_000, 0]);
    assert(log.take().some((line) => line.includes('"Hung"')));
  }
});

Deno.test("a data handler that hangs before an end is named, and the task ends", async () => {
  const hung = new Step("Hung").does(Keep, () => never);
  const { task, clock, log, ends } = rig([new Step(), hung], { drainTimeoutMs: 5_000 });
  const run = task.run();
  const keep = new Keep("k");
  task.queueFrames([keep, new EndFrame()]);
  await clock.runUntil(run);
  assertEquals(ends, ["CancelFrame"]);
  assertEquals(log.take(), [
    `error: Cannot end the pipeline: "Hung" (working on "${keep.name}") did not finish`,
  ]);
  assert(clock.now() <= 5_500, `${clock.now()}`);
  assertEquals(clock.timers, 0);
});

Deno.test("an end waits for system frames that are still being dealt with, one after another", async () => {
  const [first, last] = [new Probe(), new Probe()];
  const slow = (name: string): Step => {
    const step: Step = new Step(name).does(Sign, async (_, context) => {
      await step.shared.clock.sleep(100);
      await context.forward();
    });
    return step;
  };
  const { task, clock, ends } = rig([first, slow("a"), slow("b"), last]);
  const run = task.run();
  task.queueFrames([new Sign("1"), new Sign("2"), new EndFrame()]);
  await clock.runUntil(run);
  assertEquals([last.take(), ends, clock.now()], [["Start", "End", "1", "2"], ["EndFrame"], 300]);
  assertEquals(clock.timers, 0);
});

Deno.test("a processor that was closed under the task's feet is named, and the task ends", async () => {
  const closed = new Step("Closed");
  const { task, clock, log, ends } = rig([closed]);
  const run = task.run();
  await closed.close();
  void task.stopWhenDone();
  await clock.runUntil(run);
  assertEquals(ends, ["CancelFrame"]);
  assertEquals(log.take(), ['error: Cannot end the pipeline: "Closed" (closed) did not finish']);
});

Deno.test("what waits for a start that never comes does not keep a cancel from its end", async () => {
  const [closed, pushes, waits] = [new Step("Closed"), new Step("Pushes"), new Step("Waits")];
  const { task, clock, ends, log } = rig([closed, pushes, waits], { lifecycleTimeoutMs: 1_000 });
  await closed.close();
  const run = task.run();
  using scope = pushes.open();
  scope.push(new Sign("too early"));
  await clock.runUntil(task.cancel());
  await run;
  assertEquals([ends, clock.now(), clock.timers], [["CancelFrame"], 1_000, 0]);
  assertEquals(log.take(), ['error: Cannot cancel cleanly: "Closed" (closed) did not finish']);
});

Deno.test("a system frame that hangs holds up a cancel for its time, and is named", async () => {
  const hung = new Step("Hung").does(Sign, () => never);
  const { task, clock, log, ends } = rig([hung], { lifecycleTimeoutMs: 2_000 });
  const run = task.run();
  const sign = new Sign("s");
  task.queueFrame(sign);
  await clock.runUntil(task.cancel());
  await run;
  assertEquals([ends, clock.now(), clock.timers], [["CancelFrame"], 2_000, 0]);
  assertEquals(log.take(), [
    `error: Cannot cancel cleanly: "Hung" (working on "${sign.name}") did not finish`,
  ]);
});

Deno.test("a background task that does not end is named when the task ends", async () => {
  const deaf = new Step("Deaf").loop("poll", () => never);
  const { task, clock, log, ends } = rig([deaf], { closeTimeoutMs: 500 });
  const run = task.run();
  void task.stopWhenDone();
  await clock.runUntil(run);
  assertEquals([ends, clock.now(), clock.timers], [["EndFrame"], 500, 0]);
  assertEquals(log.take(), ['error: Cannot close "Deaf": its task "poll" goes on']);
});

Deno.test("cancel before the task runs: nothing starts, and run returns", async () => {
  const probe = new Probe();
  const { task, ends, clock } = rig([probe]);
  task.queueFrame(new Note("a"));
  await Promise.all([task.cancel("changed my mind"), task.cancel("twice")]);
  await task.run();
  assertEquals([probe.take(), ends, task.hasFinished()], [[], ["CancelFrame"], true]);
  assertEquals([probe.life.aborted, clock.timers], [true, 0]);
});

Deno.test("cancel during the start aborts it, and what has not started does not start", async () => {
  const started: string[] = [];
  const starter = (name: string): Step => {
    const step: Step = new Step(name).does(StartFrame, async (_, context) => {
      await step.shared.clock.sleep(1_000, { signal: context.signal });
      started.push(name);
    });
    return step;
  };
  const { task, clock, ends, log } = rig([starter("a"), starter("b"), starter("c")]);
  const run = task.run();
  await clock.advance(1_500);
  await clock.runUntil(task.cancel());
  await run;
  await clock.advance(5_000);
  assertEquals([started, ends, log.take()], [["a"], ["CancelFrame"], []]);
  assertEquals(clock.timers, 0);
});

Deno.test("cancel during a start that heeds nothing: the task ends in time, the culprit is named", async () => {
  const probe = new Probe();
  const { task, clock, ends, log } = rig([
    new Step("Deaf").does(StartFrame, () => never),
    probe,
  ], { lifecycleTimeoutMs: 1_000 });
  const run = task.run();
  await clock.runUntil(task.cancel());
  await run;
  assertEquals([ends, probe.take(), clock.timers], [["CancelFrame"], ["Cancel"], 0]);
  assert(log.take().some((line) => line.includes('"Deaf"')));
});

Deno.test("cancel while an end drains ends at once, as a cancel", async () => {
  const slow = new Step().does(Keep, () => never);
  const { task, clock, ends } = rig([slow]);
  const run = task.run();
  task.queueFrame(new Keep("k"));
  const drained = task.stopWhenDone();
  await clock.settle();
  await clock.runUntil(task.cancel());
  await Promise.all([drained, run]);
  assertEquals([ends, clock.now(), clock.timers], [["CancelFrame"], 0, 0]);
});

Deno.test("a cancel drops what is queued, uninterruptible or not, and its handlers run", async () => {
  const begun: string[] = [];
  const busy = new Step().does(Note, (frame) => {
    begun.push(frame.label);
    return never;
  });
  const cancelled: string[] = [];
  const last: Step = new Step().does(CancelFrame, async () => {
    await last.shared.clock.sleep(50);
    cancelled.push("handled");
  });
  await withTask([busy, last], async ({ task, clock }) => {
    task.queueFrames([new Note("a"), new Keep("k"), new EndFrame()]);
    await clock.runUntil(task.cancel());
    assertEquals([begun, cancelled, clock.now()], [["a"], ["handled"], 50]);
  });
});

Deno.test("the signal option cancels: before the run, during it, and not after", async () => {
  const before = new AbortController();
  before.abort("gone");
  const probe = new Probe();
  const early = rig([probe], { signal: before.signal });
  await early.task.run();
  assertEquals([early.ends, probe.take()], [["CancelFrame"], []]);

  const during = new AbortController();
  const running = rig([new Step()], { signal: during.signal });
  let reason: unknown;
  running.task.on("pipelineFinished", (frame) => {
    reason = frame instanceof CancelFrame ? frame.reason : undefined;
  });
  const run = running.task.run();
  during.abort("left");
  await running.clock.runUntil(run);
  assertEquals([running.ends, reason], [["CancelFrame"], "left"]);

  const after = new AbortController();
  const done = rig([new Step()], { signal: after.signal });
  done.task.queueFrame(new EndFrame());
  await done.task.run();
  after.abort();
  await done.clock.settle();
  assertEquals(done.ends, ["EndFrame"]);
});

Deno.test("an error reaches the task and is logged; a fatal one cancels it after the handlers", async () => {
  const step = new Step();
  const { task, clock, log, ends } = rig([step]);
  const order: string[] = [];
  task.on("pipelineError", async (frame) => {
    await clock.sleep(10);
    order.push(`${frame.error} ${task.hasFinished()}`);
  });
  const run = task.run();
  step.complain("Cannot hear: noise");
  await clock.advance(20);
  assertEquals(ends, []);
  step.complain("Cannot think: no key", { fatal: true });
  await clock.runUntil(run);
  assertEquals(order, ["Cannot hear: noise false", "Cannot think: no key false"]);
  assertEquals([ends, clock.now(), clock.timers], [["CancelFrame"], 30, 0]);
  assertEquals(log.take(), ["error: Cannot hear: noise", "error: Cannot think: no key"]);
});

Deno.test("a handler of an error that never ends does not keep a fatal error from ending the task", async () => {
  const step = new Step();
  const { task, clock, ends } = rig([step], { lifecycleTimeoutMs: 700 });
  task.on("pipelineError", () => never);
  const run = task.run();
  step.complain("Cannot go on: broken", { fatal: true });
  await clock.runUntil(run);
  assertEquals([ends, clock.now(), clock.timers], [["CancelFrame"], 700, 0]);
});

Deno.test("a handler of the end is waited for, within a bound, and may cancel the task", async () => {
  const order: string[] = [];
  const { task, clock, log } = rig([new Step()], { lifecycleTimeoutMs: 900 });
  task.on("pipelineFinished", async () => {
    await task.cancel();
    await clock.sleep(100);
    order.push("handled");
  });
  const run = task.run();
  task.queueFrame(new EndFrame());
  await clock.runUntil(run);
  assertEquals([order, clock.now(), clock.timers], [["handled"], 100, 0]);
  const other = rig([new Step()], { lifecycleTimeoutMs: 900 });
  other.task.on("pipelineFinished", () => never);
  other.task.queueFrame(new EndFrame());
  await other.clock.runUntil(other.task.run());
  assertEquals([other.clock.now(), log.take(), other.log.take()], [900, [], [
    'error: Cannot run the handlers of "pipelineFinished": not done after 900 ms',
  ]]);
});

Deno.test("a handler of an event that throws is logged", async () => {
  const { task, log } = rig([new Step()]);
  task.on("pipelineStarted", () => {
    throw new Error("Cannot greet: shy");
  });
  task.queueFrame(new EndFrame());
  await task.run();
  assertEquals(log.take(), ['error: A handler of the event "pipelineStarted" failed']);
});

Deno.test("an error that comes down is for the task as well", async () => {
  const told: string[] = [];
  const step = new Step().does(Note, (_, c) => c.push(new ErrorFrame("Cannot play: no speaker")));
  const { task, clock, log } = rig([step]);
  task.on("pipelineError", (frame) => void told.push(frame.error));
  task.queueFrames([new Note("a"), new EndFrame()]);
  await clock.runUntil(task.run());
  assertEquals([told, log.take()], [["Cannot play: no speaker"], [
    "error: Cannot play: no speaker",
  ]]);
});

Deno.test("a task is disposed of by cancelling it", async () => {
  const probe = new Probe();
  const { task, clock, ends } = rig([probe]);
  const run = task.run();
  await clock.runUntil(task[Symbol.asyncDispose]());
  await run;
  assertEquals([ends, probe.take()], [["CancelFrame"], ["Start", "Cancel"]]);
});

Deno.test("a task whose wiring is refused can still be cancelled, and leaves nothing behind", async () => {
  class Output extends Step {
    override get role(): "output" {
      return "output";
    }
  }
  const [a, b] = [new Output("a"), new Output("b")];
  const { task, clock } = rig([a, b]);
  await assertRejects(() => task.run(), TypeError, '"a" and "b" stand in a row');
  await task.cancel();
  assertEquals([a.life.aborted, task.hasFinished(), clock.timers], [true, true, 0]);
});

Deno.test("nothing is left running, whatever the task went through", async () => {
  for (const end of ["stopWhenDone", "cancel"] as const) {
    const slow: Step = new Step().does(Note, async (_, context) => {
      await slow.shared.clock.sleep(30, { signal: context.signal });
      await context.forward();
    });
    const { task, clock } = rig([ticker(50), slow]);
    const run = task.run();
    void task.queueFrames(Array.from({ length: 40 }, () => new Note("n")));
    await clock.advance(100);
    task.interrupt();
    void task.queueFrames(Array.from({ length: 40 }, () => new Note("n")));
    await clock.runUntil(task[end]());
    await run;
    assertEquals(clock.timers, 0, end);
  }
});

Deno.test("two tasks know nothing of each other's interruptions", async () => {
  const [a, b] = [new Probe("a"), new Probe("b")];
  const hold = new Step().does(Note, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  const wait = gate();
  await withTask([new ParallelPipeline([a], [new Step()])], async (one) => {
    await withTask([hold, b], async (two) => {
      two.task.queueFrame(new Note("n"));
      b.take();
      one.task.interrupt();
      wait.resolve();
      await two.clock.settle();
      assertEquals(b.take(), ["n"]);
    });
  });
});
