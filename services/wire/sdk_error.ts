import { ProviderError, type ProviderErrorCategory } from "./errors.ts";
import { httpError } from "./http_error.ts";

/** What was being done when an SDK threw. */
export interface SDKErrorOptions {
  /** The provider, as it writes itself: `OpenAI`. */
  readonly provider: string;
  /** What could not be done: `get an answer`. */
  readonly doing: string;
  /** The environment variable that holds the key. */
  readonly keyEnv: string;
  /** The address that was asked. */
  readonly baseUrl: string;
}

/**
 * Says what an error means that one of the SDKs of OpenAI's make threw, without
 * anything of what was sent: its own message can quote that.
 *
 * @example
 * ```ts
 * import { sdkError } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const error = sdkError(Object.assign(new Error("no"), { status: 429 }), {
 *   provider: "Acme",
 *   doing: "speak",
 *   keyEnv: "ACME_API_KEY",
 *   baseUrl: "https://api.acme.example",
 * });
 * assertEquals(error.category, "rate_limit");
 * ```
 */
export function sdkError(error: unknown, options: SDKErrorOptions): ProviderError {
  if (error instanceof ProviderError) return error;
  const { status, code, body } = fieldsOf(error);
  if (status !== undefined) return httpError({ ...options, status, code, body });
  const { provider, doing } = options;
  const { state, category, ...more } = verdictOn(error, options.baseUrl);
  return new ProviderError(`Cannot ${doing} with ${provider}: ${state}`, {
    provider,
    category,
    retryable: category !== undefined,
    ...more,
  });
}

interface Verdict {
  readonly state: string;
  readonly category?: ProviderErrorCategory;
  readonly body?: unknown;
  readonly cause?: unknown;
}

function verdictOn(error: unknown, baseUrl: string): Verdict {
  const kind = error instanceof Error ? error.constructor.name : "";
  if (kind === "APIConnectionTimeoutError") {
    return { state: "it took too long", category: "timeout" };
  }
  if (kind === "APIConnectionError") {
    const cause = error instanceof Error ? error.cause : undefined;
    return { state: `nothing answers at "${originOf(baseUrl)}"`, category: "connection", cause };
  }
  if (error instanceof SyntaxError) {
    return { state: "its answer cannot be read", category: "bad_answer" };
  }
  const { body } = fieldsOf(error);
  if (body !== undefined) {
    return { state: "it broke its answer off", category: "server_error", body };
  }
  const message = error instanceof Error ? error.message : String(error);
  // What a runtime says of a broken connection; it quotes nothing of what was sent.
  if (/connection|network|socket|stream/i.test(message)) {
    return { state: "the connection broke", category: "connection", cause: error };
  }
  return { state: message.replace(/^Cannot [^:]+: /, ""), cause: error };
}

/** The fields that these SDKs give their errors, as far as they are there. */
function fieldsOf(
  error: unknown,
): { readonly status?: number; readonly code?: string; readonly body?: unknown } {
  if (typeof error !== "object" || error === null) return {};
  // They stand on the error itself; nothing is taken for granted of their values.
  const { status, code, error: body } = { ...error } as Readonly<Record<string, unknown>>;
  return {
    ...typeof status === "number" && { status },
    ...typeof code === "string" && { code },
    ...body !== undefined && { body },
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
