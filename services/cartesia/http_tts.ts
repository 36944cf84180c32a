import { type HttpTTSProtocol, HttpTTSService, type HttpTTSServiceOptions } from "../tts/mod.ts";
import {
  type CartesiaOutputOptions,
  type CartesiaTTSSettings,
  DEFAULTS,
  encodingOf,
  headersOf,
  SAMPLE_RATES,
  speechOf,
} from "./_speech.ts";

// Wire: https://docs.cartesia.ai/2026-03-01/api-reference/tts/bytes (read 2026-11-21)

/** What a {@linkcode CartesiaHttpTTSService} can be given. */
export interface CartesiaHttpTTSServiceOptions
  extends HttpTTSServiceOptions<CartesiaTTSSettings>, CartesiaOutputOptions {}

const protocol: HttpTTSProtocol<CartesiaTTSSettings, CartesiaHttpTTSServiceOptions> = {
  provider: "Cartesia",
  keyEnv: "CARTESIA_API_KEY",
  url: "https://api.cartesia.ai",
  defaults: DEFAULTS,
  sampleRates: SAMPLE_RATES,
  encoding: encodingOf,
  request: (transcript, context) => ({
    url: `${context.url}/tts/bytes`,
    headers: headersOf(context),
    json: { ...speechOf(context), transcript },
  }),
};

/**
 * Speaks with Cartesia's voices, a request for each sentence.
 *
 * It does not say when which word is spoken: that is estimated.
 * {@linkcode CartesiaTTSService} knows, and begins sooner.
 *
 * @example
 * ```ts
 * import { CartesiaHttpTTSService } from "@parley/sdk/services/cartesia";
 * const tts = new CartesiaHttpTTSService({ apiKey: "key", settings: { voice: "voice-id" } });
 * console.log(tts.settings.model); // "sonic-3.5"
 * ```
 * @see https://docs.cartesia.ai/api-reference/tts/bytes
 */
export class CartesiaHttpTTSService
  extends HttpTTSService<CartesiaTTSSettings, CartesiaHttpTTSServiceOptions> {
  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: CartesiaHttpTTSServiceOptions = {}) {
    super(protocol, options);
  }
}
