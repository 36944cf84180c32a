import { assert, assertEquals, assertThrows } from "@std/assert";
import { EndFrame, type Frame, MetricsFrame, StartFrame, TextFrame } from "../frames/mod.ts";
import type { ProcessorRole } from "../processors/mod.ts";
import { gate, Keep, Logbook, Note, Probe, Sign, Step, withTask } from "../tests/core/_kit.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { Pipeline, PipelineTask, type PipelineTaskOptions } from "./mod.ts";

const never = new Promise<void>(() => {});

/** A task that nobody has run yet, and what it told of. */
function rig(elements: Step[], options: PipelineTaskOptions = {}) {
  const clock = new VirtualClock();
  const log = new Logbook();
  const task = new PipelineTask(new Pipeline(elements), { clock, log, ...options });
  const told: string[] = [];
  task.on("pipelineTimeout", (frame) => void told.push(`timeout ${frame.constructor.name}`));
  task.on("pipelineFinished", (frame) => void told.push(`finished ${frame.constructor.name}`));
  return { clock, log, task, told };
}

Deno.test("a task has the name it is given, or its class with a number, and knows what it was given", () => {
  const params = { enableMetrics: true };
  const { task } = rig([], { name: "call 12", params });
  assertEquals([task.name, task.params], ["call 12", params]);
  const [one, other] = [rig([]).task, rig([]).task];
  const [, number] = /^PipelineTask#(\d+)$/.exec(one.name) ?? [];
  assertEquals(other.name, `PipelineTask#${Number(number) + 1}`);
  assertEquals([one.params, one.appResources], [{}, undefined]);
});

Deno.test("what the application shares comes to every processor as it is", async () => {
  const shared = { orders: [] };
  const step = new Step();
  await withTask([step], ({ task }) => {
    assert(task.appResources === shared);
    assert(step.shared.appResources === shared);
  }, { appResources: shared });
});

Deno.test("frames that reach an end are told of by class, child classes too, and only if asked for", async () => {
  const told: string[] = [];
  const note = (where: string) => (frame: Frame) =>
    void told.push(`${where} ${frame.constructor.name}`);
  await withTask([new Step()], async ({ task, clock }) => {
    task.on("frameReachedUpstream", note("up"));
    task.on("frameReachedDownstream", note("down"));
    const both = async () => {
      for (const frame of [new Note("a"), new Keep("b"), new Sign("c"), new TextFrame("d")]) {
        void task.queueFrame(frame);
        void task.queueFrame(frame, "upstream");
      }
      await clock.settle();
      return told.splice(0).sort();
    };
    assertEquals(await both(), []);
    task.setReachedUpstreamFilter([Note]);
    assertEquals(await both(), ["up Keep", "up Note"]);
    task.addReachedUpstreamFilter([Sign, Note]);
    task.setReachedDownstreamFilter([TextFrame]);
    assertEquals(await both(), ["down TextFrame", "up Keep", "up Note", "up Sign"]);
    task.addReachedDownstreamFilter([Sign]);
    assertEquals(task.reachedUpstreamTypes, [Note, Sign]);
    assertEquals(task.reachedDownstreamTypes, [TextFrame, Sign]);
    task.setReachedUpstreamFilter([]);
    assertEquals(await both(), ["down Sign", "down TextFrame"]);
    task.setReachedDownstreamFilter([]);
    assertEquals(await both(), []);
  });
});

Deno.test("a frame that somebody keeps, or that an interruption drops, has reached nothing", async () => {
  const told: string[] = [];
  const wait = gate();
  const slow = new Step().does(Note, () => wait.promise);
  await withTask([slow], async ({ task, clock }) => {
    task.on("frameReachedDownstream", (frame) => void told.push(frame.constructor.name));
    task.setReachedDownstreamFilter([Note, TextFrame]);
    void task.queueFrames([new Note("a"), new TextFrame("b")]);
    task.interrupt();
    wait.resolve();
    await clock.settle();
    assertEquals(told, []);
  });
});

