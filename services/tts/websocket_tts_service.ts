import { type Frame, LLMFullResponseStartFrame, StartFrame } from "../../frames/mod.ts";
import type { Dial } from "../wire/dial.ts";
import { resolveKey } from "../wire/keys.ts";
import { UnsentSettings } from "../wire/unsent_settings.ts";
import type { TTSConnection, TTSProtocol } from "./protocol.ts";
import { rateFor } from "./_speech_decoder.ts";
import type { SpeechEvent, SpeechRequest, SpeechStream, SpeechStreamRequest } from "./synthesis.ts";
import { TTSService, type TTSServiceOptions, type TTSSettings } from "./tts_service.ts";
import { WireContext } from "./_wire_context.ts";
import { WireLink } from "./_wire_link.ts";

/** What every TTS service that talks over a WebSocket can be given. */
export interface WebSocketTTSServiceOptions<S extends TTSSettings = TTSSettings>
  extends TTSServiceOptions<S> {
  /** The key. @default {what the documented variable of the environment holds} */
  readonly apiKey?: string | undefined;
  /** Address of the provider. */
  readonly url?: string | undefined;
  /** Whether a connection that breaks is opened anew, and the speech goes on. @default {true} */
  readonly reconnectOnError?: boolean | undefined;
  /**
   * Seconds without audio after which an utterance counts as spoken, for
   * providers that do not say so.
   *
   * @default {3}
   */
  readonly stopFrameTimeoutSecs?: number | undefined;
  /** Opens connections, such as through a proxy. @default {dialTCP} */
  readonly dial?: Dial | undefined;
}

/**
 * Text to speech over a WebSocket: runs what a {@linkcode TTSProtocol} says.
 *
 * The connection is opened when the pipeline starts. One that breaks is opened
 * anew, and what was not spoken in full is asked for again, from the word on.
 *
 * @example
 * ```ts
 * import { WebSocketTTSService, type WebSocketTTSServiceOptions } from "@parley/sdk/services/tts";
 * class AcmeTTSService extends WebSocketTTSService {
 *   constructor(options: WebSocketTTSServiceOptions = {}) {
 *     super({
 *       provider: "Acme",
 *       keyEnv: "ACME_API_KEY",
 *       url: "wss://api.acme.example/speak",
 *       defaults: { voice: "ada" },
 *       fixed: [],
 *       connect: ({ url, apiKey }) => ({ url, headers: { Authorization: `Bearer ${apiKey}` } }),
 *       speak: (text, { contextId, settings }) => [
 *         JSON.stringify({ text, id: contextId, voice: settings.voice }),
 *       ],
 *       flush: ({ contextId }) => [JSON.stringify({ id: contextId, end: true })],
 *       cancel: ({ contextId }) => [JSON.stringify({ id: contextId, cancel: true })],
 *       *receive({ json }) {
 *         const contextId = json.text("id");
 *         if (json.has("audio")) yield { type: "audio", audio: json.bytes("audio"), contextId };
 *         if (json.flag("done")) yield { type: "done", contextId };
 *       },
 *     }, options);
 *   }
 * }
 * console.log(new AcmeTTSService({ apiKey: "key" }).settings.voice); // "ada"
 * ```
 */
export class WebSocketTTSService<
  S extends TTSSettings = TTSSettings,
  O extends WebSocketTTSServiceOptions<S> = WebSocketTTSServiceOptions<S>,
  D = undefined,
> extends TTSService<S> {
  readonly #protocol: TTSProtocol<S, O, D>;
  readonly #options: O;
  readonly #apiKey: string;
  readonly #link: WireLink<S, O, D>;
  readonly #unsent: UnsentSettings<S>;

  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(protocol: TTSProtocol<S, O, D>, options: O) {
    super(options, protocol.defaults);
    this.#protocol = protocol;
    this.#options = options;
    const { provider, keyEnv: env } = protocol;
    this.#apiKey = resolveKey({ provider, env, given: options.apiKey });
    this.#unsent = new UnsentSettings({ protocol, log: () => this.log });
    this.#link = this.#makeLink();
    this.#handleLifecycle();
  }

  /** Whether it takes the texts of an utterance as they come. */
  protected override get streams(): boolean {
    return true;
  }

  /** Opens a context at the provider. */
  protected override stream(request: SpeechStreamRequest): SpeechStream {
    const context = new WireContext<S, O, D>({
      protocol: this.#protocol,
      request,
      connection: () => this.#connection(),
      clock: this.clock,
      stallTimeoutMs: this.#options.stallTimeoutMs ?? 10_000,
      silentMs: (this.#options.stopFrameTimeoutSecs ?? 3) * 1000,
      waiting: (waiting) => this.#link.transmit(waiting),
      left: (left) => this.#link.leave(left),
    });
    if (!context.over) this.#link.add(context);
    return context;
  }

  /** Speaks one text in a context of its own. */
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const stream = this.stream(request);
    stream.send(request.text);
    stream.end();
    yield* stream.events;
  }

  /** Opens a new connection where the present one cannot change a setting. */
  protected override onSettingsChanged(changed: readonly PropertyKey[]): void {
    const { fixed } = this.#protocol;
    if (fixed === "all" || fixed.some((key) => changed.includes(key))) this.#link.renew();
  }

  /** Says goodbye to the provider. */
  protected override async disconnect(): Promise<void> {
    await this.#link.close();
  }

  /** Drops the connection. */
  protected override onClose(): void {
    this.#link.terminate();
  }

  #handleLifecycle(): void {
    for (const early of [StartFrame, LLMFullResponseStartFrame]) {
      this.handle<Frame>(early, (_frame, context) => {
        this.#link.open();
        return context.forward();
      });
    }
  }

  #connection(): TTSConnection<S, O> {
    this.#unsent.check(this.settings);
    return {
      url: this.#options.url ?? this.#protocol.url,
      apiKey: this.#apiKey,
      settings: this.settings,
      options: this.#options,
      sampleRate: rateFor(this.sampleRate, this.#protocol.sampleRates),
    };
  }

  #makeLink(): WireLink<S, O, D> {
    const { provider } = this.#protocol;
    return new WireLink({
      protocol: this.#protocol,
      connection: () => this.#connection(),
      clock: () => this.clock,
      signal: () => this.lifeSignal,
      reconnects: this.#options.reconnectOnError ?? true,
      dial: this.#options.dial,
      connected: () => this.emit("connected"),
      disconnected: () => this.emit("disconnected"),
      connectionFailed: (error) => this.emit("connectionError", messageOf(error)),
      warn: (message) => this.log.warn(`${message}, from ${provider} in "${this.name}"`),
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
