import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  EndFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  MetricsFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { ScriptedPeer } from "../../testing/scripted_peer.ts";
import { type PeerScript, ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { TestPipeline, type TestPipelineOptions } from "../../testing/test_pipeline.ts";
import type { VirtualClock } from "../../testing/virtual_clock.ts";
import {
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  STTMetadataFrame,
} from "../../turns/mod.ts";
import {
  type ServerTurnEvents,
  type ServerTurnOptions,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  type STTTurnPhase,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "./mod.ts";

interface ToySettings extends STTSettings {
  readonly volume?: number;
  readonly size?: string;
}

type ToyOptions = WebSocketSTTServiceOptions<ToySettings> & ServerTurnOptions & {
  readonly turns?: boolean;
  readonly protocol?: Partial<STTProtocol<ToySettings, ToyOptions>>;
};

/** What the toy provider says, as it says it: the events themselves. */
const toy: STTProtocol<ToySettings, ToyOptions> = {
  provider: "Toy",
  defaults: { model: "small", language: "en" },
  unsent: ({ volume = 0 }) => volume > 10 ? ["volume"] : [],
  live: ["volume"],
  frozen: ["size"],
  serverTurns: (_settings, { turns }) => turns ?? false,
  connect: ({ settings }) => ({ url: `ws://toy.example/${settings.model}/${settings.language}` }),
  hello: ({ settings }) => [`hello ${settings.volume ?? "-"}`],
  finalize: () => ["finalize"],
  end: () => ["bye"],
  update: (changed, { settings }) => [`update ${changed} ${settings.volume}`],
  *receive(message) {
    yield JSON.parse(String(message)) as STTEvent;
  },
};

class ToySTTService extends WebSocketSTTService<ToySettings, ToyOptions, ServerTurnEvents> {
  readonly told: string[] = [];

  constructor(options: ToyOptions) {
    super({ ...toy, ...options.protocol }, options);
    this.on("connected", () => void this.told.push("connected"));
    this.on("disconnected", () => void this.told.push("disconnected"));
    this.on("connectionError", (error) => void this.told.push(error));
    this.on("turnStart", (text) => void this.told.push(`start ${text}`));
    this.on("turnUpdate", (text) => void this.told.push(`update ${text}`));
    this.on("turnEagerEnd", (text) => void this.told.push(`eager ${text}`));
    this.on("turnResume", () => void this.told.push("resume"));
    this.on("turnEnd", (text) => void this.told.push(`end ${text}`));
  }
}

/** Lets the client in and hears it. */
const open: PeerScript = async (peer) => {
  await peer.accept();
  while (await peer.next());
};

/** Answers every finalize with what comes next of a list. */
function answering(...events: readonly (STTEvent | undefined)[]): PeerScript {
  const left = [...events];
  return async (peer) => {
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text" || message.text !== "finalize") continue;
      const event = left.shift();
      if (event) peer.send(event);
    }
  };
}

function final(text: string): STTEvent {
  return { type: "final", text, finalized: true };
}

function start(script: PeerScript, options: ToyOptions = {}, params: TestPipelineOptions = {}) {
  const server = new ScriptedSocketServer(script);
  const stt = new ToySTTService({ dial: server.dial, ...options });
  const pipeline = new TestPipeline([stt], params);
  const clock = pipeline.clock as VirtualClock;
  let next = 1;
  /** Plays audio in pieces of 20 ms, each sample the number of its piece. */
  const play = async (ms: number) => {
    for (let at = 0; at < ms; at += 20) {
      const audio = new Int16Array(320).fill(next++);
      pipeline.push(new InputAudioRawFrame(audio, { sampleRate: 16_000 }));
      await clock.advance(20);
    }
  };
  const say = async (ms: number) => {
    pipeline.push(new VADUserStartedSpeakingFrame({ startSecs: 0.2 }));
    await play(ms);
    pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
    await clock.settle();
  };
  return {
    server,
    stt,
    pipeline,
    clock,
    play,
    say,
    /** Which pieces of audio arrived anywhere, in order, connection by connection. */
    heard: () => server.peers.flatMap(piecesOf),
    played: () => Array.from({ length: next - 1 }, (_, i) => i + 1),
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
      assertEquals(server.failures, []);
      assertEquals(clock.timers, 0);
    },
  };
}

