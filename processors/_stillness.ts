import type { Timer } from "../async/mod.ts";
import type { Environment } from "./environment.ts";

/** How long something may take. */
export interface StillnessOptions {
  /** Milliseconds in which a frame must move somewhere in the pipeline. */
  readonly timeoutMs: number;
  /** Milliseconds after which it is too late even though frames move. */
  readonly limitMs: number;
}

/** How often it is looked whether something moved, in the time that nothing may. */
const LOOKS = 10;

/**
 * Calls `hung` once nothing has moved for too long: while frames move, work
 * goes on, such as speech that plays out. What moves for its own sake, such as
 * a ticker, cannot put it off beyond the limit.
 */
export function whenStill(
  env: Environment,
  options: StillnessOptions,
  hung: (elapsedMs: number) => void,
): Timer {
  const { clock, activity } = env;
  const { timeoutMs, limitMs } = options;
  const since = clock.now();
  let movedAt = since;
  let count = activity.count;
  let timer: Timer | undefined;
  const look = () => {
    const now = clock.now();
    if (activity.count !== count) {
      count = activity.count;
      movedAt = now;
    }
    const left = Math.min(movedAt + timeoutMs, since + limitMs) - now;
    if (left <= 0) return hung(Math.round(now - since));
    timer = clock.timer(limitMs <= timeoutMs ? left : Math.min(left, timeoutMs / LOOKS), look);
  };
  look();
  return { cancel: () => timer?.cancel() };
}
