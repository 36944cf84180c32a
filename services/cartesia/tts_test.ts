import { assertEquals } from "@std/assert";
import {
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSStoppedFrame,
} from "../../frames/mod.ts";
import { readTranscript, ScriptedTTSProvider, TestPipeline, testTTS } from "../../testing/mod.ts";
import { CARTESIA } from "../../tests/interop/_cartesia_dialect.ts";
import { CartesiaTTSService } from "./mod.ts";

testTTS({
  name: "CartesiaTTSService",
  key: { env: "CARTESIA_API_KEY", make: () => new CartesiaTTSService() },
  resumes: "exactly",
  transcript: await readTranscript(import.meta.url, "tts_hello"),
  open: () => {
    const provider = new ScriptedTTSProvider(CARTESIA);
    const { apiKey, dial } = provider;
    return {
      make: (options) =>
        new CartesiaTTSService({
          apiKey,
          dial,
          settings: { voice: "a0e99841-438c-4a64-b679-ae501e7d6091" },
          ...options,
        }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

Deno.test("CartesiaTTSService sends what is spelled out in one piece", async () => {
  await using provider = new ScriptedTTSProvider(CARTESIA);
  const { apiKey, dial } = provider;
  const tts = new CartesiaTTSService({ apiKey, dial, settings: { voice: "voice-1" } });
  await using pipeline = new TestPipeline([tts]);
  pipeline.push(new LLMFullResponseStartFrame());
  for (const text of ["Your code is ", CartesiaTTSService.spell("A. B? C"), ". Bye."]) {
    pipeline.push(new LLMTextFrame(text));
  }
  pipeline.push(new LLMFullResponseEndFrame());
  await pipeline.until(TTSStoppedFrame);
  const texts = provider.server.peers[0]?.received.map((message) =>
    message.type === "json" ? Object(message.value).transcript : message
  );
  assertEquals(texts, ["Your code is <spell>A. B? C</spell>.", "Bye.", ""]);
});

Deno.test("CartesiaTTSService has tags for what is spoken otherwise", () => {
  assertEquals(CartesiaTTSService.pauseTag(1.5), '<break time="1.5s" />');
});