function piecesOf(peer: ScriptedPeer): number[] {
  const bytes = peer.audio();
  const samples = new Int16Array(bytes.buffer, 0, bytes.length / 2);
  return Array.from({ length: samples.length / 320 }, (_, i) => samples[i * 320] ?? 0);
}

function saidBy(peer: ScriptedPeer | undefined): string[] {
  return (peer?.received ?? []).flatMap((m) => m.type === "text" ? m.text : []);
}

function texts(pipeline: TestPipeline): string[] {
  return pipeline.of(TranscriptionFrame).map(({ text }) => text);
}

Deno.test("WebSocketSTTService connects when the pipeline starts, and sends audio as it comes", async () => {
  await using session = start(open);
  const { server, stt, clock, play, heard, played } = session;
  await clock.settle();
  assertEquals(stt.told, ["connected"]);
  assertEquals(server.peers.map(({ url }) => url.pathname), ["/small/en"]);
  await play(200);
  assertEquals(heard(), played());
  assertEquals(saidBy(server.peers[0]), ["hello -"]);
});

Deno.test("WebSocketSTTService holds no start up, and keeps what is said before it is let in", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await gate.promise;
    await open(peer);
  });
  const { pipeline, stt, play, clock, heard, played } = session;
  await play(300);
  assertEquals(pipeline.of(InputAudioRawFrame).length, 15);
  assertEquals([stt.isConnected, heard()], [false, []]);
  gate.resolve();
  await clock.settle();
  assertEquals([stt.isConnected, heard()], [true, played()]);
});

Deno.test("WebSocketSTTService pushes interim and final words with user, language and result", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "interim", text: " how ", result: 1 });
    peer.send({ type: "interim", text: "" });
    peer.send({
      type: "final",
      text: "How are you?",
      language: "de",
      userId: "bob",
      result: { x: 2 },
    });
    peer.send({ type: "final", text: " " });
  });
  const { pipeline } = session;
  await pipeline.until(TranscriptionFrame);
  await pipeline.settle();
  const [interim] = pipeline.of(InterimTranscriptionFrame);
  assertEquals([interim?.text, interim?.language, interim?.userId, interim?.result], [
    "how",
    "en",
    "",
    1,
  ]);
  assertEquals(pipeline.of(InterimTranscriptionFrame).length, 1);
  const [frame] = pipeline.of(TranscriptionFrame);
  assertEquals([frame?.text, frame?.language, frame?.userId, frame?.result], [
    "How are you?",
    "de",
    "bob",
    { x: 2 },
  ]);
  assertEquals([frame?.finalized, pipeline.of(TranscriptionFrame).length], [false, 1]);
});

Deno.test("WebSocketSTTService asks for the rest when the user stops, behind all audio", async () => {
  await using session = start(answering(final("Hello")));
  const { server, pipeline, say, clock } = session;
  await say(400);
  const frame = await pipeline.until(TranscriptionFrame);
  assertEquals([frame.text, frame.finalized], ["Hello", true]);
  const kinds = server.peers[0]?.received.map((m) => m.type === "text" ? m.text : m.type);
  assertEquals(kinds, ["hello -", ...Array(20).fill("bytes"), "finalize"]);
  // Another stop without anything said is no wish for more.
  pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.settle();
  assertEquals(saidBy(server.peers[0]), ["hello -", "finalize"]);
});

Deno.test("WebSocketSTTService sends audio in pieces of the length that a provider wants", async () => {
  await using session = start(open, { protocol: { chunkMs: 50 } });
  const { server, say } = session;
  await say(200);
  const sizes = server.peers[0]?.received.map((m) => m.type === "bytes" ? m.bytes.length / 32 : 0);
  assertEquals(sizes, [0, 60, 60, 60, 20, 0]);
});

Deno.test("WebSocketSTTService hears at the nearest rate that a provider can", async () => {
  await using session = start(open, { protocol: { sampleRates: [8_000, 24_000] } });
  await session.play(1_000);
  const bytes = session.server.peers[0]?.audio().length ?? 0;
  // Of 16 kHz both are as near: the first is taken.
  assert(Math.abs(bytes - 16_000) < 800, `${bytes}`);
});

