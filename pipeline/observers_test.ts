import { assert, assertEquals } from "@std/assert";
import { EndFrame } from "../frames/mod.ts";
import { BaseObserver, type FrameProcessed, type FramePushed } from "../observers/mod.ts";
import {
  gate,
  Keep,
  labelOf,
  Logbook,
  Note,
  Probe,
  Sign,
  Step,
  withTask,
} from "../tests/core/_kit.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { ParallelPipeline, Pipeline, PipelineTask } from "./mod.ts";

/** Writes down every push of a frame with a label. */
class Scribe extends BaseObserver {
  readonly pushes: string[] = [];
  readonly times: number[] = [];
  override onPushFrame({ source, destination, frame, direction, timestamp }: FramePushed): void {
    if (!("label" in frame)) return;
    const arrow = direction === "downstream" ? ">" : "<";
    this.pushes.push(`${source.name} ${arrow} ${destination.name}: ${labelOf(frame)}`);
    this.times.push(timestamp);
  }
}

Deno.test("an observer sees every push, both ways, with who pushed to whom", async () => {
  const scribe = new Scribe();
  const [a, b] = [new Step("a"), new Step("b")];
  a.does(Note, (_, context) => context.broadcast(() => new Sign("both")));
  await withTask([a, b], async ({ task, clock }) => {
    await clock.advance(3);
    task.queueFrame(new Note("n"));
    task.queueFrame(new Sign("s"), "upstream");
    await clock.settle();
    assertEquals(scribe.pushes, [
      "PipelineStart > a: n",
      "a < PipelineStart: both",
      "a > b: both",
      "b > PipelineEnd: both",
      "PipelineEnd < b: s",
      "b < a: s",
      "a < PipelineStart: s",
    ]);
    assertEquals(new Set(scribe.times), new Set([3_000_000]));
  }, { observers: [scribe] });
});

Deno.test("an observer sees what goes into branches, and what comes out of each", async () => {
  const scribe = new Scribe();
  const branches = new ParallelPipeline([new Step("a")], [new Step("b")]);
  await withTask([branches], async ({ task, clock }) => {
    task.queueFrame(new Note("n"));
    await clock.settle();
    const { name } = branches;
    assertEquals(scribe.pushes, [
      `PipelineStart > ${name}.in: n`,
      `${name}.in > a: n`,
      `a > ${name}.out: n`,
      `${name}.out > PipelineEnd: n`,
      `${name}.in > b: n`,
      `b > ${name}.out: n`,
    ]);
  }, { observers: [scribe] });
});

