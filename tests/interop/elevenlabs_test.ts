/**
 * ElevenLabs's own SDK judges what our service and the scripted provider say to each
 * other, and talks to the provider itself.
 *
 * The SDK has no client for the WebSocket that our service speaks over, only the
 * schemas of its messages: each message of either side is read with them, and may
 * have no field that they do not know. What it does talk over is HTTP.
 *
 * @module
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ElevenLabsClient, ElevenLabsError } from "@elevenlabs/elevenlabs-js";
import {
  AudioOutputMulti,
  CloseContext,
  CloseSocket,
  FinalOutputMulti,
  FlushContext,
  InitializeConnectionMulti,
  KeepContextAlive,
  SendTextMulti,
  StreamTextToSpeechWithTimestampsRequest,
} from "@elevenlabs/elevenlabs-js/serialization/index.js";
import {
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
} from "../../frames/mod.ts";
import { ElevenLabsHttpTTSService, ElevenLabsTTSService } from "../../services/elevenlabs/mod.ts";
import { characterWords } from "../../services/tts/mod.ts";
import {
  readTranscript,
  ScriptedHttpTTS,
  ScriptedTTSProvider,
  TestPipeline,
} from "../../testing/mod.ts";
import { elevenLabs, ELEVENLABS_HTTP } from "./_elevenlabs_dialect.ts";
import { within } from "./_speech.ts";

const SERVICE = import.meta.resolve("../../services/elevenlabs/tts_test.ts");

/** What a schema of the SDK makes of a message. */
interface Schema {
  parse(raw: unknown, options: { unrecognizedObjectKeys: "fail" }): { readonly ok: boolean };
}

const CLIENT: readonly (readonly [name: string, schema: Schema])[] = [
  ["initialize", InitializeConnectionMulti],
  ["keep alive", KeepContextAlive],
  ["text", SendTextMulti],
  ["flush", FlushContext],
  ["close context", CloseContext],
  ["close socket", CloseSocket],
];

const SERVER: readonly (readonly [name: string, schema: Schema])[] = [
  ["audio", AudioOutputMulti],
  ["final", FinalOutputMulti],
];

/** What the SDK calls a message; nothing where it knows none like it. */
function nameOf(message: unknown, schemas: typeof CLIENT): string | undefined {
  const options = { unrecognizedObjectKeys: "fail" } as const;
  return schemas.find(([, schema]) => schema.parse(message, options).ok)?.[0];
}

Deno.test("ElevenLabs's SDK knows every message of the transcript of our service", async () => {
  const { lines } = await readTranscript(SERVICE, "tts_hello");
  const named = lines.flatMap((line) =>
    "text" in line ? [nameOf(line.text, line.from === "client" ? CLIENT : SERVER)] : []
  );
  assertEquals(named, [
    "initialize",
    "text",
    "audio",
    "text",
    "audio",
    "flush",
    "close context",
    "final",
    "close socket",
  ]);
});

Deno.test("ElevenLabs's SDK knows every message of the provider of our tests", () => {
  const { words, audio, done } = elevenLabs();
  const word = { text: "Hi", startMs: 60, endMs: 180, pieceMs: 0 };
  assertEquals(words?.([word], "context-1"), undefined);
  for (
    const [name, message] of [
      ["audio", audio(new Uint8Array(4), "context-1")],
      ["audio", audio(new Uint8Array(4), "context-1")],
      ["final", done?.("context-1")],
    ] as const
  ) {
    assertEquals(nameOf(JSON.parse(JSON.stringify(message)), SERVER), name);
  }
});

