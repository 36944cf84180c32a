import { assertEquals } from "@std/assert";
import { LLMFullResponseEndFrame } from "../../frames/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  type ClientMessage,
  type ScriptedPeer,
  ScriptedTTSProvider,
  TestPipeline,
  testTTS,
  type TTSDialect,
} from "../../testing/mod.ts";
import { TTSSpeakFrame, TTSStoppedFrame, TTSTextFrame } from "../../frames/mod.ts";
import { ElevenLabsTTSService, type ElevenLabsTTSServiceOptions } from "./mod.ts";

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);

/** ElevenLabs as its documentation has it: times count from the message they come with. */
const ELEVENLABS = (): TTSDialect => ({
  read: (() => {
    const flushed = new Set<string | undefined>();
    return (message) => {
      const fields = fieldsOf(message);
      const contextId = fields.text("context_id");
      if (fields.flag("flush")) {
        flushed.add(contextId);
        return [{ type: "flush", contextId }];
      }
      if (fields.flag("close_context")) {
        // The first behind a flush closes the context when all of it is spoken.
        return flushed.delete(contextId) ? [] : [{ type: "cancel", contextId }];
      }
      const text = fields.text("text")?.trim() ?? "";
      return text === "" ? [] : [{ type: "speak", text, contextId }];
    };
  })(),
  voice: ({ url }: ScriptedPeer) => url.pathname.split("/")[3],
  sampleRate: ({ url }) => Number(url.searchParams.get("output_format")?.slice(4)),
  audio: (bytes, contextId) => ({ audio: bytes.toBase64(), alignment: null, contextId }),
  words: (words, contextId) => ({
    contextId,
    alignment: {
      chars: words.flatMap(({ text }) => [...text]),
      charStartTimesMs: words.flatMap(({ text, startMs, pieceMs }) =>
        [...text].map((_, k) => startMs - pieceMs + 60 * k)
      ),
      charDurationsMs: words.flatMap(({ text }) => [...text].map(() => 60)),
    },
  }),
  done: (contextId) => ({ isFinal: true, contextId }),
});

function make(provider: ScriptedTTSProvider, options: ElevenLabsTTSServiceOptions) {
  const { apiKey, url } = provider;
  return new ElevenLabsTTSService({ apiKey, url, ...options });
}

testTTS({
  name: "ElevenLabsTTSService",
  key: { env: "ELEVENLABS_API_KEY", make: () => new ElevenLabsTTSService() },
  resumes: "exactly",
  open: () => {
    const provider = new ScriptedTTSProvider(ELEVENLABS());
    return {
      make: (options) => make(provider, options),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

async function peerOf(options: ElevenLabsTTSServiceOptions): Promise<ScriptedPeer | undefined> {
  await using provider = new ScriptedTTSProvider(ELEVENLABS());
  await using pipeline = new TestPipeline([make(provider, options)]);
  pipeline.push(new TTSSpeakFrame("Hello there."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text), ["Hello", " there."]);
  assertEquals(pipeline.of(LLMFullResponseEndFrame), []);
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

Deno.test("ElevenLabsTTSService names no language to a model that takes none", async () => {
  const peer = await peerOf({ settings: { model: "eleven_multilingual_v2", language: "es" } });
  assertEquals(peer?.url.searchParams.has("language_code"), false);
});
