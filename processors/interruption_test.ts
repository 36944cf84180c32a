import { assert, assertEquals } from "@std/assert";
import { CancelFrame, EndFrame, type Frame, InterruptionFrame } from "../frames/mod.ts";
import { ParallelPipeline } from "../pipeline/mod.ts";
import { gate, Keep, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import type { FrameContext, FrameScope } from "./mod.ts";

/** Handles notes for ever. */
function endless(): Step {
  return new Step("Endless").does(Note, () => new Promise(() => {}));
}

/** Handles notes in 10 ms each; heeds its signal, or not. */
function slow(options: { heeds: boolean; begun?: string[] }): Step {
  const step: Step = new Step("Slow").does(Note, async (frame, context) => {
    options.begun?.push(frame.label);
    const { clock } = step.shared;
    await (options.heeds ? clock.sleep(10, { signal: context.signal }) : clock.sleep(10));
    await context.push(new Note(`${frame.label} done`));
  });
  return step;
}

for (const heeds of [true, false]) {
  const kind = heeds ? "that heeds its signal" : "that ignores its signal";

  Deno.test(`invariant 1: nothing of the inbox is processed, and no push leaves, of a handler ${kind}`, async () => {
    const begun: string[] = [];
    const [step, probe] = [slow({ heeds, begun }), new Probe()];
    await withTask([step, probe], async ({ task, clock }) => {
      probe.take();
      task.queueFrames(["a", "b", "c"].map((label) => new Note(label)));
      await clock.advance(15);
      task.interrupt();
      await clock.advance(100);
      assertEquals([begun, probe.take()], [["a", "b"], ["a done", "Interruption"]]);
    });
  });
}

Deno.test("invariant 1: what an aborted handler pushes, forwards and broadcasts goes nowhere, in any direction", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  const kept: FrameContext[] = [];
  const step = new Step().does(Note, (frame, context) => {
    if (frame.label === "fresh") return context.forward();
    kept.push(context);
    return new Promise(() => {});
  });
  await withTask([first, step, last], ({ task }) => {
    task.queueFrame(new Note("stale"));
    task.interrupt();
    first.take();
    last.take();
    for (const context of kept) {
      context.push(new Note("pushed"));
      context.push(new Sign("signed"), "upstream");
      context.push(new InterruptionFrame());
      context.forward();
      context.broadcast(() => new Sign("broadcast"));
    }
    assertEquals([first.take(), last.take()], [[], []]);
    task.queueFrame(new Note("fresh"));
    assertEquals(last.take(), ["fresh"]);
  });
});

Deno.test("invariant 1: a parent's handler is fenced like the child's that called it", async () => {
  const calls: string[] = [];
  let kept: FrameContext | undefined;
  class Parent extends Step {
    constructor() {
      super();
      this.handle(Note, (_, context) => {
        calls.push("parent");
        kept = context;
        return context.push(new Note("parent's"));
      });
    }
  }
  class Child extends Parent {
    constructor() {
      super();
      this.handle(Note, async (_, context) => {
        await context.forward();
        await wait.promise;
        await context.forward();
      });
    }
  }
  const wait = gate();
  const probe = new Probe();
  await withTask([new Child(), probe], async ({ task, clock }) => {
    task.queueFrame(new Note("a"));
    task.interrupt();
    probe.take();
    wait.resolve();
    await clock.settle();
    kept?.push(new Note("late"));
    kept?.forward();
    assertEquals([calls, probe.take()], [["parent"], []]);
  });
});

Deno.test("invariant 1: it holds for what travels upstream, too", async () => {
  const begun: string[] = [];
  const [probe, step] = [new Probe(), slow({ heeds: false, begun })];
  step.does(Keep, (_, context) => context.forward());
  await withTask([probe, step], async ({ task, clock }) => {
    for (const label of ["a", "b"]) task.queueFrame(new Note(label), "upstream");
    task.queueFrame(new Keep("k"), "upstream");
    probe.take();
    task.queueFrame(new InterruptionFrame(), "upstream");
    await clock.advance(50);
    assertEquals([begun, probe.take()], [["a"], ["^Interruption", "^k"]]);
  });
});

