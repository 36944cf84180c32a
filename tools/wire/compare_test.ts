import { assertEquals } from "@std/assert";
import { compareAll } from "./compare.ts";

const HEAD = {
  service: "OpenAITTSService",
  module: "services/openai",
  scenario: "hello",
  options: { api_key: "test-key", settings: { voice: "nova" }, audio_out_sample_rate: 24000 },
};

const REQUEST = {
  method: "POST",
  url: "https://api.openai.com/v1/audio/speech",
  headers: { "Content-Type": "application/json", "Authorization": "Bearer test-key" },
  json: {
    input: "Hello there.",
    model: "gpt-4o-mini-tts",
    response_format: "pcm",
    voice: "nova",
  },
};

const ANSWER = {
  status: 200,
  headers: { "Content-Type": "application/octet-stream" },
  body: "raw pcm s16le mono 24000 Hz, 3 parts",
  body_bytes: 14400,
};

/** Compares a recording of one sentence. */
async function compare(request: unknown): Promise<{ lines: string[]; differ: number }> {
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
  const said = [
    HEAD,
    { from: "input", frame: "LLMFullResponseStartFrame" },
    { from: "input", frame: "LLMTextFrame", text: "Hello there." },
    { from: "input", frame: "LLMFullResponseEndFrame" },
    { from: "client", request },
    { from: "server", scripted: true, response: ANSWER },
    { from: "input", frame: "EndFrame" },
  ];
  try {
    await Deno.writeTextFile(file, said.map((line) => JSON.stringify(line)).join("\n"));
    const lines: string[] = [];
    const { differ } = await compareAll([file], (line) => lines.push(line.replace(file, "FILE")));
    return { lines, differ };
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("A service that says what is recorded is equal", async () => {
  assertEquals(await compare(REQUEST), {
    lines: ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"],
    differ: 0,
  });
});

Deno.test("What differs is listed, by its place", async () => {
  const { json, headers, ...rest } = REQUEST;
  const request = {
    ...rest,
    url: "https://api.openai.com/v2/audio/speech?mode=fast",
    headers: { ...headers, "X-Extra": "1" },
    json: { ...json, voice: "alloy", speed: 2 },
  };
  assertEquals((await compare(request)).lines, [
    "differs FILE",
    '    request.url: recorded "https://api.openai.com/v2/audio/speech", ' +
    'sent "https://api.openai.com/v1/audio/speech"',
    '    request.query.mode: recorded ["fast"], sent undefined',
    '    request.headers.x-extra: recorded "1", sent undefined',
    '    request.body.voice: recorded "alloy", sent "nova"',
    "    request.body.speed: recorded 2, sent undefined",
    "wire: 1 files, 0 equal, 1 differ",
  ]);
});

Deno.test("What stands for any value matches any value", async () => {
  const headers = { ...REQUEST.headers, "Authorization": "Bearer <key>" };
  assertEquals((await compare({ ...REQUEST, headers })).differ, 0);
});

Deno.test("A recording that cannot be read is a difference, and the others go on", async () => {
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
  const lines: string[] = [];
  try {
    await Deno.writeTextFile(file, "{}\n");
    await compareAll([file], (line) => lines.push(line));
  } finally {
    await Deno.remove(file);
  }
  assertEquals(lines.slice(1), [
    '    Cannot replay it: Cannot read the recording: its first line lacks "service" or "module"',
    "wire: 1 files, 0 equal, 1 differ",
  ]);
});
