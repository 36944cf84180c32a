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
  headers: {
    "Accept": "application/octet-stream",
    "Content-Type": "application/json",
    "Authorization": "Bearer test-key",
  },
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
function compare(request: unknown): Promise<{ lines: string[]; differ: number }> {
  return compareLines([
    HEAD,
    { from: "input", frame: "LLMFullResponseStartFrame" },
    { from: "input", frame: "LLMTextFrame", text: "Hello there." },
    { from: "input", frame: "LLMFullResponseEndFrame" },
    { from: "client", request },
    { from: "server", scripted: true, response: ANSWER },
    { from: "input", frame: "EndFrame" },
  ]);
}

/** Compares a recording of these lines. */
async function compareLines(
  said: readonly unknown[],
): Promise<{ lines: string[]; differ: number }> {
  const file = await Deno.makeTempFile({ suffix: ".jsonl" });
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

Deno.test("Speech and changed settings are replayed, under whatever name they are recorded", async () => {
  const { json } = REQUEST;
  const said = (input: string, voice: string) => [
    { from: "input", frame: "TTSSpeakFrame", text: input },
    { from: "client", request: { ...REQUEST, json: { ...json, input, voice } } },
    { from: "server", scripted: true, response: ANSWER },
  ];
  for (const name of ["delta", "settings"]) {
    const { lines } = await compareLines([
      HEAD,
      ...said("Hello there.", "nova"),
      { from: "frames", frame: "TTSStoppedFrame", after_ms: 900 },
      { from: "input", frame: "TTSUpdateSettingsFrame", [name]: { voice: "alloy" }, other: 1 },
      ...said("Bye.", "alloy"),
      { from: "input", frame: "EndFrame" },
    ]);
    assertEquals(lines, ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"]);
  }
});

/** A recording of somebody who speaks twice. */
function heard(service: object, request: object): unknown[] {
  const turn = (t: number) => [
    { from: "input", frame: "VADUserStartedSpeakingFrame", t },
    { from: "input", frame: "VADUserStoppedSpeakingFrame", t: t + 0.8 },
    { from: "client", request, t: t + 0.82 },
    { from: "server", scripted: true, t: t + 0.83, response: { json: { text: "Hello." } } },
  ];
  return [service, ...turn(0.5), ...turn(4), { from: "input", frame: "EndFrame", t: 6 }];
}

Deno.test("Whoever speaks is heard as often as he spoke, at the rate of the recording", async () => {
  const service = {
    service: "OpenAISTTService",
    module: "services/openai",
    options: { audio_in_sample_rate: 8_000 },
  };
  const { lines } = await compareLines(heard(service, {
    method: "POST",
    url: "https://api.openai.com/v1/audio/transcriptions",
    headers: {
      "Content-Type": "multipart/form-data; boundary=<boundary>",
      "Authorization": "Bearer test-key",
    },
    form: [
      { name: "file", content_type: "audio/wav", bytes: 1 },
      { name: "model", value: "gpt-4o-transcribe" },
      { name: "language", value: "en" },
    ],
  }));
  assertEquals(lines, ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"]);
});

Deno.test("Audio within a request is audio, whatever its bytes", async () => {
  const service = {
    service: "HathoraSTTService",
    module: "services/hathora",
    options: { model: "m", params: { language: "de" } },
  };
  for (const audio of ["A".repeat(400), "<base64 wav, 32044 bytes>"]) {
    const { lines } = await compareLines(heard(service, {
      method: "POST",
      url: "https://api.models.hathora.dev/inference/v1/stt",
      headers: { "Content-Type": "application/json", "Authorization": "Bearer test-key" },
      json: { model: "m", language: "de", audio },
    }));
    assertEquals(lines, ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"]);
  }
});

Deno.test("Who closes first is chance where the server closed", async () => {
  const open = {
    url:
      "wss://api.cartesia.ai/stt/turns/websocket?model=ink-2&encoding=pcm_s16le&sample_rate=16000",
    headers: { "X-API-Key": "test-key", "Cartesia-Version": "2026-03-01" },
    protocols: [],
  };
  const { lines } = await compareLines([
    { service: "CartesiaTurnsSTTService", module: "services/cartesia/turns", options: {} },
    { from: "client", conn: 1, t: 0, open },
    { from: "server", conn: 1, t: 0, scripted: true, text: { type: "connected" } },
    { from: "input", t: 1, frame: "EndFrame" },
    { from: "client", conn: 1, t: 1, text: { type: "close" } },
    // It closes so late that ours has given up waiting for it.
    { from: "server", conn: 1, t: 9, scripted: true, close: 1000 },
  ]);
  assertEquals(lines, ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"]);
});

Deno.test("Who sends the second text only once the first is spoken is waited for", async () => {
  const open = {
    url: "wss://api.cartesia.ai/tts/websocket",
    headers: { "X-API-Key": "test-key", "Cartesia-Version": "2026-03-01" },
    protocols: [],
  };
  const speech = {
    model_id: "sonic-3.5",
    voice: { mode: "id", id: "ada" },
    output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
    add_timestamps: true,
    use_normalized_timestamps: false,
    max_buffer_delay_ms: 0,
    language: "en",
  };
  const asked = (transcript: string, context_id: string) =>
    [[transcript, true], ["", false]].map(([transcript, more]) => ({
      from: "client",
      text: { transcript, continue: more, context_id, ...speech },
    }));
  const answered = (context_id: string) =>
    [
      ...[1, 2, 3].map(() => ({ type: "chunk", context_id, data: "<base64 pcm, 4800 bytes>" })),
      { type: "done", context_id },
    ].map((text) => ({ from: "server", scripted: true, text }));
  const { lines } = await compareLines([
    {
      service: "CartesiaTTSService",
      module: "services/cartesia",
      options: { settings: { voice: "ada" }, audio_out_sample_rate: 24_000 },
    },
    { from: "client", open },
    { from: "input", frame: "TTSSpeakFrame", text: "One." },
    { from: "input", frame: "TTSSpeakFrame", text: "Two." },
    ...asked("One.", "$CTX1"),
    ...asked("Two.", "$CTX2"),
    ...answered("$CTX1"),
    ...answered("$CTX2"),
    { from: "input", frame: "EndFrame" },
    { from: "client", close: 1000 },
  ]);
  assertEquals(lines, ["equal  FILE", "wire: 1 files, 1 equal, 0 differ"]);
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
