import { Backoff, type Clock, type Timer } from "../../async/mod.ts";
import type { Dial } from "../wire/dial.ts";
import { ProviderError } from "../wire/errors.ts";
import { JSONFields } from "../wire/json_fields.ts";
import { parseJson } from "../wire/json_lines.ts";
import { connectSocket, type Socket } from "../wire/socket.ts";
import type { SocketMessage } from "../wire/socket_types.ts";
import { CancelFence } from "./_cancel_fence.ts";
import { ClockHold } from "./_clock_hold.ts";
import { reportedError } from "./_provider_error.ts";
import type { WireContext } from "./_wire_context.ts";
import type { TTSConnection, TTSEvent, TTSMessage, TTSProtocol } from "./protocol.ts";
import type { TTSSettings } from "./tts_service.ts";

/** How often in a row a connection may fail, or break without any audio, before it is given up. */
const MAX_FAILURES = 5;

export interface WireLinkOptions<S extends TTSSettings, O extends object, D> {
  readonly dial: Dial | undefined;
  readonly protocol: TTSProtocol<S, O, D>;
  readonly connection: () => TTSConnection<S, O>;
  readonly clock: () => Clock;
  /** Aborted when the service is closed. */
  readonly signal: () => AbortSignal;
  readonly reconnects: boolean;
  readonly connected: () => void;
  readonly disconnected: () => void;
  readonly connectionFailed: (error: unknown) => void;
  readonly warn: (message: string) => void;
}

/** Milliseconds that a provider has to answer a goodbye. */
const GOODBYE_MS = 2_000;
/** Milliseconds that a connection has to become ready. */
const READY_MS = 10_000;

/** An open connection, and what belongs to it alone. */
interface Line<D> {
  readonly socket: Socket;
  readonly state: D;
  ready: boolean;
  /** Whether any audio came over it. */
  fruitful: boolean;
  keepalive?: Timer;
  /** Gives it up if it does not become ready. */
  readiness?: Timer;
  /** Called when the provider has heard a goodbye. */
  parted?: () => void;
}

/** The connection of a service: opened when needed, and anew when it breaks. */
export class WireLink<S extends TTSSettings, O extends object, D> {
  readonly #options: WireLinkOptions<S, O, D>;
  readonly #contexts: Map<string, WireContext<S, O, D>> = new Map();
  readonly #backoff = new Backoff({ firstMs: 0 });
  readonly #hold: ClockHold;
  readonly #fence: CancelFence;
  #line: Line<D> | undefined;
  #opening: AbortController | undefined;
  /** Whether what is being opened is not what is wanted any more. */
  #outdated = false;
  #closed = false;
  #reading = false;
  #failures = 0;

  constructor(options: WireLinkOptions<S, O, D>) {
    this.#options = options;
    this.#hold = new ClockHold(options.clock);
    // Whoever ignores a cancel would not be heard any more.
    this.#fence = new CancelFence(options.clock, () => this.reopen());
  }

