import type { STTErrorEvent } from "../stt/mod.ts";
import type { JSONFields, ProviderErrorCategory } from "../wire/mod.ts";
import { VERSION } from "./_speech.ts";

/** What every connection that hears says of itself. */
export function hearingHeaders(
  { apiKey, options }: {
    readonly apiKey: string;
    readonly options: { readonly extraHeaders?: Readonly<Record<string, string>> | undefined };
  },
): Record<string, string> {
  return { "X-API-Key": apiKey, "Cartesia-Version": VERSION, ...options.extraHeaders };
}

/** How many words a connection can be told to expect, and how long they may be in all. */
const MAX_KEYTERMS = 100;
const MAX_KEYTERM_LENGTH = 1_200;

/** Words to expect, as many as Cartesia takes: with more of them it refuses the connection. */
export function keytermsOf(words: readonly string[] | null | undefined): string[] {
  const taken: string[] = [];
  let length = 0;
  for (const word of words ?? []) {
    const term = word.trim();
    if (term === "") continue;
    length += term.length;
    if (taken.length === MAX_KEYTERMS || length > MAX_KEYTERM_LENGTH) break;
    taken.push(term);
  }
  return taken;
}

/** Whether Cartesia is told of all the words to expect. */
export function isTaken(words: readonly string[] | null | undefined): boolean {
  return keytermsOf(words).length === (words ?? []).filter((word) => word.trim() !== "").length;
}

/** What went wrong; after what is the client's fault another connection goes wrong as well. */
export function hearingError(fields: JSONFields): STTErrorEvent {
  const status = fields.number("status_code") ?? 500;
  const category = categoryOf(status);
  return {
    type: "error",
    code: fields.text("error_code"),
    category,
    fatal: status < 500,
    retryable: category === "rate_limit" || category === "server_error",
    body: fields.value,
  };
}

function categoryOf(status: number): ProviderErrorCategory {
  if (status === 401 || status === 403) return "auth";
  if (status === 429) return "rate_limit";
  return status < 500 ? "invalid_request" : "server_error";
}
