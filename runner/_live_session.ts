import type { Clock, Logger, Timer } from "../async/mod.ts";
import { OutputTransportMessageUrgentFrame } from "../frames/mod.ts";
import { makeMessage, RTVIProcessor } from "../rtvi/mod.ts";
import { ProtobufFrameSerializer } from "../serializers/mod.ts";
import { WebSocketTransport } from "../transports/websocket/mod.ts";
import { ActivityObserver } from "./_activity_observer.ts";
import { PlaygroundObserver } from "./_playground_observer.ts";
import { type Ending, ServerSocket } from "./_server_socket.ts";
import { VERSION } from "./version.ts";
import { type Bot, type BotDescription, BotSession, type RunnerFlags } from "./session.ts";

/** The longest that a timer of the machine can be set for. */
const MOST_TIMER_MS = 2 ** 31 - 1;

const SERVER_STOPS: Ending = { code: 1001, reason: "The server stops" };
const BOT_FAILED: Ending = { code: 1011, reason: "The bot failed" };

export interface LiveSessionLimits {
  readonly handshakeTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxMessageBytes: number;
}

export interface LiveSessionOptions {
  readonly limits: LiveSessionLimits;
  readonly clock: Clock;
  readonly log: Logger;
  readonly flags: RunnerFlags;
}

/** A session with a client on a WebSocket. */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #abort = new AbortController();
  readonly #socket: ServerSocket;
  readonly #serializer = new ProtobufFrameSerializer();
  readonly #transport: WebSocketTransport;
  readonly #rtvi: RTVIProcessor;
  readonly #activity: ActivityObserver;
  readonly #playground: PlaygroundObserver;
  readonly #session: BotSession;
  #description: BotDescription | undefined;
  #startedAt = 0;
  #isReady = false;
  #timer: Timer | undefined;

  constructor(socket: WebSocket, options: LiveSessionOptions) {
    this.#options = options;
    const { clock, log, flags } = options;
    this.#socket = new ServerSocket(socket);
    this.#transport = this.#makeTransport();
    this.#rtvi = new RTVIProcessor({
      about: { library: "@parley/sdk", library_version: VERSION },
      observerParams: { functionCallReportLevel: { "*": "full" } },
    });
    this.#activity = new ActivityObserver(clock);
    const send = (data: unknown) => this.#rtvi.sendServerMessage(data);
    this.#playground = new PlaygroundObserver({ clock, send });
    this.#session = new BotSession({
      transport: this.#transport,
      clock,
      log,
      flags,
      signal: this.#abort.signal,
      observers: [this.#activity, this.#playground],
      rtvi: this.#rtvi,
      described: (description) => {
        this.#description = description;
        if (this.#isReady) this.#describe();
      },
    });
    this.#rtvi.on("botStarted", () => {
      this.#startedAt = clock.now();
      this.#watch();
    });
    this.#rtvi.on("clientReady", () => this.#ready());
    const left = () => this.#abort.abort("The client left");
    this.#transport.signal.addEventListener("abort", left, { once: true });
    // A pipeline closes it as well, if there is one.
    const close = () => void this.#transport.close();
    this.#abort.signal.addEventListener("abort", close, { once: true });
  }

  get id(): string {
    return this.#session.id;
  }

  /** Runs the bot until its session ends. */
  async run(bot: Bot): Promise<void> {
    try {
      // Before the handshake is over the client cannot be told why the bot fails.
      if (await this.#socket.opened) await bot(this.#session);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#timer?.cancel();
      this.#playground.close();
      this.#abort.abort("The session is over");
      await this.#transport.close();
    }
  }

  /** Lets the session come to its end. */
  async stopWhenDone(): Promise<void> {
    this.#socket.endWith(SERVER_STOPS);
    await this.#session.task?.stopWhenDone();
  }

  /** Ends the session. */
  close(): void {
    this.#socket.endWith(SERVER_STOPS);
    this.#abort.abort(SERVER_STOPS.reason);
  }

  #makeTransport(): WebSocketTransport {
    return new WebSocketTransport({
      websocket: this.#socket,
      params: {
        serializer: this.#serializer,
        audioInEnabled: true,
        audioOutEnabled: true,
        // The published client plays everything at this rate, whatever the frames say.
        audioOutSampleRate: 24_000,
        // Enough for the client to play what it has.
        audioOutEndSilenceSecs: 0.5,
        maxMessageBytes: this.#options.limits.maxMessageBytes,
      },
    });
  }

  #failed(error: unknown): void {
    const { log } = this.#options;
    const why = error instanceof Error ? error.message : String(error);
    if (this.#abort.signal.aborted) return log.debug(`The session ${this.id} was cut off: ${why}`);
    log.error(`The session ${this.id} failed: ${why}`, error);
    this.#giveUp(`Cannot run the bot: ${why}`, BOT_FAILED);
  }

  /** Ends the session when the client is silent for too long; looks again when it could be. */
  #watch(): void {
    if (this.#abort.signal.aborted) return;
    const { clock, limits: { handshakeTimeoutMs, idleTimeoutMs } } = this.#options;
    const [since, limitMs] = this.#isReady
      ? [this.#activity.lastAt, idleTimeoutMs]
      : [this.#startedAt, handshakeTimeoutMs];
    const leftMs = Math.min(since + limitMs - clock.now(), MOST_TIMER_MS);
    this.#timer?.cancel();
    if (leftMs > 0) this.#timer = clock.timer(leftMs, () => this.#watch());
    else if (this.#isReady) this.#tooLong(`nothing was said or sent for ${limitMs} ms`, 1000);
    else this.#tooLong(`the client did not say that it is ready in ${limitMs} ms`, 1008);
  }

  #tooLong(problem: string, code: Ending["code"]): void {
    this.#options.log.warn(`The session ${this.id} ends: ${problem}`);
    this.#giveUp(`The session ends: ${problem}`, { code, reason: "It took too long" });
  }

  /** Tells the client why its session ends, past a pipeline that may not run, and ends it. */
  #giveUp(error: string, ending: Ending): void {
    const message = makeMessage("error", { error, fatal: true });
    const data = this.#serializer.serialize(new OutputTransportMessageUrgentFrame(message));
    if (data && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(data);
    this.#socket.endWith(ending);
    this.#abort.abort(error);
  }

  #ready(): void {
    this.#isReady = true;
    this.#watch();
    const { task } = this.#session;
    if (task) this.#playground.start(task.graph);
    this.#describe();
    this.#session.ready();
  }

  #describe(): void {
    if (this.#description) {
      this.#rtvi.sendServerMessage({ type: "parley-bot", ...this.#description });
    }
  }
}
