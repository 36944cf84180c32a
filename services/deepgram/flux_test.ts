import { assert, assertEquals } from "@std/assert";
import { STTUpdateSettingsFrame, TranscriptionFrame } from "../../frames/mod.ts";
import {
  type ClientMessage,
  type PeerScript,
  readTranscript,
  ScriptedSession,
  testSTTStream,
} from "../../testing/mod.ts";
import { ProposedUserStoppedSpeakingFrame } from "../../turns/mod.ts";
import { DeepgramFluxSTTService, type DeepgramFluxSTTServiceOptions } from "./mod.ts";

function turn(event: string, transcript: string, more: Record<string, unknown> = {}): unknown {
  const words = transcript.split(" ").map((word) => ({ word, confidence: 0.9 }));
  return { type: "TurnInfo", event, turn_index: 0, transcript, words, ...more };
}

function isClose(message: ClientMessage): boolean {
  return message.type === "json" && JSON.stringify(message.value) === '{"type":"CloseStream"}';
}

testSTTStream({
  name: "DeepgramFluxSTTService",
  key: { env: "DEEPGRAM_API_KEY", make: () => new DeepgramFluxSTTService() },
  make: (options) => new DeepgramFluxSTTService(options),
  wire: {
    opened: [{ type: "Connected", request_id: "r", sequence_id: 0 }],
    turns: {
      start: () => [turn("StartOfTurn", "")],
      eagerEnd: (text) => [turn("EagerEndOfTurn", text)],
      resume: () => [turn("TurnResumed", "")],
    },
    interim: (text) => [turn("Update", text)],
    final: (text) => text === "" ? [] : [turn("EndOfTurn", text, { trigger: "model" })],
    isEnd: isClose,
  },
  watchTurns: (service, note) => {
    assert(service instanceof DeepgramFluxSTTService);
    service.on("startOfTurn", (transcript) => note("start", transcript));
    service.on("update", (transcript) => note("update", transcript));
    service.on("eagerEndOfTurn", (transcript) => note("eagerEnd", transcript));
    service.on("turnResumed", () => note("resume"));
    service.on("endOfTurn", (transcript) => note("end", transcript));
  },
  transcript: await readTranscript(import.meta.url, "flux_turn"),
  changedSettings: { model: "flux-general-multi" },
  changedLanguage: "flux-general-multi",
  askedLanguage: ({ url }) => url.searchParams.get("model"),
});

function start(script?: PeerScript, options: DeepgramFluxSTTServiceOptions = {}) {
  return new ScriptedSession({
    make: (dial) => new DeepgramFluxSTTService({ apiKey: "key", dial, ...options }),
    script,
  });
}

Deno.test("DeepgramFluxSTTService asks for what it is given, in the words of the provider", async () => {
  await using session = start(undefined, {
    url: "wss://flux.example/v2/listen",
    mipOptOut: true,
    tag: ["a", "b c"],
    sampleRate: 8_000,
    settings: {
      model: "flux-general-multi",
      languageHints: ["en", "es"],
      eagerEotThreshold: 0.5,
      eotThreshold: 0.8,
      eotTimeoutMs: 4_000,
      keyterm: ["Parley", "wire format"],
      numerals: true,
      minConfidence: 0.5,
      extra: { profanity_filter: true },
    },
  });
  await session.pipeline.settle();
  const { url } = await session.server.peer();
  assertEquals([url.host, url.pathname], ["flux.example", "/v2/listen"]);
  assertEquals([...url.searchParams], [
    ["model", "flux-general-multi"],
    ["sample_rate", "8000"],
    ["encoding", "linear16"],
    ["eager_eot_threshold", "0.5"],
    ["eot_threshold", "0.8"],
    ["eot_timeout_ms", "4000"],
    ["numerals", "true"],
    ["mip_opt_out", "true"],
    ["keyterm", "Parley"],
    ["keyterm", "wire format"],
    ["tag", "a"],
    ["tag", "b c"],
    ["language_hint", "en"],
    ["language_hint", "es"],
    ["profanity_filter", "true"],
  ]);
});