Deno.test("invariant 2: uninterruptible frames survive in order, and one in work is neither aborted nor repeated", async () => {
  const begun: string[] = [];
  const aborted: boolean[] = [];
  const probe = new Probe();
  const step: Step = new Step().does(Note, async (frame, context) => {
    begun.push(frame.label);
    await step.shared.clock.sleep(10);
    aborted.push(context.signal.aborted);
    await context.forward();
  });
  await withTask([step, probe], async ({ task, clock }) => {
    const queue = [
      new Keep("k1"),
      new Note("a"),
      new Keep("k2"),
      new Note("b"),
      new Note("c"),
      new Keep("k3"),
    ];
    task.queueFrames(queue);
    probe.take();
    await clock.advance(5);
    task.interrupt();
    assertEquals(probe.take(), ["Interruption"]);
    await clock.advance(100);
    assertEquals([begun, aborted], [["k1", "k2", "k3"], [false, false, false]]);
    assertEquals(probe.take(), ["k1", "k2", "k3"]);
  });
});

Deno.test("invariant 2: an uninterruptible frame in work never delays the signal, nor one that waits", async () => {
  const wait = gate();
  const signals: AbortSignal[] = [];
  const holder = new Step().does(Keep, () => wait.promise);
  const worker = new Step().does(Note, (_, context) => {
    signals.push(context.signal);
    return new Promise(() => {});
  });
  const probe = new Probe();
  await withTask([worker, holder, probe], ({ task }) => {
    probe.take();
    task.queueFrame(new Keep("k1"), "upstream");
    task.queueFrame(new Keep("k2"), "upstream");
    task.queueFrame(new Note("a"));
    task.interrupt();
    assertEquals(signals.map(({ aborted }) => aborted), [true]);
    assertEquals(probe.take(), ["^k1", "^k2", "Interruption"]);
    wait.resolve();
  });
});

Deno.test("invariant 2: what uninterruptible work pushes after an interruption belongs to the present", async () => {
  const wait = gate();
  const probe = new Probe();
  const step = new Step().does(Keep, async (_, context) => {
    await wait.promise;
    await context.push(new Note("result"));
  });
  await withTask([step, new Step(), probe], async ({ task, clock }) => {
    task.queueFrame(new Keep("k"));
    task.interrupt();
    probe.take();
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["result"]);
  });
});

Deno.test("invariant 3: system frames are never dropped and keep their order among themselves", async () => {
  const probe = new Probe();
  const wait = gate();
  const step = new Step().does(Sign, async (frame, context) => {
    if (frame.label === "s1") await wait.promise;
    await context.forward();
  });
  await withTask([step, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Sign("s1"), new Sign("s2"), new Note("a")]);
    task.interrupt();
    task.queueFrames([new Sign("s3"), new Note("b")]);
    task.interrupt();
    task.queueFrames([new Sign("s4"), new Note("c")]);
    assertEquals(probe.take(), ["Interruption", "Interruption"]);
    wait.resolve();
    await clock.settle();
    assertEquals(probe.take(), ["s1", "s2", "s3", "s4", "c"]);
  });
});

Deno.test("invariant 3: handlers of an interruption run in the system lane, after what arrived before it", async () => {
  const order: string[] = [];
  const wait = gate();
  const step = new Step()
    .does(Sign, async (frame, context) => {
      await wait.promise;
      order.push(frame.label);
      await context.forward();
    })
    .does(InterruptionFrame, (frame, context) => {
      order.push("handler");
      return context.forward(frame);
    })
    .hook(() => order.push("hook"));
  const probe = new Probe();
  await withTask([step, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrame(new Sign("s1"));
    task.interrupt();
    task.queueFrame(new Sign("s2"));
    assertEquals([order, probe.take()], [["hook"], ["Interruption"]]);
    wait.resolve();
    await clock.settle();
    assertEquals(order, ["hook", "s1", "handler", "s2"]);
    assertEquals(probe.take(), ["s1", "s2"]);
  });
});

Deno.test("invariant 4: what is pushed after the interruption is dropped nowhere, whoever pushed it", async () => {
  const probe = new Probe();
  const deep = Array.from({ length: 5 }, () => slow({ heeds: false }));
  const user = new Step()
    .does(Sign, async (_, context) => {
      await context.push(new Note("before"));
      context.broadcast(() => new InterruptionFrame());
      await context.push(new Note("after"));
    });
  await withTask([user, ...deep, probe], async ({ task, clock }) => {
    task.queueFrame(new Note("x"));
    await clock.advance(1);
    probe.take();
    task.queueFrame(new Sign("speech"));
    await clock.advance(200);
    assertEquals(probe.take(), ["Interruption", `after${" done".repeat(5)}`]);
  });
});

