import process from "node:process";

/**
 * Microseconds of processor time that this process has taken, with what V8 does
 * on other threads. Other programs on the machine hardly change it, as they do
 * the time that passes.
 */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest of some numbers that is not below so many percent of them. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(sorted.length * percent / 100));
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError("Cannot take a percentile: there are no numbers");
  return value;
}

/** What came out of two measurements that took turns. */
export interface Comparison {
  /** The median of the first. */
  readonly one: number;
  /** The median of the second. */
  readonly other: number;
  /** The median of what each run of the first was to its neighbour of the second. */
  readonly ratio: number;
}

/** Runs two measurements in turns, after once for warmth: what disturbs one disturbs the other. */
export async function alternate(
  runs: number,
  one: () => Promise<number>,
  other: () => Promise<number>,
): Promise<Comparison> {
  await one();
  await other();
  const pairs: [number, number][] = [];
  for (let run = 0; run < runs; run++) pairs.push([await one(), await other()]);
  return {
    one: median(pairs.map(([a]) => a)),
    other: median(pairs.map(([_, b]) => b)),
    ratio: median(pairs.map(([a, b]) => a / b)),
  };
}

/**
 * Bytes of heap that are in use, once nothing is left to collect.
 *
 * @throws {Error} If the process runs without `--v8-flags=--expose-gc`.
 */
export async function heapInUse(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error("Cannot measure memory: run with --v8-flags=--expose-gc");
  // What finalizers and the event loop let go of is free only in the next round.
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return Deno.memoryUsage().heapUsed;
}
