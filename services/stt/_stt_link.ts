import { Backoff, type Clock, type Logger, TimeoutError } from "../../async/mod.ts";
import { type Dial, ProviderError, type SocketEnd } from "../wire/mod.ts";
import { UnsentSettings } from "../wire/unsent_settings.ts";
import { Backlog } from "./_backlog.ts";
import { LiveSTT, type LiveSTTListener, type LiveSTTOptions } from "./_live_stt.ts";
import { broken, isRetryable } from "./_stt_errors.ts";
import { openSTT, type STTBasics } from "./_stt_opening.ts";
import type { STTEvent, STTProtocol } from "./protocol.ts";
import type { STTSettings } from "./stt_service.ts";
import type { WebSocketSTTServiceOptions } from "./websocket_stt_options.ts";

/** A connection that lived this long was a good one: the next failure begins anew. */
const GOOD_MS = 5_000;

/** What a link tells of itself. */
export interface STTLinkListener {
  /** Audio goes to the provider from now on. */
  connected(): void;
  /** The connection is no more. */
  disconnected(): void;
  /** A connection could not be opened, or broke. */
  failed(error: Error): void;
  /** Something else went wrong, and the connection lives. */
  unreadable(error: Error): void;
  /** The provider said something. */
  event(event: STTEvent): void;
  /** Whether words are still to come for what was sent. */
  owed(): boolean;
}

/** How a link works. */
export interface STTLinkOptions<S extends STTSettings, O> {
  /** Name of the service. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: STTLinkListener;
  /** What a connection is made of, when it is opened. */
  readonly basics: () => STTBasics<S, O>;
  readonly dial: Dial | undefined;
  readonly connectTimeoutMs: number;
  readonly maxBacklogMs: number;
  readonly reconnect: boolean;
  readonly keepalive: LiveSTTOptions["keepalive"];
}

/** How a link works, as far as a service can be told. */
export function linkOptions(
  given: WebSocketSTTServiceOptions,
  keepalive:
    | { readonly timeoutSecs: number; readonly intervalSecs?: number | undefined }
    | undefined,
): Omit<STTLinkOptions<STTSettings, unknown>, "name" | "clock" | "log" | "listener" | "basics"> {
  const timeoutSecs = given.keepaliveTimeoutSecs ?? keepalive?.timeoutSecs;
  const intervalSecs = given.keepaliveIntervalSecs ?? keepalive?.intervalSecs ?? 5;
  return {
    dial: given.dial,
    connectTimeoutMs: given.connectTimeoutMs ?? 10_000,
    maxBacklogMs: given.maxBacklogMs ?? 60_000,
    reconnect: given.reconnectOnError ?? true,
    // Looks without a pause between them would leave time for nothing else.
    keepalive: timeoutSecs === undefined
      ? undefined
      : { timeoutSecs, intervalSecs: Math.max(intervalSecs, 0.1) },
  };
}

/** How a connection came to its end: another is opened at once, later, or not until something changes. */
type Outcome =
  | { readonly next: "at once" }
  | { readonly next: "later"; readonly atLeastMs?: number | undefined }
  | { readonly next: "when changed" };

/**
 * The connection of a streaming recogniser for the whole of a conversation:
 * opened, and opened again, while what is to be said is kept in order.
 */
export class STTLink<S extends STTSettings, O, T> {
  readonly #protocol: STTProtocol<S, O, T>;
  readonly #options: STTLinkOptions<S, O>;
  readonly #backlog: Backlog = new Backlog();
  readonly #unsent: UnsentSettings<S>;
  #live: LiveSTT<S, O, T> | undefined;
  #sentSecs = 0;
  /** Since when audio goes out on the present connection. */
  #readyAt: number | undefined;
  /** Whether the last connection lived long. */
  #wasGood = false;
  /** Whether it ended before it had said all. */
  #wasOwed = false;
  /** What is to happen when the present connection, or attempt, has ended. */
  #verdict: Outcome | undefined;
  /** Set while another try is useless; resolved when something has changed. */
  #hopeless: PromiseWithResolvers<void> | undefined;
  #finished = false;
  #warned = false;

  constructor(protocol: STTProtocol<S, O, T>, options: STTLinkOptions<S, O>) {
    this.#protocol = protocol;
    this.#options = options;
    this.#unsent = new UnsentSettings({ protocol, log: () => options.log });
  }

  /** Whether audio goes to the provider at present. */
  get isConnected(): boolean {
    return this.#live?.isReady ?? false;
  }

  /** How often it is still to ask for what is not transcribed yet. */
  get asks(): number {
    return this.#backlog.asks;
  }

