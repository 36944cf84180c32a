import {
  ChatCompletionsLLMService,
  type ChatCompletionsOptions,
  type ChatCompletionsProvider,
  type ChatCompletionsSettings,
} from "../llm/mod.ts";
import { connectOpenAI } from "../wire/openai_sdk.ts";

const OPENAI: ChatCompletionsProvider = {
  provider: "OpenAI",
  keyEnv: "OPENAI_API_KEY",
  baseUrl: "https://api.openai.com/v1",
  model: "gpt-4.1",
  connect: connectOpenAI,
};

/** Settings of an {@linkcode OpenAILLMService}. */
export interface OpenAILLMSettings extends ChatCompletionsSettings {
  /** The model. @default {"gpt-4.1"} */
  readonly model?: string | undefined;
}

/** What an {@linkcode OpenAILLMService} can be given. */
export interface OpenAILLMServiceOptions extends ChatCompletionsOptions<OpenAILLMSettings> {
  /** The key. @default {OPENAI_API_KEY of the environment} */
  readonly apiKey?: string | undefined;
  /** Address of the API. @default {"https://api.openai.com/v1"} */
  readonly baseUrl?: string | undefined;
}

/**
 * Answers with OpenAI's chat completions, streamed, with function calls.
 *
 * With `baseUrl` it reaches any server that is compatible. The official
 * `openai` package is loaded when the pipeline starts.
 *
 * @example
 * ```ts
 * import { OpenAILLMService } from "@parley/sdk/services/openai";
 * const llm = new OpenAILLMService({
 *   apiKey: "key",
 *   settings: { model: "gpt-4.1", temperature: 0.7 },
 * });
 * console.log(llm.settings.model); // "gpt-4.1"
 * ```
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export class OpenAILLMService extends ChatCompletionsLLMService<OpenAILLMSettings> {
  /**
   * Makes a service; nothing is opened until it is asked.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(options: OpenAILLMServiceOptions = {}) {
    super(OPENAI, options);
  }
}
