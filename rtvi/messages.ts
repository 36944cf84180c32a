import { isRecord, quote } from "./_client_data.ts";

/** Version of the RTVI protocol that is spoken. */
export const RTVI_PROTOCOL_VERSION = "2.1.0";

/** Label of every RTVI message. */
export const RTVI_LABEL = "rtvi-ai";

/** What a client is told. */
export type RTVIServerMessageType =
  | "bot-audio-level"
  | "bot-interrupted"
  | "bot-llm-started"
  | "bot-llm-stopped"
  | "bot-llm-text"
  | "bot-output"
  | "bot-ready"
  | "bot-started-speaking"
  | "bot-stopped-speaking"
  | "bot-transcription"
  | "bot-tts-started"
  | "bot-tts-stopped"
  | "bot-tts-text"
  | "error"
  | "error-response"
  | "llm-function-call-in-progress"
  | "llm-function-call-started"
  | "llm-function-call-stopped"
  | "metrics"
  | "server-message"
  | "server-response"
  | "user-audio-level"
  | "user-llm-text"
  | "user-mute-started"
  | "user-mute-stopped"
  | "user-started-speaking"
  | "user-stopped-speaking"
  | "user-transcription"
  | "vad-user-started-speaking"
  | "vad-user-stopped-speaking";

/** What a client can ask for. */
export type RTVIClientMessageType =
  | "client-message"
  | "client-ready"
  | "disconnect-bot"
  | "dtmf"
  | "error"
  | "llm-function-call-result"
  | "send-text";

/** A message of a client, its envelope checked. */
export interface RTVIClientMessage {
  /** What it asks for. */
  readonly type: RTVIClientMessageType | (string & {});
  /** Names the request in its answer. */
  readonly id: string;
  /** What comes along; each type checks its own. */
  readonly data: unknown;
}

/** A message to a client. */
export interface RTVIMessage {
  /** Always {@linkcode RTVI_LABEL}. */
  readonly label: typeof RTVI_LABEL;
  /** What it says. */
  readonly type: RTVIServerMessageType | (string & {});
  /** The request it answers. */
  readonly id?: string;
  /** What comes along. */
  readonly data?: unknown;
}

/**
 * Makes a message to a client.
 *
 * @example
 * ```ts
 * import { makeMessage } from "@parley/sdk/rtvi";
 * console.log(makeMessage("bot-started-speaking"));
 * ```
 */
export function makeMessage(
  type: RTVIMessage["type"],
  data?: unknown,
  options: { readonly id?: string } = {},
): RTVIMessage {
  return {
    label: RTVI_LABEL,
    type,
    ...(options.id === undefined ? {} : { id: options.id }),
    ...(data === undefined || data === null ? {} : { data }),
  };
}

/** What came of reading a client's message. */
export type ParsedMessage =
  | { readonly ok: true; readonly message: RTVIClientMessage }
  | { readonly ok: false; readonly problem: string }
  /** Not RTVI: somebody else's. */
  | undefined;

/**
 * Reads the envelope of a client's message.
 *
 * @example
 * ```ts
 * import { parseMessage } from "@parley/sdk/rtvi";
 * const parsed = parseMessage({ label: "rtvi-ai", type: "client-ready", id: "1" });
 * console.log(parsed?.ok); // true
 * ```
 */
export function parseMessage(value: unknown): ParsedMessage {
  if (!isRecord(value) || value["label"] !== RTVI_LABEL) return undefined;
  const { type, id, data } = value;
  if (typeof type !== "string") return { ok: false, problem: 'it has no "type" that is a string' };
  if (typeof id !== "string") {
    return { ok: false, problem: `${quote(type)} has no "id" that is a string` };
  }
  return { ok: true, message: { type, id, data } };
}
