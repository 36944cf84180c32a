import { TimeoutError } from "../../async/mod.ts";
import { ConnectionError, ProviderError, type SocketEnd } from "../wire/mod.ts";
import type { STTErrorEvent } from "./protocol.ts";

/** Whether another try can work. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ProviderError || error instanceof ConnectionError) return error.retryable;
  return error instanceof TimeoutError;
}

/** The error for a message that cannot be read, which quotes nothing of it. */
export function unreadable(provider: string, cause: unknown): ProviderError {
  const kind = cause instanceof Error ? cause.name : "Error";
  return new ProviderError(`Cannot read what ${provider} sent: it is not understood (${kind})`, {
    provider,
    category: "bad_answer",
    retryable: true,
  });
}

/** The error that a provider reports, of whose sentences nothing is shown: they can quote what was said. */
export function reported(provider: string, event: STTErrorEvent): ProviderError {
  const { code, category = "server_error", retryable = true, body } = event;
  const word = code && /^[\w.-]{1,60}$/.test(code) ? ` (${code})` : "";
  const message = `Cannot transcribe with ${provider}: it reports an error${word}`;
  return new ProviderError(message, { provider, category, retryable, body });
}

/** The error for a provider that does not answer what it must. */
export function stalled(provider: string, ms: number): TimeoutError {
  return new TimeoutError(`Cannot transcribe with ${provider}: nothing came for ${ms} ms`);
}

/** Why a connection ended that nobody wanted to end; nothing where that was in good order, and no word was owed. */
export function broken(
  provider: string,
  { code, clean, reason, why }: SocketEnd,
  options: { readonly refused: boolean; readonly owed: boolean },
): ConnectionError | undefined {
  const { refused, owed } = options;
  // Some close in good order what was quiet for long.
  if (clean && !refused && !owed && (code === 1000 || code === 1001 || code === 1005)) {
    return undefined;
  }
  const state = why ?? `it closed the connection (${code})`;
  return new ConnectionError(`Cannot transcribe with ${provider}: ${state}`, {
    host: provider,
    provider,
    closeCode: code,
    reason,
    retryable: !refused,
  });
}
