import { type InferenceOptions, openAIInvocationParams } from "../../context/mod.ts";
import { holdEach, Lazy, ProviderError, resolveKey, sdkError } from "../wire/mod.ts";
import { readChatChunk } from "./_chat_chunk.ts";
import type { LLMEvent } from "./generation.ts";
import {
  type LLMRequest,
  LLMService,
  type LLMServiceOptions,
  type LLMSettings,
} from "./llm_service.ts";

// Wire: https://platform.openai.com/docs/api-reference/chat-streaming (openai 7.55, read 2026-11-20)

/** Settings of models that are reached through chat completions. */
export interface ChatCompletionsSettings extends LLMSettings {
  /** Tokens an answer has at most, those it thinks with included. */
  readonly maxCompletionTokens?: number | undefined;
  /** What else a request says, as the provider calls it. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** What a request needs of a client; the official `openai` client is one. */
export interface ChatCompletionsClient {
  /** Conversations. */
  readonly chat: {
    /** Their answers. */
    readonly completions: {
      /** Sends a request whose answer is streamed. */
      create(
        body: object,
        options: { readonly signal: AbortSignal },
      ): PromiseLike<AsyncIterable<unknown>>;
    };
  };
}

/** How services that are reached through chat completions are connected. */
export interface ChatCompletionsOptions<
  S extends ChatCompletionsSettings = ChatCompletionsSettings,
> extends LLMServiceOptions<S> {
  /** The key; from the environment by default. */
  readonly apiKey?: string | undefined;
  /** Address of the API, for a proxy or a compatible server. */
  readonly baseUrl?: string | undefined;
  /** The organization that is billed. */
  readonly organization?: string | undefined;
  /** The project that is billed. */
  readonly project?: string | undefined;
  /** Headers of every request. */
  readonly defaultHeaders?: Readonly<Record<string, string>> | undefined;
  /** How urgently requests are handled, where the provider has tiers. */
  readonly serviceTier?: string | undefined;
  /** Whether a request that is not answered in time is sent once more. @default {false} */
  readonly retryOnTimeout?: boolean | undefined;
  /** Seconds after which it is; the second one has no such limit. @default {5} */
  readonly retryTimeoutSecs?: number | undefined;
  /** How often a request that failed in passing is sent again. @default {2} */
  readonly maxRetries?: number | undefined;
  /** Sends the requests: a proxy, another certificate authority. */
  readonly httpClient?: Deno.HttpClient | undefined;
  /** A client to use instead of one of our own; its key counts. */
  readonly client?: ChatCompletionsClient | undefined;
}

/** What makes one provider of chat completions different from another. */
export interface ChatCompletionsProvider {
  /** Its name, as it writes itself. */
  readonly provider: string;
  /** The environment variable that holds the key. */
  readonly keyEnv: string;
  /** Address of its API. */
  readonly baseUrl: string;
  /** The model that is asked by default. */
  readonly model: string;
  /** Makes a client. */
  readonly connect: (
    options: ChatCompletionsOptions & { readonly apiKey: string; readonly baseUrl: string },
  ) => Promise<ChatCompletionsClient>;
}

/**
 * A language model that is reached through chat completions, as OpenAI's and
 * those of most others are: a provider is a {@linkcode ChatCompletionsProvider}.
 *
 * @example
 * ```ts
 * import { ChatCompletionsLLMService } from "@parley/sdk/services/llm";
 * const acme = {
 *   provider: "Acme",
 *   keyEnv: "ACME_API_KEY",
 *   baseUrl: "https://api.acme.example/v1",
 *   model: "acme-1",
 *   connect: () => Promise.reject(new Error("Cannot connect: this is an example")),
 * };
 * const llm = new ChatCompletionsLLMService(acme, { apiKey: "key" });
 * console.log(llm.settings.model); // "acme-1"
 * ```
 */
export class ChatCompletionsLLMService<
  S extends ChatCompletionsSettings = ChatCompletionsSettings,
> extends LLMService<S> {
  readonly #provider: ChatCompletionsProvider;
  readonly #options: ChatCompletionsOptions<S>;
  readonly #baseUrl: string;
  readonly #client: Lazy<ChatCompletionsClient>;
  #warned = false;

  /**
   * Makes a service; nothing is loaded or opened until the pipeline starts.
   *
   * @throws {MissingKeyError} If there is no key.
   */
  constructor(provider: ChatCompletionsProvider, options: ChatCompletionsOptions<S> = {}) {
    // A provider's settings are those of all, and what it adds has no default.
    super(options, { model: provider.model } as S);
    this.#provider = provider;
    this.#options = options;
    this.#baseUrl = options.baseUrl ?? provider.baseUrl;
    const { client } = options;
    if (client) this.#client = new Lazy(() => Promise.resolve(client));
    else {
      const apiKey = resolveKey({ ...provider, env: provider.keyEnv, given: options.apiKey });
      const baseUrl = this.#baseUrl;
      this.#client = new Lazy(() => provider.connect({ ...options, apiKey, baseUrl }));
    }
    this.loadAtStart(() => this.#client.get());
  }

  /** The settings of an answer outside of the pipeline; a model knows one limit of tokens or the other. */
  protected override inferenceSettings({ maxTokens, systemInstruction }: InferenceOptions): S {
    const { settings } = this;
    const limit = settings.maxCompletionTokens === undefined ? "maxTokens" : "maxCompletionTokens";
    return {
      ...settings,
      ...maxTokens !== undefined && { [limit]: maxTokens },
      ...systemInstruction !== undefined && { systemInstruction },
    };
  }

  /** Asks the model, and gives its answer as it comes. */
  protected override async *generate(request: LLMRequest<S>): AsyncIterable<LLMEvent> {
    try {
      const stream = await this.#open(this.#body(request), request.signal);
      yield* this.#read(holdEach(this.clock, stream));
    } catch (error) {
      throw this.#meaning(error);
    }
    // The SDK ends an aborted stream as if it were complete.
    request.signal.throwIfAborted();
  }

  #body({ context, settings }: LLMRequest<S>): object {
    const { systemInstruction } = settings;
    if (systemInstruction) this.#warnOfTwoInstructions(context.messages[0]);
    return {
      model: settings.model,
      ...openAIInvocationParams(context, { systemInstruction }),
      stream: true,
      stream_options: { include_usage: true },
      ...defined({
        temperature: settings.temperature,
        top_p: settings.topP,
        max_tokens: settings.maxTokens,
        max_completion_tokens: settings.maxCompletionTokens,
        frequency_penalty: settings.frequencyPenalty,
        presence_penalty: settings.presencePenalty,
        seed: settings.seed,
        service_tier: this.#options.serviceTier,
      }),
      ...settings.extra,
    };
  }

  /** Sends a request, once more if that is wanted and the first is not answered in time. */
  async #open(body: object, signal: AbortSignal): Promise<AsyncIterable<unknown>> {
    const { completions } = (await this.clock.hold(this.#client.get())).chat;
    const send = (signal: AbortSignal) =>
      this.clock.hold(Promise.resolve(completions.create(body, { signal })));
    if (!this.#options.retryOnTimeout) return await send(signal);
    const late = new AbortController();
    const timeoutMs = (this.#options.retryTimeoutSecs ?? 5) * 1000;
    const timer = this.clock.timer(timeoutMs, () => late.abort());
    try {
      return await send(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (signal.aborted || !late.signal.aborted) throw error;
    } finally {
      timer.cancel();
    }
    this.emit("completionTimeout");
    this.log.warn(`"${this.name}" asks again: there was no answer in ${timeoutMs} ms`);
    return await send(signal);
  }

  async *#read(chunks: AsyncIterable<unknown>): AsyncIterable<LLMEvent> {
    let last: Omit<ReturnType<typeof readChatChunk>, "events"> | undefined;
    for await (const chunk of chunks) {
      const { events, finishReason, usage } = readChatChunk(chunk);
      yield* events;
      last = {
        finishReason: finishReason ?? last?.finishReason,
        usage: usage ?? last?.usage,
      };
    }
    if (last?.usage) yield { type: "usage", usage: last.usage };
    if (!last?.finishReason) throw this.#brokenOff();
  }

  #brokenOff(): ProviderError {
    const { provider } = this.#provider;
    const message = `Cannot get an answer with ${provider}: it broke its answer off`;
    return new ProviderError(message, { provider, category: "connection", retryable: true });
  }

  #meaning(error: unknown): ProviderError {
    return sdkError(error, {
      ...this.#provider,
      baseUrl: this.#baseUrl,
      doing: "get an answer",
    });
  }

  #warnOfTwoInstructions(first: { readonly role?: unknown } | object | undefined): void {
    if (this.#warned || !first || !("role" in first) || first.role !== "system") return;
    this.#warned = true;
    this.log.warn(
      `"${this.name}" sends "systemInstruction" before the system message of the context`,
    );
  }
}

/** Without what has no value: the provider has its own defaults. */
function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