Deno.test("WebSocketSTTService waits with audio until a provider is ready", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await peer.accept();
    await gate.promise;
    peer.send({ type: "ready" });
    while (await peer.next());
  }, { protocol: { awaitsReady: true } });
  const { stt, clock, play, heard, played } = session;
  await play(100);
  assertEquals(stt.told, []);
  gate.resolve();
  await clock.settle();
  await clock.settle();
  assertEquals(stt.told, ["connected"]);
  assertEquals(heard(), played());
});

Deno.test("WebSocketSTTService leaves a provider that is never ready", async () => {
  await using session = start(open, { protocol: { awaitsReady: true }, connectTimeoutMs: 3_000 });
  await session.clock.advance(3_100);
  assertEquals(session.stt.told, ["Cannot transcribe with Toy: it is not ready after 3000 ms"]);
  await session.clock.advance(1_000);
  assertEquals(session.server.peers.length, 2);
});

Deno.test("WebSocketSTTService loses and repeats no audio when a connection drops", async () => {
  await using session = start(async (peer) => {
    if (peer.number > 1) return await answering(final("there."))(peer);
    await peer.accept();
    for (let i = 0; i < 11; i++) await peer.next();
    peer.drop();
  });
  const { server, stt, pipeline, say, heard, played } = session;
  await say(1_000);
  await pipeline.until(TranscriptionFrame);
  assertEquals(heard(), played());
  assertEquals(server.peers.map((peer) => saidBy(peer)), [["hello -"], ["hello -", "finalize"]]);
  assertEquals(stt.told, [
    "connected",
    "disconnected",
    "Cannot transcribe with Toy: the peer hung up",
    "connected",
  ]);
  assertEquals(pipeline.errors.map(({ error, fatal }) => [error, fatal]), [
    ["Cannot transcribe with Toy: the peer hung up", false],
  ]);
});

Deno.test("WebSocketSTTService keeps the words that a connection had understood before it dropped", async () => {
  await using session = start(async (peer) => {
    if (peer.number > 1) return await answering(final("a pizza."))(peer);
    await peer.accept();
    peer.send({ type: "final", text: "Good evening." });
    peer.send({ type: "interim", text: "I" });
    peer.send({ type: "interim", text: "I would like" });
    await peer.next();
    await peer.close(1011);
  });
  const { pipeline, say } = session;
  await say(1_000);
  await pipeline.until(TranscriptionFrame, { count: 3 });
  assertEquals(texts(pipeline), ["Good evening.", "I would like", "a pizza."]);
});

Deno.test("WebSocketSTTService takes what never left a broken connection to the next", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number > 1) return;
    peer.pause();
    while (await peer.next());
  });
  const { server, play, clock, heard, played } = session;
  // More than the connection takes: it waits in the socket, and behind it.
  await play(8_000);
  const [first] = server.peers;
  first?.drop();
  await play(100);
  await clock.advance(1_000);
  // What was on its way in the first connection is gone: what followed is not.
  const [gone = 0] = heard().map((piece) => piece - 1);
  assertEquals(heard(), played().slice(gone));
  assert(gone > 0 && gone < 120, `${gone} pieces are gone`);
});

Deno.test("WebSocketSTTService keeps so much audio and no more, and says so once", async () => {
  await using session = start((peer) => peer.number < 6 ? peer.refuse(503) : open(peer), {
    maxBacklogMs: 1_000,
  });
  const { pipeline, play, clock, heard, played } = session;
  await play(1_200);
  await clock.advance(20_000);
  assertEquals(heard().slice(-50), played().slice(-50));
  assert(heard().length <= 51);
  const warnings = pipeline.logged.filter((line) => line.includes("Cannot keep all audio"));
  assertEquals(warnings.length, 1);
});

