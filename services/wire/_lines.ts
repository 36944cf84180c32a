/** What a {@linkcode LineReader} may hold, and whom it tells. */
export interface LineOptions {
  /** Bytes after which a line counts as too long. */
  readonly maxBytes: number;
  /** Told of what was left out; nothing of it is quoted. */
  readonly warn: (message: string) => void;
}

/**
 * Cuts bytes into lines of text, wherever the network cuts them: after LF, CR,
 * or both. A line that is too long is left out, and told of.
 */
export class LineReader {
  readonly #options: LineOptions;
  // A mark at the beginning of the stream is swallowed, once.
  readonly #decoder = new TextDecoder();
  #parts: string[] = [];
  #length = 0;
  #tooLong = false;
  #afterReturn = false;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** Gives the lines that are complete with these bytes. */
  *read(bytes: Uint8Array): Iterable<string> {
    yield* this.#cut(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Gives what is left when nothing more comes. */
  *end(): Iterable<string> {
    yield* this.#cut(this.#decoder.decode());
    if (this.#length > 0 || this.#tooLong) yield* this.#line();
  }

  *#cut(text: string): Iterable<string> {
    let from = 0;
    if (this.#afterReturn && text.startsWith("\n")) from = 1;
    if (text !== "") this.#afterReturn = false;
    for (const { 0: mark, index } of text.matchAll(/\r\n|\n|\r/g)) {
      if (index < from) continue;
      this.#keep(text.slice(from, index));
      yield* this.#line();
      from = index + mark.length;
      this.#afterReturn = mark === "\r" && from === text.length;
    }
    this.#keep(text.slice(from));
  }

  #keep(text: string): void {
    if (text === "" || this.#tooLong) return;
    this.#length += text.length;
    if (this.#length > this.#options.maxBytes) {
      this.#tooLong = true;
      this.#parts = [];
    } else this.#parts.push(text);
  }

  *#line(): Iterable<string> {
    const line = this.#parts.join("");
    const tooLong = this.#tooLong;
    this.#parts = [];
    this.#length = 0;
    this.#tooLong = false;
    if (!tooLong) yield line;
    else this.#options.warn(`A line of more than ${this.#options.maxBytes} bytes was left out`);
  }
}
