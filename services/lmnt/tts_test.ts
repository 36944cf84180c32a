import { assertEquals } from "@std/assert";
import { JSONFields } from "../wire/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  type ScriptedPeer,
  ScriptedTTSProvider,
  testTTS,
  type TTSDialect,
} from "../../testing/mod.ts";
import { LMNTTTSService, LmntTTSService } from "./mod.ts";

const fieldsOf = (message: ClientMessage | undefined) =>
  new JSONFields(message?.type === "json" ? message.value : undefined);
const firstOf = (peer: ScriptedPeer) => fieldsOf(peer.received[0]);

/** LMNT as its documentation has it. */
const LMNT: TTSDialect = {
  read: (message) => {
    const fields = fieldsOf(message);
    const text = fields.text("text");
    if (text !== undefined) return [{ type: "speak", text }];
    return fields.flag("flush") ? [{ type: "flush" }] : [];
  },
  voice: (peer) => firstOf(peer).text("voice"),
  sampleRate: (peer) => firstOf(peer).number("sample_rate") ?? NaN,
  audio: (bytes) => bytes,
};

testTTS({
  name: "LmntTTSService",
  key: { env: "LMNT_API_KEY", make: () => new LmntTTSService() },
  resumes: "about",
  skip: { stall: "silence is the end of what it speaks, however it comes about" },
  transcript: await readTranscript(import.meta.url, "tts_hello"),
  open: () => {
    const provider = new ScriptedTTSProvider(LMNT);
    const { apiKey, dial } = provider;
    return {
      make: (options) =>
        new LmntTTSService({
          apiKey,
          dial,
          settings: { voice: "lily" },
          stopFrameTimeoutSecs: 1,
          ...options,
        }),
      provider,
      [Symbol.asyncDispose]: () => provider.close(),
    };
  },
});

Deno.test("LMNTTTSService is another name of LmntTTSService", () => {
  assertEquals(LMNTTTSService, LmntTTSService);
});