Deno.test("WebSocketSTTService does not hammer a provider that is away", async () => {
  await using session = start((peer) => peer.refuse(503));
  const { server, stt, play, clock, pipeline } = session;
  await play(1_600);
  assert(server.peers.length <= 4, `${server.peers.length} attempts in 1.6 s`);
  await clock.advance(120_000);
  const attempts = server.peers.length;
  assert(attempts >= 12 && attempts <= 40, `${attempts} attempts in two minutes`);
  assertEquals(stt.told.length, attempts);
  assertEquals(pipeline.errors.length, attempts);
});

Deno.test("WebSocketSTTService waits as long as a busy provider asks for", async () => {
  await using session = start((peer) =>
    peer.number === 1 ? peer.refuse(429, { headers: { "Retry-After": "30" } }) : open(peer)
  );
  await session.clock.advance(29_000);
  assertEquals(session.server.peers.length, 1);
  await session.clock.advance(2_000);
  assertEquals(session.server.peers.length, 2);
});

Deno.test("WebSocketSTTService tries a refused key once, and again with other settings", async () => {
  await using session = start((peer) => peer.number === 1 ? peer.refuse(401) : open(peer));
  const { server, stt, pipeline, play, clock, heard } = session;
  await play(200);
  await clock.advance(600_000);
  assertEquals(server.peers.length, 1);
  assertEquals(stt.told.length, 1);
  assertMatch(stt.told[0] ?? "", /^Cannot transcribe with Toy: the key was refused \(401\)/);
  assertEquals(pipeline.errors.map(({ category }) => category), ["auth"]);
  pipeline.push(new STTUpdateSettingsFrame({ delta: { model: "large" } }));
  await clock.advance(100);
  assertEquals(server.peers[1]?.url.pathname, "/large/en");
  // What was said ten minutes ago is no news.
  assertEquals(heard(), []);
});

Deno.test("WebSocketSTTService pauses longer each time a connection is closed at once", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.close(1008);
  });
  await session.clock.advance(10_000);
  const attempts = session.server.peers.length;
  assert(attempts >= 4 && attempts <= 9, `${attempts} attempts`);
});

Deno.test("WebSocketSTTService comes back quietly when a provider closes in good order", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number === 1) await peer.close(1000);
    while (await peer.next());
  });
  await session.clock.advance(1_000);
  assertEquals(session.stt.told, ["connected", "disconnected", "connected"]);
  assertEquals(session.pipeline.errors, []);
});

Deno.test("WebSocketSTTService stays away when it is told to", async () => {
  await using session = start((peer) => peer.refuse(503), { reconnectOnError: false });
  await session.clock.advance(60_000);
  assertEquals(session.server.peers.length, 1);
});

Deno.test("WebSocketSTTService opens a new connection for changed settings, never in a turn", async () => {
  await using session = start(answering(final("Eins."), final("Zwei.")));
  const { server, stt, pipeline, say, play, clock, heard, played } = session;
  pipeline.push(new UserStartedSpeakingFrame());
  await play(100);
  pipeline.push(new STTUpdateSettingsFrame({ delta: { language: "de" } }));
  await say(200);
  await pipeline.until(TranscriptionFrame);
  assertEquals([stt.settings.language, server.peers.length], ["de", 1]);
  assertEquals(pipeline.of(TranscriptionFrame)[0]?.text, "Eins.");
  pipeline.push(new UserStoppedSpeakingFrame());
  await say(200);
  await pipeline.until(TranscriptionFrame, { count: 2 });
  assertEquals(server.peers.map(({ url }) => url.pathname), ["/small/en", "/small/de"]);
  assertEquals(saidBy(server.peers[0]).at(-1), "bye");
  assertEquals(heard(), played());
  await clock.settle();
  assertEquals(pipeline.errors, []);
  assertEquals(stt.told, ["connected", "disconnected", "connected"]);
});

Deno.test("WebSocketSTTService waits with changed settings for what a VAD hears, too", async () => {
  await using session = start(answering(undefined), { transcribeTimeoutMs: 2_000 });
  const { server, pipeline, play, clock } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  pipeline.push(new STTUpdateSettingsFrame({ delta: { language: "de" } }));
  pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.advance(1_900);
  assertEquals(server.peers.length, 1);
  // Nothing was understood: there is nothing to wait for any more.
  await clock.advance(200);
  assertEquals(server.peers.length, 2);
});

