import type { WavAudio } from "../audio/mod.ts";
import type { LLMTokenUsage } from "../frames/mod.ts";

/** Which requests a fake OpenAI takes. */
export type FakeOpenAIEndpoint = "chat" | "speech" | "transcription";

/** What goes wrong with an answer. */
export interface FakeTrouble {
  /** Refuses with this HTTP status instead of answering. */
  readonly status?: number | undefined;
  /** OpenAI's word for the refusal, such as `"model_not_found"`. */
  readonly code?: string | undefined;
  /**
   * What happens after what is given of the answer: the connection breaks
   * (`"drop"`), nothing more comes (`"stall"`), what comes cannot be read
   * (`"garbage"`), an error comes instead of the rest (`"error"`), or nothing
   * comes at all, no headers either (`"silence"`; the fake cannot see a client
   * leave that waits for them).
   */
  readonly trouble?: "drop" | "stall" | "garbage" | "error" | "silence" | undefined;
  /** Milliseconds before each piece of the answer, of the machine's clock. @default {0} */
  readonly pauseMs?: number | undefined;
}

/** A call that the fake model asks for. */
export interface FakeCall {
  /** Name of the function. */
  readonly name: string;
  /** The arguments; a text stands for itself, broken JSON included. @default {{}} */
  readonly arguments?: Readonly<Record<string, unknown>> | string | undefined;
  /** The call's id. @default {"call_fake_1" and so on} */
  readonly id?: string | undefined;
}

/** An answer of the fake model. */
export interface FakeChatAnswer extends FakeTrouble {
  /** What it writes, a word at a time. */
  readonly text?: string | undefined;
  /** What it writes, in these pieces. */
  readonly tokens?: readonly string[] | undefined;
  /** The calls it asks for, their pieces taking turns. */
  readonly calls?: readonly FakeCall[] | undefined;
  /** What it costs. @default {7 tokens read, 2 written} */
  readonly usage?: Partial<LLMTokenUsage> | undefined;
  /** Why it ends. @default {"tool_calls" if there are calls, else "stop"} */
  readonly finishReason?: "stop" | "length" | "tool_calls" | "content_filter" | undefined;
}

/** Speech of the fake voice: a tone that is as long as the text. */
export interface FakeSpeech extends FakeTrouble {
  /** Milliseconds for each character. @default {60} */
  readonly characterMs?: number | undefined;
}

/** What the fake recogniser heard. */
export interface FakeTranscription extends FakeTrouble {
  /** The words. @default {""} */
  readonly text?: string | undefined;
  /** What else the answer says. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

/** A request that the fake was sent. */
export interface FakeOpenAIRequest {
  /** What was wanted. */
  readonly endpoint: FakeOpenAIEndpoint;
  /** What it says: the JSON, or the fields of the form. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Its headers. */
  readonly headers: Headers;
  /** The recording that came with it. */
  readonly audio: WavAudio | undefined;
  /** How it ended, so far: answered to the end, or closed by the client before. */
  readonly outcome: "answered" | "closed" | undefined;
  /** Resolves with how it ended. */
  readonly ended: Promise<"answered" | "closed">;
}

/** Who answers the requests that no script answers. */
export interface FakeOpenAIOptions {
  /** The one key that is not refused. @default {"fake-key"} */
  readonly apiKey?: string | undefined;
  /** Answers chat completions. */
  readonly chat?: ((request: FakeOpenAIRequest) => string | FakeChatAnswer) | undefined;
  /** Speaks. */
  readonly speech?: ((request: FakeOpenAIRequest) => FakeSpeech) | undefined;
  /** Transcribes. */
  readonly transcription?:
    | ((request: FakeOpenAIRequest) => string | FakeTranscription)
    | undefined;
}