  /** Tells the protocol whether an answer to `finalize` is on its way. */
  set finalizing(value: boolean) {
    if (this.#live) this.#live.finalizing = value;
  }

  /** Keeps a connection until the signal aborts or there is no more to say. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, reconnect } = this.#options;
    const backoff = new Backoff();
    try {
      while (!signal.aborted && !this.#finished) {
        const outcome = await this.#attempt(signal);
        if (signal.aborted || this.#finished) return;
        if (outcome.next === "later" && reconnect) {
          if (this.#wasGood) backoff.reset();
          const { atLeastMs } = outcome;
          // An abort ends the wait, and then the loop.
          await backoff.wait({ clock, signal, atLeastMs }).catch(() => {});
          continue;
        }
        backoff.reset();
        if (outcome.next !== "at once") await this.#untilChanged(signal);
      }
    } finally {
      this.#backlog.clear();
    }
  }

  /** Sends audio as soon as that can be done. */
  sendAudio(audio: Int16Array): void {
    if (this.#hopeless || this.#finished) return;
    const perMs = this.#options.basics().sampleRate / 1000;
    this.#backlog.pushAudio(audio, (this.#protocol.chunkMs ?? 0) * perMs);
    this.#live?.pump();
    const lost = this.#backlog.trim(this.#options.maxBacklogMs * perMs);
    if (lost > 0) this.#warnOfLoss(lost / perMs);
  }

  /** Asks for what is not transcribed yet, behind all audio; says whether that can be asked. */
  finalize(): boolean {
    if (!this.#protocol.finalize || this.#hopeless || this.#finished) return false;
    this.#backlog.pushFinalize();
    this.#live?.pump();
    return true;
  }

  /**
   * Forgets what is half said: it is not sent if it was not yet, and the provider
   * is made to finish it. Says whether words of it are still to come. A provider
   * that cannot be asked to finish is left, since it would put what comes next
   * behind it.
   */
  forget(): boolean {
    const live = this.#live;
    if (!live) {
      this.#backlog.clear();
      return false;
    }
    this.#backlog.forget();
    if (this.#protocol.finalize) {
      live.pump();
      return true;
    }
    this.#verdict ??= { next: "at once" };
    live.forget();
    return false;
  }

  /** Sends a little silence in place of audio that does not come. */
  sendSilence(): void {
    this.#live?.saySilence();
  }

  /** Seconds of audio that were sent since this was last asked. */
  takeSentSecs(): number {
    const secs = this.#sentSecs + (this.#live?.takeSentSecs() ?? 0);
    this.#sentSecs = 0;
    return secs;
  }

  /** Tells the provider of live settings that changed; a connection to come knows them anyway. */
  update(settings: S, changed: readonly (keyof S)[]): void {
    this.#unsent.check(settings);
    this.#live?.update(settings, changed);
  }

  /** Opens another connection in place of the present one, with the settings now in force. */
  reconnect(): void {
    this.#hopeless?.resolve();
    this.#verdict = { next: "at once" };
    const live = this.#live;
    if (!live) return;
    live.pump();
    live.sayEnd();
    void live.socket.close();
  }

  /** Gives up the present connection, which says nothing any more. */
  abandon(error: Error): void {
    if (!this.#live) return;
    this.#verdict ??= { next: "later" };
    this.#options.listener.failed(error);
    this.#live.socket.terminate();
  }

  /** Says what there is to say, and good-bye, and closes; within a bound. */
  async finish(options: { readonly withinMs: number }): Promise<void> {
    const live = this.#live;
    this.#backlog.flush();
    live?.pump();
    this.#hopeless?.resolve();
    const timeUp = Promise.withResolvers<void>();
    const timer = this.#options.clock.timer(options.withinMs, timeUp.resolve);
    try {
      if (live?.isReady) await this.#sayLast(live, timeUp.promise);
    } finally {
      timer.cancel();
      this.#finished = true;
      this.#hopeless?.resolve();
      await live?.socket.close();
    }
  }

  /** Sends what waits and the good-bye, and hears the answer where there is one. */
  async #sayLast(live: LiveSTT<S, O, T>, timeUp: Promise<void>): Promise<void> {
    let late = false;
    void timeUp.then(() => late = true);
    while (this.#backlog.length > 0 && live.isReady && !late) {
      await firstOf(live.socket.drained(), timeUp);
      live.pump();
    }
    this.#finished = true;
    live.sayEnd();
    if (this.#protocol.awaitsEnd) await firstOf(live.socket.ended, timeUp);
  }

  /** Opens a connection, serves it to its end, and says what is next. */
  async #attempt(signal: AbortSignal): Promise<Outcome> {
    let error: unknown;
    this.#verdict = undefined;
    this.#wasGood = this.#wasOwed = false;
    try {
      const end = await this.#connectAndServe(signal);
      if (this.#verdict) return this.#verdict;
      const { provider, refusals = [] } = this.#protocol;
      const refused = refusals.includes(end.code);
      error = broken(provider, end, { refused, owed: this.#wasOwed });
    } catch (cause) {
      error = cause;
    }
    if (signal.aborted || this.#finished) return { next: "when changed" };
    if (error) this.#options.listener.failed(toError(error));
    if (this.#verdict) return this.#verdict;
    if (error && !isRetryable(error)) return { next: "when changed" };
    const atLeastMs = error instanceof ProviderError ? error.retryAfterMs : undefined;
    return { next: "later", atLeastMs };
  }

  async #connectAndServe(signal: AbortSignal): Promise<SocketEnd> {
    const { basics, clock, dial, connectTimeoutMs, keepalive, listener } = this.#options;
    const opening = { clock, signal, dial, connectTimeoutMs, basics: basics() };
    this.#unsent.check(opening.basics.settings);
    const opened = await openSTT(this.#protocol, opening);
    const backlog = this.#backlog;
    const { socket } = opened;
    const live = new LiveSTT(this.#protocol, opened, {
      clock,
      keepalive,
      backlog,
      listener: this.#listenerOf(listener),
    });
    // What was changed while it was being opened is in none of its settings.
    if (this.#verdict || this.#finished) return await socket.close();
    this.#live = live;
    this.#update(live, opening.basics.settings);
    const late = this.#protocol.awaitsReady ? this.#awaitReady() : undefined;
    try {
      await live.serve();
    } finally {
      late?.cancel();
      // Whatever a protocol throws, nothing of its connection stays.
      socket.terminate();
      this.#putDown(live);
    }
    return await socket.ended;
  }

  /** Has a connection know the live settings that changed while it was being opened. */
  #update(live: LiveSTT<S, O, T>, before: S): void {
    const { settings } = this.#options.basics();
    const { live: keys = [] } = this.#protocol;
    const changed = keys.filter((key) => !Object.is(settings[key], before[key]));
    if (changed.length > 0) live.update(settings, changed);
  }

  /** Passes on what a connection tells, and draws the consequences. */
  #listenerOf(listener: STTLinkListener): LiveSTTListener {
    return {
      ready: () => {
        this.#readyAt = this.#options.clock.now();
        listener.connected();
      },
      unreadable: (error) => listener.unreadable(error),
      event: (event) => {
        if (event.type === "error" && event.fatal) {
          this.#verdict ??= { next: event.retryable === false ? "when changed" : "later" };
        }
        listener.event(event);
      },
    };
  }

  /** Leaves a connection that is never ready. */
  #awaitReady(): { cancel(): void } {
    const { clock, connectTimeoutMs } = this.#options;
    return clock.timer(connectTimeoutMs, () => {
      if (this.#readyAt !== undefined) return;
      const { provider } = this.#protocol;
      const state = `it is not ready after ${connectTimeoutMs} ms`;
      this.abandon(new TimeoutError(`Cannot transcribe with ${provider}: ${state}`));
    });
  }

  /** Forgets a connection that has ended, and keeps what never left. */
  #putDown(live: LiveSTT<S, O, T>): void {
    this.#live = undefined;
    this.#backlog.restore(live.takeUnsent());
    this.#sentSecs += live.takeSentSecs();
    const readyAt = this.#readyAt;
    this.#readyAt = undefined;
    this.#wasOwed = this.#options.listener.owed();
    if (readyAt === undefined) return;
    this.#wasGood = this.#options.clock.now() - readyAt >= GOOD_MS;
    this.#options.listener.disconnected();
  }

  /** Says that audio is given up, since too much of it waits; once. */
  #warnOfLoss(ms: number): void {
    if (this.#warned) return;
    this.#warned = true;
    const { log, name } = this.#options;
    const text = `too much waits, ${Math.round(ms)} ms were dropped`;
    log.warn(`Cannot keep all audio in "${name}": ${text}`);
  }

  async #untilChanged(signal: AbortSignal): Promise<void> {
    this.#hopeless = Promise.withResolvers();
    this.#backlog.clear();
    const { resolve, promise } = this.#hopeless;
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    this.#hopeless = undefined;
  }
}

/** Resolves when the first of two things has happened, neither of which can go wrong. */
function firstOf(one: Promise<unknown>, other: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  void one.then(() => resolve());
  void other.then(() => resolve());
  return promise;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
