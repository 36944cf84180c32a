import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { DataFrame, type ErrorFrame, Frame, LLMTextFrame, TextFrame } from "../frames/mod.ts";
import { link } from "../pipeline/mod.ts";
import { Logbook, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { FrameProcessor, type FrameProcessorOptions, makeEnvironment } from "./mod.ts";
import { engineOf } from "./frame_processor.ts";

class Base extends FrameProcessor {
  readonly calls: string[] = [];
  constructor(options?: FrameProcessorOptions) {
    super(options);
    this.handle(Note, (frame, context) => {
      this.calls.push(`base ${frame.label}`);
      return context.push(new Note(`${frame.label} by base`));
    });
  }
}

Deno.test("the handler of the nearest class wins", async () => {
  const calls: string[] = [];
  const step = new Step()
    .does(Frame, (frame) => void calls.push(`Frame ${frame.constructor.name}`))
    .does(DataFrame, (frame) => void calls.push(`DataFrame ${frame.constructor.name}`))
    .does(TextFrame, (frame) => void calls.push(`TextFrame ${frame.constructor.name}`));
  await withTask([step], ({ task }) => {
    calls.length = 0;
    task.queueFrames([new LLMTextFrame("a"), new TextFrame("b"), new Note("c"), new Sign("d")]);
  });
  assertEquals(calls.slice(0, 4), [
    "TextFrame LLMTextFrame",
    "TextFrame TextFrame",
    "DataFrame Note",
    "Frame Sign",
  ]);
});

Deno.test("a handler that comes later counts for classes that were looked up before", async () => {
  const calls: string[] = [];
  const step = new Step().does(Frame, (_, context) => {
    calls.push("Frame");
    return context.forward();
  });
  await withTask([step], ({ task }) => {
    calls.length = 0;
    task.queueFrame(new Note("a"));
    step.does(Note, () => void calls.push("Note"));
    task.queueFrame(new Note("b"));
  });
  assertEquals(calls.slice(0, 2), ["Frame", "Note"]);
});

Deno.test("a child class replaces a handler, and context.forward is what its parent does", async () => {
  class Child extends Base {
    constructor() {
      super();
      this.handle(Note, async (frame, context) => {
        this.calls.push(`child ${frame.label}`);
        await context.forward();
        await context.forward(new Note("other"));
      });
    }
  }
  class Grandchild extends Child {
    constructor() {
      super();
      this.handle(Note, (_, context) => {
        this.calls.push("grandchild");
        assertEquals(context.direction, "downstream");
        assertEquals(context.signal.aborted, false);
        return context.forward();
      });
    }
  }
  const [step, probe] = [new Grandchild(), new Probe()];
  await withTask([step, probe], async ({ task, clock }) => {
    probe.take();
    task.queueFrame(new Note("a"));
    await clock.settle();
    assertEquals(step.calls, ["grandchild", "child a", "base a", "base other"]);
    assertEquals(probe.take(), ["a by base", "other by base"]);
  });
});

Deno.test("without a parent's handler, context.forward passes the frame on in its direction", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  const step = new Step().does(Note, (_, context) => context.forward());
  await withTask([first, step, last], ({ task }) => {
    first.take();
    last.take();
    task.queueFrame(new Note("down"));
    task.queueFrame(new Note("up"), "upstream");
    assertEquals([first.take(), last.take()], [["down", "^up"], ["down", "^up"]]);
  });
});

Deno.test("handling a class of frames twice in one class is a TypeError", () => {
  assertThrows(
    () => new Step("Twice").does(Note, () => {}).does(Note, () => {}),
    TypeError,
    'Cannot handle "Note" twice in "Twice": it has a handler already',
  );
  class Child extends Base {
    constructor() {
      super();
      this.handle(Note, () => {});
      this.handle(Note, () => {});
    }
  }
  assertThrows(() => new Child(), TypeError, 'Cannot handle "Note" twice');
});

Deno.test("what nobody handles passes on, in both directions and in order", async () => {
  const [first, last] = [new Probe("first"), new Probe("last")];
  await withTask([first, new Step(), new Step(), last], async ({ task, clock }) => {
    first.take();
    last.take();
    task.queueFrames([new Note("a"), new Sign("b"), new Note("c")]);
    task.queueFrame(new Note("d"), "upstream");
    task.queueFrame(new Sign("e"), "upstream");
    await clock.settle();
    assertEquals(last.take(), ["a", "b", "c", "^d", "^e"]);
    assertEquals(first.take(), ["a", "b", "c", "^d", "^e"]);
  });
});

Deno.test("a throw becomes an error upstream that names processor, frame and cause; the next frame goes on", async () => {
  const errors: ErrorFrame[] = [];
  const probe = new Probe();
  const cause = new RangeError("Cannot divide: by nothing");
  const step = new Step("Divider").does(Note, async (frame, context) => {
    if (frame.label === "at once") throw cause;
    await null;
    if (frame.label === "later") throw "no error at all";
    await context.forward();
  });
  await withTask([step, probe], async ({ task, log, clock }) => {
    probe.take();
    task.on("pipelineError", (frame) => void errors.push(frame));
    const notes = ["at once", "later", "well"].map((label) => new Note(label));
    task.queueFrames(notes);
    await clock.advance(1);
    assertEquals(probe.take(), ["well"]);
    assertEquals(log.take(), errors.map(({ error }) => `error: ${error}`));
    assertEquals(errors.map(({ error }) => error), [
      `Cannot handle "${notes[0]?.name}" in "Divider": Cannot divide: by nothing`,
      `Cannot handle "${notes[1]?.name}" in "Divider": no error at all`,
    ]);
    assertEquals(errors.map(({ exception }) => exception), [cause, "no error at all"]);
    assert(errors.every(({ processor, fatal }) => processor === step && !fatal));
  });
});

