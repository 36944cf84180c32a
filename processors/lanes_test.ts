import { assert, assertEquals } from "@std/assert";
import { CancelFrame, EndFrame, StartFrame, StopFrame } from "../frames/mod.ts";
import { gate, Keep, Live, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { engineOf } from "./frame_processor.ts";

/** Frames that a processor's data lane holds before those who push must wait. */
const MARK = 16;

/** Notes with labels "0", "1" and so on. */
function notes(count: number, from = 0): Note[] {
  return Array.from({ length: count }, (_, i) => new Note(String(from + i)));
}

/** A processor that stays at its first note until it is let go. */
function holding(wait: Promise<void>): Step {
  return new Step("Holding").does(Note, async (_, context) => {
    await wait;
    await context.forward();
  });
}

/** Whether a push waits. */
function waits(room: void | Promise<void>): boolean {
  return room !== undefined;
}

Deno.test("the system lane runs at once, also while a data frame is in work", async () => {
  const wait = gate();
  const probe = new Probe();
  await withTask([holding(wait.promise), probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Note("a"), new Sign("s1"), new Note("b"), new Sign("s2")]);
    assertEquals(probe.take(), ["s1", "s2"]);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["a", "b"]);
  });
});

Deno.test("a data frame does not overtake a system frame that its sender pushed before it and that still waits", async () => {
  const wait = gate();
  const began: string[] = [];
  const slow = new Step("Slow")
    .does(Sign, (frame) => {
      began.push(frame.label);
      return frame.label === "s1" ? wait.promise : undefined;
    })
    .does(Note, (frame) => void began.push(frame.label));
  await withTask([slow], async ({ task, clock }) => {
    task.queueFrames([new Sign("s1"), new Note("a")]);
    // What is in work holds back nobody's data; what waits does, each sender's own.
    assertEquals(began, ["s1", "a"]);
    task.queueFrames([new Sign("s2"), new Note("b"), new Keep("c")]);
    await clock.settle();
    assertEquals(began, ["s1", "a"]);
    wait.resolve();
    await clock.settle();
    assertEquals(began, ["s1", "a", "s2", "b", "c"]);
  });
});

Deno.test("a data frame waits neither for system frames of the other neighbour nor for live input", async () => {
  const wait = gate();
  const began: string[] = [];
  const slow = new Step("Slow")
    .does(Sign, (frame) => {
      began.push(frame.label);
      return frame.label === "s1" ? wait.promise : undefined;
    })
    .does(Note, (frame) => void began.push(frame.label));
  await withTask([slow], async ({ task, clock }) => {
    task.queueFrames([new Sign("s1"), new Live("live"), new Note("a")]);
    task.queueFrame(new Sign("s2"), "upstream");
    task.queueFrame(new Note("b"));
    assertEquals(began, ["s1", "a", "b"]);
    wait.resolve();
    await clock.settle();
    assertEquals(began, ["s1", "a", "b", "live", "s2"]);
  });
});

Deno.test("each lane runs one frame at a time, fed from both directions in order of arrival", async () => {
  let [inData, inSystem, most] = [0, 0, 0];
  const order: string[] = [];
  const step: Step = new Step()
    .does(Note, async (frame) => {
      most = Math.max(most, ++inData);
      order.push(frame.label);
      await step.shared.clock.sleep(1);
      inData--;
    })
    .does(Sign, async (frame) => {
      most = Math.max(most, ++inSystem);
      order.push(frame.label);
      await step.shared.clock.sleep(1);
      inSystem--;
    });
  await withTask([step], async ({ task, clock }) => {
    for (let i = 0; i < 4; i++) {
      const direction = i % 2 ? "upstream" : "downstream";
      task.queueFrame(new Note(`n${i}`), direction);
      task.queueFrame(new Sign(`s${i}`), direction);
    }
    await clock.advance(20);
    assertEquals(order, ["n0", "s0", "n1", "s1", "n2", "s2", "n3", "s3"]);
    assertEquals(most, 1);
  });
});

Deno.test("a handler is never entered while the processor's own code is on the stack", async () => {
  const order: string[] = [];
  const first: Step = new Step("first")
    .does(Note, (frame, context) => {
      order.push(`begin ${frame.label}`);
      if (frame.label === "a") context.push(new Sign(frame.label));
      order.push(`end ${frame.label}`);
    })
    .does(Sign, (frame) => void order.push(`sign ${frame.label}`));
  const echo = new Step("echo").does(Sign, (frame, context) => {
    context.push(new Sign(`echo of ${frame.label}`), "upstream");
    context.push(new Note(`note for ${frame.label}`), "upstream");
  });
  await withTask([first, echo], async ({ task, clock }) => {
    task.queueFrame(new Note("a"));
    assertEquals(order, ["begin a", "end a"]);
    task.queueFrame(new Sign("b"));
    await clock.settle();
    assertEquals(order.slice(2, 6), [
      "sign echo of a",
      "sign b",
      "begin note for a",
      "end note for a",
    ]);
  });
});

