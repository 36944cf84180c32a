/** How the navigation of a telephone menu goes. */
export const IVRStatus = {
  /** A telephone menu has answered, and navigation begins. */
  DETECTED: "detected",
  /** The goal is reached. */
  COMPLETED: "completed",
  /** There is no way on. */
  STUCK: "stuck",
  /** What was heard so far is not enough to act on. */
  WAIT: "wait",
} as const;

/** How it goes; one of the values of the constant of the same name. */
export type IVRStatus = (typeof IVRStatus)[keyof typeof IVRStatus];

const VALUES: ReadonlySet<unknown> = new Set(Object.values(IVRStatus));

/**
 * Says whether something that a model wrote is a status.
 *
 * @example
 * ```ts
 * import { isIVRStatus } from "@parley/sdk/extensions/ivr";
 * console.log(["stuck", "lost"].filter(isIVRStatus)); // ["stuck"]
 * ```
 */
export function isIVRStatus(value: unknown): value is IVRStatus {
  return VALUES.has(value);
}