Deno.test("DeepgramFluxSTTService changes what it can on an open connection", async () => {
  await using session = start(undefined, { settings: { model: "flux-general-multi" } });
  const { server, pipeline, clock } = session;
  await pipeline.settle();
  const change = (delta: Record<string, unknown>) => {
    pipeline.push(new STTUpdateSettingsFrame({ delta }));
    return clock.advance(100);
  };
  await change({ eotThreshold: 0.9, eotTimeoutMs: 3_000, keyterm: ["Parley"] });
  await change({ languageHints: ["es"], numerals: true });
  // These are nothing to tell Deepgram of.
  await change({ minConfidence: 0.8, language: "es" });
  assertEquals(
    (await server.peer()).received,
    [
      {
        type: "Configure",
        thresholds: { eot_threshold: 0.9, eot_timeout_ms: 3_000 },
        keyterms: ["Parley"],
      },
      { type: "Configure", language_hints: ["es"], numerals: true },
    ].map((value) => ({ type: "json" as const, value })),
  );
  assertEquals(server.peers.length, 1);
});

Deno.test("DeepgramFluxSTTService names languages as Flux does, once each", async () => {
  const languageHints = ["en-US", "es-MX", "en"];
  await using session = start(undefined, {
    settings: { model: "flux-general-multi", languageHints },
  });
  await session.pipeline.settle();
  const { url } = await session.server.peer();
  assertEquals(url.searchParams.getAll("language_hint"), ["en", "es"]);
});

Deno.test("DeepgramFluxSTTService names no languages to a model that knows one", async () => {
  await using session = start(undefined, { settings: { languageHints: ["en", "es"] } });
  const { server, pipeline, clock } = session;
  await pipeline.settle();
  pipeline.push(new STTUpdateSettingsFrame({ delta: { languageHints: ["de"] } }));
  await clock.advance(100);
  const { url, received } = await server.peer();
  assertEquals(pipeline.logged.filter((line) => line.includes('"languageHints"')).length, 1);
  assertEquals([url.searchParams.has("language_hint"), received], [false, []]);
});

Deno.test("DeepgramFluxSTTService pushes no words of which Deepgram is not sure enough", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (const confidence of [0.4, 0.6]) {
      const words = [{ word: "Hm", confidence: 0.3 }, {
        word: "yes",
        confidence: confidence + 0.1,
      }];
      peer.send(turn("StartOfTurn", "Hm"));
      peer.send(turn("EndOfTurn", `Hm yes ${confidence}`, { words }));
    }
    // Of no words nothing is known.
    peer.send(turn("EndOfTurn", "Yes.", { words: [] }));
    while (await peer.next());
  }, { settings: { minConfidence: 0.45 } });
  const { service: stt, pipeline } = session;
  const ends: string[] = [];
  stt.on("endOfTurn", (transcript) => void ends.push(transcript));
  await pipeline.until(ProposedUserStoppedSpeakingFrame, { count: 3 });
  await pipeline.settle();
  assertEquals(pipeline.of(TranscriptionFrame).map(({ text }) => text), ["Hm yes 0.6", "Yes."]);
  assertEquals(ends, ["", "Hm yes 0.6", "Yes."]);
});

Deno.test("DeepgramFluxSTTService says which language it heard, and which it was told to expect", async () => {
  for (const [model, languages] of [["flux-general-en"], ["flux-general-multi", ["es", "en"]]]) {
    await using session = start(async (peer) => {
      await peer.accept();
      peer.send(turn("EndOfTurn", "Hola.", languages ? { languages } : {}));
      while (await peer.next());
    }, { settings: { model: `${model}` } });
    const { language } = await session.pipeline.until(TranscriptionFrame);
    assertEquals(language, languages ? "es" : "en");
  }
});

Deno.test("DeepgramFluxSTTService reports what Deepgram reports, and connects again", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number === 1) {
      peer.send({ type: "ConfigureFailure", request_id: "r", sequence_id: 1 });
      peer.send({ type: "Error", code: "INTERNAL_SERVER_ERROR", description: "secret" });
    }
    while (await peer.next());
  });
  const { server, pipeline, clock } = session;
  await clock.advance(5_000);
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Deepgram: it reports an error (ConfigureFailure)",
    "Cannot transcribe with Deepgram: it reports an error (INTERNAL_SERVER_ERROR)",
  ]);
  assertEquals(server.peers.length, 2);
});
