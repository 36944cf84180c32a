import type { TTSContractAnswer, TTSContractProvider } from "./tts_contract.ts";

/** How a provider of voices answers over HTTP, from its own side. */
export interface HttpTTSDialect {
  /** The text that a request asks for. */
  text(body: unknown): string;
  /** The voice that a request asks for. */
  voice(body: unknown, request: HttpTTSRequest): unknown;
  /** Rate of the audio that a request asks for, in hertz. */
  sampleRate(body: unknown, request: HttpTTSRequest): number;
  /** Kind of the answer's body. @default {"audio/pcm"} */
  readonly contentType?: string | undefined;
  /** What begins an answer, such as a header. */
  begin?(sampleRate: number): Uint8Array<ArrayBuffer>;
  /** What of an answer holds a piece of audio: 16-bit PCM as it is by default. */
  audio?(bytes: Uint8Array<ArrayBuffer>, word: HttpSpokenWord): Uint8Array<ArrayBuffer>;
  /** What ends an answer. */
  end?(): Uint8Array<ArrayBuffer>;
}

/** A word of an answer. */
export interface HttpSpokenWord {
  /** The word. */
  readonly text: string;
  /** When it begins, in milliseconds from the beginning of the answer. */
  readonly startMs: number;
  /** When it ends. */
  readonly endMs: number;
}

/** A request that a {@linkcode ScriptedHttpTTS} was sent. */
export interface HttpTTSRequest {
  /** What was to be done: `POST`. */
  readonly method: string;
  /** The address that was asked for, with its query. */
  readonly url: URL;
  /** The headers that were sent. */
  readonly headers: Headers;
  /** What it says: the JSON of its body, if that is JSON. */
  readonly body: unknown;
  /** How it ended, so far. */
  outcome: "answered" | "closed" | undefined;
}

/** Milliseconds that a character takes to say. */
const CHARACTER_MS = 60;

/**
 * A provider of voices over HTTP, for contract tests: every character takes the
 * same time, every word is a piece of the answer.
 *
 * @example
 * ```ts
 * import { ScriptedHttpTTS } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using provider = new ScriptedHttpTTS({
 *   text: () => "Hi",
 *   voice: () => "ada",
 *   sampleRate: () => 8_000,
 * });
 * const answer = await fetch(provider.url, { method: "POST", body: "{}" });
 * assertEquals((await answer.bytes()).length, 2 * 60 * 8 * 2);
 * ```
 */
export class ScriptedHttpTTS implements TTSContractProvider, AsyncDisposable {
  /** What was asked so far. */
  readonly requests: HttpTTSRequest[] = [];
  /** The key, for who makes the service. */
  readonly apiKey = "scripted-key";
  /** What must never be logged. */
  readonly secrets: readonly string[] = [this.apiKey];
  readonly #dialect: HttpTTSDialect;
  readonly #answers: TTSContractAnswer[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #changed = Promise.withResolvers<void>();
  #stuck = 0;

  /** Starts a provider that answers as `dialect` says. */
  constructor(dialect: HttpTTSDialect) {
    this.#dialect = dialect;
    const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  /** Its address. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Has it answer the next requests so. */
  script(...answers: readonly TTSContractAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<void> {
    return this.#until(() => this.#stuck > 0);
  }

  /** Resolves when every request so far has ended. */
  closed(): Promise<void> {
    return this.#until(() => this.requests.every(({ outcome }) => outcome !== undefined));
  }

  /** The voice that the last request asked for. */
  askedVoice(): unknown {
    const last = this.requests.at(-1);
    return last && this.#dialect.voice(last.body, last);
  }

  /** Stops it. */
  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  /** Same as {@linkcode ScriptedHttpTTS.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#changed.promise;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #answer(request: Request): Promise<Response> {
    const text = await request.text();
    const asked: HttpTTSRequest = {
      method: request.method,
      url: new URL(request.url),
      headers: new Headers(request.headers),
      body: jsonOf(text),
      outcome: undefined,
    };
    this.requests.push(asked);
    const { status, trouble } = this.#answers.shift() ?? {};
    if (status !== undefined) {
      asked.outcome = "answered";
      return Response.json({ error: { message: `no: ${text}` } }, { status });
    }
    const pieces = [...this.#pieces(asked)];
    const until = trouble === undefined ? Infinity : trouble === "silence" ? 0 : pieces.length / 2;
    let k = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        const piece = pieces[k];
        if (k++ >= until) return this.#fail(trouble, asked, controller);
        if (piece) return controller.enqueue(piece);
        asked.outcome = "answered";
        controller.close();
        this.#tell();
      },
      cancel: () => {
        asked.outcome ??= "closed";
        this.#tell();
      },
    }, { highWaterMark: 0 });
    const { contentType = "audio/pcm" } = this.#dialect;
    return new Response(body, { headers: { "Content-Type": contentType } });
  }

  #fail(
    trouble: TTSContractAnswer["trouble"],
    asked: HttpTTSRequest,
    controller: ReadableStreamDefaultController,
  ): void | Promise<void> {
    if (trouble === "drop") {
      asked.outcome = "closed";
      controller.error(new Error("Cannot go on: it was told to break off"));
      return this.#tell();
    }
    this.#stuck++;
    this.#tell();
    return Promise.withResolvers<void>().promise;
  }

  *#pieces(asked: HttpTTSRequest): Iterable<Uint8Array<ArrayBuffer>> {
    const { body } = asked;
    const rate = this.#dialect.sampleRate(body, asked);
    if (this.#dialect.begin) yield this.#dialect.begin(rate);
    for (const { 0: word, index } of this.#dialect.text(body).matchAll(/\s*\S+\s*/g)) {
      const samples = Math.round(word.length * CHARACTER_MS * rate / 1000);
      const audio = Int16Array.from({ length: samples }, (_, k) => 8_000 * Math.sin(k / 17));
      const bytes = new Uint8Array(audio.buffer);
      const startMs = index * CHARACTER_MS;
      const endMs = startMs + word.trimEnd().length * CHARACTER_MS;
      yield this.#dialect.audio?.(bytes, { text: word.trim(), startMs, endMs }) ?? bytes;
    }
    if (this.#dialect.end) yield this.#dialect.end();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some requests are no JSON.
    return text;
  }
}
