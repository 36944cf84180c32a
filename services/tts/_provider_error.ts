import { ProviderError } from "../wire/errors.ts";
import { httpError } from "../wire/http_error.ts";
import type { TTSEvent } from "./protocol.ts";

/** What a provider's own report of an error means. */
export function reportedError(
  { message, code, status }: Extract<TTSEvent, { type: "error" }>,
  { provider, keyEnv = "the key" }: {
    readonly provider: string;
    readonly keyEnv?: string | undefined;
  },
): ProviderError {
  if (status !== undefined && status >= 400) {
    return httpError({ provider, doing: "speak", status, keyEnv, code, body: message });
  }
  const word = code && /^[\w.-]{1,60}$/.test(code) ? ` (${code})` : "";
  return new ProviderError(`Cannot speak with ${provider}: it reported an error${word}`, {
    provider,
    body: message,
  });
}
