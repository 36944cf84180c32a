import { Deque, type Timer } from "../../async/mod.ts";
import type { ByteConnection } from "./dial.ts";
import {
  decodeClose,
  encodeClose,
  encodeFrame,
  FrameError,
  FrameReader,
  OPCODE,
} from "./_websocket_frames.ts";
import { MessageReader } from "./_websocket_messages.ts";
import { openSocket } from "./_open_socket.ts";
import type { SocketEnd, SocketMessage, SocketOptions, SocketRequest } from "./socket_types.ts";

/** Bytes that may wait to be sent before {@linkcode Socket.hasRoom} says no. */
const SEND_BYTES = 64 * 1024;
/** Bytes that may wait to be read before no more is taken from the peer. */
const RECEIVE_BYTES = 1024 * 1024;
const UTF8 = new TextEncoder();

interface Outgoing {
  readonly bytes: Uint8Array;
  /** The message as it was given; none for what the protocol itself sends. */
  readonly message?: SocketMessage;
}

/**
 * An open WebSocket.
 *
 * Messages are read by iterating, in the order in which they came; the iteration
 * ends when the connection does, behind the last of them, and {@linkcode Socket.end}
 * then says how. A reader that is slow slows the peer down. Closing always
 * ends, also with a peer that does not answer.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { connectSocket } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * await using server = Deno.serve({ port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   socket.onmessage = (event) => socket.send(`${event.data}!`);
 *   return response;
 * });
 * const url = `ws://127.0.0.1:${server.addr.port}`;
 * await using socket = await connectSocket({ url }, { clock: systemClock });
 * socket.send("Hello");
 * for await (const message of socket) {
 *   assertEquals(message, "Hello!");
 *   break;
 * }
 * ```
 */
export class Socket implements AsyncDisposable, AsyncIterable<SocketMessage> {
  /** The subprotocol that the peer chose; empty for none. */
  readonly protocol: string;
  readonly #connection: ByteConnection;
  readonly #options: SocketOptions;
  readonly #masked: boolean;
  readonly #inbox: Deque<SocketMessage> = new Deque();
  #inboxBytes = 0;
  readonly #outbox: Deque<Outgoing> = new Deque();
  #outboxBytes = 0;
  #writing = false;
  #closing = false;
  #lastWord: { readonly bytes: Uint8Array; readonly sent: () => void } | undefined;
  #heard = true;
  #end: SocketEnd | undefined;
  readonly #ended = Promise.withResolvers<SocketEnd>();
  #waiting: PromiseWithResolvers<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #drained: PromiseWithResolvers<void> | undefined;
  readonly #timers: Set<Timer> = new Set();
  readonly #abort = (): void => this.terminate();

