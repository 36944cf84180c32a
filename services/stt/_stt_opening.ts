import type { Clock } from "../../async/mod.ts";
import { connectSocket, type Dial, JSONFields, requestText, type Socket } from "../wire/mod.ts";
import { unreadable } from "./_stt_errors.ts";
import type { STTConnection, STTProtocol } from "./protocol.ts";
import type { STTSettings } from "./stt_service.ts";

/** A connection as the engine sees it: what can change of it does. */
export type LiveSTTConnection<S extends STTSettings, O, T> = {
  -readonly [K in keyof STTConnection<S, O, T>]: STTConnection<S, O, T>[K];
};

/** What a connection is made of, before it is opened. */
export type STTBasics<S extends STTSettings, O> = Pick<
  STTConnection<S, O>,
  "settings" | "options" | "apiKey" | "env" | "sampleRate"
>;

/** How a connection is opened. */
export interface STTOpeningOptions<S extends STTSettings, O> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly basics: STTBasics<S, O>;
  readonly dial: Dial | undefined;
  readonly connectTimeoutMs: number;
}

/** A connection that was opened. */
export interface OpenedSTT<S extends STTSettings, O, T> {
  readonly socket: Socket;
  readonly c: LiveSTTConnection<S, O, T>;
}

/** Opens a connection as a protocol wants it, within the time that it may take. */
export async function openSTT<S extends STTSettings, O, T>(
  protocol: STTProtocol<S, O, T>,
  options: STTOpeningOptions<S, O>,
): Promise<OpenedSTT<S, O, T>> {
  const { clock, signal, basics, dial, connectTimeoutMs } = options;
  const { provider, keyEnv, pingMs } = protocol;
  const common = { clock, signal, provider, doing: "transcribe" };
  const c: LiveSTTConnection<S, O, T> = {
    ...basics,
    id: crypto.randomUUID(),
    openedAt: clock.date(),
    prepared: new JSONFields(undefined),
    finalizing: false,
    // A protocol that makes no state asks for none.
    state: protocol.state?.() as T,
  };
  const preparation = protocol.prepare?.(c);
  if (preparation) {
    const answer = await requestText(preparation, {
      ...common,
      keyEnv: keyEnv ?? "the key",
      timeoutMs: connectTimeoutMs,
    });
    c.prepared = new JSONFields(parsed(provider, answer));
  }
  const socket = await connectSocket(protocol.connect(c), {
    ...common,
    keyEnv,
    connectTimeoutMs,
    pingMs,
    dial,
  });
  return { socket, c };
}

function parsed(provider: string, answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (error) {
    throw unreadable(provider, error);
  }
}
