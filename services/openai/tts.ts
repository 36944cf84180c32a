import { PcmReader, StreamResampler } from "../../audio/mod.ts";
import {
  type SpeechEvent,
  type SpeechRequest,
  TTSService,
  type TTSServiceOptions,
  type TTSSettings,
} from "../tts/mod.ts";
import { holdEach } from "../wire/mod.ts";
import { connectOpenAI } from "../wire/openai_sdk.ts";
import { OpenAIConnection, type OpenAIConnectionOptions } from "./_connection.ts";

// Wire: https://platform.openai.com/docs/api-reference/audio/createSpeech (openai 7.55, read 2026-11-20)

/** Rate of the audio that comes back as `pcm`, in hertz. */
const SAMPLE_RATE = 24_000;

/**
 * The voices that OpenAI has, as of 2026-11-20.
 *
 * @example
 * ```ts
 * import { OPENAI_VOICES } from "@parley/sdk/services/openai";
 * console.log(OPENAI_VOICES.length); // 13
 * ```
 */
export const OPENAI_VOICES = [
  "alloy",
  "ash",
  "ballad",
  "cedar",
  "coral",
  "echo",
  "fable",
  "marin",
  "nova",
  "onyx",
  "sage",
  "shimmer",
  "verse",
] as const;

/** A voice of OpenAI's, or the id of one that was made from a recording. */
export type OpenAIVoice = (typeof OPENAI_VOICES)[number] | (string & Record<never, never>);

/** Settings of an {@linkcode OpenAITTSService}. */
export interface OpenAITTSSettings extends TTSSettings {
  /** The model. @default {"gpt-4o-mini-tts"} */
  readonly model?: string | undefined;
  /** The voice. @default {"alloy"} */
  readonly voice?: OpenAIVoice | undefined;
  /** How to speak: tone, mood, pace. Models named `tts-1` take no notice. */
  readonly instructions?: string | undefined;
  /** How fast to speak, from 0.25 to 4. */
  readonly speed?: number | undefined;
  /** What else a request says, as OpenAI calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** What a request needs of a client; the official `openai` client is one. */
export interface OpenAISpeechClient {
  /** Sound. */
  readonly audio: {
    /** Speech. */
    readonly speech: {
      /** Has a text spoken. */
      create(body: object, options: { readonly signal: AbortSignal }): PromiseLike<Response>;
    };
  };
}

/** What an {@linkcode OpenAITTSService} can be given. */
export interface OpenAITTSServiceOptions
  extends TTSServiceOptions<OpenAITTSSettings>, OpenAIConnectionOptions {
  /** A client to use instead of one of our own; its key counts. */
  readonly client?: OpenAISpeechClient | undefined;
}

// Rung 3: OpenAI's own SDK asks and reads

/**
 * Speaks with OpenAI's voices, streamed.
 *
 * OpenAI's audio has 24 kHz; another rate of the pipeline is made from that. It
 * does not say when which word is spoken: that is estimated.
 *
 * @example
 * ```ts
 * import { OpenAITTSService } from "@parley/sdk/services/openai";
 * const tts = new OpenAITTSService({ apiKey: "key", settings: { voice: "nova" } });
 * console.log(tts.settings.model); // "gpt-4o-mini-tts"
 * ```
 * @see https://platform.openai.com/docs/guides/text-to-speech
 */
export class OpenAITTSService extends TTSService<OpenAITTSSettings> {
  readonly #connection: OpenAIConnection<OpenAISpeechClient>;

  /**
   * Makes a service; nothing is opened until it first speaks.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: OpenAITTSServiceOptions = {}) {
    super(options, { model: "gpt-4o-mini-tts", voice: "alloy" });
    this.#connection = new OpenAIConnection(options, connectOpenAI);
    this.loadAtStart(() => this.#connection.get());
  }

  /** Speaks a text. */
  protected override async *synthesize(request: SpeechRequest): AsyncIterable<SpeechEvent> {
    try {
      const body = await this.clock.hold(this.#ask(request));
      if (!body) return;
      const reader = new PcmReader();
      const resampler = new StreamResampler(SAMPLE_RATE, request.sampleRate);
      for await (const bytes of holdEach(this.clock, body)) {
        yield { type: "audio", audio: resampler.process(reader.read(bytes)) };
      }
      yield { type: "audio", audio: resampler.flush() };
    } catch (error) {
      throw this.#connection.meaning(error, "speak");
    }
  }

  async #ask({ text, signal }: SpeechRequest): Promise<ReadableStream<Uint8Array> | null> {
    const { model, voice, instructions, speed, extra } = this.settings;
    const body = {
      model,
      voice,
      input: text,
      response_format: "pcm",
      ...instructions !== undefined && { instructions },
      ...speed !== undefined && { speed },
      ...extra,
    };
    const client = await this.#connection.get();
    return (await client.audio.speech.create(body, { signal })).body;
  }
}