  /** Makes a socket of a connection whose handshake is done; see {@linkcode connectSocket}. */
  constructor(
    connection: ByteConnection,
    options: SocketOptions & {
      /** The subprotocol that was chosen. */
      readonly protocol: string;
      /** Bytes that came with the handshake. */
      readonly rest: Uint8Array;
      /** Whether this is the server's end, which masks nothing. @default {false} */
      readonly server?: boolean | undefined;
    },
  ) {
    this.#connection = connection;
    this.#options = options;
    this.protocol = options.protocol;
    this.#masked = !options.server;
    if (options.signal?.aborted) this.terminate();
    options.signal?.addEventListener("abort", this.#abort, { once: true });
    this.#schedulePing();
    void this.#receive(options.rest);
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return !this.#closing && !this.#end;
  }

  /** How it ended, once it has. */
  get end(): SocketEnd | undefined {
    return this.#end;
  }

  /** Resolves when the connection is no more, whether or not everything was read. */
  get ended(): Promise<SocketEnd> {
    return this.#ended.promise;
  }

  /** Bytes that were sent and are not on their way yet. */
  get bufferedAmount(): number {
    return this.#outboxBytes;
  }

  /** Whether the peer takes what it is sent fast enough for more. */
  get hasRoom(): boolean {
    return this.isOpen && this.#outboxBytes < SEND_BYTES;
  }

  /** Resolves when there is room for more, or never will be. */
  async drained(): Promise<void> {
    while (this.isOpen && !this.hasRoom) {
      this.#drained ??= Promise.withResolvers();
      await this.#drained.promise;
    }
  }

  /** Sends one message; says whether it could be taken. */
  send(message: SocketMessage): boolean {
    if (!this.isOpen) return false;
    const text = typeof message === "string";
    const payload = text ? UTF8.encode(message) : message;
    this.#write(text ? OPCODE.text : OPCODE.binary, payload, message);
    return true;
  }

  /** Takes back the messages that never left, in order, once it has ended. */
  takeUnsent(): SocketMessage[] {
    const unsent = [...this.#outbox].flatMap(({ message }) =>
      message === undefined ? [] : [message]
    );
    if (this.#end) this.#outbox.clear();
    return unsent;
  }

  /** Closes it when everything is sent; a peer that does not answer is left after a time. */
  close(code = 1000, reason = ""): Promise<SocketEnd> {
    if (!this.#closing && !this.#end) {
      this.#closing = true;
      this.#write(OPCODE.close, encodeClose(code, reason));
      this.#after(this.#options.closeTimeoutMs ?? 1_000, () => {
        this.#finish({ code: 1006, reason: "", clean: false, why: "it did not answer a close" });
      });
    }
    return this.ended;
  }

  /** Drops the connection at once. */
  terminate(): void {
    this.#finish({ code: 1006, reason: "", clean: false, why: "it was given up" });
  }

  /** Same as {@linkcode Socket.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The messages, in order; leaving the loop leaves the socket open. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<SocketMessage> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message !== undefined) {
        this.#inboxBytes -= message.length;
        if (this.#inboxBytes < RECEIVE_BYTES) this.#room = wake(this.#room);
        yield message;
      } else if (this.#end) {
        return;
      } else {
        this.#waiting ??= Promise.withResolvers();
        await this.#waiting.promise;
      }
    }
  }

  async #receive(rest: Uint8Array): Promise<void> {
    const { maxMessageBytes = 16 * 1024 * 1024 } = this.#options;
    const frames = new FrameReader({ maxBytes: maxMessageBytes, masked: !this.#masked });
    const messages = new MessageReader(maxMessageBytes);
    try {
      for (let bytes: Uint8Array | undefined = rest; bytes && !this.#end;) {
        frames.push(bytes);
        for (let frame = frames.next(); frame; frame = frames.next()) {
          this.#heard = true;
          if (frame.opcode === OPCODE.close) return this.#closedByPeer(frame.payload);
          if (frame.opcode === OPCODE.ping) this.#write(OPCODE.pong, frame.payload);
          if (frame.opcode >= OPCODE.close) continue;
          const message = messages.take(frame);
          if (message !== undefined) await this.#deliver(message);
        }
        bytes = await this.#connection.read();
      }
      this.#finish({ code: 1006, reason: "", clean: false, why: "the peer hung up" });
    } catch (error) {
      if (error instanceof FrameError) this.#refuse(error);
      else this.#finish({ code: 1006, reason: "", clean: false, why: "the connection broke" });
    }
  }

  /** Puts a message where it is read; pending while too much waits there. */
  async #deliver(message: SocketMessage): Promise<void> {
    if (this.#end) return;
    this.#inbox.push(message);
    this.#inboxBytes += message.length;
    this.#waiting = wake(this.#waiting);
    while (this.#inboxBytes >= RECEIVE_BYTES && !this.#end) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
  }

  #closedByPeer(payload: Uint8Array): void {
    const { code, reason } = decodeClose(payload);
    const answered = this.#closing;
    this.#closing = true;
    const end = { code, reason, clean: true };
    if (answered) return this.#finish(end);
    // Nothing that waits is going to be heard any more, but its close is answered.
    this.#sayLast(payload.subarray(0, 2), () => this.#finish(end));
  }

