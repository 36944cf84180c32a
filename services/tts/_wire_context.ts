import { type Clock, Deque, TimeoutError, type Timer } from "../../async/mod.ts";
import type { SocketMessage } from "../wire/socket_types.ts";
import type { TTSConnection, TTSEvent, TTSProtocol } from "./protocol.ts";
import { SpeechDecoder } from "./_speech_decoder.ts";
import type { SpeechEvent, SpeechStream, SpeechStreamRequest } from "./synthesis.ts";
import type { TTSSettings } from "./tts_service.ts";

/** Events that may wait before the provider is made to wait. */
const MAX_WAITING = 64;

export interface WireContextOptions<S extends TTSSettings, O extends object, D> {
  readonly protocol: TTSProtocol<S, O, D>;
  readonly request: SpeechStreamRequest;
  /** What is known of the service when the first text is sent. */
  readonly connection: () => TTSConnection<S, O>;
  readonly clock: Clock;
  readonly stallTimeoutMs: number;
  /** Milliseconds of silence that are the end, for a provider that says none. */
  readonly silentMs: number;
  /** Told that something waits to be sent. */
  readonly waiting: (context: WireContext<S, O, D>) => void;
  /** Told that nobody wants any more of it. */
  readonly left: (context: WireContext<S, O, D>) => void;
}

/** One speech on the wire: texts go out, audio and words come back. */
export class WireContext<S extends TTSSettings, O extends object, D> implements SpeechStream {
  readonly id: string = crypto.randomUUID();
  readonly events: AsyncIterable<SpeechEvent>;
  readonly #options: WireContextOptions<S, O, D>;
  readonly #texts: string[] = [];
  readonly #queue: Deque<SpeechEvent> = new Deque();
  #connection: TTSConnection<S, O> | undefined;
  #decoder: SpeechDecoder | undefined;
  #before = "";
  #sentTexts = 0;
  #doneTexts = 0;
  #ended = false;
  #flushed = false;
  #over = false;
  #failed: { readonly error: unknown } | undefined;
  #changed: PromiseWithResolvers<void> | undefined;
  #room: PromiseWithResolvers<void> | undefined;
  #timer: Timer | undefined;
  readonly #abort = (): void => this.#leave();

