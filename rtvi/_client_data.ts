import { isKeypadEntry, type KeypadEntry } from "../frames/mod.ts";

/** What came of reading something: what it says, or what is wrong with it. */
export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string };

/** Characters of a client's own words that an error repeats. */
const QUOTED = 40;

/** Something of a client's message as an error repeats it: what it is; a text in quotes, and not all of it. */
export function quote(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "string") return Array.isArray(value) ? "a list" : `a ${typeof value}`;
  const chars = [...value.slice(0, QUOTED * 2)];
  return `"${chars.length > QUOTED ? `${chars.slice(0, QUOTED).join("")}…` : chars.join("")}"`;
}

/** Whether a value is an object with named members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the user typed, and how it is to be answered. */
export interface SendText {
  readonly content: string;
  readonly runImmediately: boolean;
  readonly audioResponse: boolean;
}

export function readSendText(data: unknown): Read<SendText> {
  if (!isRecord(data)) return wrong("data", "an object", data);
  const { content } = data;
  const options = data["options"] ?? {};
  if (typeof content !== "string") return wrong("content", "a string", content);
  if (!isRecord(options)) return wrong("options", "an object", options);
  const run = options["run_immediately"] ?? true;
  const audio = options["audio_response"] ?? true;
  if (typeof run !== "boolean") return wrong("run_immediately", "a boolean", run);
  if (typeof audio !== "boolean") return wrong("audio_response", "a boolean", audio);
  return { ok: true, value: { content, runImmediately: run, audioResponse: audio } };
}

/** What an application's client sends to its bot. */
export interface OwnMessage {
  readonly type: string;
  readonly data: unknown;
}

export function readOwnMessage(data: unknown): Read<OwnMessage> {
  if (!isRecord(data)) return wrong("data", "an object", data);
  const { t: type, d } = data;
  if (typeof type !== "string") return wrong("t", "a string", type);
  return { ok: true, value: { type, data: d } };
}

/** What a client gives for a call. */
export interface CallResult {
  readonly toolCallId: string;
  readonly result: unknown;
}

export function readCallResult(data: unknown): Read<CallResult> {
  if (!isRecord(data)) return wrong("data", "an object", data);
  const { tool_call_id: toolCallId, result } = data;
  if (typeof toolCallId !== "string") return wrong("tool_call_id", "a string", toolCallId);
  return { ok: true, value: { toolCallId, result } };
}

/** The keys that a user pressed: a list, or one as clients before 2.1.0 send it. */
export function readKeys(data: unknown): Read<readonly KeypadEntry[]> {
  if (!isRecord(data)) return wrong("data", "an object", data);
  const { button, buttons = button === undefined ? undefined : [button] } = data;
  if (!Array.isArray(buttons) || buttons.length === 0) {
    return wrong("buttons", "a list of at least one key", buttons);
  }
  const keys = buttons.filter(isKeypadEntry);
  if (keys.length === buttons.length) return { ok: true, value: keys };
  return wrong("buttons", "a list of keys from 0 to 9, # and *", buttons);
}

/** The version of RTVI that a client speaks. */
export function readVersion(
  data: unknown,
): Read<{ readonly major: number; readonly text: string }> {
  const version = isRecord(data) ? data["version"] : undefined;
  const match = typeof version === "string" ? /^(\d{1,5})\.\d{1,5}\.\d{1,5}/.exec(version) : null;
  if (match) return { ok: true, value: { major: Number(match[1]), text: match[0] } };
  return wrong("version", 'a version such as "2.1.0"', version);
}

function wrong(member: string, wish: string, value: unknown): Read<never> {
  const state = value === undefined ? "is missing" : `is ${quote(value)}`;
  return { ok: false, problem: `"${member}" ${state}, and must be ${wish}` };
}
