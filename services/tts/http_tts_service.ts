import { baseAddress } from "../wire/address.ts";
import { ProviderError } from "../wire/errors.ts";
import { type HttpAnswer, requestStream } from "../wire/http_stream.ts";
import { JSONFields } from "../wire/json_fields.ts";
import { parseJson, readJsonLines } from "../wire/json_lines.ts";
import { resolveKey } from "../wire/keys.ts";
import { readServerSentEvents } from "../wire/sse.ts";
import { UnsentSettings } from "../wire/unsent_settings.ts";
import { reportedError } from "./_provider_error.ts";
import { rateFor, SpeechDecoder } from "./_speech_decoder.ts";
import type { HttpTTSProtocol, TTSContext, TTSEvent, TTSMessage } from "./protocol.ts";
import type { SpeechEvent, SpeechRequest } from "./synthesis.ts";
import { TTSService, type TTSServiceOptions, type TTSSettings } from "./tts_service.ts";

/** What every TTS service that asks over HTTP can be given. */
export interface HttpTTSServiceOptions<S extends TTSSettings = TTSSettings>
  extends TTSServiceOptions<S> {
  /** The key. @default {what the documented variable of the environment holds} */
  readonly apiKey?: string | undefined;
  /** Address of the provider. */
  readonly baseUrl?: string | undefined;
  /** Milliseconds until an answer has to begin. @default {10000} */
  readonly timeoutMs?: number | undefined;
  /** How often a request that failed in passing is sent again. @default {2} */
  readonly maxRetries?: number | undefined;
  /** Sends the requests: a proxy, another certificate authority. */
  readonly httpClient?: Deno.HttpClient | undefined;
}

/**
 * Text to speech by a request for each text: runs what an
 * {@linkcode HttpTTSProtocol} says.
 *
 * @example
 * ```ts
 * import { HttpTTSService, type HttpTTSServiceOptions } from "@parley/sdk/services/tts";
 * class AcmeTTSService extends HttpTTSService {
 *   constructor(options: HttpTTSServiceOptions = {}) {
 *     super({
 *       provider: "Acme",
 *       keyEnv: "ACME_API_KEY",
 *       url: "https://api.acme.example",
 *       defaults: { voice: "ada" },
 *       request: (text, { url, apiKey, settings, sampleRate }) => ({
 *         url: `${url}/speak`,
 *         headers: { Authorization: `Bearer ${apiKey}` },
 *         json: { text, voice: settings.voice, format: "pcm", rate: sampleRate },
 *       }),
 *     }, options);
 *   }
 * }
 * console.log(new AcmeTTSService({ apiKey: "key" }).settings.voice); // "ada"
 * ```
 */
export class HttpTTSService<
  S extends TTSSettings = TTSSettings,
  O extends HttpTTSServiceOptions<S> = HttpTTSServiceOptions<S>,
  D = undefined,
> extends TTSService<S> {
  readonly #protocol: HttpTTSProtocol<S, O, D>;
  readonly #options: O;
  readonly #apiKey: string;
  readonly #unsent: UnsentSettings<S>;
  #before = { contextId: "", text: "" };

  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(protocol: HttpTTSProtocol<S, O, D>, options: O) {
    super(options, protocol.defaults);
    this.#protocol = protocol;
    this.#options = options;
    this.#unsent = new UnsentSettings({ protocol, log: () => this.log });
    const { provider, keyEnv: env } = protocol;
    this.#apiKey = resolveKey({ provider, env, given: options.apiKey });
  }

  /** Asks for the speech of a text, and gives it as it comes. */
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    const context = this.#contextOf(request);
    const answer = await this.#ask(request, context);
    const protocol = this.#protocol;
    const speech = new SpeechDecoder({
      encoding: protocol.encoding?.(context) ?? "pcm_s16le",
      fromRate: context.sampleRate,
      toRate: request.sampleRate,
    });
    try {
      for await (const event of this.#eventsOf(answer, context)) {
        if (event.type === "audio") yield speech.audio(event);
        else if (event.type === "words") yield speech.words(event);
        else if (event.type === "error") throw reportedError(event, protocol);
        else if (event.type === "done") break;
      }
    } catch (error) {
      if (!(error instanceof ProviderError) || error.category !== "connection") throw error;
      // What was not spoken is asked for anew.
      this.log.warn(`${error.message}, in "${this.name}"`);
      yield { type: "broken" };
      return;
    }
    yield speech.end();
  }

  #contextOf({ text, contextId, sampleRate }: SpeechRequest): TTSContext<S, O> {
    this.#unsent.check(this.settings);
    const before = this.#before.contextId === contextId ? this.#before.text : "";
    this.#before = { contextId, text: before === "" ? text : `${before} ${text}` };
    return {
      url: baseAddress(this.#options.baseUrl ?? this.#protocol.url),
      apiKey: this.#apiKey,
      settings: this.settings,
      options: this.#options,
      sampleRate: rateFor(sampleRate, this.#protocol.sampleRates),
      contextId,
      before,
    };
  }

  #ask({ text, signal }: SpeechRequest, context: TTSContext<S, O>): Promise<HttpAnswer> {
    const { clock } = this;
    const { provider, keyEnv = "" } = this.#protocol;
    const { maxRetries = 2, timeoutMs, httpClient } = this.#options;
    return requestStream(this.#protocol.request(text, context), {
      provider,
      keyEnv,
      doing: "speak",
      clock,
      signal,
      timeoutMs,
      maxRetries,
      httpClient,
    });
  }

  async *#eventsOf(answer: HttpAnswer, context: TTSContext<S, O>): AsyncIterable<TTSEvent> {
    const { state, receive } = this.#protocol;
    const kind = this.#protocol.answer?.(context) ?? "audio";
    if (kind === "audio") {
      for await (const audio of answer.body) yield { type: "audio", audio };
      return;
    }
    const decoderState = state?.() as D;
    for await (const message of this.#messagesOf(answer, kind)) {
      try {
        yield* receive?.(message, context, decoderState) ?? [];
      } catch (error) {
        this.#warn(`A message could not be read: ${error instanceof Error ? error.name : "error"}`);
      }
    }
  }

  async *#messagesOf(
    answer: HttpAnswer,
    kind: "sse" | "json_lines" | "json",
  ): AsyncIterable<TTSMessage> {
    const options = { warn: (message: string) => this.#warn(message) };
    if (kind === "json_lines") {
      for await (const value of readJsonLines(answer.body, options)) {
        yield { json: new JSONFields(value) };
      }
    } else if (kind === "json") {
      yield { json: new JSONFields(parseJson(await answer.text())) };
    } else {
      for await (const { event, data } of readServerSentEvents(answer.body, options)) {
        const value = parseJson(data);
        if (value !== undefined) yield { event, json: new JSONFields(value) };
        else if (data !== "[DONE]") this.#warn("An event is no JSON and was left out");
      }
    }
  }

  #warn(message: string): void {
    this.log.warn(`${message}, in the answer of ${this.#protocol.provider} to "${this.name}"`);
  }
}
