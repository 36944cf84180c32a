import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ControlFrame,
  EndFrame,
  ErrorFrame,
  type Frame,
  InputAudioRawFrame,
  InterruptionFrame,
  LLMConfigureOutputFrame,
  LLMFullResponseEndFrame,
  ManuallySwitchServiceFrame,
  ServiceMetadataFrame,
  ServiceSwitcherFrame,
  ServiceSwitcherRequestMetadataFrame,
  StartFrame,
  STTMuteFrame,
  TTSUpdateSettingsFrame,
  UserMuteStartedFrame,
} from "../frames/mod.ts";
import type { ProcessorRole } from "../processors/mod.ts";
import { TestPipeline, VirtualClock } from "../testing/mod.ts";
import { gate, Keep, labelOf, Note, Sign, Step } from "../tests/core/_kit.ts";
import {
  Pipeline,
  PipelineTask,
  ServiceSwitcher,
  ServiceSwitcherStrategy,
  ServiceSwitcherStrategyFailover,
  type ServiceSwitcherStrategyType,
} from "./mod.ts";

/** A service that writes down what it is given and puts its name on notes. */
class Service extends Step {
  readonly seen: string[] = [];
  readonly #role: ProcessorRole;
  /** What it throws for the next notes. */
  readonly troubles: string[] = [];
  readonly #wait: Promise<void> | undefined;

  constructor(
    name: string,
    options: { wait?: Promise<void> | undefined; role?: ProcessorRole } = {},
  ) {
    super(name);
    this.#wait = options.wait;
    this.#role = options.role ?? "other";
    this.handle(Note, async (frame, context) => {
      this.seen.push(frame.label);
      if (this.#wait) await this.#wait;
      const trouble = this.troubles.shift();
      if (trouble !== undefined) throw new Error(trouble);
      await context.push(new Note(`${frame.label} by ${this.name}`));
    });
    for (const frameClass of [Sign, InputAudioRawFrame, ControlFrame, StartFrame, STTMuteFrame]) {
      this.handle<Frame>(frameClass, (frame, context) => this.#note(frame, context.forward()));
    }
  }

  override get role(): ProcessorRole {
    return this.#role;
  }

  /** Has it say what it is, at a sign that all get and when it is asked. */
  announced(): this {
    return this.does(UserMuteStartedFrame, (_frame, context) => this.#say(context))
      .does(ServiceSwitcherRequestMetadataFrame, (_frame, context) => this.#say(context));
  }

  take(): string[] {
    return this.seen.splice(0);
  }

  #note(frame: Frame, room: void | Promise<void>): void | Promise<void> {
    this.seen.push(labelOf(frame));
    return room;
  }

  #say(context: { push(frame: Frame): void | Promise<void> }): void | Promise<void> {
    return context.push(new ServiceMetadataFrame(this.name));
  }
}

/** A pipeline around a switcher of services. */
class Rig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly switcher: ServiceSwitcher;
  readonly pipeline: TestPipeline;
  readonly switches: string[] = [];

  constructor(services: readonly Step[], strategyType?: ServiceSwitcherStrategyType) {
    this.switcher = new ServiceSwitcher({ services, strategyType });
    this.switcher.on("serviceSwitched", ({ name }) => void this.switches.push(name));
    this.pipeline = new TestPipeline([this.switcher], { clock: this.clock });
  }

  /** Sends frames in; gives what comes out downstream. */
  async push(...frames: readonly Frame[]): Promise<string[]> {
    this.pipeline.push(...frames);
    await this.clock.settle();
    return this.out();
  }

  out(): string[] {
    return this.pipeline.down.splice(0).map(labelOf);
  }

  get errors(): string[] {
    return this.pipeline.errors.map(({ error }) => error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pipeline.close();
    assertEquals(this.clock.timers, 0, "no timer is left");
  }
}

const audio = () => new InputAudioRawFrame(new Int16Array(160), { sampleRate: 16_000 });
const a = () => new Service("A");
const b = () => new Service("B");

Deno.test("the first service is active, and another gets nothing but its start", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  assertEquals(
    await rig.push(new Note("1"), audio(), new Sign("s")),
    [
      "InputAudioRaw",
      "s",
      "1 by A",
    ].toSorted(),
  );
  assertEquals(services.map((service) => service.take().toSorted()), [
    ["1", "InputAudioRaw", "Start", "s"],
    ["Start"],
  ]);
});

Deno.test("a frame switches to another service, by itself or by its name, and goes no further", async () => {
  const services = [a(), b()];
  const [first, second] = services;
  assert(first && second);
  await using rig = new Rig(services);
  const toB = new ManuallySwitchServiceFrame(second);
  assertEquals(await rig.push(new Note("1"), toB, new Note("2")), ["1 by A", "2 by B"]);
  assertEquals(rig.switcher.strategy.activeService, second);
  assertEquals(await rig.push(new ManuallySwitchServiceFrame({ name: "A" }), new Note("3")), [
    "3 by A",
  ]);
  assertEquals(rig.switches, ["B", "A"]);
  rig.pipeline.pushUpstream(new ManuallySwitchServiceFrame(second));
  assertEquals(await rig.push(new Note("4")), ["4 by B"]);
});

Deno.test("the strategy tells of a switch as the switcher does", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  const told: string[] = [];
  rig.switcher.strategy.on("serviceSwitched", ({ name }) => void told.push(name));
  await rig.push(new ManuallySwitchServiceFrame({ name: "B" }));
  assertEquals(told, ["B"]);
});

