import { Deque } from "../async/mod.ts";
import type { ByteConnection } from "../services/wire/mod.ts";

/** Bytes that may be on their way before who writes has to wait. */
const PIPE_BYTES = 64 * 1024;

/** A connection that can also be ended in one direction. */
export interface HalfClosable extends ByteConnection {
  /** Sends no more, and still reads. */
  end(): void;
}

/** Two ends of one connection within this process, which takes no time. */
export function bytePipe(): [HalfClosable, HalfClosable] {
  const there = new OneWay();
  const back = new OneWay();
  return [endOf(back, there), endOf(there, back)];
}

function endOf(incoming: OneWay, outgoing: OneWay): HalfClosable {
  return {
    read: () => incoming.read(),
    write: (bytes) => outgoing.write(bytes),
    end: () => outgoing.end(),
    close: () => {
      incoming.end();
      outgoing.end();
    },
  };
}

/** What flows in one direction. */
class OneWay {
  readonly #pieces: Deque<Uint8Array> = new Deque();
  #bytes = 0;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece) {
        this.#bytes -= piece.length;
        this.#change();
        return piece;
      }
      if (this.#ended) return undefined;
      await this.#changed.promise;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (this.#bytes >= PIPE_BYTES && !this.#ended) await this.#changed.promise;
    if (this.#ended) throw new Deno.errors.BrokenPipe("Cannot write: the other end is closed");
    this.#pieces.push(bytes.slice());
    this.#bytes += bytes.length;
    this.#change();
  }

  end(): void {
    this.#ended = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
