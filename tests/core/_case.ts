import { EndFrame, type Frame, InterruptionFrame, StopFrame } from "../../frames/mod.ts";
import { PipelineTask } from "../../pipeline/mod.ts";
import { SeededRandom } from "../../testing/seeded_random.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import { Marker, type World } from "./_actors.ts";
import { Journal } from "./_journal.ts";
import { Keep, Live, Logbook, Note, Sign } from "./_kit.ts";
import { build, inventPlaces, Layout } from "./_layout.ts";
import { check } from "./_oracle.ts";

/** How a case ends. */
export type Ending = "drain" | "stop" | "cancel";

/** What came of a case. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  /** Everything that happened, for comparing two runs. */
  readonly digest: string;
}

/** A case that ran, as the oracle reads it. */
export interface Run {
  readonly world: World;
  readonly layout: Layout;
  readonly ending: Ending;
  /** When the task had finished. */
  readonly finishedSeq: number;
  readonly finishedAt: number;
}

/** Makes up a pipeline, what it is sent and when, runs it, and has it checked. */
export async function runCase(seed: number): Promise<Outcome> {
  const random = new SeededRandom(seed);
  const clock = new VirtualClock();
  const journal = new Journal(clock);
  const world: World = { clock, random, journal, budget: 120, sleeping: 0, thrown: 0 };
  const layout = new Layout(inventPlaces(world));
  const log = new Logbook();
  const task = new PipelineTask(build(layout.places), { clock, log });
  const ending = random.weighted<Ending>({ drain: 6, stop: 1, cancel: 3 });
  const run = task.run();
  const lasts = random.int(20, 300);
  for (const [at, send] of inventEvents(task, world, lasts)) clock.timer(at, send);
  try {
    await clock.advance(lasts);
    await clock.runUntil(end(task, journal, ending));
    await clock.runUntil(run);
  } catch (error) {
    journal.broken("liveness", `the task does not end: ${error}`);
  }
  if (clock.timers !== world.sleeping) {
    journal.broken("nothing left running", `${clock.timers - world.sleeping} timers are left`);
  }
  const [finishedSeq, finishedAt] = [journal.seq, clock.now()];
  await clock.advance(1_000);
  for (const line of log.take()) {
    if (!/Cannot go on: fault \d+$/.test(line)) journal.broken("nothing to complain of", line);
  }
  check({ world, layout, ending, finishedSeq, finishedAt });
  await clock.runUntil(Promise.all(task.processors.map((processor) => processor.close())));
  journal.count(`cases that end by ${ending}`);
  return { seed, violations: journal.violations, counts: journal.counts, digest: digest(journal) };
}

function end(task: PipelineTask, journal: Journal, ending: Ending): Promise<void> {
  const source = { actor: "task", work: undefined };
  let ended = Promise.resolve();
  if (ending === "cancel") {
    // The frame that cancels is the task's own: its place in the order is all that counts.
    journal.interrupt(undefined, true);
    journal.inside("task", () => ended = task.cancel());
    return ended;
  }
  const frame = ending === "drain" ? new EndFrame() : new StopFrame();
  void journal.push(source, [[frame, "downstream"]], () => task.queueFrame(frame));
  return task.run();
}

type Event = readonly [at: number, send: () => void];

/** What the task is sent, and when. */
function inventEvents(task: PipelineTask, world: World, lasts: number): Event[] {
  const { random, journal } = world;
  let number = 0;
  let hasStarted = false;
  task.on("pipelineStarted", () => void (hasStarted = true));
  const started = () => hasStarted;
  const send = (frame: Frame, direction: "downstream" | "upstream" = "downstream") =>
    journal.push(
      { actor: "task", work: undefined },
      [[frame, direction]],
      () => task.queueFrame(frame, direction),
    );
  const makers = { note: Note, keep: Keep, marker: Marker, sign: Sign, live: Live };
  const make = () => {
    const kind = random.weighted({ note: 6, keep: 2, marker: 2, sign: 3, live: 2 });
    return new makers[kind](`${kind}${number++}`);
  };
  const flood = async (heeds: boolean) => {
    for (let i = random.int(5, 45); i > 0; i--) {
      const room = send(random.chance(0.8) ? new Note(`flood${number++}`) : make());
      if (heeds) await room;
    }
  };
  const events = Array.from({ length: random.int(3, 25) }, (): Event => {
    const at = random.int(0, lasts);
    const what = random.weighted({ one: 8, upstream: 3, interrupt: 4, flood: 2 });
    if (what === "one") return [at, () => void send(make())];
    // What is sent up before the start has gone down waits for it, which is a test of its own.
    if (what === "upstream") return [at, () => void (started() && send(make(), "upstream"))];
    if (what === "flood") return [at, () => void flood(random.chance(0.5))];
    const up = random.chance(0.2);
    return [at, () => {
      journal.count("interruptions by the task");
      void send(new InterruptionFrame(), up && started() ? "upstream" : "downstream");
    }];
  });
  // Often there is still something to do when the end comes.
  if (random.chance(0.5)) {
    events.push([lasts, () => {
      for (let i = random.int(1, 12); i > 0; i--) void send(make());
    }]);
  }
  return events;
}

/** The order of everything, without what differs from process to process. */
function digest({ works, pushes }: Journal): string {
  const label = (frame: Frame | undefined) =>
    frame && "label" in frame ? String(frame.label) : frame?.constructor.name;
  return [
    ...works.map((work) => [work.seq, work.at, work.actor, label(work.frame), work.endSeq]),
    ...pushes.map((push) => [push.seq, push.at, push.by, label(push.frame), push.freedAt]),
  ].join(";");
}
