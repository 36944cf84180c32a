import { ProviderError, type ProviderErrorCategory } from "./errors.ts";

/** What an {@linkcode httpError} is made of. */
export interface HTTPErrorOptions {
  /** Who answered, as it writes itself: `OpenAI`. */
  readonly provider: string;
  /** What could not be done: `get an answer`. */
  readonly doing: string;
  /** Status of the answer. */
  readonly status: number;
  /** The environment variable that holds the key. */
  readonly keyEnv: string;
  /** The provider's own word for it, such as `model_not_found`. */
  readonly code?: string | undefined;
  /** What the provider answered. */
  readonly body?: unknown;
  /** The header `Retry-After` of the answer, if it had one. */
  readonly retryAfter?: string | null | undefined;
}

interface Verdict {
  readonly category: ProviderErrorCategory;
  readonly state: string;
  readonly fix?: string;
}

/**
 * Makes the error for an HTTP answer that is none: what it means and what to do,
 * without anything of what was sent or answered but the provider's own code.
 *
 * @example
 * ```ts
 * import { httpError } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const error = httpError({
 *   provider: "Acme",
 *   doing: "speak",
 *   status: 401,
 *   keyEnv: "ACME_API_KEY",
 * });
 * assertEquals(
 *   error.message,
 *   "Cannot speak with Acme: the key was refused (401); check ACME_API_KEY",
 * );
 * ```
 */
export function httpError(options: HTTPErrorOptions): ProviderError {
  const { provider, doing, status, body } = options;
  const code = wordOf(options.code);
  const { category, state, fix } = verdictOn(options, code);
  const number = code ? `${status}, ${code}` : status;
  const message = `Cannot ${doing} with ${provider}: ${state} (${number})${fix ? `; ${fix}` : ""}`;
  const again = category === "rate_limit" || category === "server_error" || category === "timeout";
  const retryable = again && code !== "insufficient_quota";
  const retryAfterMs = waitOf(options.retryAfter);
  return new ProviderError(message, { provider, category, status, retryable, retryAfterMs, body });
}

/** Milliseconds that a `Retry-After` in seconds asks for; one with a date needs a clock to be of use. */
function waitOf(retryAfter: string | null | undefined): number | undefined {
  return retryAfter && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
}

/** A code, if it is one and no sentence. */
function wordOf(code: string | undefined): string | undefined {
  return code && /^[\w.-]{1,60}$/.test(code) ? code : undefined;
}

function verdictOn({ status, keyEnv }: HTTPErrorOptions, code: string | undefined): Verdict {
  if (code === "insufficient_quota") {
    return { category: "rate_limit", state: "no credit is left", fix: "check the account" };
  }
  switch (status) {
    case 401:
      return { category: "auth", state: "the key was refused", fix: `check ${keyEnv}` };
    case 403:
      return {
        category: "auth",
        state: "the key may not do that",
        fix: `check what ${keyEnv} gives access to`,
      };
    case 404:
      return {
        category: "invalid_request",
        state: "there is no such model or address",
        fix: 'check "model" and "baseUrl"',
      };
    case 413:
      return { category: "invalid_request", state: "the request is too large" };
    case 408:
    case 504:
      return { category: "timeout", state: "it took too long" };
    case 429:
      return { category: "rate_limit", state: "too many requests", fix: "try again later" };
    default:
      return status >= 500
        ? { category: "server_error", state: "its server failed", fix: "try again later" }
        : { category: "invalid_request", state: "the request was not accepted" };
  }
}