  /** Sees to it that there is a connection, in the background. */
  open(): void {
    this.#closed = false;
    if (!this.#line && !this.#opening) void this.#open();
  }

  /** Has a context spoken. */
  add(context: WireContext<S, O, D>): void {
    this.#contexts.set(context.id, context);
    this.#update();
    this.open();
  }

  /** Sends what waits in a context, if the connection is ready for it. */
  transmit(context: WireContext<S, O, D>): void {
    if (!this.#line?.ready || !this.#contexts.has(context.id)) return;
    this.#send(() => context.take());
    this.#update();
  }

  /** Forgets a context: one that is not over is stopped at the provider as well. */
  leave(context: WireContext<S, O, D>): void {
    if (!this.#contexts.delete(context.id)) return;
    this.#update();
    if (!context.started || !this.#line) return;
    if (context.over) return void this.#send(() => context.finishedMessages());
    const { cancel, acknowledgesCancel } = this.#options.protocol;
    if (!cancel) return this.reopen();
    this.#send(() => context.cancelMessages());
    if (acknowledgesCancel) this.#fence.raise();
    this.#update();
  }

  /** Says goodbye, which nobody waits for, and opens another connection. */
  renew(): void {
    if (this.#line?.ready) this.#send(() => this.#goodbye());
    this.reopen();
  }

  /** Closes the connection and opens another. */
  reopen(): void {
    const line = this.#line;
    this.#outdated = true;
    if (line) {
      // It did not fail: the next one need not wait.
      if (line.ready) this.#backoff.reset();
      this.#lose(line);
      void line.socket.close(1000);
    }
    this.open();
  }

  /** Says goodbye, and closes the connection; it can be opened again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#opening?.abort();
    const line = this.#line;
    if (!line) return;
    const sent = line.ready ? this.#send(() => this.#goodbye()) : 0;
    if (sent > 0) await this.#parted(line);
    if (this.#line === line) this.#lose(line);
    await this.#options.clock().hold(line.socket.close(1000));
  }

  #goodbye(): readonly SocketMessage[] {
    const { protocol, connection } = this.#options;
    return protocol.goodbye?.(connection()) ?? [];
  }

  /** Resolves when the provider has heard a goodbye, or takes too long. */
  async #parted(line: Line<D>): Promise<void> {
    const { promise, resolve: parted } = Promise.withResolvers<void>();
    line.parted = parted;
    const timer = this.#options.clock().timer(GOODBYE_MS, parted);
    await promise;
    timer.cancel();
  }

  /** Drops the connection at once. */
  terminate(): void {
    this.#closed = true;
    this.#opening?.abort();
    const line = this.#line;
    if (line) this.#lose(line);
    line?.socket.terminate();
    for (const context of this.#contexts.values()) this.leave(context);
  }

  async #open(): Promise<void> {
    const opening = this.#opening = new AbortController();
    try {
      const socket = await this.#connect(AbortSignal.any([opening.signal, this.#options.signal()]));
      if (socket) this.#begin(socket);
    } finally {
      this.#opening = undefined;
      if (!this.#line && !this.#closed && this.#contexts.size > 0) this.open();
    }
  }

  /** Tries until there is a connection, or nobody needs one any more. */
  async #connect(signal: AbortSignal): Promise<Socket | undefined> {
    const { protocol, connection, clock, reconnects, dial } = this.#options;
    const { provider, keyEnv } = protocol;
    let atLeastMs: number | undefined;
    while (!signal.aborted) {
      try {
        await this.#backoff.wait({ clock: clock(), signal, atLeastMs });
        this.#outdated = false;
        const request = protocol.connect(connection());
        const how = { clock: clock(), signal, provider, doing: "speak", keyEnv, dial };
        const socket = await connectSocket(request, how);
        if (!this.#outdated) return socket;
        // What it was opened with has changed.
        void socket.close(1000);
        this.#backoff.reset();
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#options.connectionFailed(error);
        const again = reconnects && isRetryable(error) && ++this.#failures < MAX_FAILURES;
        atLeastMs = error instanceof ProviderError ? error.retryAfterMs : undefined;
        // Opened ahead of need, it is tried again when there is need.
        if (again && this.#contexts.size > 0) continue;
        this.#giveUp(error);
        return undefined;
      }
    }
    return undefined;
  }

  #giveUp(error: unknown): void {
    this.#failures = 0;
    this.#backoff.reset();
    this.#failAll(error);
  }

  #failAll(error: unknown): void {
    const contexts = [...this.#contexts.values()];
    this.#contexts.clear();
    for (const context of contexts) context.fail(error);
    this.#update();
  }

  #begin(socket: Socket): void {
    if (this.#closed) return socket.terminate();
    const { protocol, connection } = this.#options;
    const state = protocol.state ? protocol.state() : undefined as D;
    const line: Line<D> = { socket, state, ready: !protocol.awaitsReady, fruitful: false };
    this.#line = line;
    this.#options.connected();
    this.#send(() => protocol.hello?.(connection()) ?? []);
    this.#keepAlive(line);
    if (!line.ready) this.#awaitReady(line);
    void this.#read(line);
    if (line.ready) this.#transmitAll();
  }

  #transmitAll(): void {
    for (const context of this.#contexts.values()) this.transmit(context);
  }

  #awaitReady(line: Line<D>): void {
    line.readiness = this.#options.clock().timer(READY_MS, () => {
      this.#dropped(line, "the connection did not become ready");
      line.socket.terminate();
    });
  }

  /** Sends what a protocol makes, and says how much that is. */
  #send(make: () => Iterable<SocketMessage>): number {
    let sent = 0;
    try {
      for (const message of make()) {
        this.#line?.socket.send(message);
        sent++;
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : "error";
      this.#options.warn(`A message could not be made and was left out (${name})`);
    }
    return sent;
  }

  #keepAlive(line: Line<D>): void {
    const { keepalive } = this.#options.protocol;
    if (!keepalive) return;
    line.keepalive = this.#options.clock().timer(keepalive.everyMs, () => {
      const current = [...this.#contexts.values()].find(({ started }) => started);
      this.#send(() => keepalive.messages(this.#options.connection(), current?.id));
      this.#keepAlive(line);
    });
  }

