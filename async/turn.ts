/**
 * Resolves in the next turn of the event loop: after every microtask that is
 * due now, and those that they bring.
 *
 * @example
 * ```ts
 * import { nextTurn } from "@parley/sdk/async";
 * import { assert } from "@std/assert";
 * let done = false;
 * Promise.resolve().then(() => Promise.resolve()).then(() => done = true);
 * await nextTurn();
 * assert(done);
 * ```
 */
export function nextTurn(): Promise<void> {
  // A timer of no delay would take 2 ms, a thousand times as long.
  return new Promise((resolve) => setImmediate(resolve));
}
