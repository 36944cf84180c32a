// Not part of "mod.ts": whoever imports this file has the `openai` package in its module graph.
import type OpenAI from "openai";

/** How a client of OpenAI's API, or of one that is compatible, is made. */
export interface OpenAISDKOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly organization?: string | undefined;
  readonly project?: string | undefined;
  readonly defaultHeaders?: Readonly<Record<string, string>> | undefined;
  readonly maxRetries?: number | undefined;
  readonly httpClient?: Deno.HttpClient | undefined;
}

/** Loads the SDK, and makes a client. */
export async function connectOpenAI(options: OpenAISDKOptions): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  const { apiKey, baseUrl, organization, project, defaultHeaders, maxRetries, httpClient } =
    options;
  return new Client({
    apiKey,
    baseURL: baseUrl,
    // What is not given is null: the SDK would look for it in the environment.
    organization: organization ?? null,
    project: project ?? null,
    adminAPIKey: null,
    webhookSecret: null,
    // It logs answers that it cannot read, as they are.
    logLevel: "off",
    ...defaultHeaders && { defaultHeaders: { ...defaultHeaders } },
    ...maxRetries !== undefined && { maxRetries },
    ...httpClient && { fetch: fetchThrough(httpClient) },
  });
}

function fetchThrough(client: Deno.HttpClient): typeof fetch {
  return (input: RequestInfo | URL, init?: RequestInit) => fetch(input, { ...init, client });
}