Deno.test("an observer sees every handling: who began with what, also before it is done", async () => {
  class Watcher extends BaseObserver {
    readonly begun: string[] = [];
    override onProcessFrame({ processor, frame }: FrameProcessed): void {
      if ("label" in frame) this.begun.push(`${processor.name}: ${labelOf(frame)}`);
    }
  }
  const watcher = new Watcher();
  const wait = gate();
  const a = new Step("a").does(Note, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  const b = new Step("b").does(Note, () => {}).does(Sign, () => {});
  await withTask([a, new Step("idle"), b], async ({ task, clock }) => {
    task.queueFrames([new Note("1"), new Note("2"), new Sign("s")]);
    await clock.settle();
    assertEquals(watcher.begun, ["a: 1", "b: s"]);
    wait.resolve();
    await clock.settle();
    assertEquals(watcher.begun, ["a: 1", "b: s", "b: 1", "a: 2", "b: 2"]);
  }, { observers: [watcher] });
});

Deno.test("an observer is told when the pipeline has started and when it has finished, in order", async () => {
  class Teller extends Scribe {
    override onPipelineStarted(): void {
      this.pushes.push("started");
    }
    override onPipelineFinished(): Promise<void> {
      return Promise.resolve().then(() => void this.pushes.push("finished"));
    }
  }
  const teller = new Teller();
  await withTask([], ({ task }) => {
    task.queueFrame(new Note("n"));
  }, { observers: [teller] });
  assertEquals(teller.pushes, [
    "started",
    "PipelineStart > Empty: n",
    "Empty > PipelineEnd: n",
    "finished",
  ]);
});

Deno.test("an observer that takes its time sees everything in order, and no frame waits for it", async () => {
  const clock = new VirtualClock();
  class Slow extends Scribe {
    override async onPushFrame(data: FramePushed): Promise<void> {
      await clock.sleep(100);
      super.onPushFrame(data);
    }
  }
  const [slow, probe] = [new Slow(), new Probe()];
  const task = new PipelineTask(new Pipeline([probe]), { clock, observers: [slow] });
  const run = task.run();
  for (let i = 0; i < 10; i++) task.queueFrame(new Note(String(i)));
  await clock.settle();
  assertEquals([probe.take().length, slow.pushes.length], [11, 0]);
  await clock.advance(10_000);
  assertEquals(
    slow.pushes.filter((push) => push.startsWith("PipelineStart")).map((push) => push.at(-1)),
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  );
  await clock.runUntil(task.stopWhenDone());
  await run;
});

Deno.test("the end waits until observers have seen everything, within a bound that names the slow one", async () => {
  const clock = new VirtualClock();
  const log = new Logbook();
  class Patient extends Scribe {
    override async onPushFrame(data: FramePushed): Promise<void> {
      await clock.sleep(10);
      super.onPushFrame(data);
    }
  }
  class Hung extends BaseObserver {
    override onPushFrame(): Promise<void> {
      return new Promise(() => {});
    }
  }
  const patient = new Patient();
  const observers = [patient, new Hung()];
  const task = new PipelineTask(new Pipeline([]), { clock, log, observers, closeTimeoutMs: 500 });
  task.queueFrames([new Note("a"), new Note("b"), new EndFrame()]);
  await clock.runUntil(task.run());
  assertEquals(patient.pushes.length, 4);
  assertEquals([clock.now(), clock.timers], [500, 0]);
  assertEquals(log.take(), ['warn: Cannot tell "Hung" everything: not done after 500 ms']);
});

Deno.test("an observer that throws, at once or later, is logged and goes on seeing", async () => {
  class Clumsy extends BaseObserver {
    seen = 0;
    override onPushFrame({ frame }: FramePushed): void | Promise<void> {
      if (!("label" in frame)) return;
      this.seen++;
      if (labelOf(frame) === "at once") throw new Error("Cannot see: dust");
      if (labelOf(frame) === "later") return Promise.reject(new Error("Cannot see: dust"));
    }
    override onPipelineFinished(): void {
      throw new Error("Cannot see the end: dust");
    }
  }
  const [clumsy, scribe, probe] = [new Clumsy(), new Scribe(), new Probe()];
  await withTask([probe], async ({ task, log, clock }) => {
    probe.take();
    task.queueFrames([new Note("at once"), new Note("later"), new Note("well")]);
    await clock.settle();
    assertEquals(probe.take(), ["at once", "later", "well"]);
    assertEquals([clumsy.seen, scribe.pushes.length], [6, 6]);
    assertEquals(log.take(), Array(4).fill('error: The observer "Clumsy" failed'));
    await clock.runUntil(task.stopWhenDone());
    assertEquals(log.take(), ['error: The observer "Clumsy" failed']);
  }, { observers: [clumsy, scribe] });
});

Deno.test("an observer may push frames itself, and does not go round in circles", async () => {
  class Echo extends BaseObserver {
    task: PipelineTask | undefined;
    override onPushFrame({ frame, source }: FramePushed): void {
      if (source.name === "PipelineStart" && labelOf(frame) === "call") {
        this.task?.queueFrame(new Sign("answer"));
      }
    }
  }
  const [echo, probe] = [new Echo(), new Probe()];
  await withTask([probe], async ({ task, clock }) => {
    echo.task = task;
    probe.take();
    task.queueFrame(new Note("call"));
    await clock.settle();
    assertEquals(probe.take(), ["call", "answer"]);
  }, { observers: [echo] });
});

Deno.test("an observer is told off the frames' path: never within a push", async () => {
  let pushing = false;
  class Watcher extends BaseObserver {
    readonly within: boolean[] = [];
    override onPushFrame(): void {
      this.within.push(pushing);
    }
    override onProcessFrame(): void {
      this.within.push(pushing);
    }
  }
  const watcher = new Watcher();
  await withTask([new Probe()], async ({ task, clock }) => {
    watcher.within.length = 0;
    pushing = true;
    task.queueFrames([new Note("n"), new Sign("s")]);
    task.interrupt();
    pushing = false;
    await clock.settle();
    assertEquals(watcher.within, Array(9).fill(false));
  }, { observers: [watcher] });
});

Deno.test("observers come and go while the task runs; one that is there twice sees once", async () => {
  const scribe = new Scribe();
  await withTask([], async ({ task, clock }) => {
    const send = async (label: string) => {
      task.queueFrame(new Note(label));
      await clock.settle();
    };
    await send("before");
    task.queueFrame(new Note("just before"));
    task.addObserver(scribe);
    task.addObserver(scribe);
    await send("during");
    task.queueFrame(new Note("just during"));
    task.removeObserver(scribe);
    await send("after");
    assertEquals(scribe.pushes.filter((push) => push.startsWith("PipelineStart")), [
      "PipelineStart > Empty: during",
    ]);
  });
});

Deno.test("a burst of many thousand pushes reaches an observer whole", async () => {
  const scribe = new Scribe();
  const steps = Array.from({ length: 10 }, () => new Step());
  await withTask(steps, async ({ task, clock }) => {
    for (let i = 0; i < 20_000; i++) task.queueFrame(new Sign("s"));
    await clock.settle();
    assertEquals(scribe.pushes.length, 220_000);
  }, { observers: [scribe] });
});

Deno.test("an observer that falls far behind misses the oldest, and is named once", async () => {
  class Sleepy extends BaseObserver {
    seen = 0;
    override onPushFrame(): Promise<void> {
      this.seen++;
      return wait.promise;
    }
  }
  const wait = gate();
  const [sleepy, probe] = [new Sleepy(), new Probe()];
  await withTask([probe], async ({ task, log, clock }) => {
    for (let burst = 0; burst < 80; burst++) {
      for (let i = 0; i < 1_000; i++) task.queueFrame(new Keep("k"));
      await clock.settle();
    }
    assertEquals(log.take(), ['warn: "Sleepy" is too slow: it misses frames']);
    assert(probe.take().length > 80_000);
    wait.resolve();
    await clock.settle();
    assert(sleepy.seen > 90_000 && sleepy.seen <= 102_001, `${sleepy.seen}`);
  }, { observers: [sleepy] });
});
