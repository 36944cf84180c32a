import type { SocketLike } from "../../transports/websocket/mod.ts";

/** The server's end of a socket whose peer does what a test says. */
export class FakeSocket extends EventTarget implements SocketLike {
  binaryType: BinaryType = "blob";
  readyState: number;
  bufferedAmount = 0;
  /** What was sent. */
  readonly sent: (string | Uint8Array)[] = [];
  /** How it was closed. */
  readonly closes: { readonly code: number | undefined; readonly reason: string | undefined }[] =
    [];
  /** Whether the peer answers a close. */
  answersClose = true;

  constructor({ open = true } = {}) {
    super();
    this.readyState = open ? 1 : 0;
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (this.readyState !== 1) throw new DOMException("readyState not OPEN", "InvalidStateError");
    this.sent.push(typeof data === "string" ? data : (data as Uint8Array).slice());
  }

  close(code?: number, reason?: string): void {
    this.closes.push({ code, reason });
    this.readyState = 2;
    if (this.answersClose) queueMicrotask(() => this.leave());
  }

  /** The handshake is over. */
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  /** The peer sends a message. */
  receive(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? data : data.slice().buffer;
    this.dispatchEvent(new MessageEvent("message", { data: bytes }));
  }

  /** The peer is gone. */
  leave(code = 1006): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}
