/** What a client did on the wire, in one form for recordings and for what is replayed. */
import {
  isList,
  type JSONValue,
  membersOf,
  numberOf,
  type RecordedLine,
  textOf,
} from "./recording.ts";

/** One thing that a client did. */
export interface Act {
  /** Which connection it was on; requests stand on 0. */
  readonly conn: number;
  /** What kind of thing. */
  readonly kind: "open" | "message" | "audio" | "close" | "request" | "abort";
  /** What was sent, to be compared. */
  readonly value: JSONValue;
  /** How many bytes of audio. */
  readonly bytes?: number | undefined;
}

/** Headers that libraries make, and that differ from one to the next, or that name the client. */
const UNTOLD =
  /^(host|connection|upgrade|content-length|accept-encoding|sec-.*|x-stainless-.*|x-amz-date|amz-sdk-.*|x-source|x-pipecat-version|x-fern-.*|x-deepgram-session-id)$/i;

/** What the runtime, or our own socket, says of itself where a service says nothing. */
const RUNTIME = /^(accept: \*\/\*|accept-language: \*|user-agent: (Deno\/.*|Parley))$/i;

/** What of a recording is to be the same: what the client did. Audio in a row is one act. */
export function recordedActs(lines: readonly RecordedLine[]): Act[] {
  return merged(lines.filter(({ from }) => from === "client").flatMap(recordedAct));
}

/** Joins audio that follows on audio of the same connection. */
export function merged(acts: readonly Act[]): Act[] {
  const result: Act[] = [];
  for (const act of acts) {
    const at = result.findLastIndex(({ conn }) => conn === act.conn);
    const last = result[at];
    if (act.kind === "audio" && last?.kind === "audio") {
      result[at] = { ...last, bytes: (last.bytes ?? 0) + (act.bytes ?? 0) };
    } else result.push(act);
  }
  return result;
}

/** An attempt to connect. */
export function openAct(
  conn: number,
  url: string,
  options: { readonly headers: Iterable<readonly [string, string]>; readonly protocols: JSONValue },
): Act {
  const { headers, protocols } = options;
  return { conn, kind: "open", value: { ...address(url), headers: told(headers), protocols } };
}

/** A request. */
export function requestAct(
  url: string,
  request: {
    readonly method: string;
    readonly headers: Iterable<readonly [string, string]>;
    readonly body: JSONValue;
  },
): Act {
  const { method, headers, body } = request;
  const value = { method, ...address(url), headers: told(headers), body: withoutAudio(body) };
  return { conn: 0, kind: "request", value };
}

/** A text message: what it says, if it is JSON. */
export function textAct(conn: number, text: string): Act {
  const value = parsed(text);
  const audio = audioIn(value);
  return audio === undefined
    ? { conn, kind: "message", value }
    : { conn, kind: "audio", value: null, bytes: audio };
}

/** The address without its query, and the query by name. */
function address(url: string): { readonly [key: string]: JSONValue } {
  const at = url.indexOf("?");
  const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
  const names = [...new Set(query.keys())].sort();
  const base = at < 0 ? url : url.slice(0, at);
  // Placeholders would be escaped by a URL.
  return {
    url: base.replace(/\/$/, ""),
    query: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
}

function told(headers: Iterable<readonly [string, string]>): JSONValue {
  const entries = [...headers]
    .filter(([name, value]) => !UNTOLD.test(name) && !RUNTIME.test(`${name}: ${value}`))
    .map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

function parsed(text: string): JSONValue {
  try {
    const value: JSONValue = JSON.parse(text);
    return typeof value === "object" ? value : text;
  } catch {
    // Some say a bare word, such as "finalize".
    return text;
  }
}

/** How many bytes of audio a message of JSON carries, if it is mostly that. */
function audioIn(value: JSONValue): number | undefined {
  for (const part of Object.values(membersOf(value))) {
    const text = textOf(part);
    if (text !== undefined && isAudio(text)) return Math.floor(text.length * 3 / 4);
  }
  return undefined;
}

function isAudio(text: string): boolean {
  return text.length >= 160 && /^[A-Za-z0-9+/]+=*$/.test(text);
}

/** What a request says, but for its audio, which is never the same to the byte. */
function withoutAudio(value: JSONValue): JSONValue {
  if (typeof value === "string") return isAudio(value) ? "(audio)" : value;
  if (isList(value)) return value.map(withoutAudio);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, part]) => [k, withoutAudio(part)]));
}

function recordedAct({ conn, fields }: RecordedLine): Act[] {
  const { open, text, audio, frame, request, close, abort } = fields;
  if (open !== undefined) {
    const { url, headers, protocols } = membersOf(open);
    const pairs = Object.entries(membersOf(headers)).map(([name, value]) =>
      [name, textOf(value) ?? ""] as const
    );
    return [openAct(conn, textOf(url) ?? "", { headers: pairs, protocols: protocols ?? [] })];
  }
  if (audio !== undefined) {
    return [{ conn, kind: "audio", value: null, bytes: numberOf(membersOf(audio)["bytes"]) ?? 0 }];
  }
  if (frame !== undefined) return [eventStreamAct(conn, membersOf(frame))];
  if (request !== undefined) return [recordedRequest(membersOf(request))];
  if (close !== undefined) return [{ conn, kind: "close", value: close }];
  if (abort !== undefined) return [{ conn: 0, kind: "abort", value: null }];
  if (text === undefined) return [];
  // What is no JSON is recorded as it is.
  if (typeof text === "string") return [{ conn, kind: "message", value: text }];
  return [textAct(conn, JSON.stringify(text))];
}

function eventStreamAct(conn: number, frame: { readonly [key: string]: JSONValue }): Act {
  const bytes = numberOf(frame["payload_bytes"]) ?? 0;
  return { conn, kind: "audio", value: null, bytes };
}

function recordedRequest(request: { readonly [key: string]: JSONValue }): Act {
  const { method, url, headers, json, body, form } = request;
  const pairs = Object.entries(membersOf(headers)).map(([name, value]) =>
    [name, (textOf(value) ?? "").replace(/boundary=.*/, "boundary")] as const
  );
  return requestAct(textOf(url) ?? "", {
    method: textOf(method) ?? "GET",
    headers: pairs,
    body: form === undefined ? json ?? body ?? null : formOf(form),
  });
}

/** The fields of a form by name; of a file its type and name. */
function formOf(form: JSONValue): JSONValue {
  const parts = (isList(form) ? form : []).map(membersOf);
  return Object.fromEntries(
    parts.map(({ name, value, content_type }) =>
      [textOf(name) ?? "", value ?? `(${textOf(content_type)})`] as const
    ).sort(([a], [b]) => a < b ? -1 : 1),
  );
}
