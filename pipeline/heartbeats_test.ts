import { assert, assertEquals } from "@std/assert";
import type { Logger } from "../async/mod.ts";
import { HeartbeatFrame } from "../frames/mod.ts";
import { gate, Note, Probe, Step, withTask } from "../tests/core/_kit.ts";
import { engineOf } from "../processors/frame_processor.ts";
import { ParallelPipeline, type PipelineElement, type PipelineParams } from "./mod.ts";
import type { Rig } from "../tests/core/_kit.ts";

const never = new Promise<void>(() => {});

/** A task with heartbeats, and the processors that its event named. */
async function beating(
  elements: readonly PipelineElement[],
  body: (rig: Rig & { readonly missed: (readonly string[])[] }) => Promise<void>,
  params: PipelineParams = {},
): Promise<void> {
  await withTask(elements, async (rig) => {
    const missed: (readonly string[])[] = [];
    rig.task.on("heartbeatTimeout", (processors) => void missed.push(processors));
    await body({ ...rig, missed });
  }, { params: { enableHeartbeats: true, ...params } });
}

Deno.test("a heartbeat goes through the whole pipeline every period, from the start on", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  await beating([first, last], async ({ clock, missed }) => {
    await clock.advance(3_500);
    for (const probe of [first, last]) {
      assertEquals(probe.take(), ["Start", ...Array(4).fill("Heartbeat")]);
    }
    await clock.advance(60_000);
    assertEquals(missed, []);
  });
});

Deno.test("heartbeats come only when asked for, and as often as asked for", async () => {
  const probe = new Probe();
  await withTask([probe], async ({ clock }) => {
    await clock.advance(10_000);
    assertEquals(probe.take(), ["Start"]);
  });
  const often = new Probe();
  await beating([often], async ({ clock }) => {
    await clock.advance(1_000);
    assertEquals(often.take().length, 1 + 5);
  }, { heartbeatsPeriodSecs: 0.25 });
});

Deno.test("a heartbeat that is held up is missed after ten periods, and who holds it is named", async () => {
  const wait = gate();
  const slow = new Step("Slow").does(Note, () => wait.promise);
  await beating([new Step("before"), slow, new Step("behind")], async (rig) => {
    const { task, clock, log, missed } = rig;
    await clock.advance(500);
    const note = new Note("a");
    void task.queueFrame(note);
    await clock.advance(10_400);
    assertEquals([log.take(), missed], [[], []]);
    await clock.advance(100);
    assertEquals(log.take(), [
      "warn: Cannot get a heartbeat through the pipeline: " +
      `held for 10000 ms by "Slow" (working on "${note.name}")`,
    ]);
    assertEquals(missed, [["Slow"]]);
    // It is said again as long as it lasts, and no more when it is over.
    await clock.advance(10_000);
    assertEquals([log.take().length, missed.length], [1, 2]);
    wait.resolve();
    await clock.advance(60_000);
    assertEquals([log.take(), missed.length], [[], 2]);
  });
});

Deno.test("what holds up the one that holds the heartbeat is named: a processor that is full", async () => {
  const wait = gate();
  const source = new Step("source");
  const full = new Step("Full").does(Note, () => wait.promise);
  await beating([source, new Step("waits"), full], async ({ clock, log, missed }) => {
    const scope = source.open();
    for (let i = 0; i < 20; i++) void scope.push(new Note(String(i)));
    await clock.advance(11_000);
    assertEquals(missed, [["Full"]]);
    assert(log.take()[0]?.includes('by "Full" (working on "Note#'));
    wait.resolve();
    await clock.settle();
  });
});

Deno.test("a branch that hangs is named though another lets the heartbeats by", async () => {
  const wait = gate();
  const dead = new Step("Dead").does(Note, () => wait.promise);
  const branches = new ParallelPipeline([dead], [new Step("alive")]);
  await beating([branches], async ({ task, clock, log, missed }) => {
    void task.queueFrame(new Note("a"));
    await clock.advance(12_000);
    assertEquals(missed, [["Dead"]]);
    assertEquals(log.take().length, 1);
    wait.resolve();
    await clock.settle();
  });
});

Deno.test("a heartbeat that somebody swallows is missed, and nobody is named for it", async () => {
  const thief = new Step("Thief").does(HeartbeatFrame, () => {});
  await beating([thief], async ({ clock, log, missed }) => {
    await clock.advance(10_000);
    assertEquals(missed, [[]]);
    assert(log.take()[0]?.includes("held for 10000 ms by nobody, so it was swallowed"));
  });
});

Deno.test("how long is too long can be said apart from the period", async () => {
  const slow = new Step("Slow").does(Note, () => never);
  await beating([slow], async ({ task, clock, log, missed }) => {
    void task.queueFrame(new Note("a"));
    await clock.advance(5_000);
    assertEquals(missed, [["Slow"]]);
    log.take();
    task.interrupt();
  }, { heartbeatsMonitorSecs: 3 });
});

Deno.test("a heartbeat that an interruption drops is not missed", async () => {
  const slow = new Step("Slow").does(Note, () => never);
  await beating([slow], async ({ task, clock, missed }) => {
    for (let i = 0; i < 30; i++) {
      void task.queueFrame(new Note("a"));
      await clock.advance(3_000);
      task.interrupt();
    }
    assertEquals(missed, []);
  });
});

Deno.test("heartbeats do not pile up where there is no room", async () => {
  const stuck = new Step("Stuck").does(Note, () => never);
  await beating([stuck], async ({ task, clock, log }) => {
    for (let i = 0; i < 20; i++) void task.queueFrame(new Note(String(i)));
    await clock.advance(600_000);
    // One came to wait for room, and none after it.
    const waiting = [...engineOf(stuck).lanes.inbox.data].map(({ frame }) => frame);
    assertEquals(waiting.filter((frame) => frame instanceof HeartbeatFrame).length, 1);
    log.take();
    task.interrupt();
    await clock.advance(0);
    // An interruption makes room.
    let received = 0;
    task.setReachedDownstreamFilter([HeartbeatFrame]);
    task.on("frameReachedDownstream", () => void received++);
    await clock.advance(5_000);
    assertEquals(received, 5);
  });
});

Deno.test("heartbeats do not make an end that hangs look alive", async () => {
  const hung = new Step("Hung").does(Note, () => never);
  await beating([hung], async ({ task, clock, log }) => {
    void task.queueFrame(new Note("a"));
    const ended = task.stopWhenDone();
    await clock.runUntil(ended, { limitMs: 45_000 });
    assert(log.take().some((line) => line.includes("Cannot end the pipeline")));
  });
});

Deno.test("how long a heartbeat took is noted for who looks for a fault", async () => {
  const lines: string[] = [];
  const ignore = () => {};
  const log: Logger = {
    debug: (line) => void lines.push(line),
    info: ignore,
    warn: ignore,
    error: ignore,
  };
  const slow: Step = new Step("Slow").does(
    HeartbeatFrame,
    async (_, context) => {
      await slow.shared.clock.sleep(30);
      await context.forward();
    },
  );
  await withTask([slow], async ({ clock }) => {
    await clock.advance(500);
    assertEquals(lines, ["A heartbeat took 30 ms"]);
  }, { params: { enableHeartbeats: true }, log });
});
