import { assertEquals } from "@std/assert";
import { TTSAudioRawFrame, TTSSpeakFrame, TTSStoppedFrame } from "../../frames/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  type ScriptedPeer,
  ScriptedTTSProvider,
  TestPipeline,
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

/** A WAV file of μ-law, as LMNT begins it, with some loud samples. */
function ulaw(samples: number): Uint8Array {
  const bytes = new Uint8Array(44 + samples).fill(0x00, 44);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  write(8, "WAVEfmt ");
  write(36, "data");
  view.setUint32(4, 36 + samples, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 7, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 8_000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  view.setUint32(40, samples, true);
  return bytes;
}

Deno.test("LmntTTSService speaks μ-law, which LMNT sends in a WAV file", async () => {
  await using provider = new ScriptedTTSProvider({ ...LMNT, audio: () => ulaw(800) });
  const { apiKey, dial } = provider;
  const tts = new LmntTTSService({
    apiKey,
    dial,
    sampleRate: 8_000,
    outputFormat: "ulaw",
    stopFrameTimeoutSecs: 1,
    settings: { voice: "lily" },
  });
  await using pipeline = new TestPipeline([tts]);
  pipeline.push(new TTSSpeakFrame("Hi."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(fieldsOf(provider.server.peers[0]?.received[0]).text("format"), "ulaw");
  assertEquals(pipeline.of(TTSAudioRawFrame)[0]?.audio[0], -32_124);
});

Deno.test("LMNTTTSService is another name of LmntTTSService", () => {
  assertEquals(LMNTTTSService, LmntTTSService);
});
