import { deliver, type Figure } from "./figure.ts";
import { heapInUse } from "./measure.ts";
import { plainStreams, startSession } from "./subjects.ts";

const PROCESSORS = 10;
const SESSIONS = 200;

/** Things that were made, and the kilobytes of heap that each of them takes. */
async function weigh<T>(make: () => T | Promise<T>): Promise<{ each: number; all: T[] }> {
  const all: T[] = [await make()];
  const before = await heapInUse();
  for (let i = 0; i < SESSIONS; i++) all.push(await make());
  return { each: (await heapInUse() - before) / SESSIONS / 1024, all };
}

/** The heap of a session at rest, beside as many plain streams both ways. */
export async function benchSession(): Promise<Figure> {
  const streams = await weigh(() => [plainStreams(PROCESSORS), plainStreams(PROCESSORS)]);
  const sessions = await weigh(() => startSession(PROCESSORS));
  if (sessions.all.some(({ task }) => task.hasFinished()) || streams.all.length <= SESSIONS) {
    throw new Error("Cannot weigh a session: it is over");
  }
  await Promise.all(sessions.all.map(({ task }) => task.cancel()));
  return {
    key: "session_kb",
    what: `heap of a session of ${PROCESSORS} processors at rest`,
    value: sessions.each,
    unit: "KB",
    budget: 500,
    baseline: `${PROCESSORS} plain streams each way: ${streams.each.toFixed(0)} KB`,
    details: { session_streams_kb: streams.each },
  };
}

if (import.meta.main) deliver(await benchSession());
