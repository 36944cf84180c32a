import { type Clock, consoleLogger, type Logger, systemClock, TaskScope } from "../async/mod.ts";
import { refusalOf } from "./access.ts";
import { LiveSession } from "./_live_session.ts";
import { readStartRequest } from "./_start_request.ts";
import { PLAYGROUND_HEADERS, PLAYGROUND_PATH, playgroundAssets } from "./playground/assets.ts";
import type { Bot, RunnerFlags } from "./session.ts";
import { VERSION } from "./version.ts";

/** What a {@linkcode BotServer} can be given. */
export interface BotServerOptions {
  /** The address to listen on. @default {"127.0.0.1"} */
  readonly hostname?: string | undefined;
  /** The port to listen on; 0 takes a free one. @default {7860} */
  readonly port?: number | undefined;
  /** Origins that may start sessions beside loopback ones. @default {[]} */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Sessions at the same time. @default {10} */
  readonly maxSessions?: number | undefined;
  /** Milliseconds a client has to say that it is ready. @default {30000} */
  readonly handshakeTimeoutMs?: number | undefined;
  /** Milliseconds of nothing said or sent after which a session ends. @default {300000} */
  readonly idleTimeoutMs?: number | undefined;
  /** Bytes that a client's message may have. @default {1048576} */
  readonly maxMessageBytes?: number | undefined;
  /** What the bot is to be told. */
  readonly flags?: RunnerFlags | undefined;
  /** The clock of the sessions. @default {systemClock} */
  readonly clock?: Clock | undefined;
  /** Where warnings go. @default {consoleLogger("warn")} */
  readonly log?: Logger | undefined;
}

/**
 * Serves a bot to clients on WebSockets, and the playground page to people.
 *
 * - `GET /client`: the playground page
 * - `POST /start`: where a client connects, as `{ "wsUrl": … }`
 * - `/ws-client`: the socket, protobuf frames with RTVI inside
 * - `GET /status`: version and sessions in progress
 *
 * @example
 * ```ts
 * import { BotServer } from "@parley/sdk/runner";
 * await using server = new BotServer(async () => {}, { port: 0 });
 * const status = await (await fetch(`${server.url}/status`)).json();
 * console.log(status.sessions); // 0
 * ```
 * @throws {Deno.errors.AddrInUse} If the port is in use.
 */
export class BotServer implements AsyncDisposable {
  readonly #bot: Bot;
  readonly #options: BotServerOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #listening = new AbortController();
  readonly #sessions: Set<LiveSession> = new Set();
  readonly #running: TaskScope;
  readonly #clock: Clock;
  readonly #log: Logger;
  #closing = false;

  /** Begins to listen. */
  constructor(bot: Bot, options: BotServerOptions = {}) {
    this.#bot = bot;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const log = this.#log = options.log ?? consoleLogger();
    const failed = (error: unknown) => log.error(`Cannot end a session: ${reasonOf(error)}`, error);
    this.#running = new TaskScope({ failed });
    const { hostname = "127.0.0.1", port = 7860 } = options;
    const onError = (error: unknown) => {
      log.error(`Cannot answer a request: ${reasonOf(error)}`, error);
      return problem(500, "Cannot answer: something went wrong");
    };
    this.#server = Deno.serve(
      { hostname, port, onListen: () => {}, onError, signal: this.#listening.signal },
      (request) => this.#answer(request),
    );
  }

  /** Where it can be reached: `http://127.0.0.1:7860`. */
  get url(): string {
    const { hostname, port } = this.#server.addr;
    const name = hostname === "0.0.0.0" || hostname === "::" ? "localhost" : hostname;
    return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
  }

  /** Sessions in progress. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Takes no more sessions, and lets those in progress come to their end. */
  async stopWhenDone(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#sessions].map((session) => session.stopWhenDone()));
    await this.close();
  }

