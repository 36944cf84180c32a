import { assert, assertEquals } from "@std/assert";
import {
  EndFrame,
  InputAudioRawFrame,
  MetricsFrame,
  StopFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { type PeerScript, ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { TestPipeline, type TestPipelineOptions } from "../../testing/test_pipeline.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import {
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
} from "../../turns/mod.ts";
import { Backlog } from "./_backlog.ts";
import {
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "./mod.ts";

interface ToySettings extends STTSettings {
  readonly volume?: number;
}

type ToyProtocol = STTProtocol<ToySettings, WebSocketSTTServiceOptions<ToySettings>>;

/** What the toy provider says, as it says it: the events themselves. */
const toy: ToyProtocol = {
  provider: "Toy",
  defaults: { language: "en" },
  live: ["volume"],
  connect: ({ settings }) => ({ url: `ws://toy.example/${settings.language}` }),
  hello: ({ settings }) => [`hello ${settings.volume ?? "-"}`],
  finalize: () => ["finalize"],
  end: () => ["bye"],
  update: (changed, { settings }) => [`update ${changed} ${settings.volume}`],
  *receive(message) {
    yield JSON.parse(String(message)) as STTEvent;
  },
};

class ToySTTService extends WebSocketSTTService<ToySettings> {
  constructor(protocol: Partial<ToyProtocol>, options: WebSocketSTTServiceOptions<ToySettings>) {
    super({ ...toy, ...protocol }, options);
  }
}

const turns: Partial<ToyProtocol> = { serverTurns: () => true };

const open: PeerScript = async (peer) => {
  await peer.accept();
  while (await peer.next());
};

interface Given {
  readonly protocol?: Partial<ToyProtocol>;
  readonly options?: WebSocketSTTServiceOptions<ToySettings>;
  readonly pipeline?: TestPipelineOptions;
}

function start(script: PeerScript, given: Given = {}) {
  const server = new ScriptedSocketServer(script);
  const stt = new ToySTTService(given.protocol ?? {}, { dial: server.dial, ...given.options });
  const clock = new VirtualClock();
  const pipeline = new TestPipeline([stt], { clock, ...given.pipeline });
  let piece = 0;
  /** Plays audio in pieces of 20 ms, each sample the number of its piece. */
  const play = async (ms: number) => {
    for (let at = 0; at < ms; at += 20) {
      const audio = new Int16Array(320).fill(++piece);
      pipeline.push(new InputAudioRawFrame(audio, { sampleRate: 16_000 }));
      await clock.advance(20);
    }
  };
  const say = async (ms: number) => {
    pipeline.push(new VADUserStartedSpeakingFrame());
    await play(ms);
    pipeline.push(new VADUserStoppedSpeakingFrame());
    await clock.settle();
  };
  return {
    server,
    stt,
    clock,
    pipeline,
    play,
    say,
    set: (delta: Partial<ToySettings>) => pipeline.push(new STTUpdateSettingsFrame({ delta })),
    mute: (mute: boolean) => pipeline.push(new STTMuteFrame(mute)),
    texts: () => pipeline.of(TranscriptionFrame).map(({ text }) => text),
    errors: () => pipeline.errors.map(({ error }) => error),
    /** What was said to a connection, in text. */
    saidTo: (number: number) =>
      (server.peers[number - 1]?.received ?? []).flatMap((m) => m.type === "text" ? m.text : []),
    /** Which pieces of audio arrived, connection by connection. */
    heard: () =>
      server.peers.map((peer) => {
        const bytes = peer.audio();
        const samples = new Int16Array(bytes.buffer, 0, bytes.length / 2);
        return Array.from({ length: samples.length / 320 }, (_, i) => samples[i * 320] ?? 0);
      }),
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
      assertEquals(server.failures, []);
      assertEquals(clock.timers, 0);
    },
  };
}

Deno.test("WebSocketSTTService stays away after a fatal error, too, when it is told to", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "error", code: "overloaded", fatal: true });
    while (await peer.next());
  }, { options: { reconnectOnError: false } });
  await session.clock.advance(60_000);
  assertEquals(session.server.peers.length, 1);
});

Deno.test("WebSocketSTTService keeps a connection that was never asked for what the one before it owed", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (peer.number === 1 && message.type === "text" && message.text === "finalize") peer.drop();
    }
  }, { protocol: { confirms: true } });
  const { server, clock, say, errors } = session;
  await say(200);
  await clock.advance(10_000);
  assertEquals(errors(), ["Cannot transcribe with Toy: the peer hung up"]);
  assertEquals(server.peers.length, 2);
});