Deno.test("WebSocketSTTService changes what an open connection can change, and never what cannot", async () => {
  await using session = start(open, { settings: { size: "one" } });
  const { server, stt, pipeline, clock } = session;
  await clock.settle();
  pipeline.push(new STTUpdateSettingsFrame({ delta: { volume: 3, size: "two" } }));
  await clock.advance(100);
  assertEquals(saidBy(server.peers[0]), ["hello -", "update volume 3"]);
  assertEquals([stt.settings.size, server.peers.length], ["one", 1]);
  assert(pipeline.logged.some((line) => line.includes('Cannot change "size"')));
  pipeline.push(new STTUpdateSettingsFrame({ delta: { volume: 11 } }));
  pipeline.push(new STTUpdateSettingsFrame({ delta: { volume: 3 } }));
  await clock.advance(100);
  const refused = 'Cannot tell Toy all of "volume": its model "small" would refuse it';
  assertEquals(pipeline.logged.filter((line) => line.includes(refused)).length, 1);
  server.peers[0]?.drop();
  await clock.advance(1_000);
  assertEquals(saidBy(server.peers[1]), ["hello 3"]);
});

Deno.test("WebSocketSTTService keeps a quiet connection with a message, or with silence", async () => {
  const keepalive = { timeoutSecs: 4, intervalSecs: 2, message: () => ["alive"] };
  await using session = start(open, { protocol: { keepalive } });
  const { server, play, clock } = session;
  await play(3_000);
  assertEquals(saidBy(server.peers[0]), ["hello -"]);
  await clock.advance(9_900);
  assertEquals(saidBy(server.peers[0]), ["hello -", "alive", "alive"]);
  await using silent = start(open, { keepaliveTimeoutSecs: 3, keepaliveIntervalSecs: 1 });
  await silent.clock.advance(6_500);
  const silence = silent.server.peers[0]?.received.slice(1);
  assertEquals(silence, Array(2).fill({ type: "bytes", bytes: new Uint8Array(3_200) }));
});

Deno.test("WebSocketSTTService forgets what was half said when the user is muted", async () => {
  await using session = start(answering(final("secret"), final("Hello")));
  const { server, pipeline, play, say, clock, heard } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(200);
  pipeline.push(new STTMuteFrame(true));
  await play(200);
  pipeline.push(new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }));
  await clock.advance(100);
  pipeline.push(new STTMuteFrame(false));
  await say(100);
  await pipeline.until(TranscriptionFrame);
  assertEquals(texts(pipeline), ["Hello"]);
  assertEquals(saidBy(server.peers[0]), ["hello -", "finalize", "finalize"]);
  assertEquals(heard(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 21, 22, 23, 24, 25]);
});

Deno.test("WebSocketSTTService pushes what was said to its end before the user was muted", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await peer.accept();
    await gate.promise;
    peer.send(final("Hello"));
  });
  const { pipeline, say } = session;
  await say(200);
  pipeline.push(new STTMuteFrame(true));
  gate.resolve();
  await pipeline.until(TranscriptionFrame);
});

Deno.test("WebSocketSTTService measures from the end of speech, and the seconds it sent", async () => {
  const params = { enableMetrics: true, enableUsageMetrics: true };
  await using session = start(
    async (peer) => {
      await peer.accept();
      while (saidBy(peer).at(-1) !== "finalize") await peer.next();
      await clock.sleep(150);
      peer.send(final("Hello"));
      while (await peer.next());
    },
    {},
    { params },
  );
  const { pipeline, clock, say } = session;
  await say(1_000);
  await pipeline.until(TranscriptionFrame);
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map((d) => [d.type, "value" in d ? d.value : 0]), [
    ["ttfb", 0.35],
    ["processing", 0.15],
    ["stt_usage", 1],
  ]);
});

Deno.test("WebSocketSTTService leaves a provider that does not answer what it must", async () => {
  await using session = start(
    (peer) => peer.number === 1 ? open(peer) : answering(final("Hi"))(peer),
    {
      protocol: { confirms: true },
      transcribeTimeoutMs: 3_000,
    },
  );
  const { stt, pipeline, say, clock } = session;
  await say(200);
  await clock.advance(4_000);
  await say(200);
  await pipeline.until(TranscriptionFrame);
  assertEquals(stt.told[1], "Cannot transcribe with Toy: nothing came for 3000 ms");
  assertEquals(pipeline.errors.length, 1);
});

