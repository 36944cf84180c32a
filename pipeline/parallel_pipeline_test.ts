import { assert, assertEquals, assertThrows } from "@std/assert";
import { EndFrame, type Frame, InterruptionFrame, StartFrame, StopFrame } from "../frames/mod.ts";
import { gate, Keep, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { ParallelPipeline, Pipeline } from "./mod.ts";

/** Holds notes until it is let go. */
function held(wait: Promise<void>, name = "Held"): Step {
  return new Step(name).does(Note, async (_, context) => {
    await wait;
    await context.forward();
  });
}

/** Turns notes into others. */
function mark(by: string): Step {
  return new Step().does(
    Note,
    (frame, context) => context.push(new Note(`${frame.label} by ${by}`)),
  );
}

Deno.test("each branch is given every frame, and what they make of it comes together", async () => {
  const probe = new Probe();
  await withTask(
    [new ParallelPipeline([mark("a")], [mark("b")]), probe],
    async ({ task, clock }) => {
      probe.take();
      task.queueFrames([new Note("1"), new Sign("s"), new Note("2")]);
      await clock.settle();
      assertEquals(probe.take(), ["1 by a", "1 by b", "s", "2 by a", "2 by b"]);
    },
  );
});

Deno.test("a frame that crosses several branches unchanged leaves once, in both directions", async () => {
  const [before, after] = [new Probe(), new Probe()];
  const branches = new ParallelPipeline([new Step()], [new Step(), new Step()], []);
  await withTask([before, branches, after], async ({ task, clock }) => {
    before.take();
    after.take();
    task.queueFrames([new Note("n"), new Sign("s"), new Keep("k")]);
    task.queueFrame(new Note("un"), "upstream");
    task.queueFrame(new Sign("us"), "upstream");
    await clock.settle();
    assertEquals(after.take(), ["n", "s", "k", "^un", "^us"]);
    assertEquals(before.take(), ["n", "s", "k", "^un", "^us"]);
  });
});

Deno.test("a held branch does not delay another, nor the one that pushes", async () => {
  const wait = gate();
  const probe = new Probe();
  const branches = new ParallelPipeline([held(wait.promise)], [mark("b")]);
  await withTask([branches, probe], async ({ task, clock }) => {
    probe.take();
    const rooms = Array.from({ length: 200 }, (_, i) => task.queueFrame(new Note(String(i))));
    assert(rooms.every((room) => room === undefined));
    await clock.settle();
    assertEquals(probe.take().length, 200);
    task.interrupt();
    wait.resolve();
  });
});

Deno.test("whoever pushes waits while all branches are full, and goes on when one has room", async () => {
  const waits = [gate(), gate()];
  const branches = new ParallelPipeline(...waits.map(({ promise }) => [held(promise)]));
  await withTask([branches], async ({ task, clock }) => {
    let sent = 0;
    const feeding = (async () => {
      for (let i = 0; i < 200; i++) {
        await task.queueFrame(new Note(String(i)));
        sent++;
      }
    })();
    await clock.settle();
    assert(sent > 16 && sent < 40, `${sent} were sent`);
    waits[0]?.resolve();
    await clock.settle();
    assertEquals(sent, 200);
    waits[1]?.resolve();
    await feeding;
  });
});

for (
  const [name, make] of Object.entries({
    End: () => new EndFrame(),
    Stop: () => new StopFrame(),
  })
) {
  Deno.test(`${name} leaves once, when every branch let it by, behind everything`, async () => {
    const wait = gate();
    const probe = new Probe();
    const branches = new ParallelPipeline([held(wait.promise)], [mark("b")]);
    await withTask([branches, probe], async ({ task, clock }) => {
      probe.take();
      task.queueFrames([new Note("1"), make()]);
      await clock.settle();
      assertEquals(probe.take(), ["1 by b"]);
      wait.resolve();
      await clock.settle();
      assertEquals(probe.take(), ["1", name]);
    });
  });
}

Deno.test("start leaves once, when every branch has started; nothing of a branch gets ahead of it", async () => {
  const wait = gate();
  const probe = new Probe();
  const slow = new Step("Slow").does(StartFrame, () => wait.promise);
  const eager = new Step("Eager").does(StartFrame, async (frame, context) => {
    await context.forward(frame);
    await context.push(new Note("hello"));
    await context.push(new Sign("sign"));
  });
  await withTask([new ParallelPipeline([slow], [eager]), probe], async ({ clock }) => {
    await clock.settle();
    assertEquals(probe.take(), []);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["Start", "hello", "sign"]);
  });
});

