import { type LineOptions, LineReader } from "./_lines.ts";

/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  /** Its kind; `"message"` where the server says none. */
  readonly event: string;
  /** Its text; several lines are joined. */
  readonly data: string;
  /** Its id, if it has one. */
  readonly id: string | undefined;
}

/** How much one message of a stream may hold, and who is told of bad ones. */
export interface MessageStreamOptions {
  /** Bytes after which a message counts as too long, and is left out. @default {16777216} */
  readonly maxBytes?: number | undefined;
  /** Told of every message that was left out; nothing of it is quoted. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** Bytes that one message may have, where nobody says otherwise: minutes of audio. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/**
 * Reads server-sent events from bytes, wherever the network cuts them.
 *
 * An event that the end of the stream cuts off before its blank line counts: some
 * servers leave that line out.
 *
 * @example
 * ```ts
 * import { readServerSentEvents } from "@parley/sdk/services/wire";
 * import { assertEquals } from "@std/assert";
 * const bytes = new TextEncoder().encode("event: note\ndata: one\ndata: two\n\n");
 * const events = await Array.fromAsync(readServerSentEvents(ReadableStream.from([bytes])));
 * assertEquals(events, [{ event: "note", data: "one\ntwo", id: undefined }]);
 * ```
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* readServerSentEvents(
  bytes: AsyncIterable<Uint8Array>,
  options: MessageStreamOptions = {},
): AsyncIterable<ServerSentEvent> {
  const { maxBytes = MAX_MESSAGE_BYTES, warn = () => {} } = options;
  const lines = new LineReader({ maxBytes, warn });
  const event = new PendingEvent({ maxBytes, warn });
  for await (const chunk of bytes) {
    for (const line of lines.read(chunk)) yield* event.take(line);
  }
  for (const line of lines.end()) yield* event.take(line);
  yield* event.take("");
}

/** The event whose lines are coming in. */
class PendingEvent {
  readonly #options: LineOptions;
  #event = "";
  #data: string[] = [];
  #length = 0;
  #id: string | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  *take(line: string): Iterable<ServerSentEvent> {
    if (line === "") return yield* this.#end();
    // A comment, sent to keep the connection alive.
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#add(value);
    else if (name === "event") this.#event = value;
    else if (name === "id") this.#id = value;
  }

  #add(value: string): void {
    this.#length += value.length + 1;
    if (this.#length <= this.#options.maxBytes) this.#data.push(value);
    else this.#data = [];
  }

  *#end(): Iterable<ServerSentEvent> {
    const { maxBytes, warn } = this.#options;
    if (this.#length > maxBytes) warn(`An event of more than ${maxBytes} bytes was left out`);
    else if (this.#data.length > 0) {
      yield { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    }
    this.#event = "";
    this.#data = [];
    this.#length = 0;
  }
}