Deno.test("a start that does not come to the end in time is named, told of, and cancels the task", async () => {
  const hung = (name: string) => new Step(name).does(StartFrame, () => never);
  const steps = ["one", "two", "three"].map(hung);
  for (const startTimeoutSecs of [undefined, 3]) {
    const { task, clock, log, told } = rig(steps.map(({ name }) => hung(name)), {
      startTimeoutSecs,
    });
    await clock.runUntil(task.run());
    assertEquals(told, ["timeout StartFrame", "finished CancelFrame"]);
    // Each gets its time for the start, and all of them theirs.
    assertEquals(clock.now() >= (startTimeoutSecs ?? 20) * 1000, true);
    assertEquals(clock.now() < 35_000, true);
    const line = log.take().find((line) => line.includes("Cannot start the pipeline"));
    assert(line?.includes(startTimeoutSecs ? '"one" (working on' : '"two" (working on'), line);
    assertEquals(clock.timers, 0);
  }
});

Deno.test("a start that comes to the end in time leaves no timer behind", async () => {
  await withTask([new Step()], ({ clock }) => assertEquals(clock.timers, 0));
});

Deno.test("a cancel that is not heeded takes as long as it may, and is told of", async () => {
  for (const [cancelTimeoutSecs, lasts] of [[2, 2_000], [undefined, 10_000]] as const) {
    const hung = new Step("Hung").does(Sign, () => never);
    const { task, clock, log, told } = rig([hung], { cancelTimeoutSecs });
    const run = task.run();
    void task.queueFrame(new Sign("s"));
    await clock.runUntil(task.cancel());
    await run;
    assertEquals([clock.now(), told], [lasts, ["timeout CancelFrame", "finished CancelFrame"]]);
    assert(log.take()[0]?.includes('Cannot cancel cleanly: "Hung"'));
  }
});

Deno.test("an end that hangs is told of", async () => {
  const hung = new Step("Hung").does(Note, () => never);
  const { task, clock, told } = rig([hung]);
  const run = task.run();
  void task.queueFrames([new Note("a"), new EndFrame()]);
  await clock.runUntil(run);
  assertEquals(told, ["timeout EndFrame", "finished CancelFrame"]);
});

Deno.test("a processor that can no longer do its job has the task go on, end or cancel", async () => {
  for (const policy of [undefined, "continue", "end", "cancel"] as const) {
    const probe = new Probe();
    const useless = new Step("Useless");
    const { task, clock, log } = rig([useless, probe], { processorUnusablePolicy: policy });
    const order: string[] = [];
    task.on("pipelineError", async ({ error }) => {
      await clock.sleep(10);
      order.push(error);
    });
    task.on("pipelineFinished", (frame) => void order.push(frame.constructor.name));
    const run = task.run();
    await clock.settle();
    useless.complain("Cannot speak: the line is busy", { category: "rate_limit" });
    await clock.advance(20);
    assertEquals(order.splice(0), ["Cannot speak: the line is busy"]);
    useless.complain("Cannot speak: the key was refused", { category: "auth" });
    useless.complain("Cannot speak: the key was refused", { category: "auth" });
    await clock.advance(20);
    const last = { end: ["EndFrame"], cancel: ["CancelFrame"], continue: [] }[policy ?? "continue"];
    assertEquals(order.filter((line) => line.endsWith("refused")).length, 2);
    assertEquals(order.filter((line) => line.endsWith("Frame")), last, policy);
    assertEquals(task.hasFinished(), last.length > 0);
    await clock.runUntil(task.cancel());
    await run;
    assertEquals(probe.take().filter((label) => label === "End").length, policy === "end" ? 1 : 0);
    log.take();
  }
});