Deno.test("a throw in a handler of a system frame is reported the same way", async () => {
  const step = new Step("Sayer").does(Sign, () => {
    throw new Error("Cannot say: no voice");
  });
  await withTask([step], async ({ task, log, clock }) => {
    const sign = new Sign("a");
    task.queueFrames([sign, new Note("b")]);
    await clock.settle();
    assertEquals(log.take(), [
      `error: Cannot handle "${sign.name}" in "Sayer": Cannot say: no voice`,
    ]);
  });
});

Deno.test("the event error tells of what a processor reports and of what its handlers throw", async () => {
  const step = new Step().does(Note, () => {
    throw new Error("Cannot note: no pen");
  });
  const told: string[] = [];
  step.on("error", (frame) => void told.push(frame.error.replace(/^Cannot handle .*: C/, "C")));
  await withTask([step], async ({ task, log, clock }) => {
    step.complain("Cannot read: no glasses");
    task.queueFrame(new Note("a"));
    await clock.settle();
    assertEquals(told, ["Cannot read: no glasses", "Cannot note: no pen"]);
    assertEquals(log.take().length, 2);
  });
});

Deno.test("a handler of the event error that throws is logged, and does not go round in circles", async () => {
  const step = new Step("Sad").on("error", () => {
    throw new Error("Cannot bear it: too sad");
  });
  await withTask([step as Step], async ({ log, clock }) => {
    (step as Step).complain("Cannot smile: it rains");
    await clock.settle();
    assertEquals(log.take(), [
      'error: Cannot run a handler of "error" in "Sad": Cannot bear it: too sad',
      "error: Cannot smile: it rains",
    ]);
  });
});

Deno.test("a processor has the name it is given, or its class with a number", () => {
  class Numbered extends FrameProcessor {}
  assertEquals(new FrameProcessor({ name: "mine" }).name, "mine");
  assertEquals([new Numbered().name, new Numbered().name], ["Numbered#1", "Numbered#2"]);
});

Deno.test("a background task that fails is reported, and the others go on until the end", async () => {
  let ended = "";
  const step = new Step("Worker");
  step.loop("fetch", () => Promise.reject(new Error("Cannot fetch: no net")));
  step.loop("wait", (signal) =>
    new Promise((resolve) =>
      signal.addEventListener("abort", () => {
        ended = "wait";
        resolve();
      })
    ));
  await withTask([step], async ({ clock, log }) => {
    await clock.settle();
    assertEquals(log.take(), ['error: Cannot run "fetch" in "Worker": Cannot fetch: no net']);
  });
  assertEquals([ended, step.life.aborted], ["wait", true]);
  step.loop("late", () => {
    ended = "late";
    return Promise.resolve();
  });
  assertEquals(ended, "wait");
});

Deno.test("closing twice is fine; a closed processor takes nothing and pushes nothing", async () => {
  const [step, probe] = [new Step(), new Probe()];
  link(step, probe);
  const scope = step.open();
  await step.close();
  await step.close();
  await step[Symbol.asyncDispose]();
  assertEquals([scope.signal.aborted, step.life.aborted], [true, true]);
  scope.push(new Note("late"));
  using late = step.open();
  late.push(new Note("late as well"));
  engineOf(step).enter(new Note("too late"), "downstream");
  assertEquals([late.signal.aborted, probe.take()], [true, []]);
});

Deno.test("onClose is called once; what it throws is logged, and the processor closes all the same", async () => {
  let calls = 0;
  class Stubborn extends Step {
    protected override onClose(): void {
      calls++;
      throw new Error("Cannot leave: too early");
    }
  }
  const step = new Stubborn("Stubborn");
  const log = new Logbook();
  engineOf(step).env = makeEnvironment({ log });
  await step.close();
  await step.close();
  assertEquals([calls, step.life.aborted], [1, true]);
  assertEquals(log.take(), ['error: Cannot close "Stubborn" cleanly: Cannot leave: too early']);
});

Deno.test("outside a task a processor has an environment of its own", () => {
  const { clock, params, epochs } = new Step().shared;
  assertEquals([params.audioInSampleRate, params.audioOutSampleRate], [16_000, 24_000]);
  assertEquals([epochs.current, typeof clock.now()], [0, "number"]);
});

Deno.test("handlers and events are typed", () => {
  class Ringer extends FrameProcessor<{ error: [ErrorFrame]; rang: [times: number] }> {
    constructor() {
      super();
      this.handle(TextFrame, (frame) => void frame.text);
      // @ts-expect-error -- a frame of text has no samples
      this.handle(LLMTextFrame, (frame) => void frame.audio);
      // @ts-expect-error -- what a handler gives is a promise of nothing, or nothing
      this.handle(Note, () => 1);
    }
    ring(): void {
      this.emit("rang", 2);
      // @ts-expect-error -- the event tells a number
      this.emit("rang", "twice");
    }
  }
  const ringer = new Ringer();
  // @ts-expect-error -- handlers are added by the class itself
  ringer.handle(Sign, () => {});
  // @ts-expect-error -- there is no such event
  ringer.on("sang", () => {});
  ringer.on("error", (frame) => void frame.fatal).on("rang", (times) => void times.toFixed());
  assertInstanceOf(ringer, FrameProcessor);
});