Deno.test("a frame for another switcher passes, and one for a useless service is refused", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  assertEquals(await rig.push(new ManuallySwitchServiceFrame({ name: "Z" }), new Note("1")), [
    "ManuallySwitchService",
    "1 by A",
  ]);
  services[1]?.setUsable(false);
  const [, second] = services;
  assert(second);
  await rig.push(new ManuallySwitchServiceFrame(second));
  assertEquals(await rig.push(new Note("2")), ["2 by A"]);
  assert(rig.pipeline.logged.some((line) => line.includes('Cannot switch to "B"')));
});

Deno.test("what one service was given it does before the next one begins", async () => {
  const wait = gate();
  const slow = new Service("A", { wait: wait.promise });
  await using rig = new Rig([slow, b()]);
  assertEquals(
    await rig.push(
      new Note("1"),
      new Note("2"),
      new ManuallySwitchServiceFrame({ name: "B" }),
      new Note("3"),
    ),
    [],
  );
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["1 by A", "2 by A", "3 by B"]);
});

Deno.test("what is for a service waits until all those before it have done their work", async () => {
  const waits = [gate(), gate()];
  const [first, second] = waits;
  const voice = new Service("B", { role: "tts" })
    .does(LLMFullResponseEndFrame, () => second?.promise);
  await using rig = new Rig([
    new Service("A", { wait: first?.promise }),
    voice,
    new Service("C"),
  ]);
  await rig.push(new Note("1"));
  await rig.push(new ManuallySwitchServiceFrame({ name: "B" }));
  await rig.push(new ManuallySwitchServiceFrame({ name: "C" }), new Note("2"));
  first?.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["1 by A"]);
  second?.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["2 by C"]);
});

Deno.test("a service that never ends its work is left behind", async () => {
  const slow = new Service("A", { wait: new Promise(() => {}) });
  await using rig = new Rig([slow, b()]);
  await rig.push(new Note("1"), new ManuallySwitchServiceFrame({ name: "B" }), new Note("2"));
  await rig.clock.advance(20_000);
  assertEquals(rig.out(), ["2 by B"]);
  assert(rig.pipeline.logged.some((line) => line.includes('"A" does not come to its end')));
});

Deno.test("an interruption frees the way for the next service", async () => {
  const slow = new Service("A", { wait: new Promise(() => {}) });
  await using rig = new Rig([slow, b()]);
  await rig.push(new Note("1"), new ManuallySwitchServiceFrame({ name: "B" }), new Note("2"));
  assertEquals(await rig.push(new InterruptionFrame(), new Note("3")), ["Interruption", "3 by B"]);
});

Deno.test("what every service has to know reaches those that stand by, and comes out once", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  assertEquals(await rig.push(new STTMuteFrame(true), new LLMConfigureOutputFrame(true)), [
    "STTMute",
    "LLMConfigureOutput",
  ]);
  for (const service of services) assert(service.take().includes("STTMute"), service.name);
});

Deno.test.each<[string, (services: readonly Service[]) => TTSUpdateSettingsFrame, string]>([
  ["the active one", () => new TTSUpdateSettingsFrame({ delta: {} }), "A"],
  ["the one it names", ([, to]) => new TTSUpdateSettingsFrame({ delta: {}, service: to }), "B"],
  [
    "all of them if it says so",
    () => new TTSUpdateSettingsFrame({ delta: {}, reachInactiveServices: true }),
    "AB",
  ],
])("settings reach %s", async (_name, make, reached) => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  assertEquals(await rig.push(make(services)), ["TTSUpdateSettings"]);
  const who = services.filter((service) => service.take().includes("TTSUpdateSettings"));
  assertEquals(who.map(({ name }) => name).join(""), reached);
});

