import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ErrorFrame, StartFrame } from "../frames/mod.ts";
import { SeededRandom } from "../testing/seeded_random.ts";
import { gate, Keep, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { Pipeline, SyncFrame, SyncParallelPipeline } from "./mod.ts";

/** Makes `count` notes of each note, `everyMs` apart. */
function maker(name: string, count: number, everyMs = 0): Step {
  const step: Step = new Step(name).does(Note, async (frame, context) => {
    for (let i = 0; i < count; i++) {
      if (everyMs > 0) await step.shared.clock.sleep(everyMs, { signal: context.signal });
      await context.push(new Note(`${name}${frame.label}${i}`));
    }
  });
  return step;
}

/** Takes over each note as long as a test wants. */
function holder(name: string): Step & { readonly wait: PromiseWithResolvers<void> } {
  const wait = gate();
  const step = new Step(name).does(Note, async (frame, context) => {
    await wait.promise;
    await context.push(new Note(`${name}${frame.label}`));
  });
  return Object.assign(step, { wait });
}

Deno.test("what all branches make of a frame leaves together, before anything of the next frame", async () => {
  const probe = new Probe();
  const sync = new SyncParallelPipeline([maker("a", 2)], [maker("b", 2, 10)]);
  await withTask([sync, probe], async ({ task, clock }) => {
    probe.take();
    void task.queueFrames([new Note("1"), new Note("2")]);
    await clock.advance(19);
    assertEquals(probe.take(), []);
    await clock.advance(1);
    assertEquals(probe.take(), ["a10", "a11", "b10", "b11"]);
    await clock.advance(20);
    assertEquals(probe.take(), ["a20", "a21", "b20", "b21"]);
  });
});

Deno.test("what leaves together is in order of arrival, or one branch after another", async () => {
  for (const frameOrder of ["arrival", "pipeline", undefined] as const) {
    const probe = new Probe();
    const branches = [[maker("a", 2, 10)], [maker("b", 2, 8)]] as const;
    const sync = new SyncParallelPipeline(...branches, { frameOrder });
    await withTask([sync, probe], async ({ task, clock }) => {
      probe.take();
      void task.queueFrame(new Note(""));
      await clock.advance(20);
      assertEquals(
        probe.take(),
        frameOrder === "pipeline" ? ["a0", "a1", "b0", "b1"] : ["b0", "a0", "b1", "a1"],
      );
    });
  }
});

Deno.test("a frame that crosses several branches unchanged leaves once, and markers never leave", async () => {
  const [first, inside, last] = [new Probe("first"), new Probe("inside"), new Probe("last")];
  await withTask([first, new SyncParallelPipeline([inside], []), last], ({ task }) => {
    for (const probe of [first, inside, last]) probe.take();
    void task.queueFrames([new Note("a"), new Keep("b")]);
    void task.queueFrame(new Note("c"), "upstream");
    assertEquals(last.take(), ["a", "b", "^c"]);
    assertEquals(first.take(), ["a", "b", "^c"]);
    assertEquals(inside.take(), ["a", "Sync", "b", "Sync", "^c", "^Sync"]);
  });
});

Deno.test("system frames wait for nobody, and what a branch makes of its own accord leaves at once", async () => {
  const probe = new Probe();
  const held = holder("held");
  const free = new Step("free");
  await withTask([new SyncParallelPipeline([held], [free]), probe], async ({ task, clock }) => {
    probe.take();
    void free.open().push(new Note("own"));
    assertEquals(probe.take(), ["own"]);
    void task.queueFrame(new Note("a"));
    void task.queueFrame(new Sign("s"));
    assertEquals(probe.take(), ["s"]);
    held.wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["a", "helda"]);
  });
});

Deno.test("frames that go upstream are kept in step, too", async () => {
  const probe = new Probe();
  const up = (name: string, ms: number): Step => {
    const step: Step = new Step(name).does(Note, async (frame, context) => {
      await step.shared.clock.sleep(ms);
      await context.push(new Note(name + frame.label), context.direction);
    });
    return step;
  };
  const sync = new SyncParallelPipeline([up("a", 20)], [up("b", 5)]);
  await withTask([probe, sync], async ({ task, clock }) => {
    probe.take();
    void task.queueFrames([new Note("1"), new Note("2")], "upstream");
    await clock.advance(40);
    assertEquals(probe.take(), ["^b1", "^a1", "^b2", "^a2"]);
  });
});

