import { assertEquals } from "@std/assert";
import { TTSSpeakFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import { ScriptedHttpTTS, TestPipeline, testTTS } from "../../testing/mod.ts";
import { CARTESIA_HTTP } from "../../tests/interop/_cartesia_dialect.ts";
import { CartesiaHttpTTSService, type CartesiaHttpTTSServiceOptions } from "./mod.ts";

function make(provider: ScriptedHttpTTS, options: CartesiaHttpTTSServiceOptions) {
  const { apiKey, url: baseUrl } = provider;
  return new CartesiaHttpTTSService({ apiKey, baseUrl, ...options });
}

testTTS({
  name: "CartesiaHttpTTSService",
  key: { env: "CARTESIA_API_KEY", make: () => new CartesiaHttpTTSService() },
  open: () => {
    const provider = new ScriptedHttpTTS(CARTESIA_HTTP);
    return {
      make: (options) => make(provider, options),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

async function asked(text: string, options: CartesiaHttpTTSServiceOptions) {
  await using provider = new ScriptedHttpTTS(CARTESIA_HTTP);
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame(text));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.errors, []);
  return provider.requests;
}

Deno.test("CartesiaHttpTTSService asks for what the documentation says", async () => {
  const [first] = await asked("Hello there.", { settings: { voice: "voice-1" } });
  assertEquals(first?.method, "POST");
  assertEquals(first?.url.pathname, "/tts/bytes");
  const headers = ["X-API-Key", "Cartesia-Version", "Content-Type"]
    .map((name) => first?.headers.get(name));
  assertEquals(headers, ["scripted-key", "2026-03-01", "application/json"]);
  assertEquals(first?.body, {
    model_id: "sonic-3.5",
    transcript: "Hello there.",
    voice: { mode: "id", id: "voice-1" },
    output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
    language: "en",
  });
});

Deno.test("CartesiaHttpTTSService asks for all that its settings say", async () => {
  const generationConfig = { speed: 1.1, volume: 0.8, emotion: "calm" };
  const [first] = await asked("Hi.", {
    settings: {
      model: "sonic-3",
      language: "de-AT",
      generationConfig,
      pronunciationDictId: "dict-1",
      extra: { save: true },
    },
    extraHeaders: { "X-Trace": "7" },
  });
  assertEquals(first?.headers.get("X-Trace"), "7");
  const { model_id, language, generation_config, pronunciation_dict_id, save } = Object.fromEntries(
    Object.entries(first?.body ?? {}),
  );
  assertEquals(
    [model_id, language, generation_config, pronunciation_dict_id, save],
    ["sonic-3", "de", generationConfig, "dict-1", true],
  );
});
