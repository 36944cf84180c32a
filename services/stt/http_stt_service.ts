import { encodeWav } from "../../audio/mod.ts";
import { baseAddress } from "../wire/address.ts";
import { ProviderError } from "../wire/errors.ts";
import { type HttpRequest, requestText } from "../wire/http_stream.ts";
import { JSONFields } from "../wire/json_fields.ts";
import { parseJson } from "../wire/json_lines.ts";
import { resolveKey } from "../wire/keys.ts";
import { UnsentSettings } from "../wire/unsent_settings.ts";
import { SegmentedSTTService, type SegmentedSTTServiceOptions } from "./segmented_stt_service.ts";
import type { STTSettings, Transcript } from "./stt_service.ts";

/** What an {@linkcode HttpSTTProtocol} knows of the service that asks. */
export interface HttpSTTContext<S extends STTSettings, O extends object = object> {
  /** Address of the provider: the protocol's, or what the service was given. */
  readonly url: string;
  /** The key; empty for a provider without. */
  readonly apiKey: string;
  /** The settings in force. */
  readonly settings: S;
  /** What the service was made with. */
  readonly options: O;
  /** Rate of the recording, in hertz. */
  readonly sampleRate: number;
}

/**
 * How a recogniser talks that is sent a recording at a time, over HTTP: data
 * and pure functions.
 */
export interface HttpSTTProtocol<S extends STTSettings, O extends object = object> {
  /** The provider, as it writes itself. */
  readonly provider: string;
  /** The environment variable that holds the key; none for a provider without a key. */
  readonly keyEnv?: string | undefined;
  /** Its address, unless the service is given another. */
  readonly url: string;
  /** Settings of a service that is given none. */
  readonly defaults: S;
  /** Seconds from the end of speech within which 99 of 100 final transcripts come. */
  readonly ttfsP99LatencySecs?: number | undefined;
  /** Settings of which the provider is not told all, since it would refuse that: who sets them is warned. */
  unsent?(settings: S): readonly (keyof S & string)[];
  /** Asks what is said in a recording, a WAV file: mono, 16-bit PCM. */
  request(wav: Uint8Array<ArrayBuffer>, context: HttpSTTContext<S, O>): HttpRequest;
  /** What the answer says; nothing for one that has no transcript in it. */
  receive(answer: JSONFields, context: HttpSTTContext<S, O>): Transcript | undefined;
}

/** What every recogniser that is asked over HTTP can be given. */
export interface HttpSTTServiceOptions<S extends STTSettings = STTSettings>
  extends SegmentedSTTServiceOptions<S> {
  /** The key. @default {what the documented variable of the environment holds} */
  readonly apiKey?: string | undefined;
  /** Address of the provider. */
  readonly baseUrl?: string | undefined;
  /** How often a request that failed in passing is sent again. @default {2} */
  readonly maxRetries?: number | undefined;
  /** Sends the requests: a proxy, another certificate authority. */
  readonly httpClient?: Deno.HttpClient | undefined;
}

/**
 * Speech to text by a request for each segment of speech: runs what an
 * {@linkcode HttpSTTProtocol} says.
 *
 * @example
 * ```ts
 * import { HttpSTTService, type HttpSTTServiceOptions } from "@parley/sdk/services/stt";
 * class AcmeSTTService extends HttpSTTService {
 *   constructor(options: HttpSTTServiceOptions = {}) {
 *     super({
 *       provider: "Acme",
 *       keyEnv: "ACME_API_KEY",
 *       url: "https://api.acme.example/hear",
 *       defaults: { language: "en" },
 *       request: (wav, { url, apiKey }) => ({
 *         url,
 *         headers: { "Authorization": `Bearer ${apiKey}`, "Content-Type": "audio/wav" },
 *         body: wav,
 *       }),
 *       receive: (answer) => ({ text: answer.text("transcript") ?? "" }),
 *     }, options);
 *   }
 * }
 * console.log(new AcmeSTTService({ apiKey: "key" }).settings.language); // "en"
 * ```
 */
export class HttpSTTService<
  S extends STTSettings = STTSettings,
  O extends HttpSTTServiceOptions<S> = HttpSTTServiceOptions<S>,
> extends SegmentedSTTService<S> {
  readonly #protocol: HttpSTTProtocol<S, O>;
  readonly #options: O;
  readonly #apiKey: string;
  readonly #unsent: UnsentSettings<S>;

  /**
   * Makes a service; nothing is opened until somebody first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(protocol: HttpSTTProtocol<S, O>, options: O) {
    const { provider, keyEnv: env, defaults, ttfsP99LatencySecs } = protocol;
    super({ ttfsP99LatencySecs, ...options }, defaults);
    this.#protocol = protocol;
    this.#options = options;
    this.#unsent = new UnsentSettings({ protocol, log: () => this.log });
    this.#apiKey = resolveKey({ provider, env, given: options.apiKey });
  }

  /** Has a segment transcribed. */
  protected override async transcribe(
    audio: Int16Array,
    signal: AbortSignal,
  ): Promise<Transcript> {
    const { settings, sampleRate } = this;
    this.#unsent.check(settings);
    const { url, provider } = this.#protocol;
    const context: HttpSTTContext<S, O> = {
      url: baseAddress(this.#options.baseUrl ?? url),
      apiKey: this.#apiKey,
      settings,
      options: this.#options,
      sampleRate,
    };
    const wav = new Uint8Array(encodeWav(audio, { sampleRate }));
    const answer = parseJson(await this.#ask(this.#protocol.request(wav, context), signal));
    const transcript = this.#protocol.receive(new JSONFields(answer), context);
    if (transcript) return { language: settings.language ?? undefined, ...transcript };
    throw new ProviderError(`Cannot transcribe with ${provider}: its answer has no text`, {
      provider,
      category: "bad_answer",
      retryable: true,
      body: answer,
    });
  }

  #ask(request: HttpRequest, signal: AbortSignal): Promise<string> {
    const { clock } = this;
    const { provider, keyEnv = "" } = this.#protocol;
    const { maxRetries = 2, transcribeTimeoutMs: timeoutMs, httpClient } = this.#options;
    return requestText(request, {
      provider,
      keyEnv,
      doing: "transcribe",
      clock,
      signal,
      timeoutMs,
      maxRetries,
      httpClient,
    });
  }
}
