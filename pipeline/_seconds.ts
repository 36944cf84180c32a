/** The longest that a timer of the platform can be set for. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Reads an option in seconds, as milliseconds; `Infinity` is as long as there is.
 *
 * @throws {RangeError} If it is no time.
 */
export function millisecondsOf(option: string, seconds: number): number {
  if (seconds > 0) return Math.min(seconds * 1000, LONGEST_MS);
  throw new RangeError(
    `Cannot make a pipeline task: ${option} is ${seconds}; give it seconds above 0`,
  );
}
