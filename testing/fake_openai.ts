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
import {
  ScriptedHttpServer,
  type ScriptedRequest,
  type ScriptedResponse,
} from "./scripted_http_server.ts";

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
  /** The requests so far that could be read, in order, those that were refused included. */
  readonly requests: readonly FakeOpenAIRequest[];
  /** What was wrong with requests, in order. */
  readonly faults: string[] = [];
  readonly #requests: OpenAIRequest[] = [];
  readonly #options: FakeOpenAIOptions;
  readonly #scripts: Record<FakeOpenAIEndpoint, Answer[]> = {
    chat: [],
    speech: [],
    transcription: [],
  };
  readonly #server: ScriptedHttpServer;

  /** Starts a server, on a port of its own. */
  constructor(options: FakeOpenAIOptions = {}) {
    this.#options = options;
    this.apiKey = options.apiKey ?? "fake-key";
    this.requests = this.#requests;
    this.#server = new ScriptedHttpServer((request) => this.#respond(request));
  }

  /** Its address, as `baseUrl` wants it. */
  get url(): string {
    return `${this.#server.url}/v1`;
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
    return this.#server.stuck();
  }

  /** Resolves when every request so far has ended. */
  async settled(): Promise<void> {
    await this.#server.settled();
  }

  /**
   * Stops the server.
   *
   * @throws {Error} If a request was at fault, or if a script was not used up.
   */
  async close(): Promise<void> {
    await this.#server.close();
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

  async #respond(asked: ScriptedRequest): Promise<ScriptedResponse> {
    const { method, headers, url: { pathname } } = asked;
    const endpoint = PATHS[pathname];
    if (!endpoint || method !== "POST") {
      return this.#refuse(404, `${method} "${pathname}" is no address of OpenAI's`);
    }
    const type = headers.get("content-type")?.split(";")[0];
    const wanted = endpoint === "transcription" ? "multipart/form-data" : "application/json";
    if (type !== wanted) {
      return this.#refuse(400, `${endpoint}: the content is "${type}" and not "${wanted}"`);
    }
    try {
      const request = new OpenAIRequest(endpoint, asked, await contentOf(asked));
      this.#requests.push(request);
      return this.#answer(request);
    } catch (error) {
      return this.#refuse(400, `${endpoint}: the content cannot be read (${error})`);
    }
  }

  #answer(request: OpenAIRequest): ScriptedResponse {
    const { endpoint, headers, body } = request;
    if (headers.get("authorization") !== `Bearer ${this.apiKey}`) {
      return refusal(401, "invalid_api_key", "Incorrect API key provided.");
    }
    const fault = faultIn(endpoint, body);
    if (fault) return this.#refuse(400, `a request of "${endpoint}" ${fault}`.replace(" : ", ": "));
    const answer = this.#scripts[endpoint].shift() ?? this.#unscripted(request);
    const { status, code, trouble, pauseMs } = answer;
    if (status) return refusal(status, code ?? null, "The fake was told to refuse.");
    return {
      headers: { "content-type": TYPES[endpoint] },
      more: piecesOf(request, answer),
      pauseMs,
      trouble: trouble === "garbage" || trouble === "error" ? undefined : trouble,
    };
  }

  #unscripted(request: OpenAIRequest): Answer {
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

  #refuse(status: number, fault: string): ScriptedResponse {
    this.faults.push(fault);
    return refusal(status, "invalid_request", fault);
  }
}

const TYPES: Record<FakeOpenAIEndpoint, string> = {
  chat: "text/event-stream; charset=utf-8",
  speech: "audio/pcm",
  transcription: "application/json",
};

interface Content {
  readonly body: Readonly<Record<string, unknown>>;
  readonly audio?: WavAudio | undefined;
}

/** What a request says. */
async function contentOf({ body }: ScriptedRequest): Promise<Content> {
  if (body instanceof FormData) return await readForm(body);
  if (typeof body !== "object" || body === null) {
    throw new SyntaxError("Cannot read it: it is no JSON object");
  }
  return { body: { ...body } };
}

class OpenAIRequest implements FakeOpenAIRequest {
  readonly endpoint: FakeOpenAIEndpoint;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
  readonly audio: WavAudio | undefined;
  readonly #asked: ScriptedRequest;

  constructor(endpoint: FakeOpenAIEndpoint, asked: ScriptedRequest, { body, audio }: Content) {
    this.endpoint = endpoint;
    this.body = body;
    this.headers = asked.headers;
    this.audio = audio;
    this.#asked = asked;
  }

  get outcome(): "answered" | "closed" | undefined {
    return this.#asked.outcome;
  }

  get ended(): Promise<"answered" | "closed"> {
    return this.#asked.ended;
  }
}

function* piecesOf(request: OpenAIRequest, answer: Answer): Iterable<Uint8Array> {
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

function refusal(status: number, code: string | null, message: string): ScriptedResponse {
  const headers = { "content-type": "application/json", "retry-after-ms": "1" };
  return { status, headers, body: failure(code, message) };
}
