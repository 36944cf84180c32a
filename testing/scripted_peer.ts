import { systemClock } from "../async/mod.ts";
import { Socket, type SocketEnd, type SocketMessage } from "../services/wire/mod.ts";
import { acceptOf, type HTTPHead } from "../services/wire/_websocket_handshake.ts";
import type { PeerConnection } from "./_peer_connection.ts";

/** One thing that a client sent: what was text and is JSON is given as its value. */
export type ClientMessage =
  | { readonly type: "json"; readonly value: unknown }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "bytes"; readonly bytes: Uint8Array };

/** How a handshake is refused. */
export interface Refusal {
  /** Headers of the answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Its body. */
  readonly body?: string | undefined;
}

/**
 * The provider's end of one WebSocket, in the hands of a test. It says what it
 * is told to say, and can do what no provider should.
 *
 * @example
 * ```ts
 * import { systemClock } from "@parley/sdk/async";
 * import { connectSocket } from "@parley/sdk/services/wire";
 * import { ScriptedSocketServer } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using server = new ScriptedSocketServer(async (peer) => {
 *   await peer.accept();
 *   peer.send({ type: "hello" });
 *   await peer.close(1000);
 * });
 * const { dial } = server;
 * const socket = await connectSocket({ url: "ws://acme.example/v1" }, { clock: systemClock, dial });
 * assertEquals(await Array.fromAsync(socket), ['{"type":"hello"}']);
 * assertEquals(server.peers[0]?.url.pathname, "/v1");
 * ```
 */
export class ScriptedPeer {
  /** Which connection it is, from 1. */
  readonly number: number;
  /** The address that was asked for, with its query. */
  readonly url: URL;
  /** The headers that were sent. */
  readonly headers: Headers;
  /** The subprotocols that were offered. */
  readonly protocols: readonly string[];
  /** Everything the client sent so far. */
  readonly received: ClientMessage[] = [];
  readonly #connection: PeerConnection;
  readonly #rest: Uint8Array;
  #socket: Socket | undefined;
  #messages: AsyncIterator<SocketMessage> | undefined;

  /** Made by a {@linkcode ScriptedSocketServer}. */
  constructor(
    connection: PeerConnection,
    options: { readonly head: HTTPHead; readonly number: number },
  ) {
    const { head, number } = options;
    this.#connection = connection;
    this.#rest = head.rest;
    this.number = number;
    this.headers = head.headers;
    const [, target = "/"] = head.firstLine.split(" ");
    this.url = new URL(target, `ws://${head.headers.get("host") ?? "localhost"}`);
    const offered = head.headers.get("sec-websocket-protocol") ?? "";
    this.protocols = offered.split(",").map((name) => name.trim()).filter((name) => name !== "");
  }

  /** How the connection ended, once it has. */
  get end(): SocketEnd | undefined {
    return this.#socket?.end;
  }

  /** The bytes of audio that the client sent so far, one message after another. */
  audio(audioOf: (message: ClientMessage) => Uint8Array | undefined = binaryOf): Uint8Array {
    const pieces = this.received.map((message) => audioOf(message) ?? new Uint8Array());
    const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  /**
   * Lets the client in.
   *
   * @throws {TypeError} If it is in already.
   */
  async accept(options: { readonly protocol?: string | undefined } = {}): Promise<void> {
    const { protocol = "" } = options;
    if (this.#socket) throw new TypeError("Cannot accept a connection: it is open already");
    const key = this.headers.get("sec-websocket-key") ?? "";
    const lines = [
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${acceptOf(key)}`,
      ...protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : [],
    ];
    await this.sendRaw(new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n"));
    this.#socket = new Socket(this.#connection, {
      clock: systemClock,
      pingMs: 0,
      server: true,
      protocol,
      rest: this.#rest,
    });
    this.#messages = this.#socket[Symbol.asyncIterator]();
  }

  /** Answers the handshake with an HTTP status, and hangs up. */
  async refuse(status: number, options: Refusal = {}): Promise<void> {
    const { headers = {}, body = "" } = options;
    const bytes = new TextEncoder().encode(body);
    const lines = Object.entries({ ...headers, "Content-Length": `${bytes.length}` })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `HTTP/1.1 ${status} Refused\r\n${lines.join("")}\r\n`;
    await this.sendRaw(new TextEncoder().encode(head));
    await this.sendRaw(bytes);
    this.drop();
  }

  /** The next thing that the client says; nothing when the connection has ended. */
  async next(): Promise<ClientMessage | undefined> {
    const next = await this.#messages?.next();
    if (!next || next.done) return undefined;
    const message = messageOf(next.value);
    this.received.push(message);
    return message;
  }

  /** Says something: text and bytes as they are, anything else as JSON. */
  send(message: unknown): void {
    const plain = typeof message === "string" || message instanceof Uint8Array;
    this.#socket?.send(plain ? message : JSON.stringify(message));
  }

  /** Resolves when the client has read enough to be sent more. */
  async drained(): Promise<void> {
    await this.#socket?.drained();
  }

  /** Puts bytes on the connection that are no message. */
  async sendRaw(bytes: Uint8Array): Promise<void> {
    try {
      await this.#connection.write(bytes);
    } catch {
      // The client may have left, which is its right.
    }
  }

  /** Closes as it should be done. */
  async close(code = 1000, reason = ""): Promise<void> {
    await this.#socket?.close(code, reason);
  }

  /** Hangs up without a word. */
  drop(): void {
    this.#connection.drop();
    this.#socket?.terminate();
  }

  /** Sends no more, and still reads. */
  halfClose(): void {
    this.#connection.end();
  }

  /** Reads nothing until it is resumed, as one that is slow. */
  pause(): void {
    this.#connection.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#connection.resume();
  }

  /** From now on says nothing and closes nothing, whatever comes. */
  hang(): void {
    this.#connection.hang();
  }
}

/** What a message is. */
function messageOf(message: SocketMessage): ClientMessage {
  if (typeof message !== "string") return { type: "bytes", bytes: message };
  try {
    return { type: "json", value: JSON.parse(message) };
  } catch {
    // Plain text is no JSON, and need not be.
    return { type: "text", text: message };
  }
}

function binaryOf(message: ClientMessage): Uint8Array | undefined {
  return message.type === "bytes" ? message.bytes : undefined;
}
