import { type Clock, type Logger, nextTurn, systemClock, type Timer } from "../../async/mod.ts";
import type { SocketLike, WebSocketParams } from "./params.ts";

/** What a {@linkcode SocketSession} tells. */
export interface SessionListener {
  /** The socket is open and both sides can be used. */
  connected(socket: SocketLike): void;
  /** The peer has gone, or had to be given up. */
  lost(socket: SocketLike): void;
  /** The session has lasted for as long as it may. */
  timeout(socket: SocketLike): void;
}

/** How long a session may last. */
export interface SessionLimits {
  /** Seconds; without end when left out. */
  readonly sessionTimeout?: number | undefined;
}

/** Messages that are kept for a pipeline that has not started. */
const MOST_KEPT = 500;

/** Audio is dropped when this part of what may wait does wait. */
const CONGESTED = 0.25;

const [CONNECTING, OPEN] = [0, 1];

/**
 * A socket from its first message to its last: keeps what comes before anybody listens, watches a peer that does not
 * read, and ends in a bounded time whatever the peer does.
 */
export class SocketSession {
  readonly #params: WebSocketParams & SessionLimits;
  readonly #listener: SessionListener;
  readonly #gone: AbortController = new AbortController();
  readonly #closed: PromiseWithResolvers<void> = Promise.withResolvers();
  #socket: SocketLike | undefined;
  #clock: Clock = systemClock;
  #log: Logger | undefined;
  #receiver: ((data: unknown) => void) | undefined;
  #kept: unknown[] = [];
  readonly #users: Set<unknown> = new Set();
  #started = false;
  #announced = false;
  #closing = false;
  #over = false;
  #stall: Timer | undefined;
  #timeout: Timer | undefined;

  constructor(params: WebSocketParams & SessionLimits, listener: SessionListener) {
    this.#params = params;
    this.#listener = listener;
  }

  /** Aborted when the peer has gone, or had to be given up. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** The clock of the conversation, once there is one. */
  get clock(): Clock {
    return this.#clock;
  }

  /** Whether messages can be sent. */
  get open(): boolean {
    return this.#socket?.readyState === OPEN && !this.#closing && !this.#over;
  }

  /** Whether the peer does not read, so that audio had better be dropped. */
  get congested(): boolean {
    if (!this.open) return false;
    const waiting = this.#socket?.bufferedAmount ?? 0;
    const congested = waiting > this.#most * CONGESTED;
    if (!congested) {
      this.#stall?.cancel();
      this.#stall = undefined;
    } else if (!this.#stall) this.#watchStall(waiting);
    return congested;
  }

  /** Takes a socket and listens to it from now on. */
  attach(socket: SocketLike): void {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", this.#onOpen);
    socket.addEventListener("message", this.#onMessage);
    socket.addEventListener("close", this.#onClose);
    socket.addEventListener("error", this.#onClose);
    if (socket.readyState > OPEN) this.#onClose();
  }

  /** One more uses it, on a clock. */
  join(user: unknown, { clock, log }: { readonly clock: Clock; readonly log: Logger }): void {
    this.#users.add(user);
    this.#clock = clock;
    this.#log = log;
  }

  /** One less uses it; the last closes it. */
  async leave(user: unknown): Promise<void> {
    this.#users.delete(user);
    if (this.#users.size === 0) await this.close(1000, "");
  }

  /** Gives every message, those that came before included. */
  receive(receiver: (data: unknown) => void): void {
    this.#receiver = receiver;
    for (const data of this.#kept.splice(0)) receiver(data);
  }

  /** From now on a connection is announced, one that is there at once. */
  start(): void {
    this.#started = true;
    this.#announce();
  }

  /** Sends a message; says whether it could. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    const socket = this.#socket;
    if (!socket || !this.open) return false;
    if (socket.bufferedAmount > this.#most) {
      this.#giveUp(`${socket.bufferedAmount} bytes wait for it`);
      return false;
    }
    socket.send(data);
    return true;
  }

  /** Closes the socket, and waits for the peer to answer, but not for long. */
  async close(code: number, reason: string): Promise<void> {
    this.#closing = true;
    this.#stall?.cancel();
    this.#timeout?.cancel();
    const socket = this.#socket;
    if (!socket || this.#over) return;
    if (socket.readyState === OPEN || socket.readyState === CONNECTING) socket.close(code, reason);
    const timeoutMs = (this.#params.wsCloseTimeout ?? 0.5) * 1000;
    const timer = this.#clock.timer(timeoutMs, () => {
      // After a stall of this process the answer may be there, and not read.
      void nextTurn().then(() => this.#unanswered());
    });
    await this.#closed.promise;
    timer.cancel();
  }

  #unanswered(): void {
    if (this.#over) return;
    this.#log?.debug("A peer did not answer the close of its socket");
    this.#end();
  }

  get #most(): number {
    return this.#params.maxBufferedBytes ?? 1_048_576;
  }

  readonly #onOpen = (): void => this.#announce();

  readonly #onMessage = (event: MessageEvent): void => {
    if (this.#receiver) this.#receiver(event.data);
    else if (this.#kept.length < MOST_KEPT) this.#kept.push(event.data);
  };

  readonly #onClose = (): void => this.#end();

  #announce(): void {
    if (!this.#started || this.#announced || !this.#socket || !this.open) return;
    this.#announced = true;
    const socket = this.#socket;
    const { sessionTimeout: secs } = this.#params;
    if (secs !== undefined) {
      this.#timeout = this.#clock.timer(secs * 1000, () => this.#listener.timeout(socket));
    }
    this.#listener.connected(socket);
  }

  #watchStall(waiting: number): void {
    this.#log?.warn(`A client does not read: ${waiting} bytes wait for it, and audio is dropped`);
    this.#stall = this.#clock.timer(this.#params.stallTimeoutMs ?? 10_000, () => {
      this.#stall = undefined;
      const still = this.#socket?.bufferedAmount ?? 0;
      if (still > this.#most * CONGESTED) this.#giveUp(`${still} bytes wait for it`);
    });
  }

  /** Parts with a peer that does not read; it will not read the close either. */
  #giveUp(why: string): void {
    this.#log?.warn(`A client that does not read is disconnected: ${why}`);
    this.#socket?.close(1008, "The client does not read");
    this.#end();
  }

  /** The socket is of no more use. */
  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stall?.cancel();
    this.#timeout?.cancel();
    const socket = this.#socket;
    socket?.removeEventListener("open", this.#onOpen);
    socket?.removeEventListener("message", this.#onMessage);
    socket?.removeEventListener("close", this.#onClose);
    socket?.removeEventListener("error", this.#onClose);
    this.#closed.resolve();
    if (this.#closing || !socket) return;
    this.#gone.abort(new DOMException("The peer has gone", "AbortError"));
    this.#listener.lost(socket);
  }
}
