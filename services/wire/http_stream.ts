import { Backoff, type Clock, TimeoutError } from "../../async/mod.ts";
import { ProviderError } from "./errors.ts";
import { holdEach } from "./hold_each.ts";
import { httpError } from "./http_error.ts";
import { JSONFields } from "./json_fields.ts";
import { parseJson } from "./json_lines.ts";
import { MAX_MESSAGE_BYTES } from "./sse.ts";

/** What is sent to a provider. */
export interface HttpRequest {
  /** The address. */
  readonly url: string | URL;
  /** What to do there. @default {"POST" with a body, else "GET"} */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE" | undefined;
  /** Headers, the key among them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What is sent as JSON. */
  readonly json?: unknown;
  /** What is sent as it is. */
  readonly body?: string | Uint8Array<ArrayBuffer> | FormData | undefined;
}

/** How a request is sent. */
export interface HttpStreamOptions {
  /** Who is asked, as it writes itself: `Cartesia`. */
  readonly provider: string;
  /** What could not be done: `speak`. */
  readonly doing: string;
  /** The environment variable that holds the key. */
  readonly keyEnv: string;
  /** The clock of the conversation, which stands still while the provider works. */
  readonly clock: Clock;
  /** Aborted when nobody wants the answer any more; the request is closed. */
  readonly signal: AbortSignal;
  /** Milliseconds until the answer has to begin, or be there whole. @default {10000} */
  readonly timeoutMs?: number | undefined;
  /** How often a request that failed in passing is sent again. @default {0} */
  readonly maxRetries?: number | undefined;
  /** Sends the request: a proxy, another certificate authority. */
  readonly httpClient?: Deno.HttpClient | undefined;
}

/** An answer whose body is on its way. */
export interface HttpAnswer {
  /** Its headers. */
  readonly headers: Headers;
  /** Its body, as it comes; leaving it early closes the request. */
  readonly body: AsyncIterable<Uint8Array<ArrayBuffer>>;
  /**
   * Reads its body to the end, as UTF-8.
   *
   * @throws {ProviderError} If it breaks off, or is larger than 16 MB.
   */
  text(): Promise<string>;
}

/** Bytes of a refusal that are read, to find out what it means. */
const MAX_REFUSAL_BYTES = 65_536;

/**
 * Sends a request, and gives the answer as it comes.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { requestStream } from "@parley/sdk/services/wire";
 * import { assertRejects } from "@std/assert";
 * const { signal } = new AbortController();
 * const options = { provider: "Acme", doing: "speak", keyEnv: "ACME_API_KEY", signal };
 * await assertRejects(
 *   () => requestStream({ url: "http://127.0.0.1:1" }, { clock: systemClock, ...options }),
 *   Error,
 *   'Cannot speak with Acme: nothing answers at "http://127.0.0.1:1"',
 * );
 * ```
 * @throws {ProviderError} If it is refused, or nothing answers in time.
 */
export function requestStream(
  request: HttpRequest,
  options: HttpStreamOptions,
): Promise<HttpAnswer> {
  return retried(options, () => inTime(options, (signal) => answerTo(request, signal, options)));
}

/**
 * Sends a request, and gives the whole answer as text.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { requestText } from "@parley/sdk/services/wire";
 * import { ScriptedHttpServer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using server = new ScriptedHttpServer();
 * server.script({ status: 503 }, { body: "Hello" });
 * const { signal } = new AbortController();
 * const options = { provider: "Acme", doing: "hear", keyEnv: "ACME_API_KEY", signal };
 * const answer = await requestText(
 *   { url: server.url },
 *   { clock: systemClock, maxRetries: 1, ...options },
 * );
 * assertEquals(answer, "Hello");
 * ```
 * @throws {ProviderError} If it is refused, breaks off, or is not there in time.
 */
export function requestText(request: HttpRequest, options: HttpStreamOptions): Promise<string> {
  return retried(
    options,
    () =>
      inTime(options, async (signal) => {
        const answer = await answerTo(request, signal, { ...options, signal });
        return await answer.text();
      }),
  );
}