Deno.test("invariant 4: the work that interrupts goes on in the new epoch: a handler, and a scope", async () => {
  const probe = new Probe();
  let scope: FrameScope | undefined;
  const step = new Step().does(Note, async (frame, context) => {
    const { label } = frame;
    await null;
    if (label === "by handler") {
      await context.push(new InterruptionFrame());
      await context.push(new Note("handler after"));
      assert(!context.signal.aborted);
    } else {
      scope = step.open();
      scope.push(new InterruptionFrame());
      scope.push(new Note("scope after"));
      assertEquals([scope.signal.aborted, context.signal.aborted], [false, true]);
      await context.push(new Note("handler, which did not interrupt"));
    }
  });
  await withTask([step, new Step(), probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrame(new Note("by handler"));
    await clock.settle();
    assertEquals(probe.take(), ["Interruption", "handler after"]);
    task.queueFrame(new Note("by scope"));
    await clock.settle();
    assertEquals(probe.take(), ["Interruption", "scope after"]);
    scope?.close();
  });
});

Deno.test("invariant 5: a handler that ignores its signal delays neither the interruption nor its next frame", async () => {
  const begun: string[] = [];
  const probe = new Probe();
  const deaf = new Step().does(Note, (frame, context) => {
    begun.push(frame.label);
    return frame.label === "deaf" ? new Promise(() => {}) : context.forward();
  });
  await withTask([deaf, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrame(new Note("deaf"));
    await clock.settle();
    task.interrupt();
    assertEquals(probe.take(), ["Interruption"]);
    task.queueFrame(new Note("next"));
    await clock.settle();
    assertEquals([begun, probe.take(), clock.now()], [["deaf", "next"], ["next"], 0]);
  });
});

Deno.test("invariant 5: a late throw of an abandoned handler is reported once; giving up is no error", async () => {
  const step: Step = new Step("Late").does(Note, async (frame, context) => {
    const { clock } = step.shared;
    if (frame.label === "gives up") await clock.sleep(10, { signal: context.signal });
    if (frame.label === "gives up as fetch does") {
      await clock.sleep(10, { signal: context.signal }).catch(() => {
        throw new DOMException("The request was aborted", "AbortError");
      });
    }
    await clock.sleep(10);
    throw new Error("Cannot finish: broken");
  });
  await withTask([step], async ({ task, log, clock }) => {
    for (const label of ["gives up", "gives up as fetch does", "breaks"]) {
      task.queueFrame(new Note(label));
      await clock.settle();
      task.interrupt();
    }
    await clock.advance(100);
    const lines = log.take();
    assertEquals(lines.length, 1);
    assert(lines[0]?.endsWith('in "Late": Cannot finish: broken'));
  });
});

Deno.test("invariant 5: an AbortError of a handler that was not aborted is an error like any other", async () => {
  const step = new Step("Own").does(Note, () => {
    throw new DOMException("The upload was aborted", "AbortError");
  });
  await withTask([step], async ({ task, log, clock }) => {
    task.queueFrame(new Note("a"));
    await clock.settle();
    assert(log.take()[0]?.endsWith('in "Own": The upload was aborted'));
  });
});

Deno.test("invariant 6: an abort is seen within the call that pushed the interruption", async () => {
  const seen: string[] = [];
  const holder = (name: string) =>
    new Step(name).does(Note, async (frame, context) => {
      const pushed = context.push(frame);
      context.signal.addEventListener("abort", () => seen.push(name));
      await pushed;
      await new Promise(() => {});
    });
  const early = new Step().does(Note, (frame, context) => {
    context.push(frame);
    return new Promise(() => {});
  });
  await withTask([early, holder("a"), holder("b"), holder("c")], ({ task }) => {
    task.queueFrame(new Note("x"));
    assertEquals(seen, []);
    task.interrupt();
    assertEquals(seen, ["a", "b", "c"]);
  });
});

Deno.test("a signal that is asked for after the abort is aborted", async () => {
  let kept: FrameContext | undefined;
  const step = new Step().does(Note, (_, context) => {
    kept = context;
    return new Promise(() => {});
  });
  await withTask([step], ({ task }) => {
    task.queueFrame(new Note("a"));
    task.interrupt();
    assertEquals([kept?.signal.aborted, kept?.signal.reason.name], [true, "AbortError"]);
  });
});

