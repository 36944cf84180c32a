import { crc32 } from "node:zlib";

/** A message of an event stream of AWS. */
export interface EventStreamMessage {
  /** Its headers, such as `:event-type`; those whose value is no text are left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its body. */
  readonly payload: Uint8Array;
}

/** Bytes of a message besides headers and payload: two lengths and two checksums. */
const OVERHEAD = 16;

/** The type of a header whose value is text. */
const TEXT = 7;

/** Bytes that values of each other type take; those of types 6 and 7 say their own length. */
const SIZES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];

const UTF8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/**
 * Writes a message of an event stream of AWS.
 *
 * @example
 * ```ts
 * import { decodeEventStream, encodeEventStream } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 *
 * const headers = { ":message-type": "event", ":event-type": "AudioEvent" };
 * const bytes = encodeEventStream({ headers, payload: new Uint8Array([1, 2]) });
 * assertEquals(decodeEventStream(bytes), { headers, payload: new Uint8Array([1, 2]) });
 * ```
 * @throws {RangeError} If a header's name or value is too long.
 * @see https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html (read 2026-11-21)
 */
export function encodeEventStream(message: EventStreamMessage): Uint8Array<ArrayBuffer> {
  const headers = Object.entries(message.headers).map(encodeHeader);
  const headerBytes = headers.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(OVERHEAD + headerBytes + message.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, headerBytes);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  let at = 12;
  for (const header of headers) {
    bytes.set(header, at);
    at += header.length;
  }
  bytes.set(message.payload, at);
  const end = bytes.length - 4;
  view.setUint32(end, crc32(bytes.subarray(0, end)));
  return bytes;
}

/**
 * Reads a message of an event stream of AWS, which is all that the bytes are.
 *
 * @example
 * ```ts
 * import { decodeEventStream } from "@parley/sdk/services/wire";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => decodeEventStream(new Uint8Array(3)), SyntaxError);
 * ```
 * @throws {SyntaxError} If it is none, or is damaged.
 */
export function decodeEventStream(bytes: Uint8Array): EventStreamMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < OVERHEAD || view.getUint32(0) !== bytes.length) {
    throw damaged(`it has ${bytes.length} bytes, and says otherwise`);
  }
  const headerBytes = view.getUint32(4);
  const end = bytes.length - 4;
  if (view.getUint32(8) !== crc32(bytes.subarray(0, 8))) throw damaged("its length is damaged");
  if (view.getUint32(end) !== crc32(bytes.subarray(0, end))) throw damaged("its body is damaged");
  if (headerBytes > bytes.length - OVERHEAD) throw damaged("its headers are longer than it is");
  return {
    headers: decodeHeaders(bytes.subarray(12, 12 + headerBytes)),
    payload: bytes.subarray(12 + headerBytes, end),
  };
}

function encodeHeader([name, value]: [string, string]): Uint8Array {
  const [nameBytes, valueBytes] = [UTF8.encoder.encode(name), UTF8.encoder.encode(value)];
  if (nameBytes.length > 255 || valueBytes.length > 32_767) {
    throw new RangeError(`Cannot write the header "${name}" of an event stream: it is too long`);
  }
  const bytes = new Uint8Array(4 + nameBytes.length + valueBytes.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = nameBytes.length;
  bytes.set(nameBytes, 1);
  bytes[1 + nameBytes.length] = TEXT;
  view.setUint16(2 + nameBytes.length, valueBytes.length);
  bytes.set(valueBytes, 4 + nameBytes.length);
  return bytes;
}

function decodeHeaders(bytes: Uint8Array): Record<string, string> {
  const headers: Record<string, string> = {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (from: number, length: number) => {
    if (from + length > bytes.length) throw damaged("a header is longer than they all are");
    return UTF8.decoder.decode(bytes.subarray(from, from + length));
  };
  for (let at = 0; at < bytes.length;) {
    const nameLength = bytes[at] ?? 0;
    const name = text(at + 1, nameLength);
    at += 1 + nameLength;
    const type = bytes[at++] ?? -1;
    const fixed = SIZES[type];
    if (fixed === undefined) throw damaged(`a header has the unknown type ${type}`);
    if (fixed < 0 && at + 2 > bytes.length) throw damaged("a header ends in its length");
    const length = fixed < 0 ? view.getUint16(at) : fixed;
    if (fixed < 0) at += 2;
    const value = text(at, length);
    if (type === TEXT) headers[name] = value;
    at += length;
  }
  return headers;
}

function damaged(why: string): SyntaxError {
  return new SyntaxError(`Cannot read a message of an event stream: ${why}`);
}
