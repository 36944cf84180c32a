import { assertEquals } from "@std/assert";
import { TTSSpeakFrame, TTSStoppedFrame, TTSTextFrame } from "../../frames/mod.ts";
import { ScriptedHttpTTS, TestPipeline, testTTS } from "../../testing/mod.ts";
import { ELEVENLABS_HTTP } from "../../tests/interop/_elevenlabs_dialect.ts";
import { ElevenLabsHttpTTSService, type ElevenLabsHttpTTSServiceOptions } from "./mod.ts";

function make(provider: ScriptedHttpTTS, options: ElevenLabsHttpTTSServiceOptions) {
  const { apiKey, url: baseUrl } = provider;
  return new ElevenLabsHttpTTSService({ apiKey, baseUrl, ...options });
}

testTTS({
  name: "ElevenLabsHttpTTSService",
  key: { env: "ELEVENLABS_API_KEY", make: () => new ElevenLabsHttpTTSService() },
  resumes: "exactly",
  open: () => {
    const provider = new ScriptedHttpTTS(ELEVENLABS_HTTP);
    return {
      make: (options) => make(provider, { settings: { voice: "voice-id" }, ...options }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

async function asked(text: string, options: ElevenLabsHttpTTSServiceOptions) {
  await using provider = new ScriptedHttpTTS(ELEVENLABS_HTTP);
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame(text));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.errors, []);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text).join(""), text);
  return provider.requests;
}

Deno.test("ElevenLabsHttpTTSService asks for what the documentation says, and tells what went before", async () => {
  const [first, second] = await asked("Hello there. And you?", { settings: { voice: "voice-1" } });
  assertEquals([first?.method, first?.url.pathname, first?.url.search], [
    "POST",
    "/v1/text-to-speech/voice-1/stream/with-timestamps",
    "?output_format=pcm_24000",
  ]);
  const headers = ["xi-api-key", "Content-Type"].map((name) => first?.headers.get(name));
  assertEquals(headers, ["scripted-key", "application/json"]);
  const model_id = "eleven_flash_v2_5";
  assertEquals(first?.body, { text: "Hello there.", model_id });
  assertEquals(second?.body, { text: "And you?", model_id, previous_text: "Hello there." });
});

Deno.test("ElevenLabsHttpTTSService asks for all that its settings say", async () => {
  const [first] = await asked("Hi.", {
    sampleRate: 16_000,
    enableLogging: false,
    pronunciationDictionaryLocators: [{ pronunciationDictionaryId: "d", versionId: "2" }],
    settings: {
      voice: "a/b",
      model: "eleven_flash_v2_5",
      language: "pt-BR",
      stability: 0.4,
      similarityBoost: 0.8,
      style: 0.1,
      useSpeakerBoost: false,
      speed: 1.1,
      applyTextNormalization: "on",
      optimizeStreamingLatency: 2,
      extra: { seed: 7 },
    },
  });
  assertEquals(first?.url.pathname, "/v1/text-to-speech/a%2Fb/stream/with-timestamps");
  assertEquals(Object.fromEntries(first?.url.searchParams ?? []), {
    output_format: "pcm_16000",
    enable_logging: "false",
    optimize_streaming_latency: "2",
  });
  assertEquals(first?.body, {
    text: "Hi.",
    model_id: "eleven_flash_v2_5",
    language_code: "pt",
    apply_text_normalization: "on",
    voice_settings: {
      stability: 0.4,
      similarity_boost: 0.8,
      style: 0.1,
      use_speaker_boost: false,
      speed: 1.1,
    },
    pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: "d", version_id: "2" }],
    seed: 7,
  });
});

Deno.test("ElevenLabsHttpTTSService tells Eleven v3 nothing of what went before", async () => {
  const requests = await asked("One. Two.", { settings: { voice: "v", model: "eleven_v3" } });
  assertEquals(requests.map(({ body }) => "previous_text" in Object(body)), [false, false]);
});
