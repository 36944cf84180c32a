import { assertEquals } from "@std/assert";
import {
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  STTMuteFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import type { ScriptedPeer } from "../../testing/scripted_peer.ts";
import { type PeerScript, ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { TestPipeline } from "../../testing/test_pipeline.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import { ProposedUserStoppedSpeakingFrame } from "../../turns/mod.ts";
import {
  type ServerTurnEvents,
  type STTEvent,
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "./mod.ts";

/** A provider that finds the ends of utterances itself, and says what the events are. */
const toy: STTProtocol<STTSettings> = {
  provider: "Toy",
  defaults: {},
  connect: () => ({ url: "ws://toy.example" }),
  end: () => ["bye"],
  *receive(message) {
    yield JSON.parse(String(message)) as STTEvent;
  },
};

class ToySTTService extends WebSocketSTTService<
  STTSettings,
  WebSocketSTTServiceOptions,
  ServerTurnEvents
> {
  constructor(protocol: STTProtocol<STTSettings>, options: WebSocketSTTServiceOptions) {
    super(protocol, options);
  }
}

function start(script: PeerScript, protocol: Partial<STTProtocol<STTSettings>> = {}) {
  const server = new ScriptedSocketServer(script);
  const stt = new ToySTTService({ ...toy, ...protocol }, { dial: server.dial });
  const clock = new VirtualClock();
  const pipeline = new TestPipeline([stt], { clock });
  let piece = 0;
  return {
    server,
    stt,
    clock,
    pipeline,
    /** Plays audio in pieces of 20 ms, each sample the number of its piece. */
    play: async (ms: number) => {
      for (let at = 0; at < ms; at += 20) {
        const audio = new Int16Array(320).fill(++piece);
        pipeline.push(new InputAudioRawFrame(audio, { sampleRate: 16_000 }));
        await clock.advance(20);
      }
    },
    mute: (mute: boolean) => pipeline.push(new STTMuteFrame(mute)),
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
      assertEquals(server.failures, []);
      assertEquals(clock.timers, 0);
    },
  };
}

/** What a connection heard: the number of each piece, or what was said. */
function heardBy(peer: ScriptedPeer | undefined): (number | string)[] {
  return (peer?.received ?? []).flatMap((message) => {
    if (message.type === "text") return message.text;
    if (message.type === "json") return JSON.stringify(message.value);
    return (message.bytes[0] ?? 0) + 256 * (message.bytes[1] ?? 0);
  });
}

function texts(pipeline: TestPipeline): string[] {
  return pipeline.of(TranscriptionFrame).map(({ text }) => text);
}

Deno.test("WebSocketSTTService leaves a provider that cannot be asked to finish when the user is muted", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number === 1) peer.send({ type: "interim", text: "my password" });
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text") continue;
      peer.send({ type: "interim", text: "my password is" });
      peer.send({ type: "final", text: "My password is secret." });
      await peer.close();
    }
  });
  const { server, pipeline, clock, play, mute } = session;
  await play(60);
  mute(true);
  await play(60);
  await clock.advance(100);
  mute(false);
  await play(40);
  assertEquals(server.peers.map(heardBy), [[1, 2, 3, "bye"], [7, 8]]);
  assertEquals(texts(pipeline), []);
  assertEquals(pipeline.of(InterimTranscriptionFrame).map(({ text }) => text), ["my password"]);
  assertEquals(pipeline.errors, []);
});

Deno.test("WebSocketSTTService drops what waits for a connection when the user is muted", async () => {
  const gate = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await gate.promise;
    await peer.accept();
    while (await peer.next());
  });
  const { server, pipeline, clock, play, mute } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(60);
  mute(true);
  await play(40);
  mute(false);
  await play(40);
  gate.resolve();
  await clock.advance(100);
  assertEquals(server.peers.map(heardBy), [[6, 7]]);
});

Deno.test("WebSocketSTTService sends nothing again of what was forgotten when a connection drops", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number === 1) peer.pause();
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type === "text") peer.send({ type: "final", text: "Hello.", finalized: true });
    }
  }, { finalize: () => ["finalize"] });
  const { server, pipeline, clock, play, mute } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  // More than the connection takes: it waits in the socket, and behind it.
  await play(6_000);
  mute(true);
  await clock.advance(40);
  mute(false);
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(40);
  server.peers[0]?.drop();
  await play(40);
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await clock.advance(3_000);
  assertEquals(heardBy(server.peers[1]), [301, 302, 303, 304, "finalize"]);
  assertEquals(texts(pipeline), ["Hello."]);
});

Deno.test("WebSocketSTTService forgets what comes late, where an answer is sure", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const answers = ["My password is secret.", "It is new, too.", "Hello."];
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text") continue;
      const text = answers.shift() ?? "";
      session.clock.timer(800, () => peer.send({ type: "final", text, finalized: true }));
    }
  }, { finalize: () => ["finalize"], confirms: true });
  const { server, pipeline, clock, play, mute } = session;
  for (let k = 0; k < 2; k++) {
    pipeline.push(new VADUserStartedSpeakingFrame());
    await play(100);
    mute(true);
    await clock.advance(40);
    mute(false);
  }
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await clock.advance(1_000);
  assertEquals(texts(pipeline), ["Hello."]);
  assertEquals([server.peers.length, pipeline.errors.length], [1, 0]);
});

Deno.test("WebSocketSTTService does not wait for ever for what is to be forgotten", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    let asked = 0;
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text" || asked++ === 0) continue;
      peer.send({ type: "final", text: "Hello.", finalized: true });
    }
  }, { finalize: () => ["finalize"], confirms: true });
  const { pipeline, clock, play, mute } = session;
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  mute(true);
  await clock.advance(6_000);
  mute(false);
  pipeline.push(new VADUserStartedSpeakingFrame());
  await play(100);
  pipeline.push(new VADUserStoppedSpeakingFrame());
  await clock.advance(100);
  assertEquals(texts(pipeline), ["Hello."]);
});

Deno.test("WebSocketSTTService ends a server's turn without words when the user is muted", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.next();
    if (peer.number === 1) {
      peer.send({ type: "turn", phase: "start" });
      peer.send({ type: "turn", phase: "update", text: "my password" });
    } else peer.send({ type: "turn", phase: "end", text: "Hello." });
    for (let message = await peer.next(); message; message = await peer.next()) {
      if (message.type !== "text") continue;
      peer.send({ type: "turn", phase: "end", text: "My password is secret." });
      await peer.close();
    }
  }, { serverTurns: () => true });
  const { server, stt, pipeline, clock, play, mute } = session;
  const ends: string[] = [];
  stt.on("turnEnd", (transcript) => void ends.push(transcript));
  await play(60);
  mute(true);
  await clock.settle();
  assertEquals(pipeline.of(ProposedUserStoppedSpeakingFrame).length, 1);
  await clock.advance(1_000);
  mute(false);
  await play(60);
  assertEquals([server.peers.length, ends], [2, ["", "Hello."]]);
  assertEquals(texts(pipeline), ["Hello."]);
});