  /** Ends every session and stops listening. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const session of this.#sessions) session.close();
    const left = await this.#running.close({ clock: this.#clock, timeoutMs: 5_000 });
    for (const session of left) this.#log.error(`Cannot end ${session}: it does not stop`);
    // A shutdown would wait for every client that has sent half a request.
    this.#listening.abort();
    await this.#server.finished;
  }

  /** Same as {@linkcode BotServer.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/start") return await this.#start(request);
    if (pathname === "/ws-client") return this.#connect(request);
    const { method } = request;
    const page = await this.#page(pathname);
    if (!page) return problem(404, `There is nothing at "${pathname}"`);
    if (method === "GET" || method === "HEAD") return page;
    return problem(405, `Cannot ${method} "${pathname}": use "GET"`, { allow: "GET, HEAD" });
  }

  async #page(pathname: string): Promise<Response | undefined> {
    if (pathname === "/" || pathname === `${PLAYGROUND_PATH}/`) {
      return new Response(null, { status: 302, headers: { location: PLAYGROUND_PATH } });
    }
    if (pathname === "/status") {
      return Response.json({
        status: this.#closing ? "closing" : "ready",
        version: VERSION,
        sessions: this.sessions,
        maxSessions: this.#maxSessions,
      });
    }
    const asset = (await playgroundAssets()).get(pathname);
    if (!asset) return undefined;
    const headers = { ...PLAYGROUND_HEADERS, "content-type": asset.contentType };
    return new Response(asset.bytes, { headers });
  }

  get #maxSessions(): number {
    return this.#options.maxSessions ?? 10;
  }

  /** Why a request may not start a session, if so. */
  #foreign(request: Request): Response | undefined {
    const { hostname = "127.0.0.1", allowOrigins = [] } = this.#options;
    const refusal = refusalOf(request, { hostname, allowOrigins });
    if (!refusal) return undefined;
    this.#log.warn(refusal);
    return problem(403, refusal);
  }

  /** Why there is no room for one more session, if so. */
  #full(headers: HeadersInit = {}): Response | undefined {
    if (this.#closing) return problem(503, "Cannot start a session: the server stops", headers);
    if (this.sessions < this.#maxSessions) return undefined;
    const detail = `Cannot start a session: ${this.sessions} are in progress, and no more fit`;
    this.#log.warn(`${detail}; see --max-sessions`);
    return problem(429, detail, headers);
  }

  async #start(request: Request): Promise<Response> {
    const foreign = this.#foreign(request);
    if (foreign) return foreign;
    const headers = corsHeaders(request);
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers });
    if (request.method !== "POST") {
      const detail = 'Cannot start a session: use "POST"';
      return problem(405, detail, { ...headers, allow: "POST, OPTIONS" });
    }
    const full = this.#full(headers);
    if (full) return full;
    const wanted = await readStartRequest(request);
    if ("detail" in wanted) return problem(400, wanted.detail, headers);
    if (wanted.transport !== "websocket") {
      const wish = JSON.stringify(wanted.transport);
      const detail = `Cannot start a session on the transport ${wish}: use "websocket"`;
      return problem(400, detail, headers);
    }
    const { protocol, host } = new URL(request.url);
    const secure = (request.headers.get("x-forwarded-proto") ?? protocol).startsWith("https");
    const wsUrl = `${secure ? "wss" : "ws"}://${request.headers.get("host") ?? host}/ws-client`;
    return Response.json({ wsUrl }, { headers });
  }

  #connect(request: Request): Response {
    const refusal = this.#foreign(request) ?? this.#full();
    if (refusal) return refusal;
    const upgraded = upgrade(request);
    if (upgraded instanceof Response) return upgraded;
    const { handshakeTimeoutMs = 30_000, idleTimeoutMs = 300_000, maxMessageBytes = 1_048_576 } =
      this.#options;
    const session = new LiveSession(upgraded.socket, {
      limits: { handshakeTimeoutMs, idleTimeoutMs, maxMessageBytes },
      clock: this.#clock,
      log: this.#log,
      flags: this.#options.flags ?? {},
    });
    this.#sessions.add(session);
    this.#running.spawn(`session ${session.id}`, async () => {
      await session.run(this.#bot).finally(() => this.#sessions.delete(session));
    });
    return upgraded.response;
  }
}

/** Makes a WebSocket of a request, or says why it cannot be one. */
function upgrade(request: Request): Deno.WebSocketUpgrade | Response {
  try {
    return Deno.upgradeWebSocket(request);
  } catch {
    const detail = "Cannot open a session: connect with a WebSocket";
    return problem(426, detail, { upgrade: "websocket" });
  }
}

function problem(status: number, detail: string, headers: HeadersInit = {}): Response {
  return Response.json({ detail }, { status, headers });
}

/** Lets a page of another, allowed origin read the answer. */
function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": request.headers.get("access-control-request-headers") ??
      "content-type",
    "vary": "origin",
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
