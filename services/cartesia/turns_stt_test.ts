import { assert, assertEquals } from "@std/assert";
import { STTUpdateSettingsFrame } from "../../frames/mod.ts";
import {
  type ClientMessage,
  readTranscript,
  ScriptedSession,
  ScriptedSocketServer,
  TestPipeline,
  testSTTStream,
  VirtualClock,
} from "../../testing/mod.ts";
import { ExternalUserTurnStartStrategy, STTMetadataFrame } from "../../turns/mod.ts";
import { CartesiaTurnsSTTService, type CartesiaTurnsSTTServiceOptions } from "./mod.ts";

function event(type: string, transcript?: string): unknown {
  return { type, request_id: "r", ...transcript !== undefined && { transcript } };
}

function isClose(message: ClientMessage): boolean {
  return message.type === "json" && JSON.stringify(message.value) === '{"type":"close"}';
}

testSTTStream({
  name: "CartesiaTurnsSTTService",
  key: { env: "CARTESIA_API_KEY", make: () => new CartesiaTurnsSTTService() },
  make: (options) => new CartesiaTurnsSTTService(options),
  wire: {
    opened: [event("connected")],
    turns: {
      start: () => [event("turn.start")],
      eagerEnd: (text) => [event("turn.eager_end", text)],
      resume: () => [event("turn.resume")],
    },
    interim: (text) => [event("turn.update", text)],
    final: (text) => text === "" ? [] : [event("turn.end", text)],
    isEnd: isClose,
  },
  watchTurns: (service, note) => {
    assert(service instanceof CartesiaTurnsSTTService);
    service.on("turnStart", (transcript) => note("start", transcript));
    service.on("turnUpdate", (transcript) => note("update", transcript));
    service.on("turnEagerEnd", (transcript) => note("eagerEnd", transcript));
    service.on("turnResume", () => note("resume"));
    service.on("turnEnd", (transcript) => note("end", transcript));
  },
  transcript: await readTranscript(import.meta.url, "stt_turn"),
  changedSettings: { keyterm: ["Parley"] },
  changedLanguage: "Parley",
  askedLanguage: ({ url }) => url.searchParams.get("keyterm"),
});

function start(options: CartesiaTurnsSTTServiceOptions = {}) {
  return new ScriptedSession({
    make: (dial) => new CartesiaTurnsSTTService({ apiKey: "key", dial, ...options }),
  });
}

Deno.test("CartesiaTurnsSTTService asks for what it is given, in the words of the provider", async () => {
  await using session = start({
    url: "wss://cartesia.example/turns?region=eu",
    extraHeaders: { "X-Extra": "1" },
    sampleRate: 8_000,
    settings: { keyterm: ["Parley", "wire format"], extra: { turn_end_threshold: 0.1 } },
  });
  await session.pipeline.settle();
  const { url, headers } = await session.server.peer();
  assertEquals([url.host, url.pathname], ["cartesia.example", "/turns"]);
  assertEquals([...url.searchParams], [
    ["region", "eu"],
    ["model", "ink-2"],
    ["encoding", "pcm_s16le"],
    ["sample_rate", "8000"],
    ["keyterm", "Parley"],
    ["keyterm", "wire format"],
    ["turn_end_threshold", "0.1"],
  ]);
  assertEquals(
    ["X-API-Key", "Cartesia-Version", "X-Extra"].map((name) => headers.get(name)),
    ["key", "2026-03-01", "1"],
  );
});

Deno.test("CartesiaTurnsSTTService names as many words to expect as Cartesia takes", async () => {
  const keyterm = ["", ...Array.from({ length: 101 }, (_, k) => ` word ${k}`)];
  await using session = start({ settings: { keyterm } });
  await session.pipeline.settle();
  const { url } = await session.server.peer();
  const expected = keyterm.slice(1, 101).map((word) => word.trim());
  assertEquals(url.searchParams.getAll("keyterm"), expected);
  assert(session.pipeline.logged.some((line) => line.includes('all of "keyterm"')));
});

Deno.test("CartesiaTurnsSTTService changes neither model nor language, and says so", async () => {
  await using session = start();
  const { server, service: stt, clock, pipeline } = session;
  await pipeline.settle();
  pipeline.push(new STTUpdateSettingsFrame({ delta: { model: "ink-3", language: "fr" } }));
  await clock.advance(1_000);
  assertEquals([stt.settings.model, stt.settings.language, server.peers.length], [
    "ink-2",
    undefined,
    1,
  ]);
  const warned = pipeline.logged.filter((line) => /model|language/.test(line));
  assert(warned.length > 0, `it logged ${pipeline.logged}`);
});

Deno.test("CartesiaTurnsSTTService lets a turn interrupt the bot, unless it is told not to", async () => {
  for (const shouldInterrupt of [undefined, false]) {
    await using session = start({ shouldInterrupt });
    await session.pipeline.settle();
    const [metadata] = session.pipeline.of(STTMetadataFrame);
    const [strategy] = metadata?.userTurnStrategies?.start ?? [];
    assert(strategy instanceof ExternalUserTurnStartStrategy);
    assertEquals(strategy.enableInterruptions, shouldInterrupt ?? true);
  }
});

Deno.test("CartesiaTurnsSTTService reports an error by the provider's word for it", async () => {
  const server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    peer.send({ type: "error", message: "secret", error_code: "quota_exceeded", status_code: 402 });
    while (await peer.next());
  });
  await using _ = server;
  const stt = new CartesiaTurnsSTTService({ apiKey: "key", dial: server.dial });
  const clock = new VirtualClock();
  await using pipeline = new TestPipeline([stt], { clock });
  await clock.advance(30_000);
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Cartesia: it reports an error (quota_exceeded)",
  ]);
  assertEquals(server.peers.length, 1);
});
