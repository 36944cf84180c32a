/** Stands in for the network: notes what a service sends, and answers as a recording says. */
import { deadline, systemClock } from "../../async/mod.ts";
import { decodeEventStream, type Dial } from "../../services/wire/mod.ts";
import {
  type ClientMessage,
  type ScriptedPeer,
  ScriptedSocketServer,
  VirtualClock,
} from "../../testing/mod.ts";
import { type Act, merged, openAct, requestAct, textAct } from "./acts.ts";
import type { JSONValue } from "./recording.ts";

/** How a request is answered. */
export interface FakeResponse {
  /** Its status. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its body, in the parts in which it comes. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  /** Milliseconds between two parts. */
  readonly pauseMs: number;
}

/** What the script says of connections and requests as they come. */
export interface NetworkScript {
  /** Status with which the attempt of that number is refused, if it is. */
  refusal(conn: number): number | undefined;
  /** How the request of that number is answered, counted from 1. */
  response(request: number): FakeResponse;
}

/**
 * A clock of a network that runs on it too. Whoever waits for that network does not hold the clock,
 * since only a step of it can bring an answer; whatever else is waited for does.
 */
export class NetworkClock extends VirtualClock {
  readonly #holding: Set<() => void> = new Set();
  #waits = 0;

  /** Stands still until `work` is settled, or somebody waits for the network. */
  override hold<T>(work: Promise<T>): Promise<T> {
    if (this.#waits > 0) return work;
    const { promise, resolve } = Promise.withResolvers<void>();
    const release = () => {
      this.#holding.delete(resolve);
      resolve();
    };
    work.then(release, release);
    this.#holding.add(resolve);
    void super.hold(promise);
    return work;
  }

  /** Nothing holds it until the network has done `work`. */
  async free(work: () => Promise<void>): Promise<void> {
    this.#waits++;
    for (const release of this.#holding) release();
    this.#holding.clear();
    await work().finally(() => this.#waits--);
  }
}

/** Everything that a service reaches while it runs here. */
export class FakeNetwork implements AsyncDisposable {
  /** Opens sockets within the process, whatever their address. */
  readonly dial: Dial;
  readonly #clock: NetworkClock;
  readonly #script: NetworkScript;
  readonly #acts: Act[] = [];
  readonly #addresses: string[] = [];
  readonly #server: ScriptedSocketServer;
  readonly #hungUp: Set<number> = new Set();
  readonly #realFetch = globalThis.fetch;
  #requests = 0;

  /** Takes the place of `fetch`, until it is disposed of. */
  constructor(clock: NetworkClock, script: NetworkScript) {
    this.#clock = clock;
    this.#script = script;
    this.#server = new ScriptedSocketServer((peer) => clock.free(() => this.#serve(peer)));
    const { dial } = this.#server;
    this.dial = (url, options) => {
      this.#addresses.push(`${url}`);
      return dial(url, options);
    };
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      return request.url.startsWith("data:") ? this.#realFetch(request) : this.#fetch(request);
    };
  }

  /** What was done so far; audio in a row is one act. */
  get acts(): Act[] {
    return merged(this.#acts);
  }

  /** Has the provider say something on a connection: text, or bytes. */
  say(conn: number, message: string | Uint8Array): void {
    this.#server.peers[conn - 1]?.send(message);
  }

  /** Has the provider close a connection. */
  hangUp(conn: number, end: { readonly code: number; readonly reason: string }): void {
    this.#hungUp.add(conn);
    void this.#server.peers[conn - 1]?.close(end.code, end.reason);
  }

  /** Resolves when every connection has ended. */
  async ended(): Promise<void> {
    const doing = "see every connection end";
    await deadline(this.#server.settled(), { clock: systemClock, timeoutMs: 2_000, doing });
  }

  /** Gives the network back. */
  async [Symbol.asyncDispose](): Promise<void> {
    globalThis.fetch = this.#realFetch;
    await this.#server.close();
  }

  #note(act: Act): void {
    this.#acts.push(act);
  }

  async #serve(peer: ScriptedPeer): Promise<void> {
    const { number: conn, headers, protocols } = peer;
    this.#note(openAct(conn, this.#addresses[conn - 1] ?? "", { headers, protocols }));
    const refusal = this.#script.refusal(conn);
    if (refusal !== undefined) return await peer.refuse(refusal);
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      this.#note({ ...actOf(message), conn });
    }
    const { end } = peer;
    // Where the server closes first, the answer to that is nothing of the client's own.
    if (end?.clean && !this.#hungUp.has(conn)) this.#note({ conn, kind: "close", value: end.code });
  }

  async #fetch(request: Request): Promise<Response> {
    const { method, url, headers, signal } = request;
    const body = await bodyOf(request);
    this.#note(requestAct(url, {
      method,
      headers: [...headers].map((
        [name, value],
      ) => [name, value.replace(/boundary=.*/, "boundary")]),
      body,
    }));
    const { status, headers: answer, parts, pauseMs } = this.#script.response(++this.#requests);
    const clock = this.#clock;
    let left = parts.length;
    const abort = () => {
      // Nobody need read what a refusal says.
      if (left > 0 && status < 400) this.#note({ conn: 0, kind: "abort", value: null });
    };
    signal.addEventListener("abort", abort, { once: true });
    async function* stream(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      for (const part of parts) {
        if (left < parts.length && pauseMs > 0) {
          await clock.free(() => clock.sleep(pauseMs, { signal }));
        }
        left--;
        yield part;
      }
    }
    return new Response(ReadableStream.from(stream()), { status, headers: answer });
  }
}

function actOf(message: ClientMessage): Omit<Act, "conn"> {
  switch (message.type) {
    case "bytes":
      return { kind: "audio", value: null, bytes: audioBytes(message.bytes) };
    case "text":
      return textAct(0, message.text);
    case "json":
      return textAct(0, JSON.stringify(message.value));
  }
}

/** Bytes of audio in a binary message: of an AWS event-stream frame, those of its payload. */
function audioBytes(bytes: Uint8Array): number {
  try {
    return decodeEventStream(bytes).payload.length;
  } catch {
    // It is audio and nothing else.
    return bytes.length;
  }
}

async function bodyOf(request: Request): Promise<JSONValue> {
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("multipart/form-data")) {
    const fields = [...await request.formData()].map((
      [name, value],
    ): [string, JSONValue] => [name, typeof value === "string" ? value : `(${value.type})`]);
    return Object.fromEntries(fields.sort(([a], [b]) => a < b ? -1 : 1));
  }
  const text = await request.text();
  if (text === "") return null;
  return type.includes("json") ? JSON.parse(text) : text;
}
