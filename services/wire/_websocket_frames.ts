/**
 * The frames of WebSocket (RFC 6455): bytes of a connection as messages.
 *
 * @module
 */

/** What a frame is. */
export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame. */
export interface WebSocketFrame {
  /** Whether a message ends with it. */
  readonly final: boolean;
  /** What it is, one of {@linkcode OPCODE}. */
  readonly opcode: number;
  /** What it carries. */
  readonly payload: Uint8Array;
}

/**
 * Thrown when what came is no WebSocket frame.
 */
export class FrameError extends Error {
  /** Name of the class. */
  override readonly name = "FrameError";

  /** Makes the error, with the close code that says so to the peer. */
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/** Writes one frame; a client masks it. */
export function encodeFrame(
  opcode: number,
  payload: Uint8Array,
  options: { readonly masked: boolean; readonly final?: boolean },
): Uint8Array<ArrayBuffer> {
  const { masked, final = true } = options;
  const { length } = payload;
  const sizeBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + sizeBytes + (masked ? 4 : 0);
  const bytes = new Uint8Array(head + length);
  const view = new DataView(bytes.buffer);
  bytes[0] = (final ? 0x80 : 0) | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (sizeBytes === 0 ? length : sizeBytes === 2 ? 126 : 127);
  if (sizeBytes === 2) view.setUint16(2, length);
  if (sizeBytes === 8) view.setBigUint64(2, BigInt(length));
  bytes.set(payload, head);
  if (masked) {
    const key = bytes.subarray(head - 4, head);
    crypto.getRandomValues(key);
    applyMask(bytes.subarray(head), key);
  }
  return bytes;
}

/** What a close frame carries. */
export function encodeClose(code: number, reason: string): Uint8Array {
  // A control frame carries at most 125 bytes.
  const text = new TextEncoder().encode(reason).subarray(0, 123);
  const bytes = new Uint8Array(2 + text.length);
  new DataView(bytes.buffer).setUint16(0, code);
  bytes.set(text, 2);
  return bytes;
}

/** What a close frame says; 1005 stands for one that says nothing. */
export function decodeClose(payload: Uint8Array): { code: number; reason: string } {
  if (payload.length < 2) return { code: 1005, reason: "" };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return { code: view.getUint16(0), reason: new TextDecoder().decode(payload.subarray(2)) };
}

/** Cuts the bytes of a connection into frames, however they arrive. */
export class FrameReader {
  readonly #maxBytes: number;
  readonly #masked: boolean;
  #chunks: Uint8Array[] = [];
  #length = 0;

  /** Makes a reader of frames of at most so many bytes, which are masked or not. */
  constructor(options: { readonly maxBytes: number; readonly masked: boolean }) {
    this.#maxBytes = options.maxBytes;
    this.#masked = options.masked;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  /**
   * Gives the next frame, if it is there whole.
   *
   * @throws {FrameError} If it is none, or larger than it may be.
   */
  next(): WebSocketFrame | undefined {
    const start = this.#peek(14);
    const [first = 0, second = 0] = start;
    if (start.length < 2) return undefined;
    if ((first & 0x70) !== 0) throw new FrameError(1002, "a reserved bit is set");
    if ((second & 0x80) !== 0 !== this.#masked) throw new FrameError(1002, "wrong masking");
    const opcode = first & 0x0f;
    const final = (first & 0x80) !== 0;
    const short = second & 0x7f;
    if (opcode >= 8 && (!final || short > 125)) throw new FrameError(1002, "a bad control frame");
    const sizeBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + sizeBytes + (this.#masked ? 4 : 0);
    if (start.length < head) return undefined;
    const view = new DataView(start.buffer, start.byteOffset, start.length);
    const size = sizeBytes === 0
      ? short
      : sizeBytes === 2
      ? view.getUint16(2)
      : Number(view.getBigUint64(2));
    if (size > this.#maxBytes) throw new FrameError(1009, `more than ${this.#maxBytes} bytes`);
    if (this.#length < head + size) return undefined;
    const key = this.#take(head).slice(head - 4);
    const payload = this.#take(size);
    if (this.#masked) applyMask(payload, key);
    return { final, opcode, payload };
  }

  /** The first bytes, left in place: as many as there are, up to `count`. */
  #peek(count: number): Uint8Array {
    const wanted = Math.min(count, this.#length);
    if ((this.#chunks[0]?.length ?? 0) < wanted) {
      this.#chunks = [concat(this.#chunks, this.#length)];
    }
    return this.#chunks[0]?.subarray(0, wanted) ?? new Uint8Array();
  }

  /** Takes so many bytes out, as a copy that is the caller's own. */
  #take(count: number): Uint8Array {
    const taken = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const [first = new Uint8Array()] = this.#chunks;
      const part = first.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === first.length) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(part.length);
    }
    this.#length -= count;
    return taken;
  }
}

function applyMask(bytes: Uint8Array, key: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (key[i & 3] ?? 0);
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
