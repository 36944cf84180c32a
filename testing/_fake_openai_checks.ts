import type OpenAI from "openai";
import type { FakeOpenAIEndpoint } from "./fake_openai_types.ts";

/** Says what is wrong with a value, if anything. */
type Check = (value: unknown) => string | undefined;

type ChatBody = OpenAI.Chat.ChatCompletionCreateParamsStreaming;
type SpeechBody = OpenAI.Audio.SpeechCreateParams;
type TranscriptionBody = OpenAI.Audio.TranscriptionCreateParamsNonStreaming;

/** What a request of one kind may say, and must. */
interface Form {
  readonly fields: Readonly<Record<string, Check>>;
  readonly required: readonly string[];
}

const anything: Check = () => undefined;
const text: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "is a text, and not empty";
const flag: Check = (value) => typeof value === "boolean" ? undefined : "is true or false";
const whole: Check = (value) => Number.isSafeInteger(value) ? undefined : "is a whole number";

function within(low: number, high: number): Check {
  return (value) =>
    typeof value === "number" && value >= low && value <= high
      ? undefined
      : `is a number from ${low} to ${high}`;
}

function oneOf(...words: readonly unknown[]): Check {
  return (value) => words.includes(value) ? undefined : `is one of ${words.join(", ")}`;
}

function listOf(check: Check): Check {
  return (value) =>
    Array.isArray(value) ? value.map(check).find((fault) => fault !== undefined) : "is a list";
}

// Every field that the SDK's types know stands here: a new one is a type error until it is added.
const CHAT = {
  fields: {
    audio: anything,
    frequency_penalty: within(-2, 2),
    function_call: anything,
    functions: anything,
    logit_bias: anything,
    logprobs: flag,
    max_completion_tokens: whole,
    max_tokens: whole,
    messages: checkMessages,
    metadata: anything,
    modalities: listOf(oneOf("text", "audio")),
    model: text,
    moderation: anything,
    n: whole,
    parallel_tool_calls: flag,
    prediction: anything,
    presence_penalty: within(-2, 2),
    prompt_cache_key: text,
    prompt_cache_options: anything,
    prompt_cache_retention: oneOf("in_memory", "24h"),
    reasoning_effort: text,
    response_format: anything,
    safety_identifier: text,
    seed: whole,
    service_tier: oneOf("auto", "default", "flex", "scale", "priority", "fast"),
    stop: anything,
    store: flag,
    stream: oneOf(true),
    stream_options: (value) =>
      checkFields(value, {
        fields: { include_usage: flag, include_obfuscation: flag },
        required: [],
      }),
    temperature: within(0, 2),
    tool_choice: (value) =>
      typeof value === "object" ? undefined : oneOf("none", "auto", "required")(value),
    tools: listOf(checkTool),
    top_logprobs: within(0, 20),
    top_p: within(0, 1),
    user: text,
    verbosity: oneOf("low", "medium", "high"),
    web_search_options: anything,
  } satisfies Record<keyof ChatBody, Check>,
  required: ["messages", "model", "stream"],
} satisfies Form;

const SPEECH = {
  fields: {
    input: (value) =>
      text(value) ?? (String(value).length > 4096 ? "has at most 4096 characters" : undefined),
    instructions: text,
    model: text,
    response_format: oneOf("mp3", "opus", "aac", "flac", "wav", "pcm"),
    speed: within(0.25, 4),
    stream_format: oneOf("sse", "audio"),
    voice: text,
  } satisfies Record<keyof SpeechBody, Check>,
  required: ["input", "model", "voice"],
} satisfies Form;

