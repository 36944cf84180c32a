import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import OpenAI from "openai";
import { encodeWav } from "../audio/mod.ts";
import { FakeOpenAI } from "./mod.ts";

const MESSAGES = [{ role: "user", content: "Hello" }] as const;
const CHAT = { model: "gpt-4.1", messages: MESSAGES, stream: true };

function clientOf(openai: FakeOpenAI, apiKey = openai.apiKey): OpenAI {
  return new OpenAI({ apiKey, baseURL: openai.url, maxRetries: 0 });
}

async function post(openai: FakeOpenAI, body: unknown, path = "/chat/completions") {
  const response = await fetch(openai.url + path, {
    method: "POST",
    headers: { "authorization": `Bearer ${openai.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

Deno.test("FakeOpenAI streams an answer as the SDK wants it, with calls in turns, and what it cost", async () => {
  await using openai = new FakeOpenAI();
  openai.chat({
    text: "Let me see.",
    calls: [{ name: "a", arguments: { city: "Rome" } }, { name: "b", arguments: "{broken" }],
    usage: { promptTokens: 9 },
  });
  const stream = await clientOf(openai).chat.completions.create({
    model: "gpt-4.1",
    messages: [...MESSAGES],
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await Array.fromAsync(stream);
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
  assertEquals(deltas.map(({ content }) => content ?? "").join(""), "Let me see.");
  const pieces = deltas.flatMap((delta) => delta.tool_calls ?? []);
  assertEquals(pieces.map(({ index }) => index), [0, 1, 0, 1, 0, 1, 0]);
  const argumentsOf = (index: number) =>
    pieces.filter((piece) => piece.index === index).map((p) => p.function?.arguments).join("");
  assertEquals([argumentsOf(0), argumentsOf(1)], ['{"city":"Rome"}', "{broken"]);
  assertEquals(chunks.at(-1)?.usage?.total_tokens, 11);
  assertEquals(chunks.at(-2)?.choices[0]?.finish_reason, "tool_calls");
  assertEquals(await openai.requests[0]?.ended, "answered");
});

Deno.test("FakeOpenAI says what a request costs only when asked", async () => {
  await using openai = new FakeOpenAI();
  const { text } = await post(openai, CHAT);
  assert(!text.includes('"usage"'));
  assert(text.endsWith("data: [DONE]\n\n"));
});

Deno.test("FakeOpenAI refuses another key as OpenAI does", async () => {
  await using openai = new FakeOpenAI();
  const client = clientOf(openai, "wrong");
  const error = await assertRejects(
    async () => await client.chat.completions.create({ model: "m", messages: [...MESSAGES] }),
    OpenAI.AuthenticationError,
  );
  assertEquals([error.status, error.code], [401, "invalid_api_key"]);
  assertEquals(openai.faults, []);
});

const CALL = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

Deno.test.each([
  ["nothing at all", {}, 'lacks "messages"'],
  ["no model", { ...CHAT, model: undefined }, 'lacks "model"'],
  ["no stream", { ...CHAT, stream: false }, '"stream" is one of true'],
  ["a field that is unknown", { ...CHAT, top_k: 5 }, 'has "top_k", which is unknown'],
  ["a wild temperature", { ...CHAT, temperature: 3 }, '"temperature" is a number from 0 to 2'],
  ["no messages", { ...CHAT, messages: [] }, '"messages" is a list, and not empty'],
  ["an unknown role", { ...CHAT, messages: [{ role: "bot", content: "" }] }, 'the role "bot"'],
  ["an unknown part of a message", {
    ...CHAT,
    messages: [{ role: "user", content: "x", mood: "good" }],
  }, 'has "mood"'],
  ["a result of no call", {
    ...CHAT,
    messages: [{ role: "tool", content: "x", tool_call_id: "c1" }],
  }, "a result of no call"],
  ["a call without its result", {
    ...CHAT,
    messages: [{ role: "assistant", tool_calls: [CALL] }],
  }, "ends before every call has its result"],
  ["words before a result", {
    ...CHAT,
    messages: [{ role: "assistant", tool_calls: [CALL] }, ...MESSAGES],
  }, "a message before every call has its result"],
  ["a call whose arguments are no text", {
    ...CHAT,
    messages: [{
      role: "assistant",
      tool_calls: [{ ...CALL, function: { name: "f", arguments: {} } }],
    }],
  }, "a name and arguments"],
  ["a function without a proper name", {
    ...CHAT,
    tools: [{ type: "function", function: { name: "get weather" } }],
  }, '"name" is a name'],
  ["an unknown choice of tools", { ...CHAT, tool_choice: "maybe" }, '"tool_choice" is one of'],
])("FakeOpenAI finds %s at fault", async (_what, body, fault) => {
  const openai = new FakeOpenAI();
  const { status, text } = await post(openai, body);
  assertEquals(status, 400);
  assertStringIncludes(JSON.parse(text).error.message, fault);
  await assertRejects(() => openai.close(), Error, fault);
});

Deno.test("FakeOpenAI takes a whole conversation with calls and their results", async () => {
  await using openai = new FakeOpenAI();
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    { role: "assistant", content: null, tool_calls: [CALL, { ...CALL, id: "c2" }] },
    { role: "tool", content: "1", tool_call_id: "c2" },
    { role: "tool", content: "2", tool_call_id: "c1" },
    { role: "developer", content: "Be kind." },
  ];
  assertEquals((await post(openai, { ...CHAT, messages })).status, 200);
});

Deno.test.each([
  ["/speech", { input: "", model: "tts-1", voice: "alloy" }, '"input" is a text'],
  ["/speech", { input: "x".repeat(4_097), model: "tts-1", voice: "alloy" }, "4096 characters"],
  ["/speech", { input: "x", model: "tts-1", voice: "alloy", speed: 9 }, '"speed" is a number'],
  ["/speech", { input: "x", model: "tts-1" }, 'lacks "voice"'],
  ["/transcriptions", { model: "whisper-1" }, 'and not "multipart/form-data"'],
  ["/images", {}, 'POST "/v1/audio/images" is no address'],
])("FakeOpenAI finds fault with %s and %j", async (path, body, fault) => {
  const openai = new FakeOpenAI();
  const { text } = await post(openai, body, `/audio${path}`);
  assertStringIncludes(JSON.parse(text).error.message, fault);
  await assertRejects(() => openai.close(), Error, fault);
});

Deno.test("FakeOpenAI finds a request at fault that is no POST, or no JSON", async () => {
  const openai = new FakeOpenAI();
  const got = await fetch(`${openai.url}/chat/completions`);
  await got.body?.cancel();
  const headers = { "content-type": "application/json" };
  const sent = await fetch(`${openai.url}/chat/completions`, {
    method: "POST",
    headers,
    body: "{",
  });
  await sent.body?.cancel();
  assertEquals([got.status, sent.status], [404, 400]);
  assertEquals(openai.faults.length, 2);
  await assertRejects(() => openai.close(), Error, "cannot be read");
});

Deno.test("FakeOpenAI is not content with a script that was not used up", async () => {
  const openai = new FakeOpenAI();
  openai.chat("One.", "Two.");
  openai.speech({});
  await post(openai, CHAT);
  await assertRejects(
    () => openai.close(),
    Error,
    '1 answers of "chat" were never asked for; 1 answers of "speech" were never asked for',
  );
});

Deno.test("FakeOpenAI has somebody answer where there is no script", async () => {
  await using openai = new FakeOpenAI({
    chat: ({ body }) => `You use ${body.model}.`,
    speech: () => ({ characterMs: 10 }),
  });
  const { text } = await post(openai, CHAT);
  assertStringIncludes(text, '"content":" gpt-4.1."');
  const speech = { input: "12345", model: "tts-1", voice: "alloy", response_format: "pcm" };
  const response = await clientOf(openai).audio.speech.create({
    ...speech,
    response_format: "pcm",
  });
  assertEquals((await response.arrayBuffer()).byteLength, 5 * 10 * 24 * 2);
});

Deno.test("FakeOpenAI hears what it is told to, and keeps the recording", async () => {
  await using openai = new FakeOpenAI();
  openai.transcription({ text: "Hello", more: { usage: { type: "duration", seconds: 1 } } });
  const wav = encodeWav(new Int16Array([1, 2, 3]), { sampleRate: 16_000 });
  const answer = await clientOf(openai).audio.transcriptions.create({
    model: "whisper-1",
    file: new File([wav.slice()], "audio.wav"),
    temperature: 0.5,
    language: "en",
  });
  assertEquals(answer.text, "Hello");
  const [request] = openai.requests;
  assertEquals(request?.audio?.samples, new Int16Array([1, 2, 3]));
  assertEquals([request?.body.temperature, request?.body.language], [0.5, "en"]);
});

Deno.test("FakeOpenAI sees which requests their client closed", async () => {
  await using openai = new FakeOpenAI();
  openai.chat({ text: "One two", trouble: "stall" });
  const stuck = openai.stuck();
  const controller = new AbortController();
  const stream = await clientOf(openai).chat.completions.create(
    { model: "m", messages: [...MESSAGES], stream: true },
    { signal: controller.signal },
  );
  const read = Array.fromAsync(stream);
  await stuck;
  assertEquals(openai.requests[0]?.outcome, undefined);
  controller.abort();
  assertEquals(await openai.requests[0]?.ended, "closed");
  await read;
});

Deno.test("FakeOpenAI closes while an answer is stuck", async () => {
  const openai = new FakeOpenAI();
  openai.chat({ trouble: "stall" }, { trouble: "silence" });
  const stuck = openai.stuck();
  const first = post(openai, CHAT).catch(() => "gone");
  await stuck;
  const second = post(openai, CHAT).catch(() => "gone");
  await openai.stuck();
  await openai.close();
  await Promise.all([first, second]);
});
