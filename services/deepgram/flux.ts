import { languageBase } from "../../text/mod.ts";
import {
  type ServerTurnOptions,
  type STTEvent,
  type STTProtocol,
  type STTServiceEvents,
  type STTSettings,
  type STTTurnPhase,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import { JSONFields, type QueryValue, withQuery } from "../wire/mod.ts";

// Wire: https://developers.deepgram.com/reference/speech-to-text/listen-flux (read 2026-11-21)

/** Settings of a {@linkcode DeepgramFluxSTTService}; a change of the model opens a new connection between turns. */
export interface DeepgramFluxSTTSettings extends STTSettings {
  /** The model: `flux-general-en`, or `flux-general-multi` for several languages. @default {"flux-general-en"} */
  readonly model?: string | undefined;
  /** What transcripts are said to be in, where Flux does not say so itself. */
  readonly language?: string | null | undefined;
  /** How sure Flux must be (0.3 to 0.9) to say that a turn has probably ended; none never says so. */
  readonly eagerEotThreshold?: number | undefined;
  /** How sure Flux must be (0.5 to 1) that a turn has ended; 0.7 where none is given. */
  readonly eotThreshold?: number | undefined;
  /** Milliseconds of silence after which a turn has ended anyway; 5000 where none are given. */
  readonly eotTimeoutMs?: number | undefined;
  /** Words to expect. */
  readonly keyterm?: readonly string[] | undefined;
  /** How sure Flux must be of its words, on average (0 to 1), for a transcript to be pushed. */
  readonly minConfidence?: number | undefined;
  /** Whether spoken numbers become digits. */
  readonly numerals?: boolean | undefined;
  /** Languages to expect (BCP 47), for `flux-general-multi`. */
  readonly languageHints?: readonly string[] | undefined;
  /** Further parameters, as the provider names them. */
  readonly extra?: Readonly<Record<string, QueryValue>> | undefined;
}

/** What a {@linkcode DeepgramFluxSTTService} can be given. */
export interface DeepgramFluxSTTServiceOptions
  extends WebSocketSTTServiceOptions<DeepgramFluxSTTSettings>, ServerTurnOptions {
  /** Where the service is. @default {"wss://api.deepgram.com/v2/listen"} */
  readonly url?: string | undefined;
  /** Whether the provider may not learn from the audio. */
  readonly mipOptOut?: boolean | undefined;
  /** How audio is encoded; what is sent is 16-bit PCM. @default {"linear16"} */
  readonly fluxEncoding?: "linear16" | undefined;
  /** What the account's reports call it. */
  readonly tag?: readonly string[] | undefined;
}

/** Events of a {@linkcode DeepgramFluxSTTService}. */
export interface DeepgramFluxSTTEvents extends STTServiceEvents {
  /** The user begins to speak. */
  readonly startOfTurn: readonly [transcript: string];
  /** There are more words; these are all of the turn so far. */
  readonly update: readonly [transcript: string];
  /** The user has probably finished; needs the setting `eagerEotThreshold`. */
  readonly eagerEndOfTurn: readonly [transcript: string];
  /** The user has not finished after all. */
  readonly turnResumed: readonly [];
  /** The user has finished. */
  readonly endOfTurn: readonly [transcript: string];
}

/** What happens to a turn, by what Deepgram calls it. */
const PHASES: Readonly<Record<string, STTTurnPhase>> = {
  StartOfTurn: "start",
  Update: "update",
  EagerEndOfTurn: "eagerEnd",
  TurnResumed: "resume",
  EndOfTurn: "end",
};

const protocol: STTProtocol<DeepgramFluxSTTSettings, DeepgramFluxSTTServiceOptions> = {
  provider: "Deepgram",
  keyEnv: "DEEPGRAM_API_KEY",
  defaults: { model: "flux-general-en", keyterm: [] },
  live: [
    "eagerEotThreshold",
    "eotThreshold",
    "eotTimeoutMs",
    "keyterm",
    "languageHints",
    "numerals",
    "minConfidence",
    "language",
  ],
  unsent: (settings) =>
    settings.languageHints?.length && !hintsOf(settings) ? ["languageHints"] : [],
  serverTurns: () => true,
  turnEvents: {
    start: "startOfTurn",
    update: "update",
    eagerEnd: "eagerEndOfTurn",
    resume: "turnResumed",
    end: "endOfTurn",
  },
  awaitsEnd: true,
  connect: ({ settings, options, sampleRate, apiKey }) => ({
    url: withQuery(options.url || "wss://api.deepgram.com/v2/listen", {
      model: settings.model,
      sample_rate: sampleRate,
      encoding: options.fluxEncoding ?? "linear16",
      eager_eot_threshold: settings.eagerEotThreshold,
      eot_threshold: settings.eotThreshold,
      eot_timeout_ms: settings.eotTimeoutMs,
      numerals: settings.numerals,
      mip_opt_out: options.mipOptOut,
      keyterm: settings.keyterm,
      tag: options.tag,
      language_hint: hintsOf(settings),
      ...settings.extra,
    }),
    headers: { Authorization: `Token ${apiKey}` },
  }),
  update: (changed, { settings }) => configure(changed, settings),
  end: () => ['{"type":"CloseStream"}'],
  *receive(message, { settings }) {
    const fields = new JSONFields(JSON.parse(String(message)));
    switch (fields.text("type")) {
      case "TurnInfo":
        return yield* turnOf(fields, settings);
      case "ConfigureFailure":
        return yield { type: "error", code: "ConfigureFailure", category: "invalid_request" };
      case "Error":
        yield { type: "error", code: fields.text("code"), fatal: true, body: fields.value };
    }
  },
};

/** The languages to expect, as Flux names them; models that know one language take none. */
function hintsOf({ model, languageHints }: DeepgramFluxSTTSettings): string[] | undefined {
  return model?.endsWith("-en") ? undefined : [...new Set(languageHints?.map(languageBase))];
}

/** The message for settings that have changed, if Deepgram has to know of any. */
function configure(
  changed: readonly (keyof DeepgramFluxSTTSettings)[],
  settings: DeepgramFluxSTTSettings,
): string[] {
  const now = <K extends keyof DeepgramFluxSTTSettings>(key: K) =>
    changed.includes(key) ? settings[key] : undefined;
  const thresholds = {
    eager_eot_threshold: now("eagerEotThreshold"),
    eot_threshold: now("eotThreshold"),
    eot_timeout_ms: now("eotTimeoutMs"),
  };
  const any = Object.values(thresholds).some((value) => value !== undefined);
  const hints = changed.includes("languageHints") && hintsOf(settings);
  const body = {
    ...any && { thresholds },
    ...changed.includes("keyterm") && { keyterms: settings.keyterm ?? [] },
    ...hints && { language_hints: hints },
    ...changed.includes("numerals") && { numerals: settings.numerals ?? false },
  };
  return Object.keys(body).length > 0 ? [JSON.stringify({ type: "Configure", ...body })] : [];
}

function* turnOf(
  fields: JSONFields,
  { model, minConfidence = 0 }: DeepgramFluxSTTSettings,
): Iterable<STTEvent> {
  const phase = PHASES[fields.text("event") ?? ""];
  if (!phase) return;
  const transcript = fields.text("transcript") ?? "";
  const [heard = model === "flux-general-en" ? "en" : undefined] = fields.texts("languages");
  const unsure = phase === "end" && confidenceOf(fields) < minConfidence;
  const text = unsure ? "" : transcript;
  yield { type: "turn", phase, text, language: heard, result: fields.value };
}

/** How sure Deepgram is of its words, on average. */
function confidenceOf(fields: JSONFields): number {
  const each = fields.list("words").flatMap((word) => word.number("confidence") ?? []);
  return each.length === 0 ? 1 : each.reduce((sum, one) => sum + one, 0) / each.length;
}

/**
 * Transcribes with Deepgram Flux, which also finds out when the user begins to
 * speak and when he has finished: no VAD is needed.
 *
 * @example
 * ```ts
 * import { DeepgramFluxSTTService } from "@parley/sdk/services/deepgram";
 * const stt = new DeepgramFluxSTTService({
 *   apiKey: "key",
 *   settings: { eagerEotThreshold: 0.5, keyterm: ["Parley"] },
 * });
 * stt.on("endOfTurn", (transcript) => console.log("The user said:", transcript));
 * console.log(stt.settings.model); // "flux-general-en"
 * ```
 * @see https://developers.deepgram.com/docs/flux/quickstart
 */
export class DeepgramFluxSTTService extends WebSocketSTTService<
  DeepgramFluxSTTSettings,
  DeepgramFluxSTTServiceOptions,
  DeepgramFluxSTTEvents
> {
  /**
   * Makes a service; nothing is opened before the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: DeepgramFluxSTTServiceOptions = {}) {
    super(protocol, options);
  }
}
