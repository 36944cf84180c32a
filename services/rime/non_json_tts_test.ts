import { assertEquals } from "@std/assert";
import { TTSAudioRawFrame, TTSSpeakFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import {
  readTranscript,
  ScriptedTTSProvider,
  TestPipeline,
  testTTS,
  type TTSDialect,
} from "../../testing/mod.ts";
import { RimeNonJsonTTSService, type RimeNonJsonTTSServiceOptions } from "./mod.ts";

/** Rime as its documentation has it: bare text, and commands in angle brackets. */
const RIME: TTSDialect = {
  read: (message) => {
    if (message.type !== "text") return [];
    if (message.text === "<FLUSH>") return [{ type: "flush" }];
    return message.text === "<EOS>" ? [] : [{ type: "speak", text: message.text }];
  },
  voice: ({ url }) => url.searchParams.get("speaker"),
  sampleRate: ({ url }) => Number(url.searchParams.get("samplingRate")),
  audio: (bytes) => bytes,
};

function make(provider: ScriptedTTSProvider, options: RimeNonJsonTTSServiceOptions) {
  const { apiKey, dial } = provider;
  return new RimeNonJsonTTSService({ apiKey, dial, stopFrameTimeoutSecs: 1, ...options });
}

testTTS({
  name: "RimeNonJsonTTSService",
  key: { env: "RIME_API_KEY", make: () => new RimeNonJsonTTSService() },
  resumes: "about",
  transcript: await readTranscript(import.meta.url, "non_json_tts_hello"),
  skip: { stall: "silence is the end of what it speaks, however it comes about" },
  open: () => {
    const provider = new ScriptedTTSProvider(RIME);
    return {
      make: (options) => make(provider, { settings: { voice: "astra" }, ...options }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

Deno.test("RimeNonJsonTTSService asks for what the documentation says", async () => {
  const settings = { voice: "luna", model: "arcana", language: "es", segment: "never" } as const;
  await using provider = new ScriptedTTSProvider(RIME);
  await using pipeline = new TestPipeline([make(provider, { settings })]);
  pipeline.push(new TTSSpeakFrame("Hello there."));
  await pipeline.until(TTSStoppedFrame);
  const [peer] = provider.server.peers;
  assertEquals(
    peer?.url.search,
    "?speaker=luna&modelId=arcana&audioFormat=pcm&segment=never&samplingRate=24000&lang=spa",
  );
  assertEquals(peer?.headers.get("Authorization"), "Bearer scripted-key");
  assertEquals(peer?.received, [
    { type: "text", text: "Hello there. " },
    { type: "text", text: "<FLUSH>" },
  ]);
});

Deno.test("RimeNonJsonTTSService reads µ-law", async () => {
  await using provider = new ScriptedTTSProvider({
    ...RIME,
    // Silence: half as many bytes as 16-bit samples have.
    audio: (bytes) => new Uint8Array(bytes.length / 2).fill(0xff),
  });
  await using pipeline = new TestPipeline([make(provider, { audioFormat: "mulaw" })]);
  pipeline.push(new TTSSpeakFrame("Hi there."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(provider.server.peers[0]?.url.searchParams.get("audioFormat"), "mulaw");
  const audio = pipeline.of(TTSAudioRawFrame).flatMap(({ audio }) => [...audio]);
  assertEquals(audio.length, "Hi there. ".length * 60 * 24);
  assertEquals(new Set(audio), new Set([0]));
});
