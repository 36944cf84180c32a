import { Lazy, type ProviderError, resolveKey, sdkError } from "../wire/mod.ts";
import type { OpenAISDKOptions } from "../wire/openai_sdk.ts";

const BASE_URL = "https://api.openai.com/v1";
const KEY_ENV = "OPENAI_API_KEY";

/** What the audio services have in common: how they reach OpenAI. */
export interface OpenAIConnectionOptions {
  /** The key. @default {OPENAI_API_KEY of the environment} */
  readonly apiKey?: string | undefined;
  /** Address of the API. @default {"https://api.openai.com/v1"} */
  readonly baseUrl?: string | undefined;
  /** The organization that is billed. */
  readonly organization?: string | undefined;
  /** The project that is billed. */
  readonly project?: string | undefined;
  /** Headers of every request. */
  readonly defaultHeaders?: Readonly<Record<string, string>> | undefined;
  /** How often a request that failed in passing is sent again. @default {2} */
  readonly maxRetries?: number | undefined;
  /** Sends the requests: a proxy, another certificate authority. */
  readonly httpClient?: Deno.HttpClient | undefined;
}

type Connect<C> = (options: OpenAISDKOptions) => Promise<C>;

/** A client that is made when it is first needed, and what its errors mean. */
export class OpenAIConnection<C> {
  readonly #client: Lazy<C>;
  readonly #baseUrl: string;

  constructor(
    options: OpenAIConnectionOptions & { readonly client?: C | undefined },
    connect: Connect<C>,
  ) {
    const { client, baseUrl = BASE_URL } = options;
    this.#baseUrl = baseUrl;
    if (client) this.#client = new Lazy(() => Promise.resolve(client));
    else {
      const apiKey = resolveKey({ provider: "OpenAI", env: KEY_ENV, given: options.apiKey });
      this.#client = new Lazy(() => connect({ ...options, apiKey, baseUrl }));
    }
  }

  get(): Promise<C> {
    return this.#client.get();
  }

  /** What an error means that came while `doing` something. */
  meaning(error: unknown, doing: string): ProviderError {
    return sdkError(error, {
      provider: "OpenAI",
      keyEnv: KEY_ENV,
      baseUrl: this.#baseUrl,
      doing,
    });
  }
}