Deno.test("WebSocketSTTService gives a provider that comes back its whole time for an answer", async () => {
  await using session = start(async (peer) => {
    await session.clock.sleep(4_000);
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text" || message.text !== "finalize") continue;
      session.clock.timer(
        2_000,
        () => peer.send({ type: "final", text: "Hello", finalized: true }),
      );
    }
  }, { protocol: { confirms: true } });
  const { server, clock, say, errors, texts } = session;
  await say(200);
  await clock.advance(8_000);
  assertEquals([texts(), errors(), server.peers.length], [["Hello"], [], 1]);
});

Deno.test("WebSocketSTTService calls it an error when a provider leaves in good order and owes words", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (peer.number === 1 && message.type === "text" && message.text === "finalize") {
        await peer.close(1000);
      }
    }
  });
  await session.say(200);
  await session.clock.advance(100);
  assertEquals(session.errors(), ["Cannot transcribe with Toy: it closed the connection (1000)"]);
});

Deno.test("Backlog asks no new connection for what only another heard", () => {
  const backlog = new Backlog();
  const audio = new Int16Array([1, 2]);
  backlog.pushFinalize();
  backlog.pushAudio(audio, 0);
  backlog.pushFinalize();
  assertEquals(backlog.asks, 2);
  backlog.restore([{ type: "finalize" }]);
  assertEquals([backlog.asks, backlog.shift()], [1, { type: "audio", audio }]);
  // Nor does it keep, in an outage of hours, the wish for each sentence that was given up.
  for (let i = 0; i < 100; i++) {
    backlog.pushAudio(audio, 0);
    backlog.pushFinalize();
    backlog.trim(4);
  }
  assert(backlog.length <= 5, `${backlog.length} items`);
});

Deno.test("WebSocketSTTService waits with changed settings for every answer that is owed", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    let answers = 0;
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text" || message.text !== "finalize") continue;
      const text = `Answer ${++answers}`;
      session.clock.timer(1_000, () => peer.send({ type: "final", text, finalized: true }));
    }
  }, { protocol: { confirms: true } });
  const { server, clock, say, set, texts } = session;
  await say(200);
  await say(500);
  set({ language: "de" });
  // The first answer is there, the second is not.
  await clock.advance(700);
  assertEquals([texts(), server.peers.length], [["Answer 1"], 1]);
  await clock.advance(1_000);
  assertEquals([texts(), server.peers.length], [["Answer 1", "Answer 2"], 2]);
});

Deno.test("WebSocketSTTService tells a provider of settings that changed while it was let in", async () => {
  await using session = start(async (peer) => {
    await session.clock.sleep(100);
    await peer.accept();
    await session.clock.sleep(100);
    peer.send({ type: "ready" });
    while (await peer.next());
  }, { protocol: { awaitsReady: true } });
  const { clock, set, saidTo } = session;
  await clock.advance(50);
  set({ volume: 1 });
  await clock.advance(100);
  set({ volume: 2 });
  await clock.advance(100);
  assertEquals(saidTo(1), ["hello 1", "update volume 2"]);
});

Deno.test("WebSocketSTTService loses no audio over what it cannot answer any more", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number > 1) return;
    peer.pause();
    await gate.promise;
    for (let i = 0; i < 20; i++) peer.send({ type: "reply", messages: ["pong"] });
  });
  const { clock, play, set, heard } = session;
  // More than the connection takes: it waits in the socket, and behind it.
  await play(8_000);
  set({ language: "de" });
  gate.resolve();
  await clock.advance(1_500);
  const [, second = []] = heard();
  assertEquals(second.at(-1), 400);
  assert((second[0] ?? 400) < 120, `it begins with piece ${second[0]}`);
  assertEquals(second, Array.from({ length: second.length }, (_, i) => (second[0] ?? 0) + i));
});

Deno.test("WebSocketSTTService that is to keep no audio sends it all while it is connected", async () => {
  await using session = start(open, { options: { maxBacklogMs: 0 } });
  await session.clock.settle();
  await session.play(100);
  assertEquals(session.heard(), [[1, 2, 3, 4, 5]]);
});

Deno.test("WebSocketSTTService looks after a quiet connection with pauses, whatever it is given", async () => {
  const options = { keepaliveTimeoutSecs: 1, keepaliveIntervalSecs: 0 };
  await using session = start(open, {
    options,
    protocol: { keepalive: { timeoutSecs: 1, message: () => ["alive"] } },
  });
  await session.clock.advance(3_500);
  assertEquals(session.saidTo(1).filter((text) => text === "alive").length, 3);
});

Deno.test("WebSocketSTTService reports the seconds of audio that nobody spoke in, too", async () => {
  await using session = start(open, { pipeline: { params: { enableUsageMetrics: true } } });
  await session.play(1_000);
  await session.pipeline.end();
  const data = session.pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map((d) => [d.type, "value" in d && d.value]), [["stt_usage", 1]]);
});

