import { assertEquals } from "@std/assert";
import { readTranscript, ScriptedTTSProvider, testTTS } from "../../testing/mod.ts";
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

Deno.test("CartesiaTTSService has tags for what is spoken otherwise", () => {
  assertEquals(CartesiaTTSService.pauseTag(1.5), '<break time="1.5s" />');
});
