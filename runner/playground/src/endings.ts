/**
 * Why a session is over, read from what the published client tells.
 *
 * @module
 */
import { type Fields, isFields, text } from "./narrow.ts";

/** Why a session is over, or never began. */
export type Ending =
  /** The user left. */
  | { readonly kind: "left" }
  /** The bot, or the server in good order, ended it. */
  | { readonly kind: "finished" }
  /** The server would not begin one. */
  | { readonly kind: "refused"; readonly detail: string }
  /** The server reported an error that ends the session. */
  | { readonly kind: "error"; readonly detail: string }
  /** The connection broke. */
  | { readonly kind: "broken"; readonly detail: string };

/** Close codes by which a server ends a session on purpose. */
const ORDERLY_CODES: readonly number[] = [1000, 1005];

/** What an error message of the client means. */
export type ClientError =
  | { readonly fatal: false; readonly detail: string }
  | { readonly fatal: true; readonly ending: Ending };

/** Reads an error message of the client: the transport's or the server's. */
export function readError(message: unknown): ClientError {
  const data = isFields(message) && isFields(message.data) ? message.data : {};
  const detail = textOf(data) ?? "Unknown error";
  if (data.fatal !== true) return { fatal: false, detail };
  const closed = /^websocket connection closed\. Code: (\d+)/.exec(detail);
  if (closed !== null) {
    return { fatal: true, ending: endingOfCode(Number(closed[1])) };
  }
  const isTransport = detail.startsWith("websocket ");
  return {
    fatal: true,
    ending: { kind: isTransport ? "broken" : "error", detail },
  };
}

/** Reads why a session did not begin. */
export function readRejection(error: unknown): Ending {
  // The client parses every refusal as JSON and fails where it is not.
  if (error instanceof SyntaxError) {
    return { kind: "refused", detail: "The server gave no reason" };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const isStart = isFields(error) && error.error === "invalid-request-error";
  return { kind: isStart ? "refused" : "broken", detail };
}

function endingOfCode(code: number): Ending {
  if (ORDERLY_CODES.includes(code)) return { kind: "finished" };
  return { kind: "broken", detail: `connection closed with code ${code}` };
}

function textOf(data: Fields): string | undefined {
  return text(data, "error") ?? text(data, "message");
}