  /** What the peer sent is no WebSocket, or too large. */
  #refuse({ code, message: why }: FrameError): void {
    const end = { code, reason: "", clean: false, why: `it sent what cannot be read: ${why}` };
    this.#closing = true;
    this.#sayLast(encodeClose(code, ""), () => this.#finish(end));
  }

  /** Sends a close before whatever waits, and then calls `sent`: within a bound. */
  #sayLast(close: Uint8Array, sent: () => void): void {
    if (this.#end) return;
    this.#lastWord = { bytes: encodeFrame(OPCODE.close, close, { masked: this.#masked }), sent };
    this.#after(this.#options.closeTimeoutMs ?? 1_000, sent);
    if (!this.#writing) void this.#flush();
  }

  #write(opcode: number, payload: Uint8Array, message?: SocketMessage): void {
    if (this.#end) return;
    const bytes = encodeFrame(opcode, payload, { masked: this.#masked });
    this.#outbox.push(message === undefined ? { bytes } : { bytes, message });
    this.#outboxBytes += bytes.length;
    if (!this.#writing) void this.#flush();
  }

  async #flush(): Promise<void> {
    this.#writing = true;
    try {
      while (!this.#end) {
        const next = this.#lastWord ?? this.#outbox.peek();
        if (!next) return;
        await this.#connection.write(next.bytes);
        if (next === this.#lastWord) return this.#lastWord.sent();
        // It has left, also when the connection ended meanwhile.
        if (this.#outbox.peek() !== next) return;
        this.#outbox.shift();
        this.#outboxBytes -= next.bytes.length;
        if (this.hasRoom) this.#drained = wake(this.#drained);
      }
    } catch {
      // Reading says how it ended, within a bound: what came before that is still to be read.
      this.#closing = true;
      this.#after(this.#options.closeTimeoutMs ?? 1_000, () => {
        this.#finish({ code: 1006, reason: "", clean: false, why: "the connection broke" });
      });
      this.#lastWord?.sent();
    } finally {
      this.#writing = false;
      if (!this.isOpen) this.#drained = wake(this.#drained);
    }
  }

  #schedulePing(): void {
    const { pingMs = 20_000 } = this.#options;
    if (pingMs === 0) return;
    this.#after(pingMs, () => {
      if (!this.#heard) {
        return this.#finish({ code: 1006, reason: "", clean: false, why: "it answered no ping" });
      }
      this.#heard = this.#inboxBytes >= RECEIVE_BYTES;
      if (this.isOpen) this.#write(OPCODE.ping, new Uint8Array());
      this.#schedulePing();
    });
  }

  #after(ms: number, callback: () => void): void {
    if (this.#end) return;
    const timer = this.#options.clock.timer(ms, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
  }

  #finish(end: SocketEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#connection.close();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#waiting = wake(this.#waiting);
    this.#room = wake(this.#room);
    this.#drained = wake(this.#drained);
    this.#ended.resolve(end);
  }
}

/**
 * Opens a WebSocket.
 *
 * Where no connection is given the clock is held until it is open.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { ConnectionError, connectSocket } from "@parley/sdk/services/wire";
 * import { assertRejects } from "@std/assert";
 * await assertRejects(
 *   () => connectSocket({ url: "ws://127.0.0.1:1/" }, { clock: systemClock }),
 *   ConnectionError,
 *   'nothing answers at "127.0.0.1:1"',
 * );
 * ```
 * @throws {ConnectionError} If nobody answers, or not in time.
 * @throws {ProviderError} If the answer is no.
 */
export async function connectSocket(
  request: SocketRequest,
  options: SocketOptions,
): Promise<Socket> {
  const opening = openSocket(request, options);
  const { connection, protocol, rest } =
    await (options.dial ? opening : options.clock.hold(opening));
  return new Socket(connection, { ...options, protocol, rest });
}

/** Wakes who waits, if anyone does. */
function wake(waiting: PromiseWithResolvers<void> | undefined): undefined {
  waiting?.resolve();
}
