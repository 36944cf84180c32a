import { nextTurn, systemClock } from "../async/mod.ts";
import type { WavAudio } from "../audio/mod.ts";
import { readForm, speechChunks } from "./_fake_openai_audio.ts";
import { chatEvents } from "./_fake_openai_chat.ts";
import { faultIn } from "./_fake_openai_checks.ts";
import type {
  FakeChatAnswer,
  FakeOpenAIEndpoint,
  FakeOpenAIOptions,
  FakeOpenAIRequest,
  FakeSpeech,
  FakeTranscription,
} from "./fake_openai_types.ts";

type Answer = FakeChatAnswer & FakeSpeech & FakeTranscription;

const PATHS: Readonly<Record<string, FakeOpenAIEndpoint>> = {
  "/v1/chat/completions": "chat",
  "/v1/audio/speech": "speech",
  "/v1/audio/transcriptions": "transcription",
};

/**
 * A server on this machine that answers like OpenAI's: chat completions with
 * calls, speech and transcriptions. It checks every field of every request, can
 * refuse, break off, stall and talk nonsense, and knows which requests their
 * client closed.
 *
 * Its formats are those of the types of the `openai` package, version 7.55. It
 * understands nothing and says nothing: answers are scripted, a voice is a tone.
 *
 * @example
 * ```ts
 * import { LLMContext, LLMContextFrame } from "@parley/sdk/context";
 * import { LLMFullResponseEndFrame, LLMTextFrame } from "@parley/sdk/frames";
 * import { OpenAILLMService } from "@parley/sdk/services/openai";
 * import { FakeOpenAI, TestPipeline } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * await using openai = new FakeOpenAI();
 * openai.chat("It is noon.");
 * const llm = new OpenAILLMService({ apiKey: openai.apiKey, baseUrl: openai.url });
 * await using pipeline = new TestPipeline([llm]);
 * pipeline.push(new LLMContextFrame(new LLMContext([{ role: "user", content: "Time?" }])));
 * await pipeline.until(LLMFullResponseEndFrame);
 * assertEquals(pipeline.of(LLMTextFrame).map(({ text }) => text), ["It", " is", " noon."]);
 * assertEquals(openai.requests[0]?.body.model, "gpt-4.1");
 * ```
 */
export class FakeOpenAI implements AsyncDisposable {
  /** The one key that is not refused. */
  readonly apiKey: string;
  /** The requests so far, in order, those that were refused included. */
  readonly requests: readonly FakeOpenAIRequest[];
  /** What was wrong with requests, in order. */
  readonly faults: string[] = [];
  readonly #requests: OpenRequest[] = [];
  readonly #options: FakeOpenAIOptions;
  readonly #scripts: Record<FakeOpenAIEndpoint, Answer[]> = {
    chat: [],
    speech: [],
    transcription: [],
  };
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #closing = new AbortController();
  #stuck: PromiseWithResolvers<void> = Promise.withResolvers();

  /** Starts a server, on a port of its own. */
  constructor(options: FakeOpenAIOptions = {}) {
    this.#options = options;
    this.apiKey = options.apiKey ?? "fake-key";
    this.requests = this.#requests;
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      signal: this.#closing.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    }, (request) => this.#handle(request));
  }

  /** Its address, as `baseUrl` wants it. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1`;
  }

  /** Has the next chat completions answered so, one after another. */
  chat(...answers: readonly (string | FakeChatAnswer)[]): void {
    this.#scripts.chat.push(...answers.map(asAnswer));
  }

  /** Has the next texts spoken so, one after another. */
  speech(...answers: readonly FakeSpeech[]): void {
    this.#scripts.speech.push(...answers);
  }

  /** Has the next recordings transcribed so, one after another. */
  transcription(...answers: readonly (string | FakeTranscription)[]): void {
    this.#scripts.transcription.push(...answers.map(asAnswer));
  }

  /** Resolves when an answer is stuck, as it was told to be. */
  stuck(): Promise<void> {
    return this.#stuck.promise;
  }

  /** Resolves when every request so far has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#requests.map(({ ended }) => ended));
  }

  /**
   * Stops the server.
   *
   * @throws {Error} If a request was at fault, or if a script was not used up.
   */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const request of this.#requests) request.end("closed");
    await this.#server.finished;
    const unused = Object.entries(this.#scripts).filter(([, left]) => left.length > 0)
      .map(([endpoint, left]) => `${left.length} answers of "${endpoint}" were never asked for`);
    const wrong = [...this.faults.splice(0), ...unused];
    for (const left of Object.values(this.#scripts)) left.length = 0;
    if (wrong.length > 0) {
      throw new Error(`Cannot be content with what OpenAI was asked: ${wrong.join("; ")}`);
    }
  }

  /** Same as {@linkcode FakeOpenAI.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #handle(request: Request): Promise<Response> {
    const endpoint = PATHS[new URL(request.url).pathname];
    if (!endpoint || request.method !== "POST") {
      await request.body?.cancel();
      const { pathname } = new URL(request.url);
      return this.#refuse(404, `${request.method} "${pathname}" is no address of OpenAI's`);
    }
    const known = await this.#read(endpoint, request);
    if (known instanceof Response) return known;
    this.#requests.push(known);
    const response = await this.#respond(known);
    if (!response.ok) known.end("answered");
    return response;
  }

  async #read(endpoint: FakeOpenAIEndpoint, request: Request): Promise<OpenRequest | Response> {
    const type = request.headers.get("content-type")?.split(";")[0];
    const wanted = endpoint === "transcription" ? "multipart/form-data" : "application/json";
    if (type !== wanted) {
      await request.body?.cancel();
      return this.#refuse(400, `${endpoint}: the content is "${type}" and not "${wanted}"`);
    }
    try {
      const { body, audio } = endpoint === "transcription"
        ? await readForm(request)
        : { body: await request.json(), audio: undefined };
      return new OpenRequest({ endpoint, body, audio, headers: request.headers });
    } catch (error) {
      return this.#refuse(400, `${endpoint}: the content cannot be read (${error})`);
    }
  }

  #respond(request: OpenRequest): Response | Promise<Response> {
    const { endpoint, headers, body } = request;
    if (headers.get("authorization") !== `Bearer ${this.apiKey}`) {
      return errorResponse(401, "invalid_api_key", "Incorrect API key provided.");
    }
    const fault = faultIn(endpoint, body);
    if (fault) return this.#refuse(400, `a request of "${endpoint}" ${fault}`.replace(" : ", ": "));
    const answer = this.#scripts[endpoint].shift() ?? this.#unscripted(request);
    const { status, code, trouble } = answer;
    if (status) return errorResponse(status, code ?? null, "The fake was told to refuse.");
    if (trouble === "silence") return this.#silence();
    return new Response(this.#stream(request, answer), {
      headers: { "content-type": TYPES[endpoint] },
    });
  }

  #unscripted(request: OpenRequest): Answer {
    const { chat, speech, transcription } = this.#options;
    switch (request.endpoint) {
      case "chat":
        return asAnswer(chat?.(request) ?? "This is a fake model.");
      case "speech":
        return speech?.(request) ?? {};
      case "transcription":
        return asAnswer(transcription?.(request) ?? "This is a fake transcript.");
    }
  }

  /** A piece at a time, and never one that nobody waits for. */
  #stream(request: OpenRequest, answer: Answer): ReadableStream<Uint8Array> {
    const pieces = piecesOf(request, answer)[Symbol.iterator]();
    const over = new AbortController();
    return new ReadableStream({
      pull: async (controller) => {
        const { value, done } = pieces.next();
        if (!done) {
          await pause(answer.pauseMs, over.signal);
          if (!over.signal.aborted) controller.enqueue(value);
        } else if (answer.trouble === "stall") {
          this.#getStuck();
          await this.#forever();
        } else {
          request.end("answered");
          if (answer.trouble === "drop") controller.error("The fake was told to break off");
          else controller.close();
        }
      },
      cancel: () => {
        over.abort();
        request.end("closed");
      },
    }, { highWaterMark: 0 });
  }

  /** Answers nothing, not even that it is going to. */
  async #silence(): Promise<Response> {
    this.#getStuck();
    await this.#forever();
    return new Response(null, { status: 503 });
  }

  #getStuck(): void {
    this.#stuck.resolve();
    this.#stuck = Promise.withResolvers();
  }

  /** Resolves when the server is closed. */
  #forever(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #refuse(status: number, fault: string): Response {
    this.faults.push(fault);
    return errorResponse(status, "invalid_request", fault);
  }
}