const TRANSCRIPTION = {
  fields: {
    chunking_strategy: anything,
    file: anything,
    include: listOf(oneOf("logprobs")),
    keywords: anything,
    known_speaker_names: anything,
    known_speaker_references: anything,
    language: (value) => /^[a-z]{2,3}$/.test(String(value)) ? undefined : "is an ISO 639 code",
    languages: anything,
    model: text,
    prompt: text,
    response_format: oneOf("json", "text", "srt", "verbose_json", "vtt", "diarized_json"),
    stream: anything,
    temperature: within(0, 1),
    timestamp_granularities: anything,
  } satisfies Record<keyof TranscriptionBody, Check>,
  required: ["file", "model"],
} satisfies Form;

const FORMS: Record<FakeOpenAIEndpoint, Form> = {
  chat: CHAT,
  speech: SPEECH,
  transcription: TRANSCRIPTION,
};

/** What is wrong with a request's body, if anything. */
export function faultIn(endpoint: FakeOpenAIEndpoint, body: unknown): string | undefined {
  return checkFields(body, FORMS[endpoint]);
}

function checkFields(value: unknown, { fields, required }: Form): string | undefined {
  if (typeof value !== "object" || value === null) return "is an object";
  const given = Object.entries(value).filter(([, field]) => field !== undefined);
  const missing = required.find((name) => !given.some(([other]) => other === name));
  if (missing) return `lacks "${missing}"`;
  for (const [name, field] of given) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!check) return `has "${name}", which is unknown`;
    const fault = field === null ? undefined : check(field);
    if (fault) return `: "${name}" ${fault}`;
  }
  return undefined;
}

function checkTool(tool: unknown): string | undefined {
  const { type, function: called, ...rest } = record(tool);
  if (type !== "function") return undefined; // OpenAI's own tools have shapes of their own
  if (Object.keys(rest).length > 0) return `has a tool with "${Object.keys(rest)[0]}"`;
  return checkFields(called, {
    fields: {
      name: (value) => /^[\w-]{1,64}$/.test(String(value)) ? undefined : "is a name",
      description: (value) => typeof value === "string" ? undefined : "is a text",
      parameters: (value) => typeof value === "object" ? undefined : "is a schema",
      strict: flag,
    },
    required: ["name"],
  });
}

const MESSAGE: Readonly<Record<string, Check>> = {
  role: anything,
  content: checkContent,
  name: text,
  tool_calls: listOf(checkCall),
  tool_call_id: text,
  refusal: anything,
  audio: anything,
};

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  system: ["role", "content"],
  developer: ["role", "content"],
  user: ["role", "content"],
  assistant: ["role"],
  tool: ["role", "content", "tool_call_id"],
};

/** Each message alone, and that every call has its result, as the API wants it. */
function checkMessages(messages: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return "is a list, and not empty";
  let open: string[] = [];
  for (const [i, message] of messages.entries()) {
    const { role, tool_calls: calls, tool_call_id: answered } = record(message);
    const required = REQUIRED[String(role)];
    if (!required) return `has at ${i} the role "${role}"`;
    const fault = checkFields(message, { fields: MESSAGE, required });
    if (fault) return `has at ${i} a message that ${fault.replace(/^: /, "")}`;
    if (role === "tool") {
      if (!open.includes(String(answered))) return `has at ${i} a result of no call`;
      open = open.filter((id) => id !== answered);
    } else if (open.length > 0) return `has at ${i} a message before every call has its result`;
    if (Array.isArray(calls)) open = calls.map((call) => String(record(call).id));
  }
  return open.length > 0 ? "ends before every call has its result" : undefined;
}

function checkContent(content: unknown): string | undefined {
  if (typeof content === "string") return undefined;
  return listOf((part) => {
    const { type } = record(part);
    return oneOf("text", "image_url", "input_audio", "file", "refusal")(type);
  })(content);
}

function checkCall(call: unknown): string | undefined {
  const { id, type, function: called } = record(call);
  const { name, arguments: args } = record(called);
  if (type !== "function" || !id) return "is a list of calls, each with an id and a type";
  if (typeof name === "string" && typeof args === "string") return undefined;
  return "is a list of calls, each with a name and arguments";
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
