import { FrameError, OPCODE, type WebSocketFrame } from "./_websocket_frames.ts";
import type { SocketMessage } from "./socket_types.ts";

/** Puts the frames of messages together that came in pieces. */
export class MessageReader {
  readonly #maxBytes: number;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #pieces: Uint8Array[] = [];
  #length = 0;
  #opcode: number | undefined;

  /** Makes a reader of messages of at most so many bytes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next frame of a message, and gives the message when it is whole.
   *
   * @throws {FrameError} If the frame has no place there, or the message is none.
   */
  take({ opcode, final, payload }: WebSocketFrame): SocketMessage | undefined {
    if (opcode > OPCODE.binary) throw new FrameError(1002, "an unknown kind of frame");
    if ((opcode === OPCODE.more) !== (this.#opcode !== undefined)) {
      throw new FrameError(1002, "a message within a message");
    }
    this.#opcode ??= opcode;
    this.#pieces.push(payload);
    this.#length += payload.length;
    if (this.#length > this.#maxBytes) {
      throw new FrameError(1009, `more than ${this.#maxBytes} bytes`);
    }
    if (!final) return undefined;
    const [kind, whole] = [this.#opcode, this.#whole()];
    this.#pieces = [];
    this.#length = 0;
    this.#opcode = undefined;
    return kind === OPCODE.text ? this.#text(whole) : whole;
  }

  #whole(): Uint8Array {
    const [first] = this.#pieces;
    if (first && this.#pieces.length === 1) return first;
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#utf8.decode(bytes);
    } catch {
      // A decoder's only failure: the bytes are not UTF-8.
      throw new FrameError(1007, "text that is not UTF-8");
    }
  }
}
