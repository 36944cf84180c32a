import { type Clock, TimeoutError } from "../../async/mod.ts";
import {
  ConnectionError,
  connectSocket,
  type Dial,
  httpError,
  ProviderError,
  type Socket,
} from "../wire/mod.ts";
import { unreadable } from "./_stt_errors.ts";
import type { STTConnection, STTPreparation, STTProtocol } from "./protocol.ts";
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
  const c: LiveSTTConnection<S, O, T> = {
    ...basics,
    id: crypto.randomUUID(),
    openedAt: clock.date(),
    prepared: undefined,
    finalizing: false,
    // A protocol that makes no state asks for none.
    state: protocol.state?.() as T,
  };
  const preparation = protocol.prepare?.(c);
  if (preparation) c.prepared = await clock.hold(prepare(protocol, preparation, options));
  const socket = await connectSocket(protocol.connect(c), {
    clock,
    signal,
    provider,
    keyEnv,
    connectTimeoutMs,
    pingMs,
    dial,
    doing: "transcribe",
  });
  return { socket, c };
}

/** Asks for what a connection needs. */
async function prepare<S extends STTSettings, O, T>(
  { provider, keyEnv = "the key" }: STTProtocol<S, O, T>,
  asked: STTPreparation,
  options: STTOpeningOptions<S, O>,
): Promise<unknown> {
  using limit = new TimeLimit(options);
  const { signal } = limit;
  const { url, method = "POST", headers = {}, body } = asked;
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  try {
    const init = { method, headers: { ...type, ...headers }, ...json, signal };
    const response = await fetch(url, init);
    const text = await response.text();
    if (response.ok) return parse(provider, text);
    const { status } = response;
    const retryAfter = response.headers.get("retry-after");
    throw httpError({ provider, doing: "transcribe", status, keyEnv, body: text, retryAfter });
  } catch (cause) {
    if (cause instanceof ProviderError) throw cause;
    options.signal.throwIfAborted();
    const { host } = new URL(url);
    const state = signal.aborted ? "no answer in time" : `nothing answers at "${host}"`;
    throw new ConnectionError(`Cannot connect to ${provider}: ${state}`, { host, provider, cause });
  }
}

function parse(provider: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(provider, error);
  }
}

/** A signal that also aborts when a time is up. */
class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);
  readonly #timer: Disposable;

  constructor(options: {
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly connectTimeoutMs: number;
  }) {
    const { clock, signal, connectTimeoutMs: ms } = options;
    this.#outer = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
    const timer = clock.timer(ms, () => {
      this.#controller.abort(new TimeoutError(`Cannot connect: no answer in ${ms} ms`));
    });
    this.#timer = { [Symbol.dispose]: () => timer.cancel() };
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#outer.removeEventListener("abort", this.#abort);
  }
}
