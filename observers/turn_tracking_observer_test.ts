import { assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  EndFrame,
  type Frame,
  StopFrame,
  UserStartedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { KeptLog } from "../tests/kept_log.ts";
import { TurnTrackingObserver, type TurnTrackingObserverOptions } from "./mod.ts";

/** What a frame means here. */
const FRAMES = {
  user: UserStartedSpeakingFrame,
  bot: BotStartedSpeakingFrame,
  silence: BotStoppedSpeakingFrame,
};

type Script = readonly (readonly [atMs: number, what: keyof typeof FRAMES])[];

/** Runs a script to its last moment; says which turns there were, and when it was known. */
async function track(
  script: Script,
  options: TurnTrackingObserverOptions & { untilMs?: number; end?: () => Frame } = {},
) {
  const clock = new VirtualClock();
  const told: unknown[] = [];
  const log = new KeptLog();
  const observer = new TurnTrackingObserver(options);
  observer.on("turnStarted", (turn) => void told.push([clock.now(), turn]));
  observer.on("turnEnded", (...ended) => void told.push([clock.now(), ...ended]));
  const task = new PipelineTask(new Pipeline([new FrameProcessor(), new FrameProcessor()]), {
    clock,
    log,
    observers: [observer],
  });
  const running = task.run();
  for (const [at, what] of script) {
    await clock.advance(at - clock.now());
    void task.queueFrame(new FRAMES[what]());
  }
  await clock.advance((options.untilMs ?? 20_000) - clock.now());
  if (options.end) void task.queueFrame(options.end());
  else void task.cancel();
  await clock.runUntil(running);
  assertEquals([clock.timers, log.entries], [0, []]);
  return told;
}

Deno.test("TurnTrackingObserver begins the first turn with the pipeline", async () => {
  assertEquals(await track([], { untilMs: 5_000 }), [[0, 1], [5_000, 1, 5, true]]);
});

Deno.test("TurnTrackingObserver ends a turn when the bot has been silent for a while", async () => {
  const script: Script = [[1_000, "user"], [3_000, "bot"], [5_000, "silence"]];
  assertEquals(await track(script), [[0, 1], [7_500, 1, 5, false]]);
  assertEquals(await track(script, { turnEndTimeoutSecs: 0.5 }), [[0, 1], [5_500, 1, 5, false]]);
});

Deno.test("TurnTrackingObserver lets the bot pause within a turn", async () => {
  const told = await track([
    [1_000, "bot"],
    [2_000, "silence"],
    [4_400, "bot"],
    [6_000, "silence"],
  ]);
  assertEquals(told, [[0, 1], [8_500, 1, 6, false]]);
});

Deno.test("TurnTrackingObserver ends a turn when the user speaks again, without the pause before", async () => {
  const told = await track([
    [1_000, "bot"],
    [2_000, "silence"],
    [3_000, "user"],
    [5_000, "bot"],
    [6_000, "silence"],
  ]);
  assertEquals(told, [[0, 1], [3_000, 1, 2, false], [3_000, 2], [8_500, 2, 3, false]]);
});

Deno.test("TurnTrackingObserver calls a turn interrupted when the user speaks over the bot", async () => {
  const told = await track([
    [1_000, "bot"],
    [2_000, "user"],
    // What was interrupted falls silent a little later.
    [2_050, "silence"],
    [6_000, "bot"],
    [7_000, "silence"],
  ]);
  assertEquals(told, [[0, 1], [2_000, 1, 2, true], [2_000, 2], [9_500, 2, 5, false]]);
});

Deno.test("TurnTrackingObserver takes what the user adds before the answer for the same turn", async () => {
  const told = await track([[1_000, "user"], [2_000, "user"], [3_000, "bot"], [4_000, "silence"]]);
  assertEquals(told, [[0, 1], [6_500, 1, 4, false]]);
});

Deno.test("TurnTrackingObserver makes no turn of what the bot says of its own accord later", async () => {
  const told = await track([
    [1_000, "bot"],
    [2_000, "silence"],
    [9_000, "bot"],
    [9_500, "silence"],
    [10_000, "user"],
  ], { untilMs: 11_000 });
  assertEquals(told, [[0, 1], [4_500, 1, 2, false], [10_000, 2], [11_000, 2, 1, true]]);
});

for (const end of [EndFrame, StopFrame]) {
  Deno.test(`TurnTrackingObserver ends a turn with the pipeline, by ${end.name}`, async () => {
    const options = { untilMs: 3_000, end: () => new end() };
    assertEquals(await track([[1_000, "bot"]], options), [[0, 1], [3_000, 1, 3, true]]);
    // What was heard to its end was not interrupted.
    assertEquals(await track([[1_000, "bot"], [2_000, "silence"]], options), [
      [0, 1],
      [3_000, 1, 2, false],
    ]);
  });
}

Deno.test("TurnTrackingObserver reports a handler that throws, and goes on counting", async () => {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const observer = new TurnTrackingObserver();
  observer.on("turnStarted", () => {
    throw new Error("Cannot count: too tired");
  });
  const task = new PipelineTask(new Pipeline([]), { clock, log, observers: [observer] });
  const running = task.run();
  await clock.settle();
  assertEquals(log.entries.map(({ message }) => message), [
    'A handler of the event "turnStarted" failed',
  ]);
  assertEquals(observer.turnNumber, 1);
  await clock.runUntil(task.cancel());
  await running;
});