Deno.test("WebSocketSTTService begins anew after a stop, with the settings in force", async () => {
  const server = new ScriptedSocketServer(open);
  const clock = new VirtualClock();
  const stt = new ToySTTService({}, { dial: server.dial });
  const pipeline = new Pipeline([stt]);
  const first = new PipelineTask(pipeline, { clock });
  await first.queueFrames([
    new VADUserStartedSpeakingFrame(),
    new STTUpdateSettingsFrame({ delta: { language: "de" } }),
    new StopFrame(),
  ]);
  await clock.runUntil(first.run());
  const second = new PipelineTask(pipeline, { clock });
  const running = second.run();
  await second.queueFrames([new VADUserStartedSpeakingFrame(), new VADUserStoppedSpeakingFrame()]);
  await clock.advance(100);
  assertEquals(server.peers.map(({ url }) => url.pathname), ["/en", "/de"]);
  await clock.runUntil(second.cancel());
  await running;
  await first.cancel();
  await pipeline.close();
  await server.close();
  assertEquals(clock.timers, 0);
});

Deno.test("WebSocketSTTService does not take a connection that is closing for one that was never ready", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "ready" });
    if (peer.number === 1) peer.hang();
    while (await peer.next());
  }, { protocol: { awaitsReady: true } });
  await session.clock.advance(9_500);
  session.set({ language: "de" });
  await session.clock.advance(2_000);
  assertEquals([session.errors(), session.server.peers.length], [[], 2]);
});

Deno.test("WebSocketSTTService pauses longer each time a provider takes long to refuse", async () => {
  await using session = start(async (peer) => {
    await session.clock.sleep(6_000);
    await peer.refuse(503);
  });
  await session.clock.advance(180_000);
  const attempts = session.server.peers.length;
  assert(attempts >= 8 && attempts <= 24, `${attempts} attempts in three minutes`);
});

Deno.test("WebSocketSTTService keeps no connection whose protocol fails", async () => {
  await using session = start(open, {
    protocol: {
      hello: () => {
        throw new TypeError("Cannot say hello: no words");
      },
    },
  });
  await session.clock.advance(1_000);
  assertEquals(session.server.peers.map(({ end }) => end?.clean), [false]);
  assertEquals(session.errors(), [
    `Cannot transcribe in "${session.stt.name}": no words`,
  ]);
});

Deno.test("WebSocketSTTService hears who is unmuted while speaking, also when what was forgotten had no words", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    let asked = 0;
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text" || message.text !== "finalize" || asked++ === 0) continue;
      peer.send({ type: "final", text: "Hello" });
    }
  });
  const { pipeline, clock, play, mute, texts } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  mute(true);
  await play(100);
  mute(false);
  await play(400);
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await clock.advance(100);
  assertEquals(texts(), ["Hello"]);
});

// Turns that a server finds

Deno.test("WebSocketSTTService ends a server's turn with its words when the conversation ends", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "turn", phase: "update", text: "That is all" });
    while (await peer.next());
  }, { protocol: turns });
  await session.play(100);
  await session.pipeline.end();
  assertEquals(session.texts(), ["That is all"]);
  assertEquals(session.pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
  assert(session.pipeline.down.at(-1) instanceof EndFrame);
});

Deno.test("WebSocketSTTService says nothing twice when a server goes on with a turn that was ended here", async () => {
  const [gate, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using session = start(async (peer) => {
    await peer.accept();
    const say = (phase: string, text: string) => peer.send({ type: "turn", phase, text });
    say("update", "¿Qué tal");
    await gate.promise;
    say("update", "¿Qué tal?");
    say("update", "¿Qué tal? Bien");
    await other.promise;
    say("update", "¿Qué tal? Bien.");
    say("end", "¿Qué tal? Bien, gracias.");
    say("end", "¿Qué tal?");
    while (await peer.next());
  }, { protocol: turns });
  const { pipeline, clock, play, texts } = session;
  await play(100);
  await clock.advance(7_000);
  assertEquals(texts(), ["¿Qué tal"]);
  gate.resolve();
  await clock.advance(7_000);
  other.resolve();
  await clock.advance(100);
  assertEquals(texts(), ["¿Qué tal", "Bien", "gracias.", "¿Qué tal?"]);
  assertEquals(pipeline.of(ProposedUserStartedSpeakingFrame).length, 4);
});

Deno.test("WebSocketSTTService takes the end of nothing for no turn, which would interrupt", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.send({ type: "turn", phase: "end", text: "" });
    peer.send({ type: "turn", phase: "end" });
    while (await peer.next());
  }, { protocol: turns });
  await session.play(100);
  assertEquals(session.pipeline.of(ProposedUserStartedSpeakingFrame), []);
});
