import {
  type TTSProtocol,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";
import { withQuery } from "../wire/mod.ts";
import { type RimeTTSSettings, SAMPLE_RATES, socketQuery, unsentOf } from "./_speech.ts";

// Wire: https://docs.rime.ai/api-reference/arcana/websockets (read 2026-11-21)

/** What a {@linkcode RimeNonJsonTTSService} can be given. */
// deno-lint-ignore house/type-name -- the class is documented under this name
export interface RimeNonJsonTTSServiceOptions extends WebSocketTTSServiceOptions<RimeTTSSettings> {
  /** How samples are written; whatever it is, frames hold 16-bit PCM. @default {"pcm"} */
  readonly audioFormat?: "pcm" | "mulaw" | undefined;
}

const protocol: TTSProtocol<RimeTTSSettings, RimeNonJsonTTSServiceOptions> = {
  provider: "Rime",
  keyEnv: "RIME_API_KEY",
  url: "wss://users.rime.ai/ws",
  defaults: { model: "coda" },
  fixed: "all",
  ends: "silence",
  sampleRates: SAMPLE_RATES,
  unsent: unsentOf,
  encoding: ({ options }) => options.audioFormat === "mulaw" ? "mulaw" : "pcm_s16le",
  connect: (connection) => ({
    url: withQuery(connection.url, socketQuery(connection, connection.options.audioFormat)),
    headers: { Authorization: `Bearer ${connection.apiKey}` },
  }),
  speak: (text, { options }) => [options.textAggregationMode === "token" ? text : `${text} `],
  flush: () => ["<FLUSH>"],
  goodbye: () => ["<EOS>"],
  *receive({ bytes }) {
    if (bytes) yield { type: "audio", audio: bytes };
  },
};

/**
 * Speaks with Rime's voices over a WebSocket that knows texts and audio, and nothing else.
 *
 * Rime says neither when a word is spoken, which is estimated, nor when it is done:
 * `stopFrameTimeoutSecs` of silence are the end. {@linkcode RimeTTSService} knows both, with
 * the same models.
 *
 * @example
 * ```ts
 * import { RimeNonJsonTTSService } from "@parley/sdk/services/rime";
 * const tts = new RimeNonJsonTTSService({ apiKey: "key", settings: { model: "arcana" } });
 * console.log(tts.settings.model); // "arcana"
 * ```
 * @see https://docs.rime.ai/docs/websockets
 */
// deno-lint-ignore house/type-name -- it is documented under this name
export class RimeNonJsonTTSService
  extends WebSocketTTSService<RimeTTSSettings, RimeNonJsonTTSServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: RimeNonJsonTTSServiceOptions = {}) {
    super(protocol, options);
  }
}