Deno.test("what a branch sends behind an end stays behind it, also behind a start that was held as well", async () => {
  const wait = gate();
  const probe = new Probe();
  const slow = new Step("Slow").does(StartFrame, () => wait.promise);
  const late = new Step("Late").does(EndFrame, async (_, context) => {
    await context.forward();
    await context.push(new Keep("behind"));
  });
  await withTask([new ParallelPipeline([slow], [late]), probe], async ({ task, clock }) => {
    task.queueFrames([new Keep("before"), new EndFrame()]);
    await clock.settle();
    assertEquals(probe.take(), []);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["Start", "before", "End", "behind"]);
  });
});

Deno.test("what comes while held frames leave is held behind them", async () => {
  const wait = gate();
  const probe = new Probe();
  const slow = new Step("Slow").does(StartFrame, () => wait.promise);
  const eager = new Step("Eager")
    .does(StartFrame, async (frame, context) => {
      await context.forward(frame);
      await context.push(new Keep("1"));
      await context.push(new Keep("2"));
    })
    .does(Sign, (_, context) => context.push(new Keep("answer")));
  const asker = new Step("Asker").does(StartFrame, (_, context) => {
    context.push(new Sign("question"), "upstream");
  });
  await withTask([new ParallelPipeline([slow], [eager]), asker, probe], async ({ clock }) => {
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["Start", "1", "2", "answer"]);
  });
});

Deno.test("interruption leaves once, within the push that brings it", async () => {
  const probe = new Probe();
  const aborted: string[] = [];
  const endless = (name: string) =>
    new Step(name).does(Note, (_, context) => {
      context.signal.addEventListener("abort", () => aborted.push(name));
      return new Promise(() => {});
    });
  const branches = new ParallelPipeline([endless("a")], [endless("b")], []);
  await withTask([branches, probe], ({ task, clock }) => {
    task.queueFrame(new Note("n"));
    probe.take();
    task.interrupt();
    assertEquals([aborted, probe.take(), clock.timers], [["a", "b"], ["Interruption"], 0]);
  });
});

Deno.test("a branch that holds an end is named, and the end leaves all the same", async () => {
  const probe = new Probe();
  const stuck = held(new Promise(() => {}), "Stuck");
  const branches = new ParallelPipeline([], [stuck], []);
  await withTask([branches, probe], async ({ task, log, clock }) => {
    probe.take();
    const end = new EndFrame();
    task.queueFrames([new Note("n"), end]);
    await clock.advance(9_999);
    assertEquals([probe.take(), log.take()], [["n"], []]);
    await clock.advance(1_001);
    assertEquals(log.take(), [
      `error: Cannot let "${end.name}" by in "${branches.name}": branch 2 holds it`,
    ]);
    assertEquals(probe.take(), ["End"]);
  });
});

Deno.test("a closed processor in a branch does not hold an interruption for ever", async () => {
  const probe = new Probe();
  const closed = new Step("Closed");
  const branches = new ParallelPipeline([closed], []);
  await withTask([branches, probe], async ({ task, log, clock }) => {
    await closed.close();
    probe.take();
    task.interrupt();
    task.queueFrame(new Note("fresh"));
    await clock.advance(11_000);
    assertEquals(probe.take(), ["fresh", "Interruption"]);
    assert(log.take()[0]?.endsWith("branch 1 holds it"));
    await clock.runUntil(task.cancel());
  });
});

Deno.test("while frames move, a branch may take its time over an end", async () => {
  const probe = new Probe();
  const speaker: Step = new Step("Speaker").does(EndFrame, async (_, context) => {
    for (let i = 0; i < 12; i++) {
      await speaker.shared.clock.sleep(5_000);
      await context.push(new Keep(`word ${i}`));
    }
  });
  await withTask([new ParallelPipeline([speaker], []), probe], async ({ task, clock }) => {
    await clock.runUntil(task.stopWhenDone());
    assertEquals([probe.take().at(-1), clock.now()], ["End", 60_000]);
  });
});