/** Does what can fail in passing, and again when it did. */
async function retried<T>(options: HttpStreamOptions, work: () => Promise<T>): Promise<T> {
  const { clock, signal, maxRetries = 0 } = options;
  const backoff = new Backoff({ firstMs: 500 });
  for (let retries = 0;; retries++) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof ProviderError && error.retryable;
      if (!passing || retries >= maxRetries || signal.aborted) throw error;
      await backoff.wait({ clock, signal, atLeastMs: error.retryAfterMs });
    }
  }
}

/** Does what has to be done in time; its signal says when nobody waits any more. */
async function inTime<T>(
  options: HttpStreamOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, signal, timeoutMs = 10_000 } = options;
  const late = new AbortController();
  const timer = clock.timer(timeoutMs, () => {
    late.abort(new TimeoutError(`Cannot go on: no answer in ${timeoutMs} ms`));
  });
  // Whoever stops the request has no timer of it left at once.
  const stop = () => timer.cancel();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } catch (error) {
    signal.throwIfAborted();
    throw late.signal.aborted ? failure("it took too long", "timeout", options) : error;
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", stop);
  }
}

async function answerTo(
  request: HttpRequest,
  signal: AbortSignal,
  options: HttpStreamOptions,
): Promise<HttpAnswer> {
  const response = await options.clock.hold(send(request, signal, options));
  if (!response.ok) throw await refusalOf(response, options);
  const body = bodyOf(response, options);
  return { headers: response.headers, body, text: () => textOf(body, options) };
}

async function textOf(
  body: AsyncIterable<Uint8Array>,
  options: HttpStreamOptions,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > MAX_MESSAGE_BYTES) {
      const { doing, provider } = options;
      throw new ProviderError(`Cannot ${doing} with ${provider}: its answer is too large`, {
        provider,
        category: "bad_answer",
      });
    }
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

async function send(
  { url, method, headers, json, body }: HttpRequest,
  signal: AbortSignal,
  options: HttpStreamOptions,
): Promise<Response> {
  const { httpClient } = options;
  const payload = json === undefined ? body : JSON.stringify(json);
  try {
    return await fetch(url, {
      method: method ?? (payload === undefined ? "GET" : "POST"),
      headers: { ...json !== undefined && { "Content-Type": "application/json" }, ...headers },
      signal,
      ...payload !== undefined && { body: payload },
      ...httpClient && { client: httpClient },
    });
  } catch {
    // What a runtime says of it quotes the address, in which a key may stand.
    throw failure(`nothing answers at "${new URL(url).origin}"`, "connection", options);
  }
}

async function* bodyOf(
  response: Response,
  options: HttpStreamOptions,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  if (!response.body) return;
  try {
    yield* holdEach(options.clock, response.body);
  } catch {
    options.signal.throwIfAborted();
    throw failure("the connection broke", "connection", options);
  }
}

function failure(
  state: string,
  category: "timeout" | "connection",
  { doing, provider }: HttpStreamOptions,
): ProviderError {
  const message = `Cannot ${doing} with ${provider}: ${state}`;
  return new ProviderError(message, { provider, category, retryable: true });
}

async function refusalOf(response: Response, options: HttpStreamOptions): Promise<ProviderError> {
  const { provider, doing, keyEnv, clock } = options;
  const text = await clock.hold(startOf(response));
  const body = parseJson(text) ?? text;
  const fields = new JSONFields(body);
  const error = fields.fields("error");
  const code = error.text("code") ?? error.text("type") ?? fields.text("error_code") ??
    fields.text("code");
  const retryAfter = response.headers.get("retry-after");
  const { status } = response;
  return httpError({ provider, doing, keyEnv, status, code, body, retryAfter });
}

/** The beginning of a refusal's body; what cannot be read is not needed. */
async function startOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      if (text.length > MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  return text;
}