Deno.test("order of arrival is order of pushing, however the frames get there", async () => {
  const probe = new Probe();
  const burst: Step = new Step().does(Note, async (frame, context) => {
    for (let i = 0; i < 3; i++) context.push(new Note(`${frame.label}${i}`));
    await step.shared.clock.sleep(1);
    for (let i = 3; i < 6; i++) await context.push(new Note(`${frame.label}${i}`));
  });
  const step: Step = new Step().does(Note, async (frame, context) => {
    if (frame.label.endsWith("1")) await step.shared.clock.sleep(3);
    await context.forward();
  });
  await withTask([burst, step, new Step(), probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Note("a"), new Note("b")]);
    await clock.advance(50);
    const numbers = [0, 1, 2, 3, 4, 5];
    assertEquals(probe.take(), ["a", "b"].flatMap((label) => numbers.map((n) => label + n)));
  });
});

Deno.test("backpressure: a downstream push waits while the receiver is above its mark, and no longer", async () => {
  const wait = gate();
  await withTask([holding(wait.promise)], async ({ task, clock }) => {
    const rooms = notes(MARK + 3).map((note) => task.queueFrame(note));
    assertEquals(rooms.map(waits), [...Array(MARK).fill(false), true, true, true]);
    let freed = 0;
    for (const room of rooms) void room?.then(() => freed++);
    await clock.settle();
    assertEquals(freed, 0);
    wait.resolve();
    await clock.settle();
    assertEquals(freed, 3);
  });
});

Deno.test("backpressure goes back through processors that only pass on", async () => {
  const wait = gate();
  const middle = [new Step(), new Step(), new Step()];
  await withTask([...middle, holding(wait.promise)], async ({ task, clock }) => {
    let sent = 0;
    const feeding = (async () => {
      for (const note of notes(500)) {
        await task.queueFrame(note);
        sent++;
      }
    })();
    await clock.settle();
    // One in work and four full lanes, the last frame of which still waits.
    assertEquals(sent, 1 + 4 * MARK - 1);
    wait.resolve();
    await feeding;
    assertEquals(sent, 500);
  });
});

Deno.test("backpressure without head-of-line blocking: system frames and upstream pushes never wait", async () => {
  const wait = gate();
  const [first, last] = [new Probe("first"), new Probe("last")];
  await withTask([first, holding(wait.promise), last], async ({ task, clock }) => {
    for (const note of notes(3 * MARK)) task.queueFrame(note);
    first.take();
    last.take();
    assertEquals(waits(task.queueFrame(new Sign("s1"))), false);
    const up = notes(2 * MARK).map((note) => task.queueFrame(note, "upstream"));
    assertEquals(up.some(waits), false);
    assertEquals(waits(task.queueFrame(new Sign("s2"), "upstream")), false);
    assertEquals([last.take().filter((label) => label.includes("s")), first.take()], [
      ["s1", "^s2"],
      ["s1", "^s2"],
    ]);
    wait.resolve();
    await clock.settle();
  });
});

Deno.test("two neighbours that push to each other do not wait for each other", async () => {
  const [down, up] = [new Probe("down"), new Probe("up")];
  const burst = (label: string, direction: "downstream" | "upstream") =>
    new Step(label).does(Keep, async (_, context) => {
      for (const note of notes(5 * MARK)) await context.push(note, direction);
    });
  const elements = [up, burst("a", "downstream"), burst("b", "upstream"), down];
  await withTask(elements, async ({ task, clock }) => {
    task.queueFrame(new Keep("go"));
    task.queueFrame(new Keep("go"), "upstream");
    await clock.settle();
    assertEquals([down.seen.filter((l) => /^\d/.test(l)).length, up.seen.length > 0], [80, true]);
  });
});

const releases = {
  "an interruption": new Sign("interrupt"),
  "an end": new EndFrame(),
  "a stop": new StopFrame(),
  "a cancel": new CancelFrame(),
};
for (const [name, frame] of Object.entries(releases)) {
  Deno.test(`${name} releases every waiter`, async () => {
    const wait = gate();
    await withTask([holding(wait.promise)], async ({ task, clock }) => {
      const rooms = notes(MARK + 3).map((note) => task.queueFrame(note)).filter(waits);
      let freed = 0;
      for (const room of rooms) void room?.then(() => freed++);
      if (frame instanceof Sign) task.interrupt();
      else if (frame instanceof CancelFrame) void task.cancel();
      else task.queueFrame(frame);
      await clock.settle();
      assertEquals(freed, 3);
      wait.resolve();
    });
  });
}

