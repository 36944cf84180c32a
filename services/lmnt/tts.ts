import { languageBase } from "../../text/mod.ts";
import {
  type TTSProtocol,
  type TTSSettings,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "../tts/mod.ts";

// Wire: https://docs.lmnt.com/api-reference/speech/streaming (read 2026-11-21)

/** Settings of an {@linkcode LmntTTSService}. */
export interface LmntTTSSettings extends TTSSettings {
  /** The model. @default {"blizzard"} */
  readonly model?: string | undefined;
  /** Id of the voice. */
  readonly voice?: string | undefined;
  /** Language to speak (BCP 47). @default {"en"} */
  readonly language?: string | undefined;
  /** What else the first message says, as LMNT calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** What an {@linkcode LmntTTSService} can be given. */
export interface LmntTTSServiceOptions extends WebSocketTTSServiceOptions<LmntTTSSettings> {
  /** How samples are written; whatever it is, frames hold 16-bit PCM. @default {"pcm_s16le"} */
  readonly outputFormat?: "pcm_s16le" | "pcm_f32le" | "ulaw" | undefined;
}

const protocol: TTSProtocol<LmntTTSSettings, LmntTTSServiceOptions> = {
  provider: "LMNT",
  keyEnv: "LMNT_API_KEY",
  url: "wss://api.lmnt.com/v1/ai/speech/stream",
  defaults: { model: "blizzard", language: "en" },
  fixed: "all",
  ends: "silence",
  sampleRates: [8_000, 16_000, 24_000],
  encoding: ({ options: { outputFormat = "pcm_s16le" } }) =>
    // Its μ-law has a WAV header.
    outputFormat === "ulaw" ? "wav" : outputFormat,
  connect: ({ url }) => ({ url }),
  hello: ({ apiKey, settings, options, sampleRate }) => [
    JSON.stringify({
      "X-API-Key": apiKey,
      voice: settings.voice,
      format: options.outputFormat ?? "pcm_s16le",
      sample_rate: sampleRate,
      ...settings.language && { language: languageBase(settings.language) },
      model: settings.model,
      ...settings.extra,
    }),
  ],
  speak: (text) => [JSON.stringify({ text }), FLUSH],
  flush: () => [FLUSH],
  *receive({ json, bytes }) {
    const message = json.text("error");
    if (bytes) yield { type: "audio", audio: bytes };
    else if (message !== undefined) yield { type: "error", message };
  },
};

/** Has what was sent spoken now. */
const FLUSH = JSON.stringify({ flush: true });

/**
 * Speaks with LMNT's voices over a WebSocket.
 *
 * LMNT says neither when a word is spoken, which is estimated, nor when it is done:
 * `stopFrameTimeoutSecs` of silence are the end. An interruption connects anew.
 *
 * @example
 * ```ts
 * import { LmntTTSService } from "@parley/sdk/services/lmnt";
 * const tts = new LmntTTSService({ apiKey: "key", settings: { voice: "lily" } });
 * console.log(tts.settings.model); // "blizzard"
 * ```
 * @see https://docs.lmnt.com/api-reference/speech/streaming
 */
export class LmntTTSService extends WebSocketTTSService<LmntTTSSettings, LmntTTSServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: LmntTTSServiceOptions = {}) {
    super(protocol, options);
  }
}

export { LmntTTSService as LMNTTTSService };
