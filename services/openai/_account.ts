/** What the audio services have in common: who asks OpenAI. */
export interface OpenAIAccountOptions {
  /** The organization that is billed. */
  readonly organization?: string | undefined;
  /** The project that is billed. */
  readonly project?: string | undefined;
  /** Headers of every request. */
  readonly defaultHeaders?: Readonly<Record<string, string>> | undefined;
}

// Wire: https://platform.openai.com/docs/api-reference/authentication (read 2026-11-21)

/** The headers of a request. */
export function headersOf({ apiKey, options }: {
  readonly apiKey: string;
  readonly options: OpenAIAccountOptions;
}): Record<string, string> {
  const { organization, project, defaultHeaders } = options;
  return {
    Authorization: `Bearer ${apiKey}`,
    ...organization && { "OpenAI-Organization": organization },
    ...project && { "OpenAI-Project": project },
    ...defaultHeaders,
  };
}