Deno.test("WebSocketSTTService reports once what it cannot read, without showing it, and goes on", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let i = 0; i < 5; i++) peer.send("{my secret words");
    peer.send(final("Hello"));
  });
  const { pipeline } = session;
  await pipeline.until(TranscriptionFrame);
  assertEquals(pipeline.errors.map(({ error, category }) => [error, category]), [
    ["Cannot read what Toy sent: it is not understood (SyntaxError)", "bad_answer"],
  ]);
  assert(!pipeline.logged.join().includes("secret words"));
});

Deno.test("WebSocketSTTService reports what the provider reports, and leaves a dead connection", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "error", code: "slow_down", category: "rate_limit" });
    peer.send({ type: "error", code: "You said: secret", fatal: true, retryable: peer.number < 2 });
    while (await peer.next());
  });
  const { server, pipeline, clock } = session;
  await clock.advance(600_000);
  assertEquals(server.peers.length, 2);
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Toy: it reports an error (slow_down)",
    "Cannot transcribe with Toy: it reports an error",
    "Cannot transcribe with Toy: it reports an error (slow_down)",
    "Cannot transcribe with Toy: it reports an error",
  ]);
});

Deno.test("WebSocketSTTService answers what a provider wants to be answered", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "reply", messages: ["pong"] });
    while (await peer.next());
  });
  await session.clock.settle();
  assertEquals(saidBy(session.server.peers[0]), ["hello -", "pong"]);
});

Deno.test("WebSocketSTTService has an end wait for the last words, and says good-bye", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    while (saidBy(peer).at(-1) !== "finalize") await peer.next();
    await clock.sleep(500);
    peer.send(final("Bye"));
    while (await peer.next());
  });
  const { server, pipeline, clock, say } = session;
  await say(200);
  await pipeline.end();
  assertEquals(texts(pipeline), ["Bye"]);
  assert(pipeline.down.at(-1) instanceof EndFrame);
  await server.settled();
  assertEquals(saidBy(server.peers[0]), ["hello -", "finalize", "bye"]);
  assertEquals([server.peers[0]?.end?.code, server.peers[0]?.end?.clean], [1000, true]);
  assertEquals(session.stt.told, ["connected", "disconnected"]);
});

Deno.test("WebSocketSTTService hears what a provider still says after a good-bye", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    while (saidBy(peer).at(-1) !== "bye") await peer.next();
    peer.send({ type: "final", text: "Bye" });
    await peer.close(1000);
  }, { protocol: { awaitsEnd: true } });
  await session.play(200);
  await session.pipeline.end();
  assertEquals(texts(session.pipeline), ["Bye"]);
});

Deno.test("WebSocketSTTService ends in time with a provider that says nothing any more", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.hang();
  }, { protocol: { awaitsEnd: true } });
  await session.say(200);
  const before = session.clock.now();
  await session.pipeline.end();
  assert(session.clock.now() - before <= 5_100, `${session.clock.now() - before} ms`);
});

Deno.test("WebSocketSTTService drops everything when it is closed", async () => {
  const session = start(open);
  await session.say(200);
  await session.pipeline.close();
  await session.server.settled();
  assertEquals(session.server.peers[0]?.end?.clean, false);
  assertEquals(session.pipeline.errors, []);
  await session[Symbol.asyncDispose]();
});

// Turns that a server finds

function turns(script: PeerScript, options: ToyOptions = {}) {
  return start(script, { turns: true, ...options });
}

function turn(phase: STTTurnPhase, text?: string): STTEvent {
  return { type: "turn", phase, ...text !== undefined && { text } };
}

