/** What the scripted server of a recording says, made into bytes. */
import { encodeWav } from "../../audio/mod.ts";
import { encodeEventStream } from "../../services/wire/mod.ts";
import type { FakeResponse } from "./fake_network.ts";
import { isList, type JSONValue, membersOf, numberOf, textOf } from "./recording.ts";

/** Parts that come one after another, in milliseconds. */
const PART_PAUSE_MS = 250;

/** How many parts come at once; more of them take their time. */
const QUICK_PARTS = 3;

/** A value with audio where its placeholders say audio: `<base64 pcm s16le, 4800 bytes>`. */
export function withAudio(value: JSONValue): JSONValue {
  if (typeof value === "string") {
    return value.replace(/^<base64 .*?(\d+) bytes>$/, (_, n) => base64(Number(n)));
  }
  if (isList(value)) return value.map(withAudio);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(membersOf(value)).map(([k, v]) => [k, withAudio(v)]));
}

/** The bytes of `<pcm s16le, 4800 bytes>`. */
export function audioOf(placeholder: string): Uint8Array<ArrayBuffer> {
  return tone(Number(/(\d+) bytes/.exec(placeholder)?.[1] ?? 0));
}

/** A message of an AWS event stream. */
export function eventStreamOf(frame: JSONValue): Uint8Array<ArrayBuffer> {
  const { headers, payload } = membersOf(frame);
  const texts = Object.entries(membersOf(headers)).map(([name, value]) =>
    [name, textOf(value) ?? ""] as const
  );
  return encodeEventStream({
    headers: Object.fromEntries(texts),
    payload: new TextEncoder().encode(JSON.stringify(payload ?? null)),
  });
}

/** The answer to a request. */
export function responseOf(line: JSONValue | undefined): FakeResponse {
  const { status = 200, headers, body, body_bytes: bytes, json } = membersOf(line);
  const shared = {
    status: numberOf(status) ?? 200,
    headers: Object.fromEntries(
      Object.entries(membersOf(headers)).map(([name, value]) => [name, textOf(value) ?? ""]),
    ),
  };
  if (json !== undefined) {
    const type = { "content-type": "application/json" };
    return {
      ...shared,
      headers: { ...type, ...shared.headers },
      parts: [encode(json)],
      pauseMs: 0,
    };
  }
  const parts = partsOf(body, numberOf(bytes) ?? 0);
  return { ...shared, parts, pauseMs: parts.length > QUICK_PARTS ? PART_PAUSE_MS : 0 };
}

function partsOf(body: JSONValue | undefined, bytes: number): Uint8Array<ArrayBuffer>[] {
  if (typeof body === "string") {
    const count = Number(/(\d+) parts/.exec(body)?.[1] ?? 1);
    const all = body.startsWith("wav") ? wav(bytes, body) : tone(bytes);
    const size = Math.ceil(all.length / count / 2) * 2;
    return Array.from({ length: count }, (_, k) => all.slice(k * size, (k + 1) * size));
  }
  const { json, ndjson, sse } = membersOf(body);
  if (json !== undefined) return [encode(withAudio(json))];
  if (isList(ndjson)) return ndjson.map((line) => encode(withAudio(line), "\n"));
  if (isList(sse)) return sse.map((event) => encodeEvent(membersOf(event)));
  return [];
}

function encode(value: JSONValue, end = ""): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value) + end);
}

function encodeEvent(
  { event, data }: { readonly [key: string]: JSONValue },
): Uint8Array<ArrayBuffer> {
  const name = textOf(event);
  const text = typeof data === "string" ? data : JSON.stringify(withAudio(data ?? null));
  return new TextEncoder().encode(`${name ? `event: ${name}\n` : ""}data: ${text}\n\n`);
}

/** A tone that is not silence, in bytes of 16-bit PCM. */
function tone(bytes: number): Uint8Array<ArrayBuffer> {
  const samples = new Int16Array(Math.floor(bytes / 2)).map((_, k) => 3000 * Math.sin(k / 9));
  return new Uint8Array(samples.buffer);
}

function wav(bytes: number, description: string): Uint8Array<ArrayBuffer> {
  const sampleRate = Number(/(\d+) Hz/.exec(description)?.[1] ?? 24_000);
  return new Uint8Array(encodeWav(new Int16Array(tone(bytes - 44).buffer), { sampleRate }));
}

function base64(bytes: number): string {
  return tone(bytes).toBase64();
}
