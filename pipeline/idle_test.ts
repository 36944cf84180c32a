import { assertEquals } from "@std/assert";
import {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  UserSpeakingFrame,
} from "../frames/mod.ts";
import { gate, Logbook, Note, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { Pipeline, PipelineRunner, PipelineTask, type PipelineTaskOptions } from "./mod.ts";

const CALL = { functionName: "work", toolCallId: "1", arguments: {} };

/** A task that is told when it is idle, and goes on. */
async function idling(
  body: (rig: {
    readonly task: PipelineTask;
    readonly clock: VirtualClock;
    /** When it was idle. */
    readonly idleAt: readonly number[];
    /** Sends a frame through the pipeline, and lets some time pass. */
    readonly happens: (frame: Frame, thenMs: number) => Promise<void>;
  }) => Promise<void>,
  options: PipelineTaskOptions = {},
  steps: readonly Step[] = [new Step(), new Step()],
): Promise<void> {
  const idle = { idleTimeoutSecs: 10, cancelOnIdleTimeout: false };
  await withTask(steps, async ({ task, clock }) => {
    const idleAt: number[] = [];
    task.on("idleTimeout", () => void idleAt.push(clock.now()));
    const happens = async (frame: Frame, thenMs: number) => {
      void task.queueFrame(frame);
      await clock.advance(thenMs);
    };
    await body({ task, clock, idleAt, happens });
  }, { ...idle, ...options });
}

Deno.test("a pipeline in which nothing happens is idle, again and again", async () => {
  await idling(async ({ clock, idleAt }) => {
    await clock.advance(35_000);
    assertEquals(idleAt, [10_000, 20_000, 30_000]);
  });
});

Deno.test("the bot's and the user's speech show that something goes on, wherever they are seen; other frames do not", async () => {
  const step = new Step("in the middle");
  const swallows = new Step("swallows").does(UserSpeakingFrame, () => {});
  await idling(
    async ({ clock, idleAt, happens }) => {
      await happens(new BotSpeakingFrame(), 7_000);
      await happens(new UserSpeakingFrame(), 7_000);
      void step.open().push(new UserSpeakingFrame());
      await clock.advance(7_000);
      assertEquals(idleAt, []);
      await happens(new Note("a"), 1_000);
      await happens(new Sign("s"), 2_000);
      assertEquals(idleAt, [24_000]);
    },
    {},
    [new Step(), step, swallows],
  );
});

Deno.test("which frames count can be said, and their child classes count as well", async () => {
  class Loud extends Note {}
  await idling(async ({ idleAt, happens }) => {
    await happens(new Note("a"), 6_000);
    await happens(new Loud("b"), 6_000);
    assertEquals(idleAt, []);
    await happens(new UserSpeakingFrame(), 6_000);
    assertEquals(idleAt, [16_000]);
  }, { idleTimeoutFrames: [Note] });
});

Deno.test("while the bot speaks a pipeline is not idle, whatever frames count", async () => {
  await idling(async ({ idleAt, happens }) => {
    await happens(new BotStartedSpeakingFrame(), 45_000);
    assertEquals(idleAt, []);
    await happens(new BotStoppedSpeakingFrame(), 9_999);
    assertEquals(idleAt, []);
    await happens(new Note("a"), 1);
    assertEquals(idleAt, [55_000]);
  }, { idleTimeoutFrames: [] });
});

Deno.test("news of the bot's speech that comes late does not count", async () => {
  const wait = gate();
  const slow = new Step("slow").does(Sign, () => wait.promise);
  await idling(
    async ({ clock, idleAt, happens }) => {
      await happens(new Sign("s"), 0);
      // It waits for the slow one, and stops meanwhile where it is faster.
      const started = new BotStartedSpeakingFrame();
      await happens(started, 1_000);
      void slow.open().push(new BotStoppedSpeakingFrame());
      await clock.advance(1_000);
      wait.resolve();
      await clock.advance(10_000);
      assertEquals(idleAt.length, 1);
    },
    {},
    [new Step(), slow, new Step()],
  );
});

Deno.test("while a tool is at work a pipeline is not idle; each way for its call to end counts", async () => {
  for (const end of ["result", "cancel"] as const) {
    await idling(async ({ idleAt, happens }) => {
      await happens(new FunctionCallInProgressFrame(CALL), 45_000);
      const half = { ...CALL, result: "half", properties: { isFinal: false } };
      await happens(new FunctionCallResultFrame(half), 45_000);
      assertEquals(idleAt, []);
      const over = end === "result"
        ? new FunctionCallResultFrame({ ...CALL, result: "done" })
        : new FunctionCallCancelFrame(CALL);
      await happens(over, 5_000);
      // Late news of a call that has ended opens it no more.
      await happens(new FunctionCallInProgressFrame(CALL), 10_000);
      assertEquals(idleAt, [105_000]);
    });
  }
});

Deno.test("nothing counts before the pipeline has started", async () => {
  const wait = gate();
  const clock = new VirtualClock();
  const slow: Step = new Step("slow").does(Note, () => {});
  const task = new PipelineTask(new Pipeline([slow]), { clock, idleTimeoutSecs: 1 });
  await clock.advance(5_000);
  assertEquals(task.hasFinished(), false);
  wait.resolve();
  const run = task.run();
  await clock.runUntil(run);
  assertEquals(clock.now(), 6_000);
});

Deno.test("a task that is idle is cancelled after five minutes, once the handlers have run", async () => {
  const clock = new VirtualClock();
  const task = new PipelineTask(new Pipeline([new Step()]), { clock, log: new Logbook() });
  const order: string[] = [];
  task.on("idleTimeout", async () => {
    await clock.sleep(50);
    order.push(`handled at ${clock.now()}`);
  });
  task.on("pipelineFinished", (frame) => void order.push(frame.constructor.name));
  await clock.runUntil(task.run());
  assertEquals(order, ["handled at 300050", "CancelFrame"]);
  assertEquals([clock.now(), clock.timers], [300_050, 0]);
});

Deno.test("a handler of idleTimeout that never ends does not keep the task from being cancelled", async () => {
  const clock = new VirtualClock();
  const options = { clock, idleTimeoutSecs: 1, lifecycleTimeoutMs: 500 };
  const task = new PipelineTask(new Pipeline([new Step()]), options);
  task.on("idleTimeout", () => new Promise<void>(() => {}));
  await clock.runUntil(task.run());
  assertEquals([clock.now(), clock.timers], [1_500, 0]);
});

Deno.test("idle detection can be switched off", async () => {
  await idling(async ({ clock, idleAt }) => {
    assertEquals(clock.timers, 0);
    await clock.advance(3_600_000);
    assertEquals(idleAt, []);
  }, { idleTimeoutSecs: null });
});

Deno.test("a runner's other tasks are cancelled with an idle one only where it is asked for", async () => {
  for (const cancelRunnerOnIdleTimeout of [undefined, true]) {
    const clock = new VirtualClock();
    const runner = new PipelineRunner({ handleSigint: false, handleSigterm: false });
    const make = (options: PipelineTaskOptions) =>
      new PipelineTask(new Pipeline([new Step()]), { clock, log: new Logbook(), ...options });
    const idle = make({ idleTimeoutSecs: 5, cancelRunnerOnIdleTimeout });
    const other = make({ idleTimeoutSecs: 60 });
    const runs = [runner.run(idle), runner.run(other)];
    await clock.advance(6_000);
    assertEquals(idle.hasFinished(), true);
    assertEquals(other.hasFinished(), cancelRunnerOnIdleTimeout ?? false);
    await clock.runUntil(runner.cancel());
    await Promise.all(runs);
  }
});
