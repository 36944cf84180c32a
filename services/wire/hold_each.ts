import type { Clock } from "../../async/mod.ts";

/**
 * Holds a clock while each item of a source outside is on its way, so that a
 * virtual clock stands still until it is there.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { holdEach } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const items = holdEach(systemClock, ReadableStream.from(["a", "b"]));
 * assertEquals(await Array.fromAsync(items), ["a", "b"]);
 * ```
 */
export async function* holdEach<T>(clock: Clock, source: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  let done = false;
  try {
    for (;;) {
      const next = await clock.hold(iterator.next());
      if (next.done) {
        done = true;
        return;
      }
      yield next.value;
    }
  } finally {
    if (!done) await clock.hold(Promise.resolve(iterator.return?.()));
  }
}