Deno.test("hooks run before anybody further on knows, and what they push arrives before the interruption", async () => {
  const lasting: FrameScope[] = [];
  const probe = new Probe();
  const output: Step = new Step().hook(() => lasting[0]?.push(new Sign("heard so far")));
  await withTask([output, endless(), probe], ({ task }) => {
    lasting.push(output.open({ uninterruptible: true }));
    task.queueFrame(new Note("a"));
    probe.take();
    task.interrupt();
    assertEquals(probe.take(), ["heard so far", "Interruption"]);
    lasting[0]?.close();
  });
});

Deno.test("a hook that throws is reported, and holds up nothing", async () => {
  const probe = new Probe();
  const step = new Step("Hooked").hook(() => {
    throw new Error("Cannot say what was heard: no ledger");
  });
  await withTask([step, probe], async ({ task, log, clock }) => {
    probe.take();
    task.interrupt();
    await clock.settle();
    assertEquals(probe.take(), ["Interruption"]);
    assert(log.take()[0]?.includes('in "Hooked": Error: Cannot say what was heard'));
  });
});

Deno.test("an interruption is the same once: handlers cannot send it on a second time", async () => {
  const probe = new Probe();
  const step = new Step().does(InterruptionFrame, async (frame, context) => {
    await context.forward();
    await context.push(frame, context.direction);
  });
  await withTask([step, probe], async ({ task, clock }) => {
    probe.take();
    task.interrupt();
    await clock.settle();
    assertEquals(probe.take(), ["Interruption"]);
  });
});

Deno.test("an interruption that goes one way makes what is behind it stale, too", async () => {
  const begun: string[] = [];
  const signals: AbortSignal[] = [];
  const probe = new Probe();
  const model: Step = new Step("Model").does(Note, async (frame, context) => {
    begun.push(frame.label);
    signals.push(context.signal);
    await step10();
    await context.push(new Note(`${frame.label}, one`));
    await step10();
    await context.push(new Note(`${frame.label}, two`));
  });
  const step10 = () => model.shared.clock.sleep(10);
  const voice = new Step().does(Sign, (_, context) => context.push(new InterruptionFrame()));
  await withTask([model, voice, probe], async ({ task, clock }) => {
    task.queueFrames([new Note("a"), new Note("b")]);
    await clock.advance(15);
    assertEquals(probe.take().slice(1), ["a, one"]);
    task.queueFrame(new Sign("cut"));
    assertEquals(probe.take(), ["Interruption"]);
    await clock.advance(15);
    // At its next push at the latest it learns that what it makes goes nowhere.
    assertEquals([begun, signals.map(({ aborted }) => aborted)], [["a"], [true]]);
    task.queueFrame(new Note("c"));
    await clock.advance(30);
    assertEquals([begun, probe.take()], [["a", "c"], ["c, one", "c, two"]]);
  });
});

Deno.test("a fresh frame does not wait behind work that an interruption elsewhere made stale", async () => {
  const begun: string[] = [];
  const model = new Step().does(Note, (frame, context) => {
    begun.push(frame.label);
    return frame.label === "stale" ? new Promise(() => {}) : context.forward();
  });
  const voice = new Step().does(Sign, (_, context) => context.push(new InterruptionFrame()));
  await withTask([model, voice], async ({ task, clock }) => {
    task.queueFrames([new Note("stale"), new Note("waiting"), new Sign("cut"), new Note("fresh")]);
    await clock.settle();
    assertEquals(begun, ["stale", "fresh"]);
  });
});

Deno.test("scopes: an interruption closes those that are not uninterruptible, and later ones are fresh", async () => {
  const probe = new Probe();
  const step = new Step();
  await withTask([step, probe], ({ task }) => {
    const [turn, session] = [step.open(), step.open({ uninterruptible: true })];
    const push = (label: string) => {
      turn.push(new Note(`turn ${label}`));
      session.push(new Note(`session ${label}`));
    };
    probe.take();
    push("1");
    task.interrupt();
    push("2");
    using next = step.open();
    next.push(new Note("next"));
    assertEquals(probe.take(), ["turn 1", "session 1", "Interruption", "session 2", "next"]);
    assertEquals([turn, session, next].map(({ signal }) => signal.aborted), [true, false, false]);
    session.close();
    push("3");
    assertEquals([probe.take(), session.signal.aborted], [[], true]);
  });
});

