import { assertEquals } from "@std/assert";
import { InputAudioRawFrame } from "../../frames/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  ScriptedSTTProvider,
  type STTProviderWire,
  TestPipeline,
  testSTTStream,
} from "../../testing/mod.ts";
import { SmallestSTTService, type SmallestSTTServiceOptions } from "./mod.ts";

/** Pulse as its documentation has it. */
const PULSE: STTProviderWire = {
  interim: (transcript) => [{ transcript, is_final: false, is_last: false, language: "en" }],
  final: (transcript) => [{ transcript, is_final: true, is_last: false, language: "en" }],
  isFinalize: (message) => typeOf(message) === "finalize",
};

function typeOf(message: ClientMessage): unknown {
  return message.type === "json" ? Object(message.value).type : undefined;
}

testSTTStream({
  name: "SmallestSTTService",
  key: { env: "SMALLEST_API_KEY", make: () => new SmallestSTTService() },
  make: (options) => new SmallestSTTService(options),
  wire: PULSE,
  transcript: await readTranscript(import.meta.url, "stt_utterance"),
  askedLanguage: ({ url }) => url.searchParams.get("language"),
});

/** What is asked when a connection is opened, and the first audio that is sent. */
async function opened(options: SmallestSTTServiceOptions) {
  await using provider = new ScriptedSTTProvider(PULSE);
  const stt = new SmallestSTTService({ apiKey: "key", dial: provider.dial, ...options });
  await using pipeline = new TestPipeline([stt]);
  pipeline.push(new InputAudioRawFrame(Int16Array.of(0, 1_000), { sampleRate: 16_000 }));
  const heard = () => provider.peers[0]?.received[0];
  await pipeline.wait(() => heard() !== undefined, { doing: "hear audio" }).catch(() => {});
  const audio = heard();
  return { query: provider.peers[0]?.url.searchParams, audio };
}

Deno.test("SmallestSTTService asks for all that its settings say", async () => {
  const { query } = await opened({
    settings: {
      language: "hi-IN",
      keywords: "Parley:2",
      wordTimestamps: true,
      diarize: true,
      redactPii: true,
      redactPci: true,
      fullTranscript: true,
      sentenceTimestamps: true,
      numerals: "true",
      endpointing: false,
      format: false,
    },
  });
  assertEquals(Object.fromEntries(query ?? []), {
    model: "pulse",
    language: "hi",
    encoding: "linear16",
    sample_rate: "16000",
    word_timestamps: "true",
    full_transcript: "true",
    sentence_timestamps: "true",
    redact_pii: "true",
    redact_pci: "true",
    numerals: "true",
    diarize: "true",
    endpointing: "false",
    format: "false",
    keywords: "Parley:2",
  });
});

Deno.test.each([[null, "multi"], ["ja-JP", "ja"], ["multi", "multi"]] as const)(
  "SmallestSTTService names the language %s as Pulse does",
  async (language, name) => {
    const { query } = await opened({ settings: { language } });
    assertEquals(query?.get("language"), name);
  },
);

Deno.test.each(
  [
    ["linear16", [0, 0, 232, 3]],
    ["mulaw", [255, 206]],
    ["alaw", [213, 250]],
  ] as const,
)("SmallestSTTService sends audio as %s", async (encoding, bytes) => {
  const { query, audio } = await opened({ encoding });
  assertEquals(query?.get("encoding"), encoding);
  assertEquals(audio?.type === "bytes" && [...audio.bytes], [...bytes]);
});
