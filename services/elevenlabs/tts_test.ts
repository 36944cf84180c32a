import { assertEquals } from "@std/assert";
import { LLMFullResponseEndFrame } from "../../frames/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  type ScriptedPeer,
  ScriptedTTSProvider,
  TestPipeline,
  testTTS,
} from "../../testing/mod.ts";
import { elevenLabs } from "../../tests/interop/_elevenlabs_dialect.ts";
import { TTSSpeakFrame, TTSStoppedFrame, TTSTextFrame } from "../../frames/mod.ts";
import { ElevenLabsTTSService, type ElevenLabsTTSServiceOptions } from "./mod.ts";

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);

function make(provider: ScriptedTTSProvider, options: ElevenLabsTTSServiceOptions) {
  const { apiKey, dial } = provider;
  return new ElevenLabsTTSService({ apiKey, dial, ...options });
}

testTTS({
  name: "ElevenLabsTTSService",
  key: { env: "ELEVENLABS_API_KEY", make: () => new ElevenLabsTTSService() },
  resumes: "exactly",
  transcript: await readTranscript(import.meta.url, "tts_hello"),
  open: () => {
    const provider = new ScriptedTTSProvider(elevenLabs());
    return {
      make: (options) =>
        make(provider, { settings: { voice: "21m00Tcm4TlvDq8ikWAM" }, ...options }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

async function peerOf(
  options: ElevenLabsTTSServiceOptions,
  warned?: string,
): Promise<ScriptedPeer | undefined> {
  await using provider = new ScriptedTTSProvider(elevenLabs());
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame("Hello there."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text), ["Hello", " there."]);
  assertEquals(pipeline.of(LLMFullResponseEndFrame), []);
  const warnings = pipeline.logged.filter((line) => line.includes("would refuse it"));
  assertEquals(warnings.map((line) => /all of "(\w+)"/.exec(line)?.[1]), warned ? [warned] : []);
  return provider.server.peers[0];
}

Deno.test("ElevenLabsTTSService asks for what the documentation says", async () => {
  const peer = await peerOf({ settings: { voice: "voice-1" } });
  assertEquals(peer?.url.pathname, "/v1/text-to-speech/voice-1/multi-stream-input");
  assertEquals(
    peer?.url.search,
    "?model_id=eleven_flash_v2_5&output_format=pcm_24000&auto_mode=true",
  );
  assertEquals(peer?.headers.get("xi-api-key"), "scripted-key");
  const context_id = fieldsOf(peer?.received[0]).text("context_id");
  assertEquals(peer?.received.map((message) => fieldsOf(message).value), [
    { text: " ", context_id },
    { text: "Hello there.", context_id },
    { context_id, flush: true },
    { context_id, close_context: true },
  ]);
});

Deno.test("ElevenLabsTTSService asks for all that its settings and options say", async () => {
  const peer = await peerOf({
    settings: {
      voice: "v",
      language: "es-MX",
      stability: 0.4,
      similarityBoost: 0.8,
      style: 0.1,
      useSpeakerBoost: false,
      speed: 1.1,
      applyTextNormalization: "off",
    },
    autoMode: false,
    enableSsmlParsing: true,
    enableLogging: false,
    pronunciationDictionaryLocators: [{ pronunciationDictionaryId: "d", versionId: "2" }],
  });
  assertEquals(Object.fromEntries(peer?.url.searchParams ?? []), {
    model_id: "eleven_flash_v2_5",
    output_format: "pcm_24000",
    auto_mode: "false",
    enable_ssml_parsing: "true",
    enable_logging: "false",
    language_code: "es",
    apply_text_normalization: "off",
  });
  const first = fieldsOf(peer?.received[0]);
  assertEquals(first.fields("voice_settings").value, {
    stability: 0.4,
    similarity_boost: 0.8,
    style: 0.1,
    use_speaker_boost: false,
    speed: 1.1,
  });
  const [locator] = first.list("pronunciation_dictionary_locators");
  assertEquals(locator?.value, { pronunciation_dictionary_id: "d", version_id: "2" });
});

Deno.test.each(
  [
    ["eleven_multilingual_v2", "es", null],
    ["eleven_flash_v2_5", "pt-BR", "pt"],
    ["eleven_flash_v2_5", "nb-NO", "no"],
    ["eleven_turbo_v2_5", "th", null],
    ["eleven_v3", "th-TH", "th"],
    ["eleven_v3", "tlh", null],
  ] as const,
)(
  "ElevenLabsTTSService tells %s that %s is spoken as it takes it",
  async (model, language, code) => {
    const peer = await peerOf({ settings: { model, language } }, code ? undefined : "language");
    assertEquals(peer?.url.searchParams.get("language_code"), code);
  },
);

Deno.test("ElevenLabsTTSService asks for each rate that ElevenLabs has", async () => {
  for (const sampleRate of [32_000, 48_000]) {
    const peer = await peerOf({ sampleRate });
    assertEquals(peer?.url.searchParams.get("output_format"), `pcm_${sampleRate}`);
  }
});

Deno.test("ElevenLabsTTSService says nothing of dictionaries where there are none", async () => {
  const peer = await peerOf({ pronunciationDictionaryLocators: [] });
  assertEquals(Object.keys(Object(fieldsOf(peer?.received[0]).value)), ["text", "context_id"]);
});
