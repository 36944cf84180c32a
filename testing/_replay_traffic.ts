import { decodeBase64 } from "@std/encoding";
import type { RecordedTraffic } from "./call_recording.ts";
import { addressOf, isRemote } from "./record_traffic.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Answers `fetch` as it was answered in a recorded call, with the same delays, until it is disposed of. */
export function replayTraffic(
  traffic: readonly RecordedTraffic[],
  options: {
    readonly clock: VirtualClock;
    /** Told of requests that nobody made then. */
    readonly problem: (text: string) => void;
  },
): Disposable {
  const { clock, problem } = options;
  const original = globalThis.fetch;
  const requests = [...Map.groupBy(traffic, ({ request }) => request).values()];
  globalThis.fetch = (input, init) => {
    if (!isRemote(input)) return original(input, init);
    const request = input instanceof Request ? input : undefined;
    const url = addressOf(request?.url ?? input.toString());
    const method = init?.method ?? request?.method ?? "GET";
    const at = requests.findIndex(([asked]) =>
      asked?.entry["method"] === method && asked.entry["url"] === url
    );
    const [answer] = at < 0 ? [] : requests.splice(at, 1);
    if (answer) return answerWith(answer, { clock, signal: init?.signal ?? request?.signal });
    const { origin, pathname } = new URL(url);
    const state = "the recording has no further answer to it";
    const error = new TypeError(`Cannot replay ${method} "${origin}${pathname}": ${state}`);
    problem(error.message);
    return Promise.reject(error);
  };
  return {
    [Symbol.dispose]: () => {
      globalThis.fetch = original;
    },
  };
}

interface Circumstances {
  readonly clock: VirtualClock;
  readonly signal: AbortSignal | null | undefined;
}

/** Whoever reads holds the clock, as for any provider; but here time is what he waits for. */
async function pause(ms: number, { clock, signal }: Circumstances): Promise<void> {
  signal?.throwIfAborted();
  if (ms > 0) await clock.lend(clock.sleep(ms, signal ? { signal } : {}));
}

async function answerWith(
  [asked, head, ...rest]: readonly RecordedTraffic[],
  circumstances: Circumstances,
): Promise<Response> {
  let lastMs = head?.atMs ?? 0;
  await pause(lastMs - (asked?.atMs ?? 0), circumstances);
  const { status, type, failed } = head?.entry ?? {};
  if (typeof status !== "number") {
    throw new TypeError(`Cannot get an answer: ${failed ?? "the recording breaks off"}`);
  }
  const pieces = rest.values();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { value: piece } = pieces.next();
      // An answer that nobody read to its end goes on for ever, as far as the recording knows.
      if (!piece) return await new Promise<never>(() => {});
      const afterMs = piece.atMs - lastMs;
      lastMs = piece.atMs;
      await pause(afterMs, circumstances);
      const { chunk, done } = piece.entry;
      if (typeof chunk === "string") controller.enqueue(decodeBase64(chunk));
      else if (done === true) controller.close();
    },
  }, { highWaterMark: 0 });
  return new Response(isBodiless(status) ? null : body, {
    status,
    headers: typeof type === "string" ? { "content-type": type } : {},
  });
}

function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