  async #read(line: Line<D>): Promise<void> {
    const messages = line.socket[Symbol.asyncIterator]();
    for (;;) {
      this.#reading = true;
      this.#update();
      const next = await messages.next();
      if (this.#line !== line) return;
      this.#reading = false;
      this.#update();
      if (next.done) break;
      for (const event of this.#decode(next.value, line)) {
        this.#dispatch(event, line);
        if (this.#line !== line) return;
      }
      await this.#room();
      if (this.#line !== line) return;
    }
    this.#dropped(line, "the connection broke");
  }

  *#decode(message: SocketMessage, line: Line<D>): Iterable<TTSEvent> {
    const { protocol, connection, warn } = this.#options;
    const bytes = typeof message === "string" ? undefined : message;
    const value = typeof message === "string" ? parseJson(message) : null;
    if (value === undefined) return warn("A message is no JSON and was left out");
    const read: TTSMessage = { json: new JSONFields(value), ...bytes && { bytes } };
    try {
      yield* protocol.receive(read, connection(), line.state);
    } catch (error) {
      const name = error instanceof Error ? error.name : "error";
      warn(`A message could not be read and was left out (${name})`);
    }
  }

  #dispatch(event: TTSEvent, line: Line<D>): void {
    if (event.type === "ready") {
      line.ready = true;
      line.readiness?.cancel();
      return this.#transmitAll();
    }
    if (event.type === "bye") return line.parted?.();
    if (event.type === "cancelled") return this.#fence.lower();
    const context = this.#contextOf(event.contextId);
    if (event.type === "error") return this.#failed(event, context);
    if (!context) return;
    if (event.type === "audio") this.#proveFruitful(line);
    context.receive(event);
    if (!context.over) return;
    this.#contexts.delete(context.id);
    this.#send(() => context.finishedMessages());
  }

  /** Whose an event is: without an id, the oldest's, unless that is stopped and not silent yet. */
  #contextOf(id: string | undefined): WireContext<S, O, D> | undefined {
    if (id !== undefined) return this.#contexts.get(id);
    if (this.#fence.up) return undefined;
    return [...this.#contexts.values()].find(({ started }) => started);
  }

  #failed(
    event: Extract<TTSEvent, { type: "error" }>,
    context: WireContext<S, O, D> | undefined,
  ): void {
    // Of a context that is stopped or done, nothing matters any more.
    if (event.contextId !== undefined && !context) return;
    const error = reportedError(event, this.#options.protocol);
    if (event.contextId !== undefined && context) {
      this.#contexts.delete(context.id);
      return context.fail(error);
    }
    if (this.#contexts.size === 0) this.#options.connectionFailed(error);
    this.#failAll(error);
  }

  #proveFruitful(line: Line<D>): void {
    if (line.fruitful) return;
    line.fruitful = true;
    this.#failures = 0;
    this.#backoff.reset();
  }

  async #room(): Promise<void> {
    for (const context of [...this.#contexts.values()]) await context.room();
  }

  /** The connection ended, and nobody here wanted that. */
  #dropped(line: Line<D>, why: string): void {
    const broken = line.ready
      ? [...this.#contexts.values()].some(({ started }) => started)
      : this.#contexts.size > 0;
    if (broken && !line.fruitful) this.#failures++;
    // One that nobody needed any more did not fail.
    else if (line.ready) this.#backoff.reset();
    const { provider } = this.#options.protocol;
    const error = new ProviderError(`Cannot speak with ${provider}: ${why}`, {
      provider,
      category: "connection",
      retryable: true,
    });
    if (broken || !line.ready) this.#options.connectionFailed(error);
    if (broken && (!this.#options.reconnects || this.#failures >= MAX_FAILURES)) {
      this.#giveUp(error);
    }
    this.#lose(line);
    if (this.#contexts.size > 0) this.open();
  }

  /** Forgets a connection; what was being spoken over it has to be asked for anew. */
  #lose(line: Line<D>): void {
    line.keepalive?.cancel();
    line.readiness?.cancel();
    line.parted?.();
    this.#fence.clear();
    this.#line = undefined;
    this.#reading = false;
    for (const context of [...this.#contexts.values()]) {
      if (!context.started) continue;
      this.#contexts.delete(context.id);
      context.break();
    }
    this.#update();
    this.#options.disconnected();
  }

  /** A virtual clock stands still while the provider is to say something. */
  #update(): void {
    const waiting = [...this.#contexts.values()];
    const expecting = waiting.some((context) => context.expecting) || this.#fence.up ||
      (waiting.length > 0 && this.#line?.ready === false);
    this.#hold.set(this.#reading && expecting);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === true;
}
