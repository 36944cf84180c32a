/**
 * The handshake of WebSocket (RFC 6455, 4): what is asked, and what is answered.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ByteConnection } from "./dial.ts";

/** What goes behind a key before it is hashed (RFC 6455, 1.3). */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 64 * 1024;

/** The head of an HTTP message, and what of its body came along with it. */
export interface HTTPHead {
  /** The first line. */
  readonly firstLine: string;
  /** The headers. */
  readonly headers: Headers;
  /** Bytes behind the head. */
  readonly rest: Uint8Array;
}

/** What a server answers to a key. */
export function acceptOf(key: string): string {
  return createHash("sha1").update(key + GUID).digest("base64");
}

/** A key that nobody can guess. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}

/** What a client asks. */
export function requestHead(
  url: URL,
  options: {
    readonly key: string;
    readonly headers: Headers;
    readonly protocols: readonly string[];
  },
): Uint8Array {
  const { key, headers, protocols } = options;
  const all = new Headers(headers);
  if (!all.has("User-Agent")) all.set("User-Agent", "Parley");
  if (protocols.length > 0) all.set("Sec-WebSocket-Protocol", protocols.join(", "));
  const own: readonly [string, string][] = [
    ["Host", url.host],
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ];
  for (const [name] of own) all.delete(name);
  const lines = [...own, ...all].map(([name, value]) => `${name}: ${value}\r\n`);
  const target = `${url.pathname}${url.search}`;
  return new TextEncoder().encode(`GET ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
}

/**
 * Reads the head of an HTTP message.
 *
 * @throws {SyntaxError} If it is none, or ends too early.
 */
export async function readHead(connection: ByteConnection): Promise<HTTPHead> {
  let bytes = new Uint8Array();
  for (;;) {
    const end = endOfHead(bytes);
    if (end >= 0) return parseHead(bytes, end);
    if (bytes.length > MAX_HEAD_BYTES) {
      throw new SyntaxError("Cannot shake hands: its head has no end");
    }
    const more = await connection.read();
    if (!more) throw new SyntaxError("Cannot shake hands: it hung up");
    bytes = joined(bytes, more);
  }
}

/** Reads the body of an answer, as far as its length is known and it is not too long. */
export async function readBody(connection: ByteConnection, head: HTTPHead): Promise<string> {
  const length = Number(head.headers.get("content-length") ?? 0);
  const wanted = Math.min(Number.isFinite(length) ? length : 0, MAX_BODY_BYTES);
  let bytes = head.rest;
  while (bytes.length < wanted) {
    const more = await connection.read();
    if (!more) break;
    bytes = joined(bytes, more);
  }
  return new TextDecoder().decode(bytes.subarray(0, wanted));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Where the empty line begins, or -1. */
function endOfHead(bytes: Uint8Array): number {
  for (let i = bytes.indexOf(13); i >= 0; i = bytes.indexOf(13, i + 1)) {
    if (bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  }
  return -1;
}

function parseHead(bytes: Uint8Array, end: number): HTTPHead {
  const [firstLine = "", ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw new SyntaxError("Cannot shake hands: a line of its head is no header");
    headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return { firstLine, headers, rest: bytes.subarray(end + 4) };
}

/** The status of an answer; 0 where the first line is none. */
export function statusOf({ firstLine }: HTTPHead): number {
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(firstLine) ?? [];
  return Number(status ?? 0);
}
