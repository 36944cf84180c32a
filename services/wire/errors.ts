/**
 * Thrown when a service needs a key and has none.
 *
 * @example
 * ```ts
 * import { MissingKeyError } from "@parley/sdk/services/wire";
 * console.log(new MissingKeyError("Cannot use Acme without an API key").name);
 * ```
 */
export class MissingKeyError extends TypeError {
  /** Name of the class. */
  override readonly name = "MissingKeyError";
}

/** What kind of trouble a {@linkcode ProviderError} is. */
export type ProviderErrorCategory =
  /** The key was refused, or may not do that. */
  | "auth"
  /** Too many requests, or no credit left. */
  | "rate_limit"
  /** The provider cannot do what it was asked. */
  | "invalid_request"
  /** The provider failed. */
  | "server_error"
  /** The provider could not be reached, or the connection broke. */
  | "connection"
  /** The provider took too long. */
  | "timeout"
  /** What the provider sent cannot be read. */
  | "bad_answer";

/** What a {@linkcode ProviderError} says beside its message. */
export interface ProviderErrorOptions {
  /** Who refused, as it writes itself: `OpenAI`. */
  readonly provider: string;
  /** What kind of trouble it is. */
  readonly category?: ProviderErrorCategory | undefined;
  /** Status of the HTTP answer, if there was one. */
  readonly status?: number | undefined;
  /** Whether the same request can work later. @default {false} */
  readonly retryable?: boolean | undefined;
  /** Milliseconds that the provider asks to wait before the next try, if it says so. */
  readonly retryAfterMs?: number | undefined;
  /** What the provider answered. Printing the error does not show it. */
  readonly body?: unknown;
  /** What was thrown below, if it holds nothing that must not be logged. */
  readonly cause?: unknown;
}

/**
 * Thrown when a provider refuses, or answers with what cannot be read.
 *
 * @example
 * ```ts
 * import { ProviderError } from "@parley/sdk/services/wire";
 * const error = new ProviderError("Cannot speak: the key was refused", {
 *   provider: "OpenAI",
 *   status: 401,
 * });
 * console.log(error.retryable); // false
 * ```
 */
export class ProviderError extends Error {
  /** Name of the class. */
  override readonly name = "ProviderError";
  /** Who refused. */
  readonly provider: string;
  /** What kind of trouble it is. */
  readonly category: ProviderErrorCategory | undefined;
  /** Status of the HTTP answer, if there was one. */
  readonly status: number | undefined;
  /** Whether the same request can work later. */
  readonly retryable: boolean;
  /** Milliseconds that the provider asks to wait before the next try, if it says so. */
  readonly retryAfterMs: number | undefined;
  // Private, so that no log shows what may quote a key or what was said.
  readonly #body: unknown;

  /** Makes the error. */
  constructor(message: string, options: ProviderErrorOptions) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.provider = options.provider;
    this.category = options.category;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
    this.#body = options.body;
  }

  /** What the provider answered; it can quote what it was sent. */
  get body(): unknown {
    return this.#body;
  }
}

/** What a {@linkcode ConnectionError} says beside its message. */
export interface ConnectionErrorOptions {
  /** The host that was to be reached. */
  readonly host: string;
  /** The provider, as it writes itself, if that is known. */
  readonly provider?: string | undefined;
  /** The code that the connection was closed with, if it was. */
  readonly closeCode?: number | undefined;
  /** What the peer said when it closed. Printing the error does not show it. */
  readonly reason?: string | undefined;
  /** Whether another try can work. @default {true} */
  readonly retryable?: boolean | undefined;
  /** What was thrown below, if it holds nothing that must not be logged. */
  readonly cause?: unknown;
}

/**
 * Thrown when a connection cannot be opened, or breaks.
 *
 * @example
 * ```ts
 * import { ConnectionError } from "@parley/sdk/services/wire";
 * const error = new ConnectionError("Cannot connect: nothing answers", { host: "api.acme.example" });
 * console.log(error.retryable); // true
 * ```
 */
export class ConnectionError extends Error {
  /** Name of the class. */
  override readonly name = "ConnectionError";
  /** What kind of trouble it is. */
  readonly category: ProviderErrorCategory = "connection";
  /** The host that was to be reached. */
  readonly host: string;
  /** The provider, if that is known. */
  readonly provider: string | undefined;
  /** The code that the connection was closed with, if it was. */
  readonly closeCode: number | undefined;
  /** Whether another try can work. */
  readonly retryable: boolean;
  // Private for the same reason as the body of a provider's error.
  readonly #reason: string | undefined;

  /** Makes the error. */
  constructor(message: string, options: ConnectionErrorOptions) {
    super(message, "cause" in options ? { cause: options.cause } : {});
    this.host = options.host;
    this.provider = options.provider;
    this.closeCode = options.closeCode;
    this.retryable = options.retryable ?? true;
    this.#reason = options.reason;
  }

  /** What the peer said when it closed; it can quote what it was sent. */
  get reason(): string | undefined {
    return this.#reason;
  }
}
