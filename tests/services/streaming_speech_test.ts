import { assertEquals } from "@std/assert";
import {
  InputAudioRawFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  TTSAudioRawFrame,
  TTSTextFrame,
  VADUserStartedSpeakingFrame,
} from "../../frames/mod.ts";
import { CartesiaTTSService } from "../../services/cartesia/mod.ts";
import { DeepgramSTTService } from "../../services/deepgram/mod.ts";
import { ScriptedSocketServer, TestPipeline } from "../../testing/mod.ts";

Deno.test("WebSocketSTTService reports a connection that is closed in good order while the user speaks", async () => {
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (peer.number === 1 && message.type === "bytes") return await peer.close(1001);
    }
  });
  const stt = new DeepgramSTTService({ apiKey: "key", dial: server.dial });
  await using pipeline = new TestPipeline([stt]);
  await pipeline.settle();
  pipeline.push(new VADUserStartedSpeakingFrame());
  pipeline.push(new InputAudioRawFrame(new Int16Array(320).fill(1_000), { sampleRate: 16_000 }));
  await pipeline.settle();
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Deepgram: it closed the connection (1001)",
  ]);
});

Deno.test("WebSocketTTSService says which word is spoken also when its time comes behind its audio", async () => {
  const played = Promise.withResolvers<void>();
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "json") continue;
      const { transcript, context_id } = Object(message.value);
      if (transcript !== "Hello there.") continue;
      peer.send({ type: "chunk", context_id, data: new Uint8Array(4_800).toBase64() });
      await played.promise;
      const word_timestamps = { words: ["Hello"], start: [0], end: [0.1] };
      peer.send({ type: "timestamps", context_id, word_timestamps });
    }
  });
  const tts = new CartesiaTTSService({ apiKey: "key", dial: server.dial, sampleRate: 24_000 });
  await using pipeline = new TestPipeline([tts]);
  pipeline.push(new LLMFullResponseStartFrame());
  pipeline.push(new LLMTextFrame("Hello there. And"));
  await pipeline.until(TTSAudioRawFrame);
  await pipeline.settle();
  played.resolve();
  await pipeline.settle();
  assertEquals(pipeline.of(TTSTextFrame).map(({ text }) => text.trim()), ["Hello"]);
});
