import {
  StartFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  ExternalUserTurnStrategies,
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  type UserTurnStrategies,
} from "../../turns/mod.ts";
import { readEnv, resolveKey } from "../wire/mod.ts";
import type { STTEvent, STTProtocol, STTWords } from "./protocol.ts";
import { ServerTurn, TURN_EVENTS } from "./_server_turn.ts";
import { reported, stalled } from "./_stt_errors.ts";
import { linkOptions, STTLink, type STTLinkOptions } from "./_stt_link.ts";
import { Finalization } from "./_finalization.ts";
import { Forgotten } from "./_forgotten.ts";
import { STTService, type STTServiceEvents, type STTSettings } from "./stt_service.ts";
import type { ServerTurnOptions, WebSocketSTTServiceOptions } from "./websocket_stt_options.ts";

/** Milliseconds that the end of a conversation waits for what is still to be said and heard. */
const END_MS = 2_000;

/**
 * Streaming speech to text over a WebSocket, driven by a protocol. What each
 * provider says is its {@linkcode STTProtocol}; what all of them do is done here.
 *
 * It connects in the background when the pipeline starts. When a connection
 * breaks another is opened, with growing pauses; audio that comes meanwhile is
 * kept and sent in order, once, and what the broken connection had understood
 * so far is pushed, so that no word is lost. Changed settings that need another
 * connection wait until the user has finished.
 *
 * @example
 * ```ts
 * import {
 *   type STTProtocol,
 *   type STTSettings,
 *   WebSocketSTTService,
 *   type WebSocketSTTServiceOptions,
 * } from "@parley/sdk/services/stt";
 *
 * const protocol: STTProtocol<STTSettings> = {
 *   provider: "Acme",
 *   keyEnv: "ACME_API_KEY",
 *   defaults: { model: "small" },
 *   connect: ({ apiKey, settings, sampleRate }) => ({
 *     url: `wss://api.acme.example/v1?model=${settings.model}&rate=${sampleRate}`,
 *     headers: { Authorization: `Bearer ${apiKey}` },
 *   }),
 *   finalize: () => ["finalize"],
 *   *receive(message) {
 *     yield { type: "final", text: `${message}`, finalized: true };
 *   },
 * };
 * class AcmeSTTService extends WebSocketSTTService {
 *   constructor(options: WebSocketSTTServiceOptions = {}) {
 *     super(protocol, options);
 *   }
 * }
 * console.log(new AcmeSTTService({ apiKey: "key" }).settings.model); // "small"
 * ```
 */
export abstract class WebSocketSTTService<
  S extends STTSettings = STTSettings,
  O extends WebSocketSTTServiceOptions<S> = WebSocketSTTServiceOptions<S>,
  M extends { [K in keyof M]: readonly unknown[] } = STTServiceEvents,
