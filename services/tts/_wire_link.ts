import { Backoff, type Clock, type Timer } from "../../async/mod.ts";
import type { Dial } from "../wire/dial.ts";
import { ProviderError } from "../wire/errors.ts";
import { JSONFields } from "../wire/json_fields.ts";
import { parseJson } from "../wire/json_lines.ts";
import { connectSocket, type Socket } from "../wire/socket.ts";
import type { SocketMessage } from "../wire/socket_types.ts";
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

/** An open connection, and what belongs to it alone. */
interface Line<D> {
  readonly socket: Socket;
  readonly state: D;
  ready: boolean;
  /** Whether any audio came over it. */
  fruitful: boolean;
  keepalive?: Timer;
  /** Called when the provider has heard a goodbye. */
  parted?: () => void;
}

/** The connection of a service: opened when needed, and anew when it breaks. */
export class WireLink<S extends TTSSettings, O extends object, D> {
  readonly #options: WireLinkOptions<S, O, D>;
  readonly #contexts: Map<string, WireContext<S, O, D>> = new Map();
  readonly #backoff = new Backoff({ firstMs: 0 });
  readonly #hold: ClockHold;
  #line: Line<D> | undefined;
  #opening = false;
  #closed = false;
  #reading = false;
  #failures = 0;
  /** Cancels that the provider has not acknowledged. */
  #fences = 0;

  constructor(options: WireLinkOptions<S, O, D>) {
    this.#options = options;
    this.#hold = new ClockHold(options.clock);
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
    this.#send(context.take());
    this.#update();
  }

  /** Forgets a context: one that is not over is stopped at the provider as well. */
  leave(context: WireContext<S, O, D>): void {
    if (!this.#contexts.delete(context.id)) return;
    this.#update();
    if (!context.started || !this.#line) return;
    if (context.over) return this.#send(context.finishedMessages());
    const messages = context.cancelMessages();
    if (!messages) return this.reopen();
    this.#send(messages);
    if (this.#options.protocol.acknowledgesCancel) this.#fences++;
  }

  /** Says goodbye, which nobody waits for, and opens another connection. */
  renew(): void {
    const line = this.#line;
    if (line?.ready) this.#send(this.#options.protocol.goodbye?.(this.#options.connection()) ?? []);
    this.reopen();
  }

  /** Closes the connection and opens another. */
  reopen(): void {
    const line = this.#line;
    if (line) {
      this.#lose(line);
      void line.socket.close(1000);
    }
    this.open();
  }

  /** Says goodbye, and closes the connection; it can be opened again. */
  async close(): Promise<void> {
    this.#closed = true;
    const line = this.#line;
    if (!line) return;
    const { protocol, connection, clock } = this.#options;
    const goodbye = line.ready ? protocol.goodbye?.(connection()) ?? [] : [];
    this.#send(goodbye);
    if (goodbye.length > 0) await this.#parted(line);
    if (this.#line === line) this.#lose(line);
    await clock().hold(line.socket.close(1000));
  }

  /** Resolves when the provider has heard a goodbye, or takes too long. */
  async #parted(line: Line<D>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    line.parted = resolve;
    const timer = this.#options.clock().timer(GOODBYE_MS, resolve);
    await promise;
    timer.cancel();
  }

  /** Drops the connection at once. */
  terminate(): void {
    this.#closed = true;
    const line = this.#line;
    if (line) this.#lose(line);
    line?.socket.terminate();
    for (const context of this.#contexts.values()) this.leave(context);
  }

  async #open(): Promise<void> {
    this.#opening = true;
    try {
      const socket = await this.#connect();
      if (socket) this.#begin(socket);
    } finally {
      this.#opening = false;
      if (!this.#line && !this.#closed && this.#contexts.size > 0) this.open();
    }
  }

  /** Tries until there is a connection, or nobody needs one any more. */
  async #connect(): Promise<Socket | undefined> {
    const { protocol, connection, clock, signal, reconnects } = this.#options;
    const { provider, keyEnv } = protocol;
    let atLeastMs: number | undefined;
    while (!this.#closed && !signal().aborted) {
      try {
        await this.#backoff.wait({ clock: clock(), signal: signal(), atLeastMs });
        return await connectSocket(protocol.connect(connection()), {
          clock: clock(),
          signal: signal(),
          provider,
          doing: "speak",
          keyEnv,
          dial: this.#options.dial,
        });
      } catch (error) {
        if (signal().aborted) return undefined;
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
    this.#fences = 0;
    this.#options.connected();
    this.#send(protocol.hello?.(connection()) ?? []);
    this.#keepAlive(line);
    void this.#read(line);
    if (line.ready) this.#transmitAll();
  }

  #transmitAll(): void {
    for (const context of this.#contexts.values()) this.transmit(context);
  }

  #send(messages: Iterable<SocketMessage>): void {
    for (const message of messages) this.#line?.socket.send(message);
  }

  #keepAlive(line: Line<D>): void {
    const { keepalive } = this.#options.protocol;
    if (!keepalive) return;
    line.keepalive = this.#options.clock().timer(keepalive.everyMs, () => {
      const current = [...this.#contexts.values()].find(({ started }) => started);
      this.#send(keepalive.messages(this.#options.connection(), current?.id));
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
    }
    this.#dropped(line);
  }

  *#decode(message: SocketMessage, line: Line<D>): Iterable<TTSEvent> {
    const { protocol, connection, warn } = this.#options;
    const value = typeof message === "string" ? parseJson(message) : null;
    if (value === undefined) return warn("A message is no JSON and was left out");
    const read: TTSMessage = {
      json: new JSONFields(value),
      ...typeof message !== "string" && { bytes: message },
    };
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
      return this.#transmitAll();
    }
    if (event.type === "bye") return line.parted?.();
    if (event.type === "cancelled") {
      this.#fences = Math.max(0, this.#fences - 1);
      return;
    }
    const context = this.#contextOf(event.contextId);
    if (event.type === "error") return this.#failed(event, context);
    if (!context) return;
    if (event.type === "audio") this.#proveFruitful(line);
    context.receive(event);
    if (!context.over) return;
    this.#contexts.delete(context.id);
    this.#send(context.finishedMessages());
  }

  /** Whose an event is: without an id, the oldest's, unless that is stopped and not silent yet. */
  #contextOf(id: string | undefined): WireContext<S, O, D> | undefined {
    if (id !== undefined) return this.#contexts.get(id);
    if (this.#fences > 0) return undefined;
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
  #dropped(line: Line<D>): void {
    const broken = [...this.#contexts.values()].some(({ started }) => started);
    if (broken && !line.fruitful) this.#failures++;
    const { provider } = this.#options.protocol;
    const error = new ProviderError(`Cannot speak with ${provider}: the connection broke`, {
      provider,
      category: "connection",
      retryable: true,
    });
    if (broken) this.#options.connectionFailed(error);
    if (broken && (!this.#options.reconnects || this.#failures >= MAX_FAILURES)) {
      this.#giveUp(error);
    }
    this.#lose(line);
    if (this.#contexts.size > 0) this.open();
  }

  /** Forgets a connection; what was being spoken over it has to be asked for anew. */
  #lose(line: Line<D>): void {
    line.keepalive?.cancel();
    line.parted?.();
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
    const expecting = waiting.some((context) => context.expecting) ||
      (waiting.length > 0 && this.#line?.ready === false);
    this.#hold.set(this.#reading && expecting);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && "retryable" in error && error.retryable === true;
}
