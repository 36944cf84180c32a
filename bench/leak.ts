import { BaseObserver } from "../processors/mod.ts";
import { deliver, type Figure } from "./figure.ts";
import { heapInUse } from "./measure.ts";
import { chunks, startSession, Tick } from "./subjects.ts";

const PROCESSORS = 10;
const SESSIONS = 1_000;

class Counter extends BaseObserver {
  pushes = 0;
  override onPushFrame(): void {
    this.pushes++;
  }
}

/** A whole session: frames both ways, an interruption, and an end, of either kind in turns. */
async function live(number: number): Promise<void> {
  const observer = new Counter();
  const { task, first, last } = await startSession(PROCESSORS, { observers: [observer] });
  let arrived = 0;
  first.arrived = last.arrived = () => arrived++;
  await task.queueFrames(chunks(10));
  task.interrupt();
  await task.queueFrames(chunks(10));
  for (let i = 0; i < 10; i++) void task.queueFrame(new Tick(), "upstream");
  if (number % 2) await task.cancel();
  else await task.stopWhenDone();
  if (!task.hasFinished() || arrived < 30 || observer.pushes < arrived) {
    throw new Error("Cannot look for leaks: a session did not come to its end");
  }
}

/** Bytes of heap after so many more sessions have come and gone. */
async function heapAfter(sessions: number): Promise<number> {
  for (let number = 0; number < sessions; number++) await live(number);
  return await heapInUse();
}

/** What sessions leave behind that are over. */
export async function benchLeak(): Promise<Figure> {
  const empty = await heapInUse();
  const first = await heapAfter(SESSIONS);
  const second = await heapAfter(SESSIONS);
  const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(2);
  return {
    key: "leak_ratio",
    what: `heap after sessions 1,001 to 2,000: ${megabytes(second)} MB`,
    value: second / first,
    unit: "×",
    budget: 1.05,
    baseline: `after sessions 1 to 1,000: ${megabytes(first)} MB (${megabytes(empty)} MB before)`,
    details: { leak_bytes_per_session: (second - first) / SESSIONS },
  };
}

if (import.meta.main) deliver(await benchLeak());
