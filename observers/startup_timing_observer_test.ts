import { assertEquals } from "@std/assert";
import { BotConnectedFrame, ClientConnectedFrame, StartFrame } from "../frames/mod.ts";
import { ParallelPipeline, Pipeline, type PipelineElement, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import {
  StartupTimingObserver,
  type StartupTimingObserverOptions,
  type StartupTimingReport,
  type TransportTimingReport,
} from "./mod.ts";

/** Takes its time to start. */
class Slow extends FrameProcessor {
  constructor(name: string, startMs: number) {
    super({ name });
    this.handle(StartFrame, async (_frame, context) => {
      await this.clock.sleep(startMs);
      await context.forward();
    });
  }
}

class Quick extends FrameProcessor {}

const START_DATE = new Date("2026-03-01T08:00:00Z");
const START = START_DATE.getTime() / 1000;

async function run(
  elements: readonly PipelineElement[],
  follow: (session: { clock: VirtualClock; task: PipelineTask }) => Promise<void>,
  options: StartupTimingObserverOptions = {},
) {
  const clock = new VirtualClock({ startDate: START_DATE });
  await clock.advance(1_000);
  const startups: StartupTimingReport[] = [];
  const transports: TransportTimingReport[] = [];
  const observer = new StartupTimingObserver(options);
  observer.on("startupTimingReport", (report) => void startups.push(report));
  observer.on("transportTimingReport", (report) => void transports.push(report));
  const task = new PipelineTask(new Pipeline(elements), { clock, observers: [observer] });
  const running = task.run();
  await clock.settle();
  await follow({ clock, task });
  await clock.runUntil(task.cancel());
  await running;
  return { startups, transports };
}

const wait = ({ clock }: { clock: VirtualClock }) => clock.advance(10_000);

Deno.test("StartupTimingObserver says how long each processor held up the start", async () => {
  const elements = [new Slow("stt", 300), new Quick({ name: "quick" }), new Slow("tts", 200)];
  const { startups } = await run(elements, wait);
  assertEquals(startups, [{
    startTime: START + 1,
    totalDurationSecs: 0.5,
    processorTimings: [
      { processorName: "stt", startOffsetSecs: 0, durationSecs: 0.3 },
      { processorName: "quick", startOffsetSecs: 0.3, durationSecs: 0 },
      { processorName: "tts", startOffsetSecs: 0.3, durationSecs: 0.2 },
    ],
  }]);
});

Deno.test("StartupTimingObserver reports once the slowest branch has started", async () => {
  const branches = new ParallelPipeline([new Slow("a", 300)], [new Slow("b", 100)]);
  const { startups } = await run([branches, new Slow("c", 50)], wait);
  assertEquals(startups[0]?.processorTimings, [
    { processorName: "b", startOffsetSecs: 0, durationSecs: 0.1 },
    { processorName: "a", startOffsetSecs: 0, durationSecs: 0.3 },
    { processorName: "c", startOffsetSecs: 0.3, durationSecs: 0.05 },
  ]);
});

Deno.test("StartupTimingObserver measures only some classes where that is wanted", async () => {
  const elements = [new Slow("stt", 300), new Quick({ name: "quick" })];
  const { startups } = await run(elements, wait, { processorTypes: [Quick] });
  assertEquals(startups.map(({ processorTimings }) => processorTimings), [[
    { processorName: "quick", startOffsetSecs: 0.3, durationSecs: 0 },
  ]]);
});

Deno.test("StartupTimingObserver says when bot and client were connected, for the first of each", async () => {
  const { transports } = await run([new Slow("in", 100)], async ({ clock, task }) => {
    await clock.advance(400);
    void task.queueFrame(new BotConnectedFrame());
    await clock.advance(350);
    for (const frame of [new BotConnectedFrame(), new ClientConnectedFrame()]) {
      void task.queueFrame(frame);
    }
    await clock.advance(1_000);
    void task.queueFrame(new ClientConnectedFrame());
    await clock.settle();
  });
  assertEquals(transports, [
    { startTime: START + 1, botConnectedSecs: 0.4, clientConnectedSecs: 0.75 },
  ]);
});

Deno.test("StartupTimingObserver knows of no room where the transport has none", async () => {
  const { transports } = await run([], async ({ clock, task }) => {
    await clock.advance(250);
    void task.queueFrame(new ClientConnectedFrame());
    await clock.settle();
  });
  assertEquals(transports, [
    { startTime: START + 1, botConnectedSecs: undefined, clientConnectedSecs: 0.25 },
  ]);
});
