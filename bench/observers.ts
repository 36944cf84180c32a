import { BaseObserver } from "../processors/mod.ts";
import { deliver, type Figure } from "./figure.ts";
import { alternate, processorTime } from "./measure.ts";
import { Chunk, startSession } from "./subjects.ts";

const WORKERS = 10;
/** With a sink and an end of the task at each side, a frame is pushed this often. */
const HOPS = WORKERS + 3;
const FRAMES = 20_000;
const RUNS = 15;

class Counter extends BaseObserver {
  pushes = 0;
  override onPushFrame(): void {
    this.pushes++;
  }
}

/** Nanoseconds of processor time for each hop in a task, with all that observers are told. */
async function timeHops(observers: readonly Counter[]): Promise<number> {
  await using task = (await startSession(WORKERS, { observers })).task;
  const before = processorTime();
  for (let i = 0; i < FRAMES; i++) {
    // As frames mostly come: made one at a time, and each is told of by itself.
    void task.queueFrame(new Chunk());
    await null;
  }
  const micros = processorTime() - before;
  for (const { pushes } of observers) {
    if (pushes >= FRAMES * HOPS) continue;
    throw new Error(`Cannot measure observers: ${pushes} pushes of ${FRAMES * HOPS} were seen`);
  }
  return micros * 1_000 / (FRAMES * HOPS);
}

/** A hop that one observer sees, beside one that nobody sees. */
export async function benchObservers(): Promise<Figure> {
  const { one, other, ratio } = await alternate(
    RUNS,
    () => timeHops([new Counter()]),
    () => timeHops([]),
  );
  return {
    key: "observer_ratio",
    what: `one hop in a task with an observer: ${one.toFixed(0)} ns`,
    value: ratio,
    unit: "×",
    budget: 1.3,
    baseline: `without: ${other.toFixed(0)} ns`,
    details: { observed_hop_ns: one, task_hop_ns: other },
  };
}

if (import.meta.main) deliver(await benchObservers());
