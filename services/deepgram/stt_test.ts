import { assertEquals } from "@std/assert";
import { TranscriptionFrame } from "../../frames/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  ScriptedSocketServer,
  TestPipeline,
  testSTTStream,
} from "../../testing/mod.ts";
import { DeepgramSTTService } from "./stt.ts";

/** Parameters that are always sent. */
const DEFAULTS = [
  "detect_entities",
  "diarize",
  "dictation",
  "interim_results",
  "numerals",
  "profanity_filter",
  "punctuate",
  "smart_format",
  "encoding",
  "sample_rate",
  "channels",
  "multichannel",
];

function typeOf(message: ClientMessage): unknown {
  return message.type === "json" ? Object(message.value).type : undefined;
}

function results(transcript: string, final: boolean): unknown {
  return {
    type: "Results",
    is_final: final,
    from_finalize: final,
    channel: { alternatives: [{ transcript, confidence: 0.99, words: [] }] },
  };
}

testSTTStream({
  name: "DeepgramSTTService",
  key: { env: "DEEPGRAM_API_KEY", make: () => new DeepgramSTTService() },
  make: (options) => new DeepgramSTTService(options),
  wire: {
    interim: (text) => [results(text, false)],
    final: (text) => [results(text, true)],
    isFinalize: (message) => typeOf(message) === "Finalize",
    isEnd: (message) => typeOf(message) === "CloseStream",
  },
  transcript: await readTranscript(import.meta.url, "stt_utterance"),
  askedLanguage: ({ url }) => url.searchParams.get("language"),
});

Deno.test("DeepgramSTTService asks for what it is given, in the words of the provider", async () => {
  await using server = new ScriptedSocketServer((peer) => peer.accept());
  const stt = new DeepgramSTTService({
    apiKey: "key",
    dial: server.dial,
    baseUrl: "http://deepgram.example:8080",
    tag: ["a", "b"],
    mipOptOut: true,
    callback: "https://acme.example/heard?x=1",
    callbackMethod: "POST",
    addons: { vad_events: true },
    settings: {
      model: "nova-3",
      language: null,
      endpointing: 300,
      keyterm: ["Ada", "Lovelace & Co"],
      utteranceEndMs: 1_000,
      extra: { diarize_model: "v2" },
    },
  });
  await using pipeline = new TestPipeline([stt]);
  await pipeline.settle();
  const { host, searchParams } = (await server.peer()).url;
  assertEquals(host, "deepgram.example:8080");
  const query = [...searchParams].filter(([name]) => !DEFAULTS.includes(name));
  assertEquals(query, [
    ["model", "nova-3"],
    ["language", "multi"],
    ["endpointing", "300"],
    ["keyterm", "Ada"],
    ["keyterm", "Lovelace & Co"],
    ["utterance_end_ms", "1000"],
    ["diarize_model", "v2"],
    ["callback", "https://acme.example/heard?x=1"],
    ["callback_method", "POST"],
    ["tag", "a"],
    ["tag", "b"],
    ["mip_opt_out", "true"],
    ["vad_events", "true"],
  ]);
});

Deno.test("DeepgramSTTService announces what the provider notices, and which language it hears", async () => {
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    peer.send({ type: "Metadata", request_id: "r" });
    peer.send({ type: "SpeechStarted", channel: [0], timestamp: 0.1 });
    const alternatives = [{ transcript: "Hola.", languages: ["es", "en"] }];
    peer.send({ type: "Results", is_final: true, channel: { alternatives } });
    peer.send({ type: "UtteranceEnd", channel: [0, 1], last_word_end: 0.9 });
    peer.send({ type: "Error", err_code: "NET-0001" });
    while (await peer.next());
  });
  const stt = new DeepgramSTTService({ apiKey: "key", dial: server.dial });
  const told: string[] = [];
  stt.on("speechStarted", () => void told.push("speech"));
  stt.on("utteranceEnd", () => void told.push("end"));
  await using pipeline = new TestPipeline([stt]);
  const frame = await pipeline.until(TranscriptionFrame);
  await pipeline.settle();
  assertEquals([frame.text, frame.language, frame.finalized], ["Hola.", "es", false]);
  assertEquals(told, ["speech", "end"]);
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Deepgram: it reports an error (NET-0001)",
  ]);
});

Deno.test("DeepgramSTTService keeps a quiet connection", async () => {
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    while (await peer.next());
  });
  const stt = new DeepgramSTTService({ apiKey: "key", dial: server.dial });
  await using pipeline = new TestPipeline([stt]);
  await pipeline.run(pipeline.clock.sleep(9_900), { withinMs: 10_000 });
  const said = (await server.peer()).received.map(typeOf);
  assertEquals(said.length > 0 && said.every((type) => type === "KeepAlive"), true, `${said}`);
});
