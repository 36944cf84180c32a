import { languageBase } from "../../text/mod.ts";
import {
  type HttpSTTContext,
  type HttpSTTProtocol,
  HttpSTTService,
  type HttpSTTServiceOptions,
  type STTSettings,
} from "../stt/mod.ts";
import { headersOf, type OpenAIAccountOptions } from "./_account.ts";

// Wire: https://platform.openai.com/docs/api-reference/audio/createTranscription (openai 7.55, read 2026-11-20)

/** Settings of an {@linkcode OpenAISTTService}. */
export interface OpenAISTTSettings extends STTSettings {
  /** The model. @default {"gpt-4o-transcribe"} */
  readonly model?: string | undefined;
  /** Language that is spoken (BCP 47); `null` has it detected. @default {"en"} */
  readonly language?: string | null | undefined;
  /** Words to expect, or what was said before, in the same language. */
  readonly prompt?: string | undefined;
  /** From 0, always the likeliest words, to 1. */
  readonly temperature?: number | undefined;
  /** What else a request says, as OpenAI calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** What an {@linkcode OpenAISTTService} can be given. */
export interface OpenAISTTServiceOptions
  extends HttpSTTServiceOptions<OpenAISTTSettings>, OpenAIAccountOptions {
  /** Address of the API, or of one that is compatible. @default {"https://api.openai.com/v1"} */
  readonly baseUrl?: string | undefined;
  /**
   * Whether the transcript's `result` is to hold how sure the model was of each
   * token.
   *
   * @default {false}
   */
  readonly includeProbMetrics?: boolean | undefined;
}

const protocol: HttpSTTProtocol<OpenAISTTSettings, OpenAISTTServiceOptions> = {
  provider: "OpenAI",
  keyEnv: "OPENAI_API_KEY",
  url: "https://api.openai.com/v1",
  defaults: { model: "gpt-4o-transcribe", language: "en" },
  ttfsP99LatencySecs: 2.01,
  request: (wav, context) => ({
    url: `${context.url}/audio/transcriptions`,
    headers: headersOf(context),
    body: formOf(wav, context),
  }),
  receive: (answer) => {
    const text = answer.text("text");
    return text === undefined ? undefined : { text, result: answer.value };
  },
};

function formOf(
  wav: Uint8Array<ArrayBuffer>,
  { settings, options }: HttpSTTContext<OpenAISTTSettings, OpenAISTTServiceOptions>,
): FormData {
  const { model, language, prompt, temperature, extra } = settings;
  const form = new FormData();
  form.set("file", new File([wav], "audio.wav", { type: "audio/wav" }));
  const fields = {
    model,
    ...language && { language: languageBase(language) },
    prompt: prompt || undefined,
    temperature,
    ...options.includeProbMetrics && probabilities(model),
    ...extra,
  };
  for (const [name, value] of Object.entries(fields)) appendTo(form, name, value);
  return form;
}

/** Lists and objects are written as OpenAI's own client writes them. */
function appendTo(form: FormData, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) appendTo(form, `${name}[]`, item);
  } else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) appendTo(form, `${name}[${key}]`, item);
  } else form.append(name, String(value));
}

/** What asks a model how sure it was: whisper says so in its long answer only. */
function probabilities(model: string | undefined): Record<string, unknown> {
  return model?.startsWith("whisper")
    ? { response_format: "verbose_json" }
    : { response_format: "json", include: ["logprobs"] };
}

/**
 * Transcribes with OpenAI's models, a segment of speech at a time. Needs a VAD
 * before it.
 *
 * @example
 * ```ts
 * import { OpenAISTTService } from "@parley/sdk/services/openai";
 * const stt = new OpenAISTTService({ apiKey: "key", settings: { language: "de" } });
 * console.log(stt.settings.model); // "gpt-4o-transcribe"
 * ```
 * @see https://platform.openai.com/docs/guides/speech-to-text
 */
export class OpenAISTTService extends HttpSTTService<OpenAISTTSettings, OpenAISTTServiceOptions> {
  /**
   * Makes a service; nothing is opened until somebody first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: OpenAISTTServiceOptions = {}) {
    super(protocol, options);
  }
}
