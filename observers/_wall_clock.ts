import type { Clock } from "../async/mod.ts";

/**
 * Gives the seconds since 1970 at moments of a clock. All moments of one report
 * go through one of these: date and clock do not tick together, and what was at
 * the same time must stay so.
 */
export function wallClockOf(clock: Clock): (at: number) => number {
  const offset = clock.date().getTime() - clock.now();
  // To the microsecond: what is finer is noise of adding and subtracting.
  return (at) => Math.round((offset + at) * 1000) / 1e6;
}