Deno.test("background tasks that did not end are named, unless nobody wants to know", async () => {
  for (const checkDanglingTasks of [undefined, false]) {
    const stubborn = new Step("Stubborn").loop("wait", () => never);
    const { task, clock, log } = rig([stubborn], { checkDanglingTasks });
    void task.queueFrame(new EndFrame());
    await clock.runUntil(task.run());
    const said = 'error: Cannot close "Stubborn": its task "wait" goes on';
    assertEquals(log.take(), checkDanglingTasks === false ? [] : [said]);
  }
});

Deno.test("a row of zeros for each service follows the start where it is asked for and metrics are on", async () => {
  class Service extends Step {
    readonly #role: ProcessorRole;
    constructor(role: ProcessorRole) {
      super(role);
      this.#role = role;
    }
    override get role(): ProcessorRole {
      return this.#role;
    }
  }
  const wanted = { enableMetrics: true, sendInitialEmptyMetrics: true };
  for (
    const params of [
      wanted,
      { enableMetrics: true },
      { sendInitialEmptyMetrics: true },
    ]
  ) {
    const seen: MetricsFrame[] = [];
    const last = new Step().does(MetricsFrame, (frame) => void seen.push(frame));
    const steps = [new Service("stt"), new Step(), new Service("llm"), new Service("tts"), last];
    await withTask(steps, () => {}, { params });
    const rows = seen.flatMap(({ data }) => data).map(({ type, processor, value }) => [
      processor,
      type,
      value,
    ]);
    const expected = ["stt", "llm", "tts"].flatMap((name) => [
      [name, "ttfb", 0],
      [name, "processing", 0],
    ]);
    assertEquals(rows, params === wanted ? expected : []);
  }
});

Deno.test("processors know of their own parameters, given or not, and of no others", async () => {
  const step = new Step();
  await withTask([step], () => {
    assertEquals(step.shared.params, {
      audioInSampleRate: 8_000,
      audioOutSampleRate: 24_000,
      enableMetrics: false,
      enableUsageMetrics: false,
      reportOnlyInitialTtfb: false,
    });
  }, { params: { audioInSampleRate: 8_000, startMetadata: { a: 1 } } });
});

Deno.test("a task counts turns for who asks for it before it runs, unless told not to", async () => {
  const { task, clock } = rig([new Step()]);
  const turns: number[] = [];
  task.turnTrackingObserver?.on("turnStarted", (turn) => void turns.push(turn));
  assertEquals(task.turnTrackingObserver === task.turnTrackingObserver, true);
  void task.queueFrame(new EndFrame());
  await clock.runUntil(task.run());
  assertEquals(turns, [1]);
  assertEquals(rig([], { enableTurnTracking: false }).task.turnTrackingObserver, undefined);
});

Deno.test("times that are none are refused, by name; endless ones are as long as there are", async () => {
  const beats = { enableHeartbeats: true };
  const wrong: [string, PipelineTaskOptions][] = [
    ["idleTimeoutSecs", { idleTimeoutSecs: 0 }],
    ["idleTimeoutSecs", { idleTimeoutSecs: NaN }],
    ["startTimeoutSecs", { startTimeoutSecs: -1 }],
    ["cancelTimeoutSecs", { cancelTimeoutSecs: 0 }],
    ["heartbeatsPeriodSecs", { params: { ...beats, heartbeatsPeriodSecs: 0 } }],
    ["heartbeatsMonitorSecs", { params: { ...beats, heartbeatsMonitorSecs: -2 } }],
  ];
  for (const [name, options] of wrong) {
    assertThrows(() => rig([], options), RangeError, `Cannot make a pipeline task: ${name} is `);
  }
  const { task, clock, told } = rig([new Step()], {
    idleTimeoutSecs: Infinity,
    startTimeoutSecs: Infinity,
  });
  const run = task.run();
  await clock.advance(3_600_000);
  assertEquals(told, []);
  await clock.runUntil(task.cancel());
  await run;
});