Deno.test("broadcast makes two frames, one each way, that know of each other", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  const made: Frame[] = [];
  const step = new Step().does(Note, (_, context) =>
    context.broadcast(() => {
      const sign = new Sign("both");
      made.push(sign);
      return sign;
    }));
  await withTask([first, step, last], async ({ task, clock }) => {
    first.take();
    last.take();
    task.queueFrame(new Note("a"));
    await clock.settle();
    assertEquals([first.take(), last.take()], [["a", "^both"], ["both"]]);
    const [down, up] = made;
    assertEquals([down?.broadcastSiblingId, up?.broadcastSiblingId], [up?.id, down?.id]);
  });
});

Deno.test("a broadcast interruption is one: hooks of the processor that broadcasts run once, its neighbours' too", async () => {
  const hooks: string[] = [];
  const named = (name: string) => new Step(name).hook(() => hooks.push(name));
  const middle = named("middle").does(Sign, (_, c) => c.broadcast(() => new InterruptionFrame()));
  await withTask([named("before"), middle, named("after")], ({ task }) => {
    const { current } = middle.shared.epochs;
    task.queueFrame(new Sign("speech"));
    assertEquals(hooks, ["middle", "after", "before"]);
    assertEquals(middle.shared.epochs.current, current + 1);
  });
});

Deno.test("a cancel does what an interruption does, and aborts every signal, also of what is uninterruptible", async () => {
  const signals: Record<string, AbortSignal> = {};
  const step: Step = new Step("Busy")
    .does(Keep, (_, context) => {
      signals.keep = context.signal;
      return new Promise(() => {});
    })
    .does(Sign, (_, context) => {
      signals.sign = context.signal;
      return step.shared.clock.sleep(1_000, { signal: context.signal });
    });
  await withTask([step], async ({ task, clock }) => {
    const scope = step.open({ uninterruptible: true });
    signals.scope = scope.signal;
    task.queueFrames([new Keep("k"), new Sign("s")]);
    task.interrupt();
    const aborted = () =>
      Object.entries(signals).filter(([, s]) => s.aborted).map(([name]) => name);
    assertEquals([Object.keys(signals).length, aborted()], [3, []]);
    await clock.runUntil(task.cancel());
    assertEquals([aborted().sort(), step.life.aborted], [["keep", "scope", "sign"], true]);
    assertEquals(clock.now(), 0);
  });
});

Deno.test("a cancel that a processor pushes ends the task", async () => {
  const quitter = new Step().does(
    Sign,
    (frame, context) =>
      context.push(
        new CancelFrame(frame.label),
        frame.label === "down" ? "downstream" : "upstream",
      ),
  );
  await withTask([quitter], async ({ task, clock }) => {
    let reason: unknown;
    task.on(
      "pipelineFinished",
      (frame) => void (reason = frame instanceof CancelFrame && frame.reason),
    );
    task.queueFrame(new Sign("down"));
    await clock.settle();
    assertEquals([task.hasFinished(), reason], [true, "down"]);
  });
});

Deno.test("an interruption from within a branch goes on at once, and the other branches go on", async () => {
  const probe = new Probe();
  const user = new Step().does(
    Sign,
    (_, context) => context.broadcast(() => new InterruptionFrame()),
  );
  const [first, other] = [new Probe("first"), new Probe("other")];
  await withTask([first, new ParallelPipeline([user], [other]), probe], async ({ task, clock }) => {
    for (const each of [first, other, probe]) each.take();
    task.queueFrame(new Sign("speech"));
    await clock.settle();
    assertEquals([first.take(), other.take(), probe.take()], [
      ["speech", "^Interruption"],
      ["speech"],
      ["Interruption", "speech"],
    ]);
    task.queueFrame(new Note("fresh"));
    await clock.settle();
    assertEquals([other.take(), probe.take(), clock.timers], [["fresh"], ["fresh"], 0]);
  });
});

Deno.test("an end that waits in a processor survives interruptions", async () => {
  const probe = new Probe();
  await withTask([endless(), probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrames([new Note("a"), new EndFrame()]);
    task.interrupt();
    await clock.advance(1);
    assertEquals([probe.take(), task.hasFinished()], [["Interruption", "End"], true]);
  });
});
