import { encodeWav } from "../../audio/mod.ts";
import { languageBase } from "../../text/mod.ts";
import {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
  type STTSettings,
  type Transcript,
} from "../stt/mod.ts";
import { ProviderError } from "../wire/mod.ts";
import { connectOpenAI } from "../wire/openai_sdk.ts";
import { OpenAIConnection, type OpenAIConnectionOptions } from "./_connection.ts";

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

/** What a request needs of a client; the official `openai` client is one. */
export interface OpenAITranscriptionClient {
  /** Sound. */
  readonly audio: {
    /** Its words. */
    readonly transcriptions: {
      /** Has a recording transcribed. */
      create(body: object, options: { readonly signal: AbortSignal }): PromiseLike<unknown>;
    };
  };
}

/** What an {@linkcode OpenAISTTService} can be given. */
export interface OpenAISTTServiceOptions
  extends SegmentedSTTServiceOptions<OpenAISTTSettings>, OpenAIConnectionOptions {
  /**
   * Whether the transcript's `result` is to hold how sure the model was of each
   * token.
   *
   * @default {false}
   */
  readonly includeProbMetrics?: boolean | undefined;
  /** A client to use instead of one of our own; its key counts. */
  readonly client?: OpenAITranscriptionClient | undefined;
}

// Rung 3: OpenAI's own SDK asks and reads

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
export class OpenAISTTService extends SegmentedSTTService<OpenAISTTSettings> {
  readonly #connection: OpenAIConnection<OpenAITranscriptionClient>;
  readonly #includeProbMetrics: boolean;

  /**
   * Makes a service; nothing is opened until somebody first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: OpenAISTTServiceOptions = {}) {
    super({ ttfsP99LatencySecs: 2.01, ...options }, { model: "gpt-4o-transcribe", language: "en" });
    this.#connection = new OpenAIConnection(options, connectOpenAI);
    this.loadAtStart(() => this.#connection.get());
    this.#includeProbMetrics = options.includeProbMetrics ?? false;
  }

  /** Has a segment transcribed. */
  protected override async transcribe(
    audio: Int16Array,
    signal: AbortSignal,
  ): Promise<Transcript> {
    try {
      return this.#read(await this.clock.hold(this.#ask(audio, signal)));
    } catch (error) {
      throw this.#connection.meaning(error, "transcribe");
    }
  }

  async #ask(audio: Int16Array, signal: AbortSignal): Promise<unknown> {
    const { model, language, prompt, temperature, extra } = this.settings;
    const wav = encodeWav(audio, { sampleRate: this.sampleRate });
    const body = {
      model,
      file: new File([wav.slice()], "audio.wav", { type: "audio/wav" }),
      ...language && { language: languageBase(language) },
      ...prompt !== undefined && { prompt },
      ...temperature !== undefined && { temperature },
      ...this.#includeProbMetrics && probabilities(model),
      ...extra,
    };
    const client = await this.#connection.get();
    return await client.audio.transcriptions.create(body, { signal });
  }

  #read(answer: unknown): Transcript {
    if (!hasText(answer)) {
      throw new ProviderError("Cannot transcribe with OpenAI: its answer has no text", {
        provider: "OpenAI",
        category: "bad_answer",
        retryable: true,
        body: answer,
      });
    }
    const { text } = answer;
    const { language } = this.settings;
    return { text, language: language ?? undefined, result: answer };
  }
}

/** What asks a model how sure it was: whisper says so in its long answer only. */
function probabilities(model: string | undefined): Record<string, unknown> {
  return model?.startsWith("whisper")
    ? { response_format: "verbose_json" }
    : { response_format: "json", include: ["logprobs"] };
}

function hasText(answer: unknown): answer is { readonly text: string } {
  return typeof answer === "object" && answer !== null && "text" in answer &&
    typeof answer.text === "string";
}