const TYPES: Record<FakeOpenAIEndpoint, string> = {
  chat: "text/event-stream; charset=utf-8",
  speech: "audio/pcm",
  transcription: "application/json",
};

/** A request, and how it ends. */
class OpenRequest implements FakeOpenAIRequest {
  readonly endpoint: FakeOpenAIEndpoint;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  readonly audio: WavAudio | undefined;
  outcome: "answered" | "closed" | undefined;
  readonly #ended: PromiseWithResolvers<"answered" | "closed"> = Promise.withResolvers();

  constructor(known: Pick<FakeOpenAIRequest, "endpoint" | "body" | "headers" | "audio">) {
    this.endpoint = known.endpoint;
    this.body = known.body;
    this.headers = known.headers;
    this.audio = known.audio;
  }

  get ended(): Promise<"answered" | "closed"> {
    return this.#ended.promise;
  }

  end(outcome: "answered" | "closed"): void {
    this.outcome ??= outcome;
    this.#ended.resolve(this.outcome);
  }
}

/** Lets a moment pass, at least a turn of the event loop. */
async function pause(ms: number | undefined, signal: AbortSignal): Promise<void> {
  try {
    await (ms ? systemClock.sleep(ms, { signal }) : nextTurn());
  } catch {
    // Nobody waits for the piece any more.
  }
}

function* piecesOf(request: OpenRequest, answer: Answer): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  const { body, endpoint } = request;
  if (endpoint === "chat") {
    const model = String(body.model);
    const includeUsage = JSON.stringify(body.stream_options)?.includes('"include_usage":true');
    for (const event of chatEvents(answer, { model, includeUsage })) yield encoder.encode(event);
    if (answer.trouble === "garbage") yield encoder.encode("data: {no JSON\n\n");
    if (answer.trouble === "error") yield encoder.encode(`data: ${failure("server_error")}\n\n`);
  } else if (endpoint === "speech") {
    // Trouble comes in the middle of what is said.
    const characterMs = (answer.characterMs ?? 60) / (answer.trouble ? 2 : 1);
    yield* speechChunks(String(body.input), { characterMs });
  } else if (answer.trouble === "garbage") yield encoder.encode("{no JSON");
  else if (!answer.trouble) {
    yield encoder.encode(JSON.stringify({ text: answer.text ?? "", ...answer.more }));
  }
}

function asAnswer<T extends { readonly text?: string | undefined }>(
  answer: string | T,
): T | { readonly text: string } {
  return typeof answer === "string" ? { text: answer } : answer;
}

function failure(code: string | null, message = "The fake was told to fail."): string {
  return JSON.stringify({ error: { message, type: "invalid_request_error", param: null, code } });
}

function errorResponse(status: number, code: string | null, message: string): Response {
  const headers = { "content-type": "application/json", "retry-after-ms": "1" };
  return new Response(failure(code, message), { status, headers });
}
