import v8 from "node:v8";
import vm from "node:vm";
import { type Clock, systemClock } from "../../async/mod.ts";
import { SeededRandom } from "../../testing/seeded_random.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import { Conversation } from "./_conversation.ts";
import { checkConversation } from "./_oracle.ts";
import { type Counts, type Fault, noCounts } from "./_records.ts";

/** How a soak is run. */
export interface SoakOptions {
  readonly seed: number;
  readonly conversations: number;
  readonly lastsMs: number;
  readonly dropRate: number;
  /** In real time and over the loopback interface, instead of in virtual time within the process. */
  readonly real?: boolean;
  readonly fault?: Fault | undefined;
}

/** What came out of a soak. */
export interface SoakResult {
  readonly options: SoakOptions;
  readonly counts: Counts;
  /** Milliseconds from the end of a turn to the first sound of its answer, sorted. */
  readonly gaps: readonly number[];
  readonly violations: readonly string[];
  /** Milliseconds that the conversations took on their clock. */
  readonly clockMs: number;
  /** Milliseconds that passed. */
  readonly wallMs: number;
  /** Bytes in use: before it, with every conversation still in memory, and afterwards. */
  readonly heap: { readonly before: number; readonly during: number; readonly after: number };
  /** Files and sockets that are open: before, in its middle, and afterwards. */
  readonly files: { readonly before: number; readonly during: number; readonly after: number };
}

/** All providers are within the process, on the same clock: nothing that is waited for is outside of it. */
class SoakClock extends VirtualClock {
  override hold<T>(work: Promise<T>): Promise<T> {
    return work;
  }
}

/** Holds conversations side by side, and looks at each. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const [heapBefore, filesBefore] = [await heapInUse(), openFiles()];
  const began = systemClock.now();
  const held = options.real ? await holdInRealTime(options) : await holdInVirtualTime(options);
  const wallMs = systemClock.now() - began;
  const [heapAfter, filesAfter] = [await heapInUse(), openFiles()];
  return {
    ...held,
    options,
    wallMs,
    heap: { before: heapBefore, during: held.heap, after: heapAfter },
    files: { before: filesBefore, during: held.files, after: filesAfter },
  };
}

type Held = Pick<SoakResult, "counts" | "gaps" | "violations" | "clockMs"> & {
  readonly heap: number;
  readonly files: number;
};

async function holdInVirtualTime(options: SoakOptions): Promise<Held> {
  const order = new SeededRandom(options.seed ^ 0x5eed);
  const clock = new SoakClock({ order: () => order.next() });
  using _ = seededChance(options.seed);
  const held = await hold(clock, options, (work) => {
    return clock.runUntil(work, { limitMs: options.lastsMs * 2 + 600_000 });
  });
  if (clock.timers === 0) return held;
  return { ...held, violations: [...held.violations, `${clock.timers} timers are left`] };
}

async function holdInRealTime(options: SoakOptions): Promise<Held> {
  return await hold(systemClock, options, (work) => work);
}

async function hold(
  clock: Clock,
  options: SoakOptions,
  run: (work: Promise<unknown>) => Promise<unknown>,
): Promise<Held> {
  const { conversations: count, seed, lastsMs, dropRate, fault, real = false } = options;
  const from = clock.now();
  const conversations = Array.from({ length: count }, (_, number) =>
    new Conversation({
      clock,
      seed,
      number,
      lastsMs,
      dropRate,
      fault,
      overTCP: real,
      slackMs: real ? 200 : 50,
    }));
  let files = 0;
  clock.timer(lastsMs / 2, () => {
    files = openFiles();
  });
  await run(Promise.all(conversations.map((conversation) => conversation.hold())));
  const clockMs = clock.now() - from;
  if (fault === "timer") clock.timer(1_000, () => {});
  // While all of them are still there.
  const heap = await heapInUse();
  const all = conversations.map(checkConversation);
  return {
    counts: all.reduce(sum, noCounts()),
    gaps: conversations.flatMap(({ asks }) => asks.flatMap(({ gapMs }) => gapMs ?? []))
      .toSorted((a, b) => a - b),
    violations: conversations.flatMap(({ violations }) => violations),
    clockMs,
    heap,
    files,
  };
}

function sum(one: Counts, other: Counts): Counts {
  const total = { ...one };
  for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += other[key];
  return total;
}

/** Has what is left to chance in the engines come out the same for the same seed. */
function seededChance(seed: number): Disposable {
  const random = new SeededRandom(seed);
  const { random: before } = Math;
  Math.random = () => random.next();
  return {
    [Symbol.dispose]() {
      Math.random = before;
    },
  };
}

/** Bytes of heap that are in use, once nothing is left to collect. */
async function heapInUse(): Promise<number> {
  v8.setFlagsFromString("--expose-gc");
  const collect: unknown = vm.runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("Cannot measure memory: there is no gc");
  for (let round = 0; round < 3; round++) {
    collect();
    await systemClock.sleep(20);
  }
  return Deno.memoryUsage().heapUsed;
}

/** How many files and sockets the process has open, where the system tells. */
function openFiles(): number {
  if (Deno.build.os !== "linux") return 0;
  return [...Deno.readDirSync("/proc/self/fd")].length;
}
