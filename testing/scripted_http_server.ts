import { nextTurn, systemClock } from "../async/mod.ts";

/** How a request is answered. */
export interface ScriptedResponse {
  /** The status. @default {200} */
  readonly status?: number | undefined;
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The body: text and bytes as they are, anything else as JSON; each part of a list by itself. */
  readonly body?: unknown;
  /** Parts of the body behind it, each made when the client takes it. */
  readonly more?: Iterable<string | Uint8Array> | undefined;
  /** Milliseconds before each part, of the machine's clock; at least a turn of the event loop. @default {0} */
  readonly pauseMs?: number | undefined;
  /**
   * What happens behind the body: the connection breaks (`"drop"`) or nothing more
   * comes (`"stall"`). Or nothing comes at all, no headers either (`"silence"`; a
   * client that leaves then is not seen to leave).
   */
  readonly trouble?: "drop" | "stall" | "silence" | undefined;
}

/** A request as it came. */
export interface ScriptedRequest {
  /** The method. */
  readonly method: string;
  /** Path and query. */
  readonly url: URL;
  /** The headers. */
  readonly headers: Headers;
  /** The body: what was JSON is given as its value, what was a form as its `FormData`. */
  readonly body: unknown;
  /** How it ended: answered, or closed by the client before that. */
  readonly outcome: "answered" | "closed" | undefined;
  /** Resolves with how it ended. */
  readonly ended: Promise<"answered" | "closed">;
}

/** Answers a request by itself, or leaves it to the script. */
export type ScriptedResponder = (
  request: ScriptedRequest,
) => ScriptedResponse | undefined | Promise<ScriptedResponse | undefined>;

/**
 * An HTTP server on this machine that answers as a test wants, and knows which
 * requests their client closed.
 *
 * @example
 * ```ts
 * import { ScriptedHttpServer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using server = new ScriptedHttpServer();
 * server.script({ body: { text: "Hello" } });
 * const response = await fetch(`${server.url}/hear`, { method: "POST", body: "sound" });
 * assertEquals(await response.json(), { text: "Hello" });
 * assertEquals(server.requests[0]?.body, "sound");
 * ```
 */
export class ScriptedHttpServer implements AsyncDisposable {
  /** The requests so far, in order. */
  readonly requests: readonly ScriptedRequest[];
  readonly #requests: OpenRequest[] = [];
  readonly #respond: ScriptedResponder;
  readonly #answers: ScriptedResponse[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();
  #stuck = Promise.withResolvers<void>();

  /** Starts a server on a port of its own; what `respond` gives goes before the script. */
  constructor(respond: ScriptedResponder = () => undefined) {
    this.requests = this.#requests;
    this.#respond = respond;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#closing.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    }, (request) => this.#handle(request));
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Has the next requests answered so, one after another. */
  script(...answers: readonly ScriptedResponse[]): void {
    this.#answers.push(...answers);
  }

  /** Resolves when an answer is stuck, as it was told to be. */
  stuck(): Promise<void> {
    return this.#stuck.promise;
  }

  /** Resolves when every request so far has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#requests.map(({ ended }) => ended));
  }

  /**
   * Stops it.
   *
   * @throws {Error} If a script was not used up.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const request of this.#requests) request.end("closed");
    await this.#server.finished;
    const left = this.#answers.splice(0).length;
    if (left > 0) throw new Error(`Cannot end the script: ${left} answers were never asked for`);
  }

  /** Same as {@linkcode ScriptedHttpServer.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: Request): Promise<Response> {
    const open = new OpenRequest(request, await bodyOf(request));
    this.#requests.push(open);
    const answer = await this.#respond(open) ?? this.#answers.shift() ??
      { status: 500, body: "Nothing was scripted" };
    const { status = 200, headers = {}, body, trouble } = answer;
    if (trouble === "silence") await this.#beStuck(this.#closing.signal);
    const type = typeof body === "object" && !isBytes(body) && !Array.isArray(body)
      ? { "content-type": "application/json" }
      : undefined;
    return new Response(this.#stream(open, answer), { status, headers: { ...type, ...headers } });
  }

  /** A part at a time, and never one that nobody waits for. */
  #stream(request: OpenRequest, answer: ScriptedResponse): ReadableStream<Uint8Array> {
    const { pauseMs = 0, trouble } = answer;
    const parts = partsOf(answer);
    const over = new AbortController();
    const { signal } = over;
    return new ReadableStream({
      pull: async (controller) => {
        const { value: part } = parts.next();
        if (part) {
          // Whoever closes the request ends the pause, and wants no more.
          await (pauseMs > 0 ? systemClock.sleep(pauseMs, { signal }).catch(() => {}) : nextTurn());
          if (!signal.aborted) controller.enqueue(part);
        } else if (trouble === "stall") {
          await this.#beStuck(signal);
        } else {
          request.end("answered");
          if (trouble === "drop") controller.error("The script breaks off");
          else controller.close();
        }
      },
      cancel: () => {
        over.abort();
        request.end("closed");
      },
    }, { highWaterMark: 0 });
  }

  /** Resolves when the client or the server ends it. */
  #beStuck(signal: AbortSignal): Promise<void> {
    this.#stuck.resolve();
    this.#stuck = Promise.withResolvers();
    const end = AbortSignal.any([signal, this.#closing.signal]);
    if (end.aborted) return Promise.resolve();
    return new Promise((resolve) => end.addEventListener("abort", () => resolve(), { once: true }));
  }
}

/** A request, and how it ends. */
class OpenRequest implements ScriptedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  outcome: "answered" | "closed" | undefined;
  readonly #ended = Promise.withResolvers<"answered" | "closed">();

  constructor(request: Request, body: unknown) {
    this.method = request.method;
    this.url = new URL(request.url);
    this.headers = request.headers;
    this.body = body;
  }

  get ended(): Promise<"answered" | "closed"> {
    return this.#ended.promise;
  }

  end(outcome: "answered" | "closed"): void {
    this.outcome ??= outcome;
    this.#ended.resolve(this.outcome);
  }
}

async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("multipart/form-data")) return await request.formData();
  if (!type.startsWith("text/") && !type.includes("json")) return await request.bytes();
  const text = await request.text();
  if (!type.includes("json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Whoever looks at it sees that it is no JSON.
    return text;
  }
}

function* partsOf({ body, more = [] }: ScriptedResponse): Generator<Uint8Array, undefined> {
  const parts = Array.isArray(body) ? body : body === undefined ? [] : [body];
  for (const part of parts) yield bytesOf(part);
  for (const part of more) yield bytesOf(part);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function bytesOf(part: unknown): Uint8Array {
  if (isBytes(part)) return part;
  return new TextEncoder().encode(typeof part === "string" ? part : JSON.stringify(part));
}
