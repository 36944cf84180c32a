import { encodeALaw, encodeMuLaw, pcmToBytes } from "../../audio/mod.ts";
import { languageBase, resolveLanguage } from "../../text/mod.ts";
import {
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import { JSONFields } from "../wire/mod.ts";

// Wire: https://docs.smallest.ai/waves/api-reference/api-reference/speech-to-text/speech-to-text
// (read 2026-11-21)

/** Settings of a {@linkcode SmallestSTTService}; a change of any opens a new connection. */
export interface SmallestSTTSettings extends STTSettings {
  /** The model; only `pulse` hears as one speaks. @default {"pulse"} */
  readonly model?: string | undefined;
  /** Language that is spoken (BCP 47); `multi` and `null` have it found out. @default {"en"} */
  readonly language?: string | null | undefined;
  /** Whether results say when each word was spoken. @default {false} */
  readonly wordTimestamps?: boolean | undefined;
  /** Whether results hold all that was said so far as well. @default {false} */
  readonly fullTranscript?: boolean | undefined;
  /** Whether results say when each sentence was spoken. @default {false} */
  readonly sentenceTimestamps?: boolean | undefined;
  /** Whether names, addresses and the like are left out. @default {false} */
  readonly redactPii?: boolean | undefined;
  /** Whether numbers of payment cards and the like are left out. @default {false} */
  readonly redactPci?: boolean | undefined;
  /** Whether spoken numbers become digits: `true`, `false` or `auto`. @default {"auto"} */
  readonly numerals?: string | undefined;
  /** Whether speakers are told apart. @default {false} */
  readonly diarize?: boolean | undefined;
  /** Whether Smallest finds the ends of utterances as well. @default {true} */
  readonly endpointing?: boolean | undefined;
  /** Words to expect, each with its weight: `Parley:2,Deno:3`. */
  readonly keywords?: string | undefined;
  /** Whether transcripts have marks and capitals. @default {true} */
  readonly format?: boolean | undefined;
}

/** What a {@linkcode SmallestSTTService} can be given. */
export interface SmallestSTTServiceOptions extends WebSocketSTTServiceOptions<SmallestSTTSettings> {
  /** Address of the API, without a path. @default {"wss://api.smallest.ai"} */
  readonly baseUrl?: string | undefined;
  /** How the audio is sent. @default {"linear16"} */
  readonly encoding?: "linear16" | "mulaw" | "alaw" | undefined;
}

const LANGUAGES = [
  ["bg", "bn", "cs", "da", "de", "en", "es", "et", "fi", "fr", "gu", "hi", "hu", "it", "kn", "lt"],
  ["lv", "ml", "mr", "mt", "multi", "nl", "or", "pa", "pl", "pt", "ro", "ru", "sk", "sv", "ta"],
  ["te", "uk"],
].flat();

const protocol: STTProtocol<SmallestSTTSettings, SmallestSTTServiceOptions> = {
  provider: "Smallest AI",
  keyEnv: "SMALLEST_API_KEY",
  defaults: {
    model: "pulse",
    language: "en",
    wordTimestamps: false,
    fullTranscript: false,
    sentenceTimestamps: false,
    redactPii: false,
    redactPci: false,
    numerals: "auto",
    diarize: false,
    endpointing: true,
    format: true,
  },
  ttfsP99LatencySecs: 1.59,
  sampleRates: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000],
  keepalive: { timeoutSecs: 10, intervalSecs: 5 },
  connect({ settings, options, apiKey, sampleRate }) {
    const { language, keywords, ...flags } = settings;
    const { baseUrl = "wss://api.smallest.ai", encoding = "linear16" } = options;
    const query = new URLSearchParams({
      model: `${flags.model}`,
      language: languageOf(language),
      encoding,
      sample_rate: `${sampleRate}`,
      word_timestamps: `${flags.wordTimestamps}`,
      full_transcript: `${flags.fullTranscript}`,
      sentence_timestamps: `${flags.sentenceTimestamps}`,
      redact_pii: `${flags.redactPii}`,
      redact_pci: `${flags.redactPci}`,
      numerals: `${flags.numerals}`,
      diarize: `${flags.diarize}`,
      endpointing: `${flags.endpointing}`,
      format: `${flags.format}`,
      ...keywords && { keywords },
    });
    return {
      url: `${baseUrl.replace(/\/$/, "")}/waves/v1/stt/live?${query}`,
      headers: { Authorization: `Bearer ${apiKey}` },
    };
  },
  audio(samples, { options: { encoding } }) {
    if (encoding === "mulaw") return [encodeMuLaw(samples)];
    return [encoding === "alaw" ? encodeALaw(samples) : pcmToBytes(samples)];
  },
  finalize: () => [JSON.stringify({ type: "finalize" })],
  *receive(message, { finalizing }) {
    const result = new JSONFields(JSON.parse(`${message}`));
    const text = result.text("transcript");
    if (text === undefined) return;
    const words = { text, language: result.text("language"), result: result.value };
    // What was asked for comes as one final result, where nothing was said an empty one.
    if (result.flag("is_final")) yield { type: "final", finalized: finalizing, ...words };
    else yield { type: "interim", ...words };
  },
};

function languageOf(tag: string | null | undefined): string {
  if (!tag) return "multi";
  // One that Pulse may have learned since is asked for as well.
  return resolveLanguage(tag, LANGUAGES) ?? languageBase(tag);
}

/**
 * Transcribes with Pulse of Smallest AI as the user speaks.
 *
 * @example
 * ```ts
 * import { SmallestSTTService } from "@parley/sdk/services/smallest";
 * const stt = new SmallestSTTService({
 *   apiKey: "key",
 *   settings: { language: "hi", wordTimestamps: true },
 * });
 * console.log(stt.settings.model); // "pulse"
 * ```
 * @see https://docs.smallest.ai/waves
 */
export class SmallestSTTService
  extends WebSocketSTTService<SmallestSTTSettings, SmallestSTTServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: SmallestSTTServiceOptions = {}) {
    super(protocol, options);
  }
}