> extends STTService<S, M> {
  readonly #protocol: STTProtocol<S, O>;
  readonly #given: O & ServerTurnOptions;
  readonly #apiKey: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #link: STTLink<S, O, unknown> | undefined;
  #turn: ServerTurn | undefined;
  #run: AbortController | undefined;
  #speaking = false;
  #turnOpen = false;
  /** Audio came since the rest was last asked for. */
  #unfinalized = false;
  readonly #finalization: Finalization = new Finalization();
  #lastMessageAt = 0;
  /** What the user seems to have said since the last final words. */
  #interim: STTWords | undefined;
  readonly #forgotten: Forgotten;
  readonly #answerMs: number;
  #reopen = false;

  /**
   * Makes a service; nothing is opened before the pipeline starts.
   *
   * @throws {MissingKeyError} If it needs a key and there is none.
   */
  constructor(protocol: STTProtocol<S, O>, options: O) {
    const { ttfsP99LatencySecs = protocol.ttfsP99LatencySecs } = options;
    super({ ...options, ttfsP99LatencySecs }, protocol.defaults);
    this.#protocol = protocol;
    this.#given = options;
    const { provider, keyEnv, env = [], confirms: sure = false } = protocol;
    const withinMs = this.#answerMs = options.transcribeTimeoutMs ?? 5_000;
    this.#forgotten = new Forgotten({ clock: () => this.clock, withinMs, sure });
    this.#apiKey = resolveKey({ provider, env: keyEnv, given: options.apiKey });
    this.#env = Object.fromEntries(env.map((name) => [name, readEnv(name)]));
    this.handle(StartFrame, async (_frame, context) => {
      await context.forward();
      this.#start();
    });
    this.#handleSpeech();
  }

  /** Whether audio goes to the provider at present. */
  get isConnected(): boolean {
    return this.#link?.isConnected ?? false;
  }

  /** Those of the server, where it finds the turns. */
  protected override get userTurnStrategies(): UserTurnStrategies | undefined {
    if (!this.#findsTurns) return undefined;
    const { shouldInterrupt: enableInterruptions = true } = this.#given;
    return new ExternalUserTurnStrategies({ enableInterruptions });
  }

  /** Those that the provider hears at. */
  protected override get sampleRates(): readonly number[] {
    return this.#protocol.sampleRates ?? [];
  }

  /** Those that the provider cannot change. */
  protected override get frozenSettings(): readonly string[] {
    return this.#protocol.frozen?.map(String) ?? [];
  }

  /** Takes a piece of the user's audio. */
  protected override receiveAudio(audio: Int16Array): void {
    if (audio.length === 0) return;
    // The user is heard again in the middle of something.
    if (!this.#unfinalized && this.#speaking) this.#forgotten.listenAgain();
    this.#unfinalized = true;
    this.#link?.sendAudio(audio);
    this.#turn?.heard(audio.length * 1000 / this.sampleRate);
  }

  /** Forgets what is half heard. */
  protected override onMuted(): void {
    if (!this.#unfinalized || this.#finalization.pending) return;
    if (!(this.#speaking || this.#interim || this.#turn?.isOpen)) return;
    this.#interim = undefined;
    this.#unfinalized = false;
    if (this.#link?.forget()) this.#forgotten.add();
    this.#turn?.forget();
  }

  /** Tells the provider of what has changed, now or when the user has finished. */
  protected override onSettingsChanged(changed: readonly (keyof S)[]): void {
    const live = this.#protocol.live?.filter((key) => changed.includes(key)) ?? [];
    if (live.length > 0) this.#link?.update(this.settings, live);
    if (live.length < changed.length) this.#reopen = true;
    this.#reopenIfQuiet();
  }

  /** Waits for the last words and closes the connection. */
  protected override async drain(): Promise<void> {
    await this.#finalization.settled(this.clock, END_MS);
    await this.#link?.finish({ withinMs: END_MS });
    this.#turn?.finish();
    this.#measureAudio();
    this.#stop();
  }

  /** Drops the connection. */
  protected override onClose(): void {
    this.#stop();
  }

  get #findsTurns(): boolean {
    return this.#protocol.serverTurns?.(this.settings, this.#given) ?? false;
  }

  #start(): void {
    this.#stop();
    this.#speaking = this.#turnOpen = false;
    this.#unfinalized = this.#reopen = false;
    const run = this.#run = new AbortController();
    const link = this.#link = new STTLink<S, O, unknown>(this.#protocol, this.#linkOptions());
    if (this.#findsTurns) this.#turn = this.#makeTurn();
    this.spawn("connection", (signal) => link.run(AbortSignal.any([signal, run.signal])));
  }

  #stop(): void {
    this.#run?.abort();
    this.#turn?.close();
    this.#answered();
    this.#forgotten.clear();
    this.#link = this.#turn = this.#interim = undefined;
  }

  #linkOptions(): STTLinkOptions<S, O> {
    return {
      ...linkOptions(this.#given, this.#protocol.keepalive),
      name: this.name,
      clock: this.clock,
      log: this.log,
      basics: () => ({
        settings: this.settings,
        options: this.#given,
        apiKey: this.#apiKey,
        env: this.#env,
        sampleRate: this.sampleRate,
      }),
      listener: {
        connected: () => this.#connected(),
        disconnected: () => this.#disconnected(),
        failed: (error) => this.#failed(error),
        unreadable: (error) => this.reportFailure("transcribe", error),
        event: (event) => this.#take(event),
        owed: () => this.#speaking || this.#finalization.pending,
      },
    };
  }

  #handleSpeech(): void {
    this.handle(VADUserStartedSpeakingFrame, (_frame, context) => {
      this.#speaking = true;
      if (!this.muted) this.#forgotten.listenAgain();
      return context.forward();
    });
    this.handle(VADUserStoppedSpeakingFrame, (frame, context) => {
      this.#speaking = false;
      this.#finalize(this.clock.now() - frame.stopSecs * 1000);
      this.#reopenIfQuiet();
      return context.forward();
    });
    this.handle(UserStartedSpeakingFrame, (_frame, context) => {
      this.#turnOpen = true;
      return context.forward();
    });
    this.handle(UserStoppedSpeakingFrame, (_frame, context) => {
      this.#turnOpen = false;
      this.#reopenIfQuiet();
      return context.forward();
    });
  }

  /** The user has stopped: what was said is wanted now. */
  #finalize(speechEndedAt: number): void {
    if (!this.#unfinalized || (this.#forgotten.isNext && !this.#protocol.confirms)) return;
    this.#unfinalized = false;
    this.metrics.startTtfb(speechEndedAt);
    this.metrics.startProcessing();
    if (this.#turn || !this.#link) return;
    this.#link.finalize();
    this.#awaitAnswers(this.#finalization.asked + 1);
  }

  #awaitAnswers(count: number): void {
    const { clock } = this;
    const askedAt = clock.now();
    this.#finalization.begin(clock.timer(this.#answerMs, () => this.#unanswered(askedAt)), count);
  }

  /** What was asked for is there, or is not going to come. */
  #answered(): void {
    if (this.#link) this.#link.finalizing = false;
    this.#finalization.end();
  }

  /** Nothing came in time, which is a stall only where an answer is sure. */
  #unanswered(askedAt: number): void {
    this.metrics.cancel();
    this.#measureAudio();
    this.#answered();
    const { confirms, provider } = this.#protocol;
    if (confirms && this.#lastMessageAt <= askedAt && this.isConnected) {
      this.#link?.abandon(stalled(provider, this.#answerMs));
    }
    this.#reopenIfQuiet();
  }

  #take(event: STTEvent): void {
    this.#lastMessageAt = this.clock.now();
    switch (event.type) {
      case "interim":
        return this.#hearInterim(event);
      case "final":
        return this.#hearFinal(event, event.finalized ?? false);
      case "finalized":
        return this.#finalized();
      case "turn":
        return this.#turn?.handle(event.phase, event);
      case "event":
        return void this.#announce(event.name, ...event.args ?? []);
      case "error":
        return this.reportFailure("transcribe", reported(this.#protocol.provider, event));
      case "ready":
      case "reply":
        return;
    }
    event satisfies never;
  }

  #hearInterim(words: STTWords): void {
    if (this.#forgotten.isNext) return;
    this.#interim = words.text.trim() === "" ? undefined : words;
    this.pushInterim(this.#named(words));
  }

  #hearFinal(words: STTWords, finalized: boolean): void {
    this.#interim = undefined;
    if (!this.#forgotten.isNext) {
      this.metrics.stopTtfb();
      this.metrics.stopProcessing();
      this.#measureAudio();
      this.pushTranscript(this.#named(words), { finalized });
    }
    // Where the provider does not say which words are the last, the first are.
    if (finalized || !this.#protocol.confirms) this.#finalized();
  }

  #finalized(): void {
    this.#interim = undefined;
    const { confirms } = this.#protocol;
    const forgotten = this.#forgotten.answer();
    // The answer to what was forgotten is none to what was asked for since.
    if (forgotten && confirms && this.#finalization.pending) return;
    if (!this.#finalization.answer() && confirms) return;
    this.#answered();
    this.#reopenIfQuiet();
  }

  #makeTurn(): ServerTurn {
    return new ServerTurn({
      started: () => void this.lasting.broadcast(() => new ProposedUserStartedSpeakingFrame()),
      words: (words) => this.pushInterim(this.#named(words)),
      silence: () => this.#link?.sendSilence(),
      ended: (words) => {
        this.#unfinalized = false;
        this.#hearFinal(words, true);
        void this.lasting.broadcast(() => new ProposedUserStoppedSpeakingFrame());
      },
      announce: (phase, ...args) =>
        this.#announce((this.#protocol.turnEvents ?? TURN_EVENTS)[phase], ...args),
    }, { clock: this.clock, minTimeoutMs: (this.#given.watchdogMinTimeoutSecs ?? 0.5) * 1000 });
  }

  /** Words with the language they are in. */
  #named(words: STTWords): STTWords {
    const { text, language = this.settings.language ?? undefined, userId, result } = words;
    return { text, language, userId, result };
  }

  #connected(): void {
    // What is asked for now is given its time from now on.
    if (this.#link?.asks) this.#awaitAnswers(this.#link.asks);
    this.#announce("connected");
  }

  #disconnected(): void {
    const interim = this.#interim;
    this.#interim = undefined;
    // The words that it had understood so far are all that is left of them.
    if (interim && !this.#forgotten.isNext) this.pushTranscript(this.#named(interim));
    this.#forgotten.clear();
    this.#turn?.disconnected();
    // What was asked of it is not going to come; what the next is to be asked for is.
    if (this.#finalization.pending && !this.#link?.asks) {
      this.metrics.cancel();
      this.#answered();
    }
    this.#announce("disconnected");
  }

  #failed(error: Error): void {
    this.reportFailure("transcribe", error);
    this.#announce("connectionError", error.message);
  }

  #measureAudio(): void {
    const secs = this.#link?.takeSentSecs() ?? 0;
    if (secs > 0) this.metrics.audioSecs(secs);
  }

  /** Opens a connection with what has changed, unless the user is in the middle of something. */
  #reopenIfQuiet(): void {
    if (!this.#reopen || !this.#link) return;
    const { pending } = this.#finalization;
    if (this.#speaking || this.#turnOpen || this.#turn?.isOpen || pending) return;
    this.#reopen = false;
    this.#link.reconnect();
  }

  #announce(event: string, ...args: readonly unknown[]): void {
    // A protocol names only events of its own service's class.
    this.emit(event as keyof M, ...args as M[keyof M]);
  }
}
