import { pcmToBytes } from "../../audio/mod.ts";
import { resolveLanguage } from "../../text/mod.ts";
import {
  type STTConnection,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "../stt/mod.ts";
import {
  decodeEventStream,
  encodeEventStream,
  JSONFields,
  presignURL,
  type ProviderErrorCategory,
  resolveKey,
} from "../wire/mod.ts";
import { TRANSCRIBE_LANGUAGES } from "./_transcribe_languages.ts";

// Wire: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-websocket
// and https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_StartStreamTranscription.html
// (read 2026-11-21)

/** Settings of an {@linkcode AWSTranscribeSTTService}. */
export interface AWSTranscribeSTTSettings extends STTSettings {
  /** Language that is spoken (BCP 47). @default {"en"} */
  readonly language?: string | undefined;
}

/** What an {@linkcode AWSTranscribeSTTService} can be given. */
export interface AWSTranscribeSTTServiceOptions
  extends WebSocketSTTServiceOptions<AWSTranscribeSTTSettings> {
  /** The secret access key. @default {what AWS_SECRET_ACCESS_KEY holds} */
  readonly apiKey?: string | undefined;
  /** The id of the access key. @default {what AWS_ACCESS_KEY_ID holds} */
  readonly awsAccessKeyId?: string | undefined;
  /** The token of temporary credentials. @default {what AWS_SESSION_TOKEN holds, without a key of one's own} */
  readonly awsSessionToken?: string | undefined;
  /** The region. @default {what AWS_REGION holds, else "us-east-1"} */
  readonly region?: string | undefined;
}

type Connection = STTConnection<AWSTranscribeSTTSettings, AWSTranscribeSTTServiceOptions>;

/** What is wrong, by what AWS calls it. */
const TROUBLE: Readonly<Record<string, ProviderErrorCategory>> = {
  BadRequestException: "invalid_request",
  ConflictException: "invalid_request",
  LimitExceededException: "rate_limit",
  InternalFailureException: "server_error",
  ServiceUnavailableException: "server_error",
};

const protocol: STTProtocol<AWSTranscribeSTTSettings, AWSTranscribeSTTServiceOptions> = {
  provider: "Amazon Transcribe",
  keyEnv: "AWS_SECRET_ACCESS_KEY",
  env: ["AWS_SESSION_TOKEN", "AWS_REGION"],
  defaults: { language: "en" },
  ttfsP99LatencySecs: 1.9,
  sampleRates: [8_000, 16_000],
  awaitsEnd: true,
  pingMs: 0,
  // It hangs up after 15 s without audio.
  keepalive: { timeoutSecs: 10 },
  connect: (c) => ({ url: addressOf(c).href }),
  audio: (samples) => [audioEvent(pcmToBytes(samples))],
  end: () => [audioEvent(new Uint8Array())],
  *receive(message) {
    if (typeof message === "string") throw new SyntaxError("Cannot read a message: it is text");
    const { headers, payload } = decodeEventStream(message);
    const body = new JSONFields(JSON.parse(new TextDecoder().decode(payload)));
    if (headers[":message-type"] === "exception") yield errorOf(headers[":exception-type"], body);
    if (headers[":event-type"] !== "TranscriptEvent") return;
    for (const result of body.fields("Transcript").list("Results")) yield* wordsOf(result);
  },
};

/** A pre-signed URL is good for five minutes. */
function addressOf(
  { settings, options, apiKey, env, sampleRate, openedAt: date }: Connection,
): URL {
  const region = options.region ?? env["AWS_REGION"] ?? "us-east-1";
  const host = `transcribestreaming.${region}.amazonaws.com:8443`;
  const url = new URL(`wss://${host}/stream-transcription-websocket`);
  const { language = "en" } = settings;
  for (
    const [name, value] of Object.entries({
      "language-code": resolveLanguage(language, TRANSCRIBE_LANGUAGES) ?? language,
      "media-encoding": "pcm",
      "sample-rate": `${sampleRate}`,
      "enable-partial-results-stabilization": "true",
      "partial-results-stability": "high",
    })
  ) url.searchParams.set(name, value);
  const sessionToken = options.awsSessionToken ??
    (options.apiKey ? undefined : env["AWS_SESSION_TOKEN"]);
  const accessKeyId = options.awsAccessKeyId ?? "";
  const credentials = { accessKeyId, secretAccessKey: apiKey, sessionToken };
  return presignURL(url, { region, service: "transcribe", date, credentials });
}

function audioEvent(payload: Uint8Array): Uint8Array {
  const headers = {
    ":content-type": "application/octet-stream",
    ":event-type": "AudioEvent",
    ":message-type": "event",
  };
  return encodeEventStream({ headers, payload });
}

function* wordsOf(result: JSONFields): Iterable<STTEvent> {
  const text = result.list("Alternatives")[0]?.text("Transcript");
  if (text === undefined) return;
  yield {
    type: result.flag("IsPartial") ? "interim" : "final",
    text,
    language: result.text("LanguageCode"),
    result: result.value,
  };
}

function errorOf(code: string | undefined, body: JSONFields): STTEvent {
  const category = TROUBLE[code ?? ""];
  const retryable = category !== "invalid_request";
  return { type: "error", code, category, fatal: true, retryable, body: body.value };
}

/**
 * Transcribes with Amazon Transcribe as the user speaks.
 *
 * It hears audio of 8 or 16 kHz; any other is brought to 16 kHz. Transcribe finds
 * the ends of sentences itself, and cannot be asked to finish one.
 *
 * @example
 * ```ts
 * import { AWSTranscribeSTTService } from "@parley/sdk/services/aws";
 * const stt = new AWSTranscribeSTTService({
 *   apiKey: "secret access key",
 *   awsAccessKeyId: "access key id",
 *   region: "eu-west-1",
 *   settings: { language: "es" },
 * });
 * console.log(stt.settings.language); // "es"
 * ```
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/streaming.html
 */
export class AWSTranscribeSTTService
  extends WebSocketSTTService<AWSTranscribeSTTSettings, AWSTranscribeSTTServiceOptions> {
  /**
   * Makes a service; it connects when the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key, or no id of it.
   */
  constructor(options: AWSTranscribeSTTServiceOptions = {}) {
    const awsAccessKeyId = resolveKey({
      provider: "Amazon Transcribe",
      env: "AWS_ACCESS_KEY_ID",
      option: "awsAccessKeyId",
      given: options.awsAccessKeyId,
    });
    super(protocol, { ...options, awsAccessKeyId });
  }
}