Deno.test("a branch that takes too long is named and not waited for, until it is done", async () => {
  const probe = new Probe();
  const wait = gate();
  const held: Step = new Step("held").does(Note, async (frame, context) => {
    if (frame.label === "4") await held.shared.clock.sleep(100);
    else await wait.promise;
    await context.push(new Note(`held${frame.label}`));
  });
  const sync = new SyncParallelPipeline([new Step()], [held], { branchTimeoutMs: 500 });
  const errors: ErrorFrame[] = [];
  await withTask([sync, probe], async ({ task, clock, log }) => {
    probe.take();
    task.on("pipelineError", (frame) => void errors.push(frame));
    const notes = [new Note("1"), new Note("2"), new Note("3")];
    void task.queueFrames(notes);
    await clock.advance(499);
    assertEquals(probe.take(), []);
    await clock.advance(1);
    assertEquals(probe.take(), ["1", "2", "3"]);
    const said = `Cannot keep the branches of "${sync.name}" in step: branch 2, "held" ` +
      `(working on "${notes[0]?.name}"), did not finish "${notes[0]?.name}" in 500 ms`;
    assertEquals(errors.map(({ error }) => error), [said]);
    assertEquals(log.take(), [`error: ${said}`]);
    // It leaves what it owes as it comes, and is in step again from the next frame on.
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["held1", "held2", "held3"]);
    void task.queueFrame(new Note("4"));
    await clock.advance(99);
    assertEquals(probe.take(), []);
    await clock.advance(1);
    assertEquals(probe.take(), ["4", "held4"]);
  });
});

Deno.test("a branch that swallows the marker is late once, and holds up no other frame", async () => {
  const probe = new Probe();
  const thief = new Step("thief").does(SyncFrame, () => {});
  const sync = new SyncParallelPipeline([thief], [maker("a", 1)]);
  await withTask([sync, probe], async ({ task, clock, log }) => {
    probe.take();
    void task.queueFrames([new Note("1"), new Note("2"), new Note("3")]);
    await clock.advance(29_999);
    assertEquals(probe.take(), []);
    await clock.advance(1);
    assertEquals(probe.take(), ["1", "a10", "2", "a20", "3", "a30"]);
    assert(log.take()[0]?.includes("in step: branch 1 did not finish"));
  });
});

Deno.test("an interruption drops what the branches are at, and the next frame does not wait for it", async () => {
  const probe = new Probe();
  const sync = new SyncParallelPipeline([maker("a", 1)], [maker("b", 1, 1_000)]);
  await withTask([sync, probe], async ({ task, clock }) => {
    probe.take();
    void task.queueFrames([new Note("1"), new Note("2")]);
    await clock.advance(10);
    task.interrupt();
    void task.queueFrame(new Note("3"));
    assertEquals(probe.take(), ["Interruption"]);
    await clock.advance(1_000);
    assertEquals(probe.take(), ["a30", "b30"]);
  });
});

Deno.test("what is uninterruptible survives an interruption in the branches, in order", async () => {
  const probe = new Probe();
  const held = holder("held");
  await withTask(
    [new SyncParallelPipeline([held], [new Step()]), probe],
    async ({ task, clock }) => {
      probe.take();
      void task.queueFrames([new Keep("1"), new Note("2"), new Keep("3")]);
      await clock.settle();
      task.interrupt();
      assertEquals(probe.take(), ["Interruption"]);
      held.wait.resolve();
      await clock.settle();
      assertEquals(probe.take(), ["1", "held1", "3", "held3"]);
    },
  );
});

Deno.test("whoever pushes waits while the branches are at it, and while there is no room behind them", async () => {
  const wait = gate();
  const slow = new Step("slow").does(Note, () => wait.promise);
  const source = new Step("source");
  const sync = new SyncParallelPipeline([maker("a", 20)], []);
  await withTask([source, sync, slow], async ({ clock }) => {
    let pushed = 0;
    source.loop("push", async (signal) => {
      const scope = source.open();
      while (!signal.aborted && pushed < 100) {
        await scope.push(new Note(String(pushed)));
        pushed++;
      }
    });
    await clock.settle();
    // One is in the branches, and a lane of them waits at the door.
    assert(pushed < 20, `${pushed}`);
    wait.resolve();
    await clock.settle();
    assertEquals(pushed, 100);
  });
});