Deno.test("a service says what it is when it becomes active, and not before", async () => {
  await using rig = new Rig([a().announced(), b().announced()]);
  const said = () => rig.pipeline.of(ServiceMetadataFrame).map(({ serviceName }) => serviceName);
  await rig.clock.settle();
  rig.pipeline.push(new UserMuteStartedFrame());
  await rig.clock.settle();
  assertEquals(said(), ["A"]);
  rig.pipeline.push(new ManuallySwitchServiceFrame({ name: "B" }));
  await rig.clock.settle();
  assertEquals(said(), ["A", "B"]);
  assertEquals(rig.pipeline.of(ServiceSwitcherRequestMetadataFrame), []);
});

Deno.test("an error of the active service moves on to the next, which does what failed and what waits", async () => {
  const services = [a(), b(), new Service("C")];
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  services[0]?.troubles.push("down");
  services[1]?.troubles.push("down, too");
  assertEquals(await rig.push(new Note("1"), new Keep("2"), new Note("3")), [
    "1 by C",
    "2 by C",
    "3 by C",
  ]);
  assertEquals(rig.switches, ["B", "C"]);
  assertEquals(rig.errors, [], "nothing was lost");
  assertEquals(rig.pipeline.logged.filter((line) => line.includes("goes on with")).length, 2);
});

Deno.test("a service that has failed keeps what is for it alone, and knows what all have to know", async () => {
  const wait = gate();
  const first = new Service("A", { wait: wait.promise });
  const second = b();
  const told: string[] = [];
  for (const service of [first, second]) {
    service.does(LLMConfigureOutputFrame, (_frame, context) => {
      told.push(service.name);
      return context.forward();
    });
  }
  await using rig = new Rig([first, second], ServiceSwitcherStrategyFailover);
  first.troubles.push("down");
  const update = new TTSUpdateSettingsFrame({ delta: {}, service: first });
  assertEquals(await rig.push(new Note("1"), update, new LLMConfigureOutputFrame(true)), []);
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["1 by B", "TTSUpdateSettings", "LLMConfigureOutput"]);
  assert(first.take().includes("TTSUpdateSettings"));
  assert(!second.take().includes("TTSUpdateSettings"));
  assertEquals([...new Set(told)].toSorted(), ["A", "B"]);
});

Deno.test("services that fail at once leave what waits in its order", async () => {
  const wait = gate();
  const failing = (name: string, when: readonly string[]) =>
    new Step(name).does(Note, (frame, context) => {
      if (when.includes(frame.label)) throw new Error("down");
      return context.push(new Note(`${frame.label} by ${name}`));
    });
  const first = new Step("A").does(Note, async () => {
    await wait.promise;
    throw new Error("down");
  });
  const switcher = new ServiceSwitcher({
    services: [first, failing("B", ["2"]), failing("C", ["3"]), failing("D", [])],
    strategyType: ServiceSwitcherStrategyFailover,
  });
  await using pipeline = new TestPipeline([switcher]);
  pipeline.push(...["1", "2", "3", "4"].map((label) => new Keep(label)));
  await pipeline.settle();
  wait.resolve();
  await pipeline.settle();
  assertEquals(pipeline.down.map(labelOf), ["1 by B", "2 by C", "3 by D", "4 by D"]);
  assertEquals(pipeline.errors, []);
});

Deno.test("where every service fails, each is asked once and the error goes to the task", async () => {
  const services = [a(), b(), new Service("C")];
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  for (const service of services) service.troubles.push(...Array(50).fill("down"));
  await rig.push(new Note("1"));
  assertEquals(services.map((service) => service.take().filter((label) => label === "1").length), [
    1,
    1,
    1,
  ]);
  assertEquals(rig.errors.length, 1);
  // For a while nobody goes round, however many errors come.
  await rig.push(...Array.from({ length: 20 }, (_, i) => new Note(`${i}`)));
  assertEquals(rig.switches, ["B", "C"]);
  await rig.clock.advance(3_000);
  await rig.push(new Note("later"));
  assertEquals(rig.switches, ["B", "C", "A", "B"]);
  for (const service of services) service.troubles.length = 0;
  assertEquals(await rig.push(new Note("now")), ["now by B"]);
});

Deno.test("failover goes around the list, once another service has done some work", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  services[0]?.troubles.push("down");
  assertEquals(await rig.push(new Note("1")), ["1 by B"]);
  services[1]?.troubles.push("down");
  assertEquals(await rig.push(new Note("2")), ["2 by A"]);
  assertEquals(rig.switches, ["B", "A"]);
});

