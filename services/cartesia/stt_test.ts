import { assertEquals } from "@std/assert";
import {
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import {
  type ClientMessage,
  type PeerScript,
  readTranscript,
  ScriptedSession,
  testSTTStream,
} from "../../testing/mod.ts";
import { CartesiaSTTService, type CartesiaSTTServiceOptions } from "./mod.ts";

function isText(text: string): (message: ClientMessage) => boolean {
  return (message) => message.type === "text" && message.text === text;
}

function transcript(text: string, isFinal: boolean): unknown {
  return { type: "transcript", text, is_final: isFinal, language: "en", request_id: "r" };
}

const DONE = { type: "flush_done", request_id: "r" };

testSTTStream({
  name: "CartesiaSTTService",
  key: { env: "CARTESIA_API_KEY", make: () => new CartesiaSTTService() },
  make: (options) => new CartesiaSTTService(options),
  wire: {
    interim: (text) => [transcript(text, false)],
    final: (text) => text === "" ? [DONE] : [transcript(text, true), DONE],
    isFinalize: isText("finalize"),
    isEnd: isText("done"),
  },
  transcript: await readTranscript(import.meta.url, "stt_utterance"),
  askedLanguage: ({ url }) => url.searchParams.get("language"),
});

function start(script?: PeerScript, options: CartesiaSTTServiceOptions = {}) {
  return new ScriptedSession({
    make: (dial) => new CartesiaSTTService({ apiKey: "key", dial, ...options }),
    script,
  });
}

Deno.test("CartesiaSTTService asks for what it is given, in the words of the provider", async () => {
  await using session = start(undefined, {
    baseUrl: "http://cartesia.example:8080",
    extraHeaders: { "X-Extra": "1" },
    sampleRate: 8_000,
    encoding: "pcm_mulaw",
    settings: {
      model: "ink-2",
      language: "pt-BR",
      keyterm: ["Parley", "wire format"],
      extra: { max_silence_duration_secs: 0.5 },
    },
  });
  const { server, pipeline } = session;
  pipeline.push(new InputAudioRawFrame(Int16Array.of(0, 0), { sampleRate: 8_000 }));
  await pipeline.settle();
  const peer = await server.peer();
  assertEquals([peer.url.host, peer.url.pathname], ["cartesia.example:8080", "/stt/websocket"]);
  assertEquals([...peer.url.searchParams], [
    ["model", "ink-2"],
    ["language", "pt"],
    ["encoding", "pcm_mulaw"],
    ["sample_rate", "8000"],
    ["keyterm", "Parley"],
    ["keyterm", "wire format"],
    ["max_silence_duration_secs", "0.5"],
  ]);
  const { headers } = peer;
  assertEquals(
    ["X-API-Key", "Cartesia-Version", "X-Extra"].map((name) => headers.get(name)),
    ["key", "2026-03-01", "1"],
  );
  assertEquals(peer.received, [{ type: "bytes", bytes: Uint8Array.of(0xff, 0xff) }]);
});

Deno.test("CartesiaSTTService sends A-law, and leaves the language to the provider, where told so", async () => {
  await using session = start(undefined, {
    sampleRate: 8_000,
    encoding: "pcm_alaw",
    settings: { language: null },
  });
  const { server, pipeline } = session;
  pipeline.push(new InputAudioRawFrame(Int16Array.of(0), { sampleRate: 8_000 }));
  await pipeline.settle();
  const { url, received } = await server.peer();
  assertEquals([url.searchParams.get("language"), url.searchParams.get("encoding")], [
    null,
    "pcm_alaw",
  ]);
  assertEquals(received, [{ type: "bytes", bytes: Uint8Array.of(0xd5) }]);
});

/** The words that a connection is told to expect; who wanted more of them is warned. */
async function expected(
  settings: CartesiaSTTServiceOptions["settings"],
  { warned = false } = {},
): Promise<string[]> {
  await using session = start(undefined, { settings });
  await session.pipeline.settle();
  const { url } = await session.server.peer();
  const { logged } = session.pipeline;
  assertEquals(logged.some((line) => line.includes('all of "keyterm"')), warned, logged.join());
  return url.searchParams.getAll("keyterm");
}

Deno.test("CartesiaSTTService names as many words to expect as Cartesia takes", async () => {
  const many = Array.from({ length: 101 }, (_, k) => `word ${k}`);
  const some = await expected({ model: "ink-2", keyterm: many }, { warned: true });
  assertEquals(some, many.slice(0, 100));
  const long = ["a".repeat(1_000), " b ".repeat(66), "c", "d"];
  assertEquals((await expected({ model: "ink-2", keyterm: long })).map(({ length }) => length), [
    1_000,
    196,
    1,
    1,
  ]);
  assertEquals(await expected({ model: "ink-2", keyterm: [...long, "eee"] }, { warned: true }), [
    long[0],
    long[1]?.trim(),
    "c",
    "d",
  ]);
  assertEquals(await expected({ model: "ink-2", keyterm: [" Parley ", "", "  "] }), ["Parley"]);
});

Deno.test("CartesiaSTTService names no words to expect to a model that takes none", async () => {
  assertEquals(await expected({ keyterm: ["Parley"] }, { warned: true }), []);
  assertEquals(await expected({ keyterm: [] }), []);
});

Deno.test("CartesiaSTTService puts the pieces of an answer together as they come", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send(transcript("Well.", true));
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (!isText("finalize")(message)) continue;
      for (const piece of [" I would li", "ke a", " pizza."]) peer.send(transcript(piece, true));
      peer.send(DONE);
    }
  });
  const { pipeline } = session;
  await pipeline.until(TranscriptionFrame);
  for (let k = 0; k < 2; k++) {
    pipeline.push(new VADUserStartedSpeakingFrame());
    pipeline.push(new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 }));
    pipeline.push(new VADUserStoppedSpeakingFrame());
    await pipeline.until(TranscriptionFrame, { count: k + 2 });
  }
  const frames = pipeline.of(TranscriptionFrame);
  assertEquals(frames.map(({ text, finalized }) => [text, finalized]), [
    ["Well.", false],
    ["I would like a pizza.", true],
    ["I would like a pizza.", true],
  ]);
  assertEquals(pipeline.of(InterimTranscriptionFrame).slice(0, 3).map(({ text }) => text), [
    "I would li",
    "I would like a",
    "I would like a pizza.",
  ]);
});