for (
  const [name, make] of Object.entries({
    End: () => new EndFrame(),
    Stop: () => new StopFrame(),
  })
) {
  Deno.test(`${name} that a branch itself pushes goes on at once`, async () => {
    const probe = new Probe();
    const quitter = new Step().does(Note, (_, context) => context.push(make()));
    await withTask(
      [new ParallelPipeline([quitter], [new Step()]), probe],
      async ({ task, clock }) => {
        probe.take();
        task.queueFrame(new Note("n"));
        await clock.settle();
        assertEquals([probe.take(), task.hasFinished()], [[name, "n"].slice(0, 2), true]);
      },
    );
  });
}

Deno.test("no end is lost in a branch that is full", async () => {
  const wait = gate();
  const probe = new Probe();
  const full = held(wait.promise, "Full");
  await withTask([new ParallelPipeline([full], []), probe], async ({ task, log, clock }) => {
    task.queueFrames([new Note("in work"), new EndFrame()]);
    for (let i = 0; i < 50_100; i++) task.queueFrame(new Note("more"));
    await clock.settle();
    assert(log.take()[0]?.includes('Cannot queue more in "Full"'));
    probe.take();
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take().filter((label) => label === "End"), ["End"]);
    assertEquals(task.hasFinished(), true);
  });
});

Deno.test("parallel pipelines nest, and branches hold pipelines", async () => {
  const probe = new Probe();
  const inner = new ParallelPipeline([mark("a")], [mark("b"), new Step()]);
  const outer = new ParallelPipeline([new Pipeline([inner])], [mark("c")], []);
  await withTask([outer, probe], async ({ task, clock }) => {
    assertEquals(probe.take(), ["Start"]);
    task.queueFrames([new Note("1"), new Sign("s")]);
    await clock.settle();
    assertEquals(probe.take().sort(), ["1", "1 by a", "1 by b", "1 by c", "s"]);
    task.interrupt();
    assertEquals([probe.take(), clock.timers], [["Interruption"], 0]);
  });
  assertEquals(probe.take(), ["End"]);
});

Deno.test("a cancel crosses branches, held or not, and leaves no timer", async () => {
  const probe = new Probe();
  const branches = new ParallelPipeline([held(new Promise(() => {}))], [new Step()]);
  await withTask([branches, probe], async ({ task, clock }) => {
    task.queueFrames([new Note("n"), new EndFrame()]);
    await clock.settle();
    probe.take();
    await clock.runUntil(task.cancel("enough"));
    assertEquals([probe.take(), clock.now(), clock.timers], [["Cancel"], 0, 0]);
  });
});

Deno.test("an end that comes through a branch after a cancel leaves no timer", async () => {
  const wait = gate();
  const slow = new Step().does(Keep, () => wait.promise);
  const blocked = new Step().does(InterruptionFrame, () => {});
  await withTask([new ParallelPipeline([slow], [blocked])], async ({ task, clock }) => {
    task.queueFrames([new Keep("k"), new EndFrame()]);
    const cancelled = task.cancel();
    wait.resolve();
    await clock.runUntil(cancelled);
    assertEquals([clock.now(), clock.timers], [0, 0]);
  });
});

Deno.test("a frame that one branch sends too late is still taken from another", async () => {
  const wait = gate();
  const probe = new Probe();
  let frame: Frame | undefined;
  const stale = new Step("Stale").does(Note, async (_, context) => {
    await wait.promise;
    await context.forward();
  });
  const keeper = new Step("Keeper")
    .does(Note, (note) => void (frame = note))
    .does(Sign, (_, context) => frame && context.push(frame));
  await withTask([new ParallelPipeline([stale], [keeper]), probe], async ({ task, clock }) => {
    task.queueFrame(new Note("n"));
    probe.take();
    task.interrupt();
    wait.resolve();
    await clock.settle();
    task.queueFrame(new Sign("now"));
    await clock.settle();
    assertEquals(probe.take().filter((label) => label === "n"), ["n"]);
  });
});

Deno.test("a parallel pipeline without a branch is refused", () => {
  assertThrows(() => new ParallelPipeline(), TypeError, "Cannot make a parallel pipeline: it has");
});