Deno.test("closing a processor releases those who wait for it", async () => {
  const wait = gate();
  const full = holding(wait.promise);
  await withTask([full], async ({ task, clock }) => {
    let freed = 0;
    for (const note of notes(MARK + 2)) void task.queueFrame(note)?.then(() => freed++);
    await full.close();
    await clock.settle();
    assertEquals(freed, 2);
    await clock.runUntil(task.cancel());
    wait.resolve();
  });
});

Deno.test("a lane of uninterruptible frames lets its waiters go at an interruption, too", async () => {
  const wait = gate();
  await withTask([holding(wait.promise)], async ({ task, clock }) => {
    let freed = 0;
    for (let i = 0; i < MARK + 4; i++) {
      void task.queueFrame(new Keep(String(i)))?.then(() => freed++);
    }
    task.interrupt();
    await clock.settle();
    assertEquals(freed, 4);
    wait.resolve();
  });
});

Deno.test("a data lane that nobody heeds drops its oldest beyond its limit, and says so once", async () => {
  const wait = gate();
  const seen: string[] = [];
  const step = new Step("Flooded").does(Note, async (frame) => {
    await wait.promise;
    seen.push(frame.label);
  });
  await withTask([step], async ({ task, log, clock }) => {
    task.queueFrame(new Note("in work"));
    task.queueFrame(new Keep("kept"));
    for (const note of notes(50_010)) task.queueFrame(note);
    await clock.settle();
    assertEquals(log.take(), [
      'error: Cannot queue more in "Flooded": 50000 frames wait, 1 dropped so far',
    ]);
    wait.resolve();
    await clock.settle();
    assertEquals(seen.slice(0, 3), ["in work", "kept", "11"]);
    assertEquals(seen.length, 50_001);
  });
});

Deno.test("live input drops its oldest behind a slow handler, counted and warned of", async () => {
  const wait = gate();
  const probe = new Probe();
  const slow = new Step("Slow").does(Sign, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  await withTask([slow, probe], async ({ task, log, clock }) => {
    probe.take();
    const send = (from: number, to: number) => {
      for (let i = from; i < to; i++) task.queueFrame(new Live(`l${i}`));
    };
    task.queueFrame(new Sign("in work"));
    send(0, 300);
    task.queueFrame(new Sign("kept"));
    send(300, 503);
    assertEquals(log.take(), [
      'warn: "Slow" is too slow for live input: 1 frames dropped so far',
    ]);
    assertEquals(engineOf(slow).lanes.inbox.droppedLive, 3);
    send(503, 1_001);
    assertEquals([log.take().length, engineOf(slow).lanes.inbox.droppedLive], [1, 501]);
    wait.resolve();
    await clock.settle();
    const seen = probe.take();
    assertEquals([seen.length, seen[0], seen[1], seen[2], seen.at(-1)], [
      502,
      "in work",
      "kept",
      "l501",
      "l1000",
    ]);
    send(0, 500);
    await clock.settle();
    assertEquals([probe.take().length, engineOf(slow).lanes.inbox.droppedLive], [500, 501]);
  });
});

Deno.test("the start gate: data waits until the start has been handled, system frames keep their order", async () => {
  const wait = gate();
  const order: string[] = [];
  const probe = new Probe();
  const step = new Step()
    .does(StartFrame, async () => {
      await wait.promise;
      order.push("started");
    })
    .does(Note, (frame, context) => {
      order.push(frame.label);
      return context.forward();
    });
  await withTask([step, probe], async ({ task, clock }) => {
    task.queueFrames([new Note("a"), new Sign("s")]);
    await clock.settle();
    assertEquals([order, probe.take()], [[], []]);
    wait.resolve();
    await clock.settle();
    assertEquals([order, probe.take()], [["started", "a"], ["Start", "s", "a"]]);
  });
});

Deno.test("the start gate opens for what came back while the start passed by", async () => {
  const [first, probe] = [new Step("first"), new Probe()];
  const eager = new Step("eager").does(StartFrame, (_, context) => {
    context.push(new Note("hello"), "upstream");
  });
  await withTask([probe, first, eager], async ({ clock }) => {
    await clock.settle();
    assertEquals(probe.take(), ["Start", "^hello"]);
  });
});

Deno.test("frames for the way back wait until the pipeline has started", async () => {
  const wait = gate();
  const probe = new Probe();
  const slow = new Step().does(StartFrame, () => wait.promise);
  await withTask([slow, probe], async ({ task, clock }) => {
    task.queueFrame(new Note("back"), "upstream");
    await clock.settle();
    assertEquals(probe.take(), []);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["Start", "^back"]);
  });
});

Deno.test("idle means that nothing waits and nothing is in work", async () => {
  const wait = gate();
  const step = holding(wait.promise);
  const engine = engineOf(step);
  await engine.idle();
  engine.enter(new Note("a"), "downstream");
  engine.enter(new Note("b"), "downstream");
  let idle = false;
  const resting = engine.idle().then(() => idle = true);
  await Promise.resolve();
  assert(!idle);
  wait.resolve();
  await resting;
  assert(idle);
});
