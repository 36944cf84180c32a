/** What the tests with the SDKs of voices share. */
import { deadline, systemClock } from "../../async/mod.ts";
import type { Transcript } from "../../testing/mod.ts";

/** Waits for an SDK, which has a clock of its own. */
export async function within<T>(work: Promise<T>): Promise<T> {
  return await deadline(work, { clock: systemClock, timeoutMs: 5_000, doing: "hear the SDK" });
}

/** The transcript with its handshake at another address, and without headers. */
export function at(url: string, { lines, ...rest }: Transcript): Transcript {
  return {
    ...rest,
    lines: lines.map((line) => "open" in line ? { ...line, open: { url } } : line),
  };
}

/**
 * Opens `ws:` where `wss:` is asked for, until it is disposed of: for an SDK that can
 * talk to nobody without a certificate.
 */
export function plainSockets(): Disposable {
  const { WebSocket: native } = globalThis;
  globalThis.WebSocket = class extends native {
    constructor(address: string | URL, options?: string | string[] | WebSocketOptions) {
      const url = new URL(address);
      url.protocol = "ws:";
      super(url, options);
    }
  };
  return { [Symbol.dispose]: () => void (globalThis.WebSocket = native) };
}