Deno.test("failover passes over a service that cannot do its job, and comes back on demand", async () => {
  const services = [a(), b(), new Service("C")];
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  services[1]?.setUsable(false);
  services[0]?.troubles.push("down");
  assertEquals(await rig.push(new Note("1")), ["1 by C"]);
  assertEquals(await rig.push(new ManuallySwitchServiceFrame({ name: "A" }), new Note("2")), [
    "2 by A",
  ]);
});

Deno.test("an error of a service that stands by is logged and goes no further", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  await rig.clock.settle();
  services[1]?.complain("Cannot warm up");
  assertEquals(await rig.push(new Note("1")), ["1 by A"]);
  assertEquals([rig.errors, rig.switches], [[], []]);
  assert(rig.pipeline.logged.some((line) => line.includes("Cannot warm up")));
});

Deno.test("a fatal error and one from elsewhere switch nothing", async () => {
  const services = [a(), b()];
  const after = new Step("after");
  const switcher = new ServiceSwitcher({
    services,
    strategyType: ServiceSwitcherStrategyFailover,
  });
  await using pipeline = new TestPipeline([switcher, after]);
  await pipeline.settle();
  after.complain("Cannot play");
  await pipeline.settle();
  assertEquals(switcher.strategy.activeService, services[0]);
  assertEquals(pipeline.errors.map(({ error }) => error), ["Cannot play"]);
  services[0]?.complain("Cannot go on", { fatal: true });
  await pipeline.until(ErrorFrame, { count: 2 });
  assertEquals(switcher.strategy.activeService, services[0]);
});

Deno.test("the manual strategy leaves errors to the task", async () => {
  const services = [a(), b()];
  await using rig = new Rig(services);
  services[0]?.troubles.push("down");
  assertEquals(await rig.push(new Note("1"), new Note("2")), ["2 by A"]);
  assertEquals(rig.errors.length, 1);
  assertEquals(rig.switches, []);
});

Deno.test("a failure while the pipeline ends loses nothing", async () => {
  const wait = gate();
  const slow = new Service("A", { wait: wait.promise });
  slow.troubles.push("down");
  await using rig = new Rig([slow, b()], ServiceSwitcherStrategyFailover);
  assertEquals(await rig.push(new Note("1"), new EndFrame()), []);
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["1 by B", "End"]);
  await rig.pipeline.end();
});

Deno.test("a strategy of one's own decides by frames and errors; one that throws is reported", async () => {
  class NextFrame extends ServiceSwitcherFrame {}
  class Next extends ServiceSwitcherStrategy {
    override handleFrame(frame: ServiceSwitcherFrame) {
      return frame instanceof NextFrame ? this.services[1] : undefined;
    }
    override handleError(): never {
      throw new Error("Cannot decide: no idea");
    }
  }
  const services = [a(), b()];
  await using rig = new Rig(services, Next);
  assertEquals(await rig.push(new NextFrame(), new Note("1")), ["1 by B"]);
  services[1]?.troubles.push("down");
  await rig.push(new Note("2"));
  assertEquals(rig.errors.length, 2);
  assert(rig.errors.some((error) => error.includes("no idea")));
});

Deno.test("a switcher stands in the wiring for what its services are", async () => {
  const services = ["V1", "V2"].map((name) => new Service(name, { role: "tts" }));
  const voices = new ServiceSwitcher({ services });
  const pipeline = new Pipeline([voices, new Service("model", { role: "llm" })]);
  const task = new PipelineTask(pipeline, { clock: new VirtualClock() });
  let message = "";
  await task.run().catch((error) => message = error.message);
  assert(message.includes('"V1" stands before "model"'), message);
  assertEquals(pipeline.processors.map(({ name }) => name), [
    `${voices.name}.in`,
    "V1",
    "V2",
    `${voices.name}.out`,
    "model",
  ]);
  await pipeline.close();
});

Deno.test("a switcher refuses to be made of nothing, or of what stands elsewhere", async () => {
  assertThrows(() => new ServiceSwitcher({ services: [] }), TypeError, "pass at least one");
  const service = new Step();
  await using pipeline = new Pipeline([service, new Step()]);
  assertThrows(() => new ServiceSwitcher({ services: [service] }), TypeError, "already");
  assertEquals(pipeline.processors.length, 2);
});

Deno.test("what every service has to know comes out in its place, however fast the others are", async () => {
  const wait = gate();
  await using rig = new Rig([new Service("A", { wait: wait.promise }), b()]);
  assertEquals(await rig.push(new Note("1"), new LLMConfigureOutputFrame(true)), []);
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.out(), ["1 by A", "LLMConfigureOutput"]);
});

