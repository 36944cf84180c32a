import type { SocketLike } from "../transports/websocket/mod.ts";

/** Why a server closes a socket. */
export interface Ending {
  /** Code of the close. */
  readonly code: 1000 | 1001 | 1008 | 1011;
  /** What it says, in at most 123 bytes. */
  readonly reason: string;
}

/** A socket as its transport sees it; its server says with which code it is closed in the end. */
export class ServerSocket implements SocketLike {
  readonly addEventListener: WebSocket["addEventListener"];
  readonly removeEventListener: WebSocket["removeEventListener"];
  /** Whether the handshake came to a good end, once it has ended. */
  readonly opened: Promise<boolean>;
  readonly #socket: WebSocket;
  #ending: Ending | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.addEventListener = socket.addEventListener.bind(socket);
    this.removeEventListener = socket.removeEventListener.bind(socket);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.opened = promise;
    if (socket.readyState === WebSocket.OPEN) resolve(true);
    socket.addEventListener("open", () => resolve(true), { once: true });
    socket.addEventListener("error", () => resolve(false), { once: true });
    socket.addEventListener("close", () => resolve(false), { once: true });
  }

  get binaryType(): BinaryType {
    return this.#socket.binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#socket.binaryType = type;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  send(data: Parameters<WebSocket["send"]>[0]): void {
    this.#socket.send(data);
  }

  /** Whoever closes it from now on closes it like this; the first ending counts. */
  endWith(ending: Ending): void {
    this.#ending ??= ending;
  }

  close(code?: number, reason?: string): void {
    const ending = this.#ending ?? { code, reason };
    this.#socket.close(ending.code, ending.reason);
  }
}