  constructor(options: WireContextOptions<S, O, D>) {
    this.#options = options;
    this.events = this.#read();
    const { signal } = options.request;
    if (signal.aborted) this.#over = true;
    else signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** Whether anything of it has been sent. */
  get started(): boolean {
    return this.#connection !== undefined;
  }

  /** Whether nothing more comes of it. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the provider has something to say now, that ends by itself. */
  get expecting(): boolean {
    return this.#flushed && !this.#over && this.#options.protocol.ends !== "silence";
  }

  send(text: string): void {
    this.#texts.push(text);
    this.#options.waiting(this);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    // Of what was never sent nothing comes.
    if (!this.started && this.#texts.length === 0) {
      this.#finish();
      return this.#options.left(this);
    }
    this.#options.waiting(this);
  }

  /** The messages that wait to be sent, which count as sent from now on. */
  *take(): Iterable<SocketMessage> {
    try {
      if (!this.#over) yield* this.#messages();
    } catch (error) {
      // What a protocol throws can quote the text.
      const name = error instanceof Error ? error.name : "error";
      this.#options.left(this);
      this.fail(new Error(`Cannot go on: a message could not be made (${name})`));
    }
  }

  *#messages(): Iterable<SocketMessage> {
    const { protocol, connection } = this.#options;
    for (const text of this.#texts.splice(0)) {
      const first = !this.#connection;
      this.#connection ??= connection();
      if (first) yield* protocol.open?.(this.#context()) ?? [];
      yield* protocol.speak(text, this.#context());
      this.#before += text;
      this.#sentTexts++;
    }
    if (!this.#ended || this.#flushed || !this.#connection) return;
    this.#flushed = true;
    yield* protocol.flush?.(this.#context()) ?? [];
    this.#watch();
  }

  /** What stops it at the provider. */
  cancelMessages(): readonly SocketMessage[] {
    return this.#options.protocol.cancel?.(this.#context()) ?? [];
  }

  /** What is sent when all of it has come. */
  finishedMessages(): readonly SocketMessage[] {
    return this.#options.protocol.finished?.(this.#context()) ?? [];
  }

  /** Takes what the provider says of it. */
  receive(event: TTSEvent): void {
    try {
      this.#take(event);
    } catch (error) {
      // Audio that is not what it was said to be.
      this.#options.left(this);
      this.fail(error);
    }
  }

  #take(event: TTSEvent): void {
    if (this.#over) return;
    if (event.type === "audio") this.#push(this.#decode().audio(event));
    else if (event.type === "words") this.#push(this.#decode().words(event));
    else if (event.type === "textDone") this.#doneTexts++;
    if (event.type === "done" || this.#allTextsDone()) this.#finish();
    else this.#watch();
  }

  /** Nothing more comes, and nothing is missing. */
  #finish(): void {
    if (this.#decoder) this.#push(this.#decoder.end());
    this.#close();
  }

  /** The connection is gone: what has not been spoken has to be asked for anew. */
  break(): void {
    if (this.#over) return;
    this.#push({ type: "broken" });
    this.#close();
  }

  /** It cannot be spoken. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#failed = { error };
    this.#close();
  }

  /** Resolves when it can take more; nothing where it can now. */
  room(): Promise<void> | undefined {
    if (this.#over || this.#queue.length < MAX_WAITING) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  #context() {
    const connection = this.#connection ?? this.#options.connection();
    return { ...connection, contextId: this.id, before: this.#before };
  }

  #decode(): SpeechDecoder {
    const context = this.#context();
    return this.#decoder ??= new SpeechDecoder({
      encoding: this.#options.protocol.encoding?.(context) ?? "pcm_s16le",
      fromRate: context.sampleRate,
      toRate: this.#options.request.sampleRate,
    });
  }

  #allTextsDone(): boolean {
    return this.#flushed && this.#doneTexts > 0 && this.#doneTexts >= this.#sentTexts;
  }

  /** Once all has been sent, what comes must not stop coming before its end. */
  #watch(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#flushed || this.#over) return;
    const { clock, protocol, stallTimeoutMs, silentMs } = this.#options;
    const silenceEnds = protocol.ends === "silence" && this.#decoder !== undefined;
    const timeoutMs = silenceEnds ? silentMs : stallTimeoutMs;
    this.#timer = clock.timer(timeoutMs, () => {
      // Whoever does not read makes the provider wait.
      if (this.#queue.length >= MAX_WAITING) this.#watch();
      else if (silenceEnds) {
        this.#finish();
        this.#options.left(this);
      } else {
        this.#options.left(this);
        this.fail(new TimeoutError(`Cannot go on: nothing came for ${timeoutMs} ms`));
      }
    });
  }

  #push(event: SpeechEvent): void {
    this.#queue.push(event);
    this.#wake();
  }

  #close(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#options.request.signal.removeEventListener("abort", this.#abort);
    this.#wake();
    this.#makeRoom();
  }

  /** Nobody listens any more. */
  #leave(): void {
    if (this.#over) return;
    this.#queue.clear();
    this.#options.left(this);
    this.#close();
  }

  async *#read(): AsyncIterable<SpeechEvent> {
    try {
      for (;;) {
        const event = this.#queue.shift();
        if (event) {
          this.#makeRoom();
          yield event;
        } else if (this.#failed) throw this.#failed.error;
        else if (this.#over) return;
        else {
          this.#changed ??= Promise.withResolvers();
          await this.#changed.promise;
        }
      }
    } finally {
      this.#leave();
    }
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
