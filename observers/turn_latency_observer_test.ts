import { assert, assertEquals } from "@std/assert";
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  type Frame,
  InterruptionFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  UserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import { Pipeline, PipelineTask } from "../pipeline/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import { VirtualClock } from "../testing/mod.ts";
import { ANSWER, CASES, MEASURED, type Script, SPEECH } from "./testdata/turns_table.ts";
import { type TurnLatency, TurnLatencyObserver } from "./turn_latency_observer.ts";

class Output extends FrameProcessor {
  override get role(): ProcessorRole {
    return "output";
  }
}

function measure(script: Script) {
  const told: TurnLatency[] = [];
  const observer = new TurnLatencyObserver((turn) => told.push(turn));
  const [other, output] = [new FrameProcessor(), new Output()];
  for (const [at, frame, where] of script) {
    observer.onPushFrame({
      source: where ? output : other,
      destination: other,
      frame,
      direction: "downstream",
      timestamp: at * 1e6,
    });
  }
  return { observer, told, turns: observer.turns };
}

/** What a turn says, without what is not known and what says itself. */
function known({ turn: _turn, startedAt: _startedAt, ...rest }: TurnLatency) {
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}

/** A broadcast: two frames that know each other. */
function pair<F extends Frame>(make: () => F): [F, F] {
  const [down, up] = [make(), make()];
  down.broadcastSiblingId = up.id;
  up.broadcastSiblingId = down.id;
  return [down, up];
}

for (const [name, { script, turns }] of Object.entries(CASES)) {
  Deno.test(`TurnLatencyObserver, ${name}`, () => {
    assertEquals(measure(script).turns.map(known), turns);
  });
}

Deno.test("TurnLatencyObserver does not take the audio of one answer for that of the next", () => {
  const [first, second] = ["a", "b"].map((contextId) => new TTSStartedFrame({ contextId }));
  assert(first && second);
  const { turns } = measure([
    [0, new TTSSpeakFrame("A long story.")],
    [10, first],
    [20, first, "out"],
    [100, new BotStartedSpeakingFrame()],
    // The user may not interrupt here: the next answer follows without a pause.
    ...SPEECH(),
    ...ANSWER().slice(0, 4),
    [2000, second],
    [5000, second, "out"],
    [6000, new InterruptionFrame()],
    [6001, new BotStoppedSpeakingFrame()],
  ]);
  assertEquals(turns.map(({ firstAudioMs, interrupted }) => [firstAudioMs, interrupted]), [
    [100, false],
    [4000, true],
  ]);
});

Deno.test("TurnLatencyObserver counts the two frames of a broadcast, and frames that pass on, once", () => {
  const [down, up] = pair(() => new UserStoppedSpeakingFrame());
  const [started, startedUp] = pair(() => new BotStartedSpeakingFrame());
  const { told } = measure([
    ...SPEECH().slice(0, -1),
    [1600, down],
    [1600, up],
    [1601, down],
    ...ANSWER().slice(0, 4),
    [2300, started],
    [2300, startedUp],
    [2301, startedUp],
  ]);
  assertEquals(
    told.map(({ turn, firstTokenMs, firstAudioMs }) => [
      turn,
      firstTokenMs,
      firstAudioMs,
    ]),
    [[1, undefined, undefined], [1, 900, undefined], [1, 900, 1300]],
  );
});

Deno.test("TurnLatencyObserver tells of an interruption once", () => {
  const { told } = measure([
    ...SPEECH(),
    ...ANSWER().slice(0, 5),
    [2800, new InterruptionFrame()],
    [2801, new InterruptionFrame()],
  ]);
  assertEquals(told.map(({ interrupted }) => interrupted), [false, false, false, true]);
});

Deno.test("TurnLatencyObserver keeps the last thousand turns of ten thousand", () => {
  const observer = new TurnLatencyObserver();
  const source = new FrameProcessor();
  for (let i = 0; i < 10_000; i++) {
    for (const [at, frame] of [...SPEECH(), ...ANSWER()]) {
      const timestamp = (i * 10_000 + at) * 1e6;
      observer.onPushFrame({
        source,
        destination: source,
        frame,
        direction: "downstream",
        timestamp,
      });
    }
  }
  assertEquals(observer.turns.length, 1_000);
  assertEquals(observer.turns.at(-1), {
    ...MEASURED,
    turn: 10_000,
    startedAt: 99_991_000,
    firstSentenceMs: undefined,
    firstSpeechMs: undefined,
    toolMs: undefined,
  } as TurnLatency);
});

Deno.test("TurnLatencyObserver measures within a running pipeline, on its clock", async () => {
  const clock = new VirtualClock();
  const observer = new TurnLatencyObserver();
  const pipeline = new Pipeline([new FrameProcessor(), new Output(), new FrameProcessor()]);
  await using task = new PipelineTask(pipeline, { clock, observers: [observer] });
  void task.run();
  let now = 0;
  for (const [at, frame] of [...SPEECH(), ...ANSWER()]) {
    await clock.advance(at - now);
    now = at;
    task.queueFrame(frame);
  }
  await clock.advance(1);
  assertEquals(observer.turns.map(known), [MEASURED]);
  await clock.runUntil(task.stopWhenDone());
});
