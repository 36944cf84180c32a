import { assertEquals } from "@std/assert";
import { EndFrame, type Frame, InterruptionFrame, StartFrame } from "../frames/mod.ts";
import { gate, labelOf, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { engineOf } from "./frame_processor.ts";
import type { ProcessorEvents } from "./mod.ts";

const EVENTS = [
  "beforeProcessFrame",
  "afterProcessFrame",
  "beforePushFrame",
  "afterPushFrame",
] as const satisfies readonly (keyof ProcessorEvents)[];

/** Writes down what a step tells of frames, as "before process note". */
function listen(step: Step, into: string[]): void {
  for (const event of EVENTS) {
    const what = event.replace(/Frame$/, "").replace(
      /([A-Z])/,
      (letter) => ` ${letter.toLowerCase()}`,
    );
    step.on(event, (frame, direction) => {
      into.push(`${what} ${direction === "upstream" ? "^" : ""}${labelOf(frame)}`);
    });
  }
}

Deno.test("a processor tells of every frame before and after it handles and pushes it, within the doing", async () => {
  const told: string[] = [];
  const step = new Step("Step").does(Note, (frame, context) => {
    told.push(`handle ${frame.label}`);
    return context.push(frame);
  });
  const last = new Step("last").does(Note, (frame) => void told.push(`next has ${frame.label}`));
  await withTask([step, last], ({ task }) => {
    listen(step, told);
    void task.queueFrame(new Note("a"));
    assertEquals(told.splice(0), [
      "before process a",
      "handle a",
      "before push a",
      "next has a",
      "after push a",
      "after process a",
    ]);
    void task.queueFrame(new Sign("s"), "upstream");
    assertEquals(told.splice(0), [
      "before process ^s",
      "before push ^s",
      "after push ^s",
      "after process ^s",
    ]);
  });
});

Deno.test("what a handler takes its time over is told of when it is done, system frames and data apart", async () => {
  const told: string[] = [];
  const wait = gate();
  const step = new Step("Step")
    .does(Note, () => wait.promise)
    .does(Sign, () => wait.promise);
  await withTask([step], async ({ task, clock }) => {
    listen(step, told);
    void task.queueFrames([new Note("a"), new Sign("s"), new Note("b")]);
    await clock.settle();
    assertEquals(told.splice(0), ["before process a", "before process s"]);
    wait.resolve();
    await clock.settle();
    assertEquals(told.splice(0).sort(), [
      "after process a",
      "after process b",
      "after process s",
      "before process b",
    ]);
  });
});

Deno.test("an interruption is told of at the door, and what it cut off is never told of as done", async () => {
  for (const handles of [false, true]) {
    const told: string[] = [];
    const wait = gate();
    const step = new Step("Step").does(Note, () => wait.promise).hook(() => void told.push("hook"));
    if (handles) step.does(InterruptionFrame, () => {});
    await withTask([step], async ({ task, clock }) => {
      listen(step, told);
      void task.queueFrame(new Note("a"));
      task.interrupt();
      wait.resolve();
      await clock.settle();
      assertEquals(told.splice(0), [
        "before process a",
        "before process Interruption",
        "hook",
        "before push Interruption",
        "after push Interruption",
        "after process Interruption",
      ]);
    });
  }
});

Deno.test("start and end are told of like any other frame", async () => {
  const told: string[] = [];
  const step = new Step("Step").does(StartFrame, () => {}).does(EndFrame, () => {});
  listen(step, told);
  await withTask([step], () => {});
  const way = (name: string) => [
    `before process ${name}`,
    `before push ${name}`,
    `after push ${name}`,
    `after process ${name}`,
  ];
  assertEquals(told, [...way("Start"), ...way("End")]);
});

Deno.test("what a handler of these events pushes waits its turn: no handler is entered twice", async () => {
  const order: string[] = [];
  const step = new Step("Step").does(Note, (frame) => {
    order.push(`begin ${frame.label}`);
    order.push(`end ${frame.label}`);
  });
  await withTask([step], async ({ task, clock }) => {
    step.once("beforeProcessFrame", () => {
      void task.queueFrame(new Note("b"));
      order.push("told");
    });
    void task.queueFrame(new Note("a"));
    await clock.settle();
    assertEquals(order, ["told", "begin a", "end a", "begin b", "end b"]);
  });
});

Deno.test("a handler of these events that throws is logged, and the frame goes on", async () => {
  const probe = new Probe();
  const step = new Step("Sad");
  await withTask([step, probe], ({ task, log }) => {
    probe.take();
    step.once("beforePushFrame", () => {
      throw new Error("Cannot bear it: too sad");
    });
    void task.queueFrame(new Note("a"));
    assertEquals(probe.take(), ["a"]);
    assertEquals(log.take(), [
      'error: Cannot run a handler of "beforePushFrame" in "Sad": Cannot bear it: too sad',
    ]);
  });
});

Deno.test("while nobody listens there is nothing on the frames' way, and none is left behind", () => {
  const step = new Step("Step");
  assertEquals(engineOf(step).tap, undefined);
  step.on("error", () => {});
  step.on("usableChanged", () => {});
  assertEquals(engineOf(step).tap, undefined);
  for (const event of EVENTS) {
    const handler = (_frame: Frame) => {};
    step.on(event, handler);
    assertEquals(engineOf(step).tap !== undefined, true, event);
    step.off(event, handler);
    assertEquals(engineOf(step).tap, undefined, event);
  }
});

Deno.test("the event error comes before the frame goes upstream, when the processor is known to be useless", async () => {
  const order: string[] = [];
  const first = new Step("first").hook(() => {});
  const step = new Step("Step");
  step.on(
    "error",
    (frame) => void order.push(`told of "${frame.error}", usable: ${step.isUsable}`),
  );
  step.on("beforePushFrame", (frame) => void order.push(`pushes ${labelOf(frame)}`));
  await withTask([first, step], async ({ log, clock }) => {
    order.length = 0;
    step.complain("Cannot speak: the key was refused", { category: "auth" });
    assertEquals(order, [
      'told of "Cannot speak: the key was refused", usable: false',
      "pushes Error",
    ]);
    await clock.settle();
    log.take();
  });
});

Deno.test("a permanent error makes a processor unusable; it says so once, and again when it is usable", async () => {
  const step = new Step("Step");
  const told: boolean[] = [];
  step.on("usableChanged", (isUsable) => void told.push(isUsable));
  await withTask([step], async ({ log, clock }) => {
    step.complain("Cannot speak: the line is busy", { category: "rate_limit" });
    assertEquals(step.isUsable, true);
    step.complain("Cannot speak: no attempt is left", { permanent: true });
    step.complain("Cannot speak: the key was refused", { category: "auth" });
    assertEquals(step.isUsable, false);
    step.setUsable(true);
    step.setUsable(true);
    step.complain("Cannot speak: try another", { category: "auth", permanent: false });
    assertEquals(step.isUsable, true);
    await clock.settle();
    assertEquals(told, [false, true]);
    assertEquals(log.take().length, 4);
  });
});
