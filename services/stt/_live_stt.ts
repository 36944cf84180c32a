import type { Clock, Timer } from "../../async/mod.ts";
import { pcmToBytes } from "../../audio/mod.ts";
import type { Socket, SocketMessage } from "../wire/mod.ts";
import type { Backlog, Outgoing } from "./_backlog.ts";
import { SentItems } from "./_sent_items.ts";
import { unreadable } from "./_stt_errors.ts";
import type { LiveSTTConnection, OpenedSTT } from "./_stt_opening.ts";
import type { STTEvent, STTProtocol } from "./protocol.ts";
import type { STTSettings } from "./stt_service.ts";

/** Milliseconds of silence that keep a connection. */
const SILENCE_MS = 100;

/** What one connection tells of itself. */
export interface LiveSTTListener {
  /** Audio goes out from now on. */
  ready(): void;
  /** A message could not be read, which does not end the connection. */
  unreadable(error: Error): void;
  /** The provider said something. */
  event(event: STTEvent): void;
}

/** What one connection works with. */
export interface LiveSTTOptions {
  readonly clock: Clock;
  readonly listener: LiveSTTListener;
  readonly backlog: Backlog;
  readonly keepalive: { readonly timeoutSecs: number; readonly intervalSecs: number } | undefined;
}

/** One open connection of a streaming recogniser: what goes out on it, and what comes in. */
export class LiveSTT<S extends STTSettings, O, T> {
  readonly socket: Socket;
  readonly #c: LiveSTTConnection<S, O, T>;
  readonly #protocol: STTProtocol<S, O, T>;
  readonly #options: LiveSTTOptions;
  #sent: SentItems<Outgoing> = new SentItems();
  #sentSamples = 0;
  /** Live settings that changed since they were told, or asked for in the handshake. */
  readonly #untold: Set<keyof S> = new Set();
  #lastSentAt = 0;
  #ready = false;
  #waiting = false;
  #unreadable = false;
  #forgotten = false;
  #timer: Timer | undefined;

  constructor(
    protocol: STTProtocol<S, O, T>,
    { socket, c }: OpenedSTT<S, O, T>,
    options: LiveSTTOptions,
  ) {
    this.socket = socket;
    this.#c = c;
    this.#protocol = protocol;
    this.#options = options;
  }

  /** Whether audio can go out. */
  get isReady(): boolean {
    return this.#ready && this.socket.isOpen;
  }

  /** Tells the protocol whether an answer to `finalize` is on its way. */
  set finalizing(value: boolean) {
    this.#c.finalizing = value;
  }

  /** Closes it; what it still says of what was said is not wanted. */
  forget(): void {
    this.#forgotten = true;
    this.sayEnd();
    void this.socket.close();
  }

  /** Speaks and hears until the connection ends. */
  async serve(): Promise<void> {
    this.say(this.#protocol.hello?.(this.#c) ?? []);
    if (!this.#protocol.awaitsReady) this.#becomeReady();
    try {
      for await (const message of this.socket) {
        for (const event of this.#decode(message)) this.#take(event);
      }
    } finally {
      this.#timer?.cancel();
      this.#ready = false;
    }
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    const { socket } = this;
    if (!this.#ready) return;
    if (socket.bufferedAmount === 0) this.#sent = new SentItems();
    while (socket.hasRoom) {
      const item = this.#options.backlog.shift();
      if (!item) return;
      this.#send(item);
    }
    if (!socket.isOpen || this.#waiting) return;
    this.#waiting = true;
    void socket.drained().then(() => {
      this.#waiting = false;
      this.pump();
    });
  }

  /** Sends messages; an item is what they are made of, if they would have to be sent again. */
  say(messages: readonly SocketMessage[], item?: Outgoing): void {
    // What a closing socket does not take is not to be counted among what may come back.
    if (messages.length === 0 || !this.socket.isOpen) return;
    for (const message of messages) this.socket.send(message);
    this.#sent.add(messages.length, item);
    this.#lastSentAt = this.#options.clock.now();
  }

  /** Sends a little silence. */
  saySilence(): void {
    if (this.isReady) this.say(this.#silence());
  }

  /** Tells the provider of live settings that changed. */
  update(settings: S, changed: readonly (keyof S)[]): void {
    const c = this.#c;
    const updated = { ...c.settings };
    for (const key of changed) {
      updated[key] = settings[key];
      this.#untold.add(key);
    }
    c.settings = updated;
    if (this.#ready) this.#tellSettings();
  }

  /** Says good-bye. */
  sayEnd(): void {
    if (this.#ready) this.say(this.#protocol.end?.(this.#c) ?? []);
  }

  /** Seconds of audio that were sent since this was last asked. */
  takeSentSecs(): number {
    const secs = this.#sentSamples / this.#c.sampleRate;
    this.#sentSamples = 0;
    return secs;
  }

  /** What never left, in order, once the connection has ended. */
  takeUnsent(): Outgoing[] {
    const unsent = this.#sent.unsent(this.socket.takeUnsent().length);
    for (const item of unsent) {
      if (item.type === "audio") this.#sentSamples -= item.audio.length;
    }
    return unsent;
  }

  #send(item: Outgoing): void {
    if (item.type !== "audio") {
      this.#c.finalizing = true;
      return this.say(this.#protocol.finalize?.(this.#c) ?? [], item);
    }
    this.#sentSamples += item.audio.length;
    this.say(this.#audio(item.audio), item);
  }

  #take(event: STTEvent): void {
    if (event.type === "ready") return this.#becomeReady();
    if (event.type === "reply") return this.say(event.messages);
    if (this.#forgotten && event.type !== "error") return;
    this.#options.listener.event(event);
    // It knows the connection to be of no more use; what it still says is read.
    if (event.type === "error" && event.fatal) void this.socket.close();
  }

  *#decode(message: SocketMessage): Iterable<STTEvent> {
    try {
      yield* this.#protocol.receive(message, this.#c);
    } catch (error) {
      // Once a connection: where one cannot be read, thousands may follow.
      if (this.#unreadable) return;
      this.#unreadable = true;
      this.#options.listener.unreadable(unreadable(this.#protocol.provider, error));
    }
  }

  #becomeReady(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#tellSettings();
    this.#options.listener.ready();
    this.#keepAlive();
    this.pump();
  }

  #tellSettings(): void {
    const changed = [...this.#untold];
    this.#untold.clear();
    if (changed.length > 0) this.say(this.#protocol.update?.(changed, this.#c) ?? []);
  }

  #keepAlive(): void {
    const { keepalive, clock } = this.#options;
    if (!keepalive) return;
    const { timeoutSecs, intervalSecs } = keepalive;
    this.#timer = clock.timer(intervalSecs * 1000, () => {
      if (!this.isReady) return;
      if (clock.now() - this.#lastSentAt >= timeoutSecs * 1000) {
        this.say(this.#protocol.keepalive?.message?.(this.#c) ?? this.#silence());
      }
      this.#keepAlive();
    });
  }

  #silence(): readonly SocketMessage[] {
    return this.#audio(new Int16Array(Math.round(this.#c.sampleRate * SILENCE_MS / 1000)));
  }

  #audio(samples: Int16Array): readonly SocketMessage[] {
    return this.#protocol.audio?.(samples, this.#c) ?? [pcmToBytes(samples)];
  }
}