Deno.test("CartesiaSTTService keeps a quiet connection with silence", async () => {
  await using session = start();
  const { server, clock, pipeline } = session;
  await pipeline.settle();
  await clock.advance(119_000);
  const peer = await server.peer();
  assertEquals(peer.received, []);
  await clock.advance(2_000);
  assertEquals(peer.received, [{ type: "bytes", bytes: new Uint8Array(3_200) }]);
});

Deno.test("CartesiaSTTService leaves a connection that cannot work, until something changes", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const error = { title: "Invalid model", message: "secret", error_code: "model_not_found" };
    if (peer.number === 1) peer.send({ type: "error", ...error, status_code: 400 });
    while (await peer.next());
  });
  const { server, clock, pipeline } = session;
  await clock.advance(60_000);
  assertEquals(pipeline.errors.map(({ error, category }) => [error, category]), [
    ["Cannot transcribe with Cartesia: it reports an error (model_not_found)", "invalid_request"],
  ]);
  assertEquals(server.peers.length, 1);
  pipeline.push(new STTUpdateSettingsFrame({ delta: { model: "ink-2" } }));
  await clock.advance(1_000);
  assertEquals(server.peers.length, 2);
});

Deno.test("CartesiaSTTService comes again when too much was asked of the provider", async () => {
  for (const [status, category] of [[429, "rate_limit"], [503, "server_error"], [401, "auth"]]) {
    await using session = start(async (peer) => {
      await peer.accept();
      if (peer.number === 1) peer.send({ type: "error", message: "no", status_code: status });
      while (await peer.next());
    });
    const { server, clock, pipeline } = session;
    await clock.advance(10_000);
    assertEquals(pipeline.errors.map((frame) => frame.category), [category]);
    // What is the server's fault does not end the connection by itself.
    assertEquals(server.peers.length, status === 429 ? 2 : 1);
  }
});