Deno.test("an end comes behind everything that was made before it", async () => {
  const probe = new Probe();
  const sync = new SyncParallelPipeline([maker("a", 2, 10)], [maker("b", 1)]);
  await withTask([sync, probe], ({ task }) => {
    probe.take();
    void task.queueFrames([new Note("1"), new Note("2")]);
  });
  assertEquals(probe.take(), ["b10", "a10", "a11", "b20", "a20", "a21", "End"]);
});

Deno.test("a cancel in the middle of a round ends it, and leaves no timer", async () => {
  const sync = new SyncParallelPipeline([holder("held")], [new Step()]);
  await withTask([sync], async ({ task, clock }) => {
    void task.queueFrames([new Note("1"), new Note("2")]);
    await clock.settle();
    await clock.runUntil(task.cancel());
    assertEquals(clock.timers, 0);
  });
});

Deno.test("thousands of frames that wait go in one after another", async () => {
  const wait = gate();
  const first = new Step("first").does(StartFrame, () => wait.promise);
  const seen: string[] = [];
  const last = new Step("last").does(Note, (frame) => void seen.push(frame.label));
  const sync = new SyncParallelPipeline([first], [new Step()]);
  await withTask([sync, last], async ({ task, clock }) => {
    const labels = Array.from({ length: 20_000 }, (_, i) => String(i));
    for (const label of labels) void task.queueFrame(new Keep(label));
    assertEquals(seen, []);
    wait.resolve();
    await clock.settle();
    assertEquals(seen, labels);
  });
});

Deno.test("a synchronous pipeline needs a branch, and nobody who stands in a pipeline already", async () => {
  const none = "Cannot make a parallel pipeline: it has no branch";
  assertThrows(() => new SyncParallelPipeline(), TypeError, none);
  assertThrows(() => new SyncParallelPipeline({ frameOrder: "arrival" }), TypeError, none);
  const step = new Step("Step");
  await using _pipeline = new Pipeline([step, new Step()]);
  assertThrows(() => new SyncParallelPipeline([step]), TypeError, 'Cannot link "Step" twice');
});

/** A step that makes some notes of each note, after some time, as chance has it. */
function chancy(name: string, random: SeededRandom): Step {
  const step: Step = new Step(name).does(Note, async (frame, context) => {
    for (let i = random.int(0, 3); i > 0; i--) {
      if (random.chance(0.5)) await step.shared.clock.sleep(random.int(0, 9));
      await context.push(new Note(`${frame.label}/${name}${i}`));
    }
    if (random.chance(0.3)) await step.shared.clock.sleep(random.int(0, 9));
    await context.push(frame);
  });
  return step;
}

Deno.test("whatever the branches do, each frame's outputs leave once, all of them, apart from the next frame's", async () => {
  const seed = Number(
    Deno.env.get("SYNC_SEED") ?? Math.trunc(performance.timeOrigin + performance.now()),
  );
  console.log(`SYNC_SEED=${seed}`);
  const random = new SeededRandom(seed);
  for (let round = 0; round < 40; round++) {
    const made: string[] = [];
    const branches = Array.from(
      { length: random.int(1, 4) },
      (_, b) => Array.from({ length: random.int(1, 3) }, (_, i) => chancy(`${b}.${i}.`, random)),
    );
    for (const branch of branches) {
      branch.at(-1)?.on("beforePushFrame", (frame) => {
        if (frame instanceof Note && !(frame instanceof Keep)) made.push(frame.label);
      });
    }
    const probe = new Probe();
    const frameOrder = random.chance(0.5) ? "pipeline" : "arrival";
    await withTask([new SyncParallelPipeline(...branches, { frameOrder }), probe], async (rig) => {
      probe.take();
      const interrupts = random.chance(0.5);
      for (let i = 0; i < 12; i++) {
        void rig.task.queueFrame(random.chance(0.2) ? new Keep(`k${i}`) : new Note(`n${i}`));
        await rig.clock.advance(random.int(0, 12));
        if (interrupts && random.chance(0.2)) rig.task.interrupt();
      }
      await rig.clock.advance(5_000);
      const seen = probe.take().filter((label) => label !== "Interruption");
      const roots = seen.map((label) => label.split("/")[0]);
      const blocks = roots.filter((root, i) => root !== roots[i - 1]);
      assertEquals(blocks, [...new Set(roots)], "the outputs of two frames are mixed");
      // Those that crossed several branches unchanged left once; all others are different.
      assertEquals(seen.length, new Set(seen).size, "something left twice");
      if (interrupts) return;
      const lost = [...new Set(made)].filter((label) => !seen.includes(label));
      assertEquals(lost, [], "something is lost");
    });
  }
});
