import {
  ScriptedHttpServer,
  type ScriptedRequest,
  type ScriptedResponse,
} from "./scripted_http_server.ts";
import type { TTSContractAnswer, TTSContractProvider } from "./tts_contract.ts";

/** How a provider of voices answers over HTTP, from its own side. */
export interface HttpTTSDialect {
  /** The text that a request asks for. */
  text(body: unknown): string;
  /** The voice that a request asks for. */
  voice(body: unknown, request: ScriptedRequest): unknown;
  /** Rate of the audio that a request asks for, in hertz. */
  sampleRate(body: unknown, request: ScriptedRequest): number;
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
  /** The key, for who makes the service. */
  readonly apiKey = "scripted-key";
  /** What must never be logged. */
  readonly secrets: readonly string[] = [this.apiKey];
  readonly #dialect: HttpTTSDialect;
  readonly #answers: TTSContractAnswer[] = [];
  readonly #server: ScriptedHttpServer;
  #floodedMs = 0;

  /** Starts a provider that answers as `dialect` says. */
  constructor(dialect: HttpTTSDialect) {
    this.#dialect = dialect;
    this.#server = new ScriptedHttpServer((request) => this.#answerTo(request));
  }

  /** What was asked so far. */
  get requests(): readonly ScriptedRequest[] {
    return this.#server.requests;
  }

  /** Its address. */
  get url(): string {
    return this.#server.url;
  }

  /** Has it answer the next requests so. */
  script(...answers: readonly TTSContractAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<void> {
    return this.#server.stuck();
  }

  /** Resolves when every request so far has ended. */
  closed(): Promise<void> {
    return this.#server.settled();
  }

  /** Milliseconds of audio of a flood that the client has taken. */
  floodedMs(): number {
    return this.#floodedMs;
  }

  /** The voice that the last request asked for. */
  askedVoice(): unknown {
    const last = this.requests.at(-1);
    return last && this.#dialect.voice(last.body, last);
  }

  /** Stops it. */
  async close(): Promise<void> {
    await this.#server.close();
  }

  /** Same as {@linkcode ScriptedHttpTTS.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #answerTo(request: ScriptedRequest): ScriptedResponse {
    const { status, trouble, mischief } = this.#answers.shift() ?? {};
    // A refusal that quotes what was asked: none of it may be logged.
    if (status !== undefined) return { status, body: { error: { message: request.body } } };
    const pieces = [...this.#pieces(request)];
    const { contentType = "audio/pcm" } = this.#dialect;
    const headers = { "Content-Type": contentType };
    if (mischief === "flood") return { headers, more: this.#flood(request) };
    if (trouble === undefined) return { headers, body: pieces };
    const count = trouble === "silence" ? 0 : Math.ceil(pieces.length / 2);
    const body = pieces.slice(0, count);
    return { headers, body, trouble: trouble === "drop" ? "drop" : "stall" };
  }

  /** Speaks for as long as the client takes it, for some minutes at most. */
  *#flood(request: ScriptedRequest): Iterable<Uint8Array<ArrayBuffer>> {
    const samples = this.#dialect.sampleRate(request.body, request);
    const audio = new Uint8Array(new Int16Array(samples).fill(1_000).buffer);
    const word = { text: "on", startMs: 0, endMs: 1_000 };
    while (this.#floodedMs < 400_000) {
      this.#floodedMs += 1_000;
      yield this.#dialect.audio?.(audio, word) ?? audio;
    }
  }

  *#pieces(asked: ScriptedRequest): Iterable<Uint8Array<ArrayBuffer>> {
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
