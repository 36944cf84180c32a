import { type HttpTTSProtocol, HttpTTSService, type HttpTTSServiceOptions } from "../tts/mod.ts";
import { type RimeTTSSettings, SAMPLE_RATES, speechOf, unsentOf } from "./_speech.ts";

// Wire: https://docs.rime.ai/api-reference/coda/http (read 2026-11-21)

/** What a {@linkcode RimeHttpTTSService} can be given. */
export type RimeHttpTTSServiceOptions = HttpTTSServiceOptions<RimeTTSSettings>;

const protocol: HttpTTSProtocol<RimeTTSSettings, RimeHttpTTSServiceOptions> = {
  provider: "Rime",
  keyEnv: "RIME_API_KEY",
  url: "https://users.rime.ai",
  defaults: { model: "coda", language: "en" },
  sampleRates: SAMPLE_RATES,
  unsent: unsentOf,
  request: (text, context) => ({
    url: `${context.url}/v1/rime-tts`,
    headers: { Accept: "audio/L16", Authorization: `Bearer ${context.apiKey}` },
    json: { text, ...speechOf(context) },
  }),
};

/**
 * Speaks with Rime's voices, a request for each sentence.
 *
 * It does not say when which word is spoken: that is estimated. {@linkcode RimeTTSService}
 * knows, and begins sooner.
 *
 * @example
 * ```ts
 * import { RimeHttpTTSService } from "@parley/sdk/services/rime";
 * const tts = new RimeHttpTTSService({ apiKey: "key", settings: { voice: "astra" } });
 * console.log(tts.settings.model); // "coda"
 * ```
 * @see https://docs.rime.ai/api-reference/coda/http
 */
export class RimeHttpTTSService extends HttpTTSService<RimeTTSSettings, RimeHttpTTSServiceOptions> {
  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: RimeHttpTTSServiceOptions = {}) {
    super(protocol, options);
  }
}
