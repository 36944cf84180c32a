import type { HalfClosable } from "./_byte_pipe.ts";

/** The provider's end of a connection, which can be made to misbehave. */
export class PeerConnection implements HalfClosable {
  readonly #below: HalfClosable;
  #reading: PromiseWithResolvers<void> | undefined;
  #silent = false;
  #closed = false;

  constructor(below: HalfClosable) {
    this.#below = below;
  }

  /** Takes nothing from the connection until it is resumed. */
  pause(): void {
    this.#reading ??= Promise.withResolvers();
  }

  /** Takes what comes again. */
  resume(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }

  /** From now on says nothing and never closes: as one that hangs does. */
  hang(): void {
    this.#silent = true;
  }

  /** Whether it says nothing any more, and never closes. */
  get hangs(): boolean {
    return this.#silent;
  }

  async read(): Promise<Uint8Array | undefined> {
    await this.#reading?.promise;
    const bytes = await this.#below.read();
    // What was asked for before the pause stays with it.
    await this.#reading?.promise;
    return bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#silent) await this.#below.write(bytes);
  }

  end(): void {
    this.#below.end();
  }

  close(): void {
    if (!this.#silent) this.drop();
  }

  /** Drops the connection, whatever state it is in. */
  drop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.resume();
    this.#below.close();
  }
}

/** A TCP connection as one that can be ended in one direction. */
export function halfClosable(conn: Deno.TcpConn): HalfClosable {
  let open = true;
  return {
    async read() {
      const buffer = new Uint8Array(64 * 1024);
      const length = await conn.read(buffer);
      return length === null ? undefined : buffer.slice(0, length);
    },
    async write(bytes) {
      let at = 0;
      while (at < bytes.length) at += await conn.write(bytes.subarray(at));
    },
    end() {
      // Whoever is gone already needs no end.
      if (open) void conn.closeWrite().catch(() => {});
    },
    close() {
      if (!open) return;
      open = false;
      conn.close();
    },
  };
}
