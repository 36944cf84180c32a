import { TimeoutError, type Timer } from "../../async/mod.ts";
import { type ByteConnection, dialTCP } from "./dial.ts";
import { ConnectionError, ProviderError } from "./errors.ts";
import { httpError } from "./http_error.ts";
import {
  acceptOf,
  type HTTPHead,
  newKey,
  readBody,
  readHead,
  requestHead,
  statusOf,
} from "./_websocket_handshake.ts";
import type { SocketOptions, SocketRequest } from "./socket_types.ts";

/** A connection whose handshake is done. */
export interface OpenConnection {
  /** The connection. */
  readonly connection: ByteConnection;
  /** The subprotocol that the peer chose; empty for none. */
  readonly protocol: string;
  /** What came along with the peer's answer. */
  readonly rest: Uint8Array;
}

/** Opens a connection and shakes hands, within the time that it may take. */
export async function openSocket(
  request: SocketRequest,
  options: SocketOptions,
): Promise<OpenConnection> {
  const url = urlOf(request.url);
  options.signal?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const abort = () => controller.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", abort, { once: true });
  const timer = deadlineOf(options, controller);
  try {
    return await shakeHands(url, { request, options, signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw errorOf(signal.aborted ? signal.reason : error, { url, options });
  } finally {
    timer.cancel();
    options.signal?.removeEventListener("abort", abort);
  }
}

/**
 * The address, checked.
 *
 * @throws {TypeError} If it is none of a WebSocket.
 */
function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url && (url.protocol === "ws:" || url.protocol === "wss:")) return url;
  // The address itself can hold a key.
  throw new TypeError('Cannot connect: the address is no "ws:" or "wss:" URL; check "url"');
}

function deadlineOf(options: SocketOptions, controller: AbortController): Timer {
  const { clock, connectTimeoutMs = 10_000 } = options;
  return clock.timer(connectTimeoutMs, () => {
    controller.abort(new TimeoutError(`Cannot shake hands: no answer in ${connectTimeoutMs} ms`));
  });
}

async function shakeHands(url: URL, attempt: {
  readonly request: SocketRequest;
  readonly options: SocketOptions;
  readonly signal: AbortSignal;
}): Promise<OpenConnection> {
  const { request, options, signal } = attempt;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  let connection: ByteConnection | undefined;
  const abort = () => {
    connection?.close();
    reject(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  const work = (async () => {
    connection = await (options.dial ?? dialTCP)(url, { signal });
    if (signal.aborted) connection.close();
    return await upgrade(connection, { url, request, options });
  })();
  // Whichever comes first; the connection is closed with the signal, so the work ends too.
  const settled = Promise.withResolvers<OpenConnection>();
  work.then(settled.resolve, settled.reject);
  aborted.catch(settled.reject);
  try {
    return await settled.promise;
  } catch (error) {
    connection?.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function upgrade(connection: ByteConnection, what: {
  readonly url: URL;
  readonly request: SocketRequest;
  readonly options: SocketOptions;
}): Promise<OpenConnection> {
  const { url, request: { headers = {}, protocols = [] }, options } = what;
  const key = newKey();
  await connection.write(requestHead(url, { key, headers: new Headers(headers), protocols }));
  const head = await readHead(connection);
  const status = statusOf(head);
  if (status !== 101) throw await refusalOf(connection, { head, status, options });
  if (head.headers.get("sec-websocket-accept") !== acceptOf(key)) {
    throw new SyntaxError("Cannot shake hands: it is no WebSocket server");
  }
  return {
    connection,
    protocol: head.headers.get("sec-websocket-protocol") ?? "",
    rest: head.rest,
  };
}

/** The error for an answer that is no. */
async function refusalOf(connection: ByteConnection, answer: {
  readonly head: HTTPHead;
  readonly status: number;
  readonly options: SocketOptions;
}): Promise<Error> {
  const { head, status, options } = answer;
  if (status === 0) return new SyntaxError("Cannot shake hands: it is no WebSocket server");
  const { provider = "the server", doing = "connect", keyEnv = "the key" } = options;
  const body = await readBody(connection, head);
  const retryAfter = head.headers.get("retry-after");
  return httpError({ provider, doing, status, keyEnv, body, retryAfter });
}

/** What it means, in words that quote nothing but the host. */
function errorOf(
  error: unknown,
  { url: { host }, options: { provider } }: {
    readonly url: URL;
    readonly options: SocketOptions;
  },
): Error {
  if (error instanceof ProviderError) return error;
  if (error instanceof Deno.errors.NotCapable) return error;
  const to = provider ?? `"${host}"`;
  const state = error instanceof TimeoutError || error instanceof SyntaxError
    ? error.message.replace(/^Cannot [^:]+: /, "")
    : `nothing answers at "${host}"`;
  return new ConnectionError(`Cannot connect to ${to}: ${state}`, { host, provider, cause: error });
}