Deno.test("WebSocketSTTService proposes the turns that a server finds", async () => {
  await using session = turns(async (peer) => {
    await peer.accept();
    for (
      const event of [
        turn("start"),
        turn("update", "hello"),
        turn("eagerEnd", "hello"),
        turn("resume"),
        turn("update", "hello there"),
        turn("end", "Hello there."),
      ]
    ) peer.send(event);
    while (await peer.next());
  });
  const { stt, pipeline, clock } = session;
  await pipeline.until(ProposedUserStoppedSpeakingFrame);
  await clock.settle();
  const kinds = pipeline.down.map((frame) => frame.constructor);
  assertEquals(kinds, [
    STTMetadataFrame,
    ProposedUserStartedSpeakingFrame,
    InterimTranscriptionFrame,
    InterimTranscriptionFrame,
    InterimTranscriptionFrame,
    TranscriptionFrame,
    ProposedUserStoppedSpeakingFrame,
  ]);
  assertEquals(pipeline.of(ProposedUserStartedSpeakingFrame, "upstream").length, 1);
  assertEquals(pipeline.of(TranscriptionFrame).map(({ text, finalized }) => [text, finalized]), [
    ["Hello there.", true],
  ]);
  assertEquals(stt.told, [
    "connected",
    "start ",
    "update hello",
    "eager hello",
    "resume",
    "update hello there",
    "end Hello there.",
  ]);
  const [metadata] = pipeline.of(STTMetadataFrame);
  assertEquals(metadata?.ttfsP99LatencySecs, 0);
  assertStringIncludes(metadata?.userTurnStrategies?.start[0]?.constructor.name ?? "", "External");
});

Deno.test("WebSocketSTTService asks a server that finds turns for nothing", async () => {
  await using session = turns(open);
  await session.say(200);
  assertEquals(saidBy(session.server.peers[0]), ["hello -"]);
});

Deno.test("WebSocketSTTService sends silence when audio stops within a turn, and ends it in the end", async () => {
  await using session = turns(async (peer) => {
    await peer.accept();
    await peer.next();
    peer.send(turn("start"));
    peer.send(turn("update", "hello"));
    while (await peer.next());
  });
  const { pipeline, play, clock, heard } = session;
  await play(100);
  await clock.advance(450);
  assertEquals(heard().filter((piece) => piece === 0).length, 0);
  await clock.advance(1_000);
  const silent = heard().filter((piece) => piece === 0).length;
  assert(silent >= 40 && silent <= 55, `${silent} pieces of silence`);
  await clock.advance(6_000);
  assertEquals(texts(pipeline), ["hello"]);
  assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
});

Deno.test("WebSocketSTTService carries a turn over to another connection, with all its words", async () => {
  await using session = turns(async (peer) => {
    await peer.accept();
    peer.send(turn("start"));
    if (peer.number === 1) {
      peer.send(turn("update", "I would like"));
      await peer.next();
      return peer.drop();
    }
    peer.send(turn("update", "a pizza"));
    peer.send(turn("end", "A pizza."));
    while (await peer.next());
  });
  const { pipeline, play } = session;
  await play(200);
  await pipeline.until(ProposedUserStoppedSpeakingFrame);
  assertEquals(texts(pipeline), ["I would like A pizza."]);
  assertEquals(pipeline.of(ProposedUserStartedSpeakingFrame).length, 1);
});

Deno.test("WebSocketSTTService ends a turn that nobody ends after a connection dropped", async () => {
  await using session = turns(async (peer) => {
    await peer.accept();
    if (peer.number > 1) return;
    peer.send(turn("start"));
    peer.send(turn("update", "That is all"));
    await peer.next();
    peer.drop();
  });
  const { pipeline, play } = session;
  await play(6_000);
  assertEquals(texts(pipeline), ["That is all"]);
  assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
});

Deno.test("WebSocketSTTService waits with changed settings for the end of a server's turn", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = turns(async (peer) => {
    await peer.accept();
    if (peer.number > 1) return;
    peer.send(turn("start"));
    await gate.promise;
    peer.send(turn("end", "Yes."));
    while (await peer.next());
  });
  const { server, pipeline, play, clock } = session;
  await play(100);
  pipeline.push(new STTUpdateSettingsFrame({ delta: { language: "de" } }));
  await play(200);
  assertEquals(server.peers.length, 1);
  gate.resolve();
  await clock.advance(100);
  assertEquals(server.peers.length, 2);
});
