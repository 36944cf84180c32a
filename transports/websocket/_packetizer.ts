import type { Clock, Timer } from "../../async/mod.ts";

/** How long what fills no packet waits for more. */
const PATIENCE_MS = 100;

/** Cuts bytes into packets of one size; the last of some speech is filled up with zeros. */
export class Packetizer {
  readonly #size: number;
  readonly #send: (packet: Uint8Array<ArrayBuffer>) => void;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #timer: Timer | undefined;

  constructor(size: number, send: (packet: Uint8Array<ArrayBuffer>) => void) {
    this.#size = size;
    this.#send = send;
  }

  push(bytes: Uint8Array<ArrayBuffer>, clock: Clock): void {
    this.#timer?.cancel();
    let all = bytes;
    if (this.#rest.length > 0) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    let at = 0;
    for (; at + this.#size <= all.length; at += this.#size) {
      this.#send(all.subarray(at, at + this.#size));
    }
    this.#rest = all.slice(at);
    if (this.#rest.length > 0) this.#timer = clock.timer(PATIENCE_MS, () => this.#flush());
  }

  /** Forgets what waits. */
  clear(): void {
    this.#timer?.cancel();
    this.#rest = new Uint8Array(0);
  }

  #flush(): void {
    const packet = new Uint8Array(this.#size);
    packet.set(this.#rest);
    this.clear();
    this.#send(packet);
  }
}