Deno.test("a voice that has failed is interrupted, and nobody else is", async () => {
  const struck: string[] = [];
  const services = ["A", "B"].map((name) =>
    new Service(name, { role: "tts" }).hook(() => void struck.push(name))
  );
  await using rig = new Rig(services, ServiceSwitcherStrategyFailover);
  services[0]?.troubles.push("down");
  assertEquals(await rig.push(new Note("1")), ["1 by B"]);
  assertEquals(struck, ["A"]);
});

Deno.test("a service that cannot even start is replaced", async () => {
  const first = new Step("A").does(StartFrame, () => {
    throw new Error("no such model");
  });
  const switcher = new ServiceSwitcher({
    services: [first, b()],
    strategyType: ServiceSwitcherStrategyFailover,
  });
  await using pipeline = new TestPipeline([switcher]);
  pipeline.push(new Note("1"));
  await pipeline.settle();
  assertEquals(pipeline.down.map(labelOf), ["1 by B"]);
  assertEquals(pipeline.errors, []);
});

Deno.test("a service that fails while it handles the end is not waited for", async () => {
  let ends = 0;
  const first: Step = new Step("A").does(EndFrame, async () => {
    if (++ends > 1) return;
    await rig.clock.sleep(100);
    first.complain("Cannot say goodbye");
    await new Promise<never>(() => {});
  });
  await using rig: Rig = new Rig([first, b()], ServiceSwitcherStrategyFailover);
  await rig.push(new EndFrame());
  await rig.clock.advance(100);
  assertEquals(rig.clock.now(), 100);
  assertEquals(rig.out(), ["End"]);
  assertEquals([ends, rig.errors], [2, []]);
});

Deno.test("What goes up does not overtake what the service before still has of it", async () => {
  class Slip extends ControlFrame {
    constructor(readonly label: string) {
      super();
    }
  }
  const wait = gate();
  const [first, second] = [new Service("first", { wait: wait.promise }), new Service("second")];
  await using rig = new Rig([first, second]);
  const up = () => rig.pipeline.of(Slip, "upstream").map(({ label }) => label);
  rig.pipeline.push(new Note("work"));
  await rig.clock.settle();
  rig.pipeline.pushUpstream(new Slip("before"));
  await rig.push(new ManuallySwitchServiceFrame(second));
  rig.pipeline.pushUpstream(new Slip("behind"), new Note("request"));
  await rig.clock.settle();
  assertEquals([up(), rig.switches], [[], ["second"]]);
  assertEquals(second.seen.filter((label) => label === "request"), []);
  wait.resolve();
  await rig.clock.settle();
  assertEquals(up(), ["before", "behind"]);
  assertEquals(second.seen.at(-1), "request");
  assertEquals(rig.out(), ["work by first", "request by second"]);
});

Deno.test("What goes up and waits comes to the top before the session has ended", async () => {
  const wait = gate();
  const [first, second] = [new Service("first", { wait: wait.promise }), new Service("second")];
  await using rig = new Rig([first, second]);
  await rig.push(new Note("work"));
  await rig.push(new ManuallySwitchServiceFrame(second));
  class Slip extends ControlFrame {}
  rig.pipeline.pushUpstream(new Slip(), new Slip(), new Slip());
  await rig.push(new EndFrame());
  assertEquals(rig.pipeline.of(Slip, "upstream").length, 0);
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.pipeline.of(Slip, "upstream").length, 3);
  assertEquals(rig.pipeline.of(EndFrame).length, 1);
});

Deno.test("What goes up and waits is dropped by an interruption, down to what may not be", async () => {
  const { wait, rig, second, Slip, Last } = waitingAbove();
  await using _ = rig;
  await rig.push(new Note("work"));
  await rig.push(new ManuallySwitchServiceFrame(second));
  rig.pipeline.pushUpstream(new Slip(), new Last());
  rig.pipeline.push(new InterruptionFrame());
  rig.pipeline.pushUpstream(new Slip());
  await rig.clock.settle();
  wait.resolve();
  await rig.clock.settle();
  assertEquals(rig.pipeline.of(Slip, "upstream").length, 1);
  assertEquals(rig.pipeline.of(Last, "upstream").length, 1);
});

function waitingAbove() {
  const wait = gate();
  const [first, second] = [new Service("first", { wait: wait.promise }), new Service("second")];
  class Slip extends ControlFrame {}
  class Last extends ControlFrame {
    override get uninterruptible(): true {
      return true;
    }
  }
  return { wait, rig: new Rig([first, second]), second, Slip, Last };
}