Deno.test("ElevenLabs's SDK knows what our service says of settings, of an interruption, and when idle", async () => {
  await using provider = new ScriptedTTSProvider(elevenLabs());
  provider.script({ trouble: "stall" });
  const { apiKey, dial } = provider;
  await using pipeline = new TestPipeline([
    new ElevenLabsTTSService({
      apiKey,
      dial,
      settings: { voice: "v", stability: 0.4, similarityBoost: 0.8, style: 0.1, speed: 1.1 },
      pronunciationDictionaryLocators: [{ pronunciationDictionaryId: "d", versionId: "2" }],
    }),
  ]);
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("One two. Three"));
  await pipeline.until(InterruptionFrame);
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Four five. Six"));
  await pipeline.wait(() => provider.asked.length === 2, { doing: "see it asked" });
  // Idle until the next message that keeps the context alive.
  await pipeline.run(pipeline.clock.sleep(10_500), { withinMs: 20_000 });
  pipeline.push(new LLMFullResponseEndFrame());
  await pipeline.until(LLMFullResponseEndFrame);
  const [peer] = provider.server.peers;
  assert(peer);
  const named = peer.received.map((message) =>
    message.type === "json" ? nameOf(message.value, CLIENT) : undefined
  );
  assertEquals(named, [
    "initialize",
    "text",
    "close context",
    "initialize",
    "text",
    "keep alive",
    "text",
    "flush",
    "close context",
  ]);
});

Deno.test("ElevenLabs's SDK knows what our service asks over HTTP", async () => {
  await using provider = new ScriptedHttpTTS(ELEVENLABS_HTTP);
  const { apiKey, url: baseUrl } = provider;
  await using pipeline = new TestPipeline([
    new ElevenLabsHttpTTSService({
      apiKey,
      baseUrl,
      settings: {
        voice: "v",
        language: "de",
        stability: 0.4,
        useSpeakerBoost: true,
        speed: 1.1,
        applyTextNormalization: "off",
      },
      pronunciationDictionaryLocators: [{ pronunciationDictionaryId: "d", versionId: "2" }],
    }),
  ]);
  pipeline.push(new TTSSpeakFrame("One two. Three."));
  await pipeline.until(TTSStoppedFrame);
  const asked = provider.requests.map(({ body }) =>
    StreamTextToSpeechWithTimestampsRequest.parse(body, { unrecognizedObjectKeys: "fail" })
  );
  assertEquals(asked.map(({ ok }) => ok), [true, true]);
  const wrong = StreamTextToSpeechWithTimestampsRequest.parse(
    { ...Object(provider.requests[0]?.body), previousText: "One" },
    { unrecognizedObjectKeys: "fail" },
  );
  assertEquals(wrong.ok, false);
});

Deno.test("ElevenLabs's SDK is spoken to over HTTP, with the times of characters", async () => {
  await using provider = new ScriptedHttpTTS(ELEVENLABS_HTTP);
  const client = new ElevenLabsClient({ apiKey: provider.apiKey, baseUrl: provider.url });
  const request = { text: "Hello there.", modelId: "eleven_flash_v2_5", outputFormat: "pcm_24000" };
  const ask = () =>
    within(
      client.textToSpeech.streamWithTimestamps("voice-1", {
        ...request,
        outputFormat: "pcm_24000",
      }, { maxRetries: 0 }).then((chunks) => Array.fromAsync(chunks)),
    );
  const chunks = await ask();
  const bytes = chunks.map(({ audioBase64 }) => Uint8Array.fromBase64(audioBase64).length);
  assertEquals(bytes, [6 * 60 * 48, 6 * 60 * 48]);
  const words = chunks.flatMap(({ alignment }) =>
    characterWords({
      characters: alignment?.characters ?? [],
      startsMs: alignment?.characterStartTimesSeconds.map((s) => Math.round(s * 1000)) ?? [],
      endsMs: alignment?.characterEndTimesSeconds.map((s) => Math.round(s * 1000)),
    })
  );
  assertEquals(words, [
    { text: "Hello", startMs: 0, endMs: 300 },
    { text: "there.", startMs: 360, endMs: 720 },
  ]);
  assertEquals([provider.askedVoice(), provider.requests[0]?.body], [
    "voice-1",
    { text: request.text, model_id: request.modelId },
  ]);
  assertEquals(provider.requests[0]?.headers.get("xi-api-key"), provider.apiKey);
  provider.script({ status: 401 });
  const error = await assertRejects(ask, ElevenLabsError);
  assertEquals(error.statusCode, 401);
});
