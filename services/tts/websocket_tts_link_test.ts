import { assert, assertEquals } from "@std/assert";
import {
  type Frame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  StopFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import {
  type PeerScript,
  type ScriptedPeer,
  ScriptedSocketServer,
  TestPipeline,
  VirtualClock,
} from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  SpeechCache,
  type TTSProtocol,
  type TTSSettings,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "./mod.ts";

type Toy = TTSProtocol<TTSSettings, WebSocketTTSServiceOptions>;

const TOY: Toy = {
  provider: "Toy",
  url: "ws://toy.example",
  defaults: { voice: "ada" },
  fixed: ["voice"],
  connect: ({ url, settings }) => ({ url: `${url}/?voice=${settings.voice}` }),
  speak: (text, { contextId: id }) => [JSON.stringify({ text, id })],
  flush: ({ contextId: end }) => [JSON.stringify({ end })],
  cancel: ({ contextId: cancel }) => [JSON.stringify({ cancel })],
  *receive({ json }) {
    const contextId = json.text("id");
    if (json.has("word")) {
      const [text = "", startMs, endMs] = [json.text("word"), json.number("at"), json.number("to")];
      yield { type: "words", words: [{ text, startMs, endMs }], contextId };
    }
    if (json.has("ms")) {
      const samples = new Int16Array((json.number("ms") ?? 0) * 24).fill(json.number("level") ?? 1);
      yield { type: "audio", audio: new Uint8Array(samples.buffer), contextId };
    }
    const type = json.text("type");
    if (type === "done") yield { type, contextId };
    if (type === "ready" || type === "cancelled") yield { type };
  },
};

/** A clock that waits for nobody outside: what is outside stands in the same process. */
class FreeClock extends VirtualClock {
  override hold<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return work;
  }
}

function start(
  script: PeerScript,
  options: WebSocketTTSServiceOptions & { readonly protocol?: Toy } = {},
) {
  const { protocol = TOY, ...rest } = options;
  const server = new ScriptedSocketServer(script);
  const tts = new WebSocketTTSService(protocol, { dial: server.dial, ...rest });
  const clock = new FreeClock();
  const pipeline = new TestPipeline([tts], { clock });
  return {
    server,
    tts,
    clock,
    pipeline,
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
      assertEquals(server.failures, []);
    },
  };
}

function answer(...tokens: string[]): Frame[] {
  return [
    new LLMFullResponseStartFrame(),
    ...tokens.map((token) => new LLMTextFrame(token)),
    new LLMFullResponseEndFrame(),
  ];
}

async function heard(peer: ScriptedPeer): Promise<JSONFields | undefined> {
  const message = await peer.next();
  return message && new JSONFields(message.type === "json" ? message.value : undefined);
}

/** Gives 100 ms of audio for each text, with the number of the connection as its level. */
async function speaks(peer: ScriptedPeer): Promise<void> {
  for (let fields = await heard(peer); fields; fields = await heard(peer)) {
    if (fields.has("text")) peer.send({ id: fields.text("id"), ms: 100, level: peer.number });
    else if (fields.has("end")) peer.send({ id: fields.text("end"), type: "done" });
  }
}

async function accepts(peer: ScriptedPeer): Promise<void> {
  await peer.accept();
  await speaks(peer);
}

const texts = ({ down }: TestPipeline) =>
  down.flatMap((frame) => frame instanceof TTSTextFrame ? [frame.text] : []);

function asked(server: ScriptedSocketServer): string[] {
  return server.peers.flatMap(({ received }) =>
    received.flatMap((message) =>
      message.type === "json" ? new JSONFields(message.value).text("text") ?? [] : []
    )
  );
}

Deno.test("WebSocketTTSService speaks in the voice that was set while it connected", async () => {
  const { promise: open, resolve } = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await open;
    await accepts(peer);
  });
  const { pipeline, server } = session;
  await server.peer();
  pipeline.push(new TTSUpdateSettingsFrame({ delta: { voice: "bob" } }));
  await pipeline.settle();
  resolve();
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(server.peers.at(-1)?.url.searchParams.get("voice"), "bob");
  assertEquals(pipeline.of(TTSAudioRawFrame).map(({ audio }) => audio[0]), [2]);
});

Deno.test("WebSocketTTSService gives up a provider that never becomes ready", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    while (await peer.next());
  }, { protocol: { ...TOY, awaitsReady: true } });
  const { pipeline } = session;
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame, { withinMs: 90_000 });
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot speak with Toy: the connection did not become ready",
  ]);
});

Deno.test("WebSocketTTSService gives up a provider that hangs up before it is ready", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.close(4001);
  }, { protocol: { ...TOY, awaitsReady: true } });
  const { pipeline, server } = session;
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame, { withinMs: 60_000 });
  assert(server.peers.length <= 7, `${server.peers.length} tries`);
  assertEquals(pipeline.errors.length, 1);
});

Deno.test("WebSocketTTSService is heard again where a cancel is never acknowledged", async () => {
  const protocol: Toy = {
    ...TOY,
    acknowledgesCancel: true,
    *receive(message, connection) {
      for (const event of TOY.receive(message, connection, undefined)) {
        yield "contextId" in event ? { ...event, contextId: undefined } : event;
      }
    },
  };
  await using session = start(accepts, { protocol });
  const { pipeline } = session;
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old words. And mo"));
  await pipeline.until(TTSAudioRawFrame);
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.of(TTSAudioRawFrame).map(({ audio }) => audio[0]), [1, 2]);
  assertEquals(pipeline.errors, []);
});

Deno.test("WebSocketTTSService connects anew at once, however often it is interrupted before it is heard", async () => {
  const { cancel: _, ...protocol } = TOY;
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number > 5) await speaks(peer);
  }, { protocol });
  const { pipeline, server, clock } = session;
  for (let k = 1; k <= 5; k++) {
    await server.peer(k);
    pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old words. And mo"));
    await pipeline.settle();
    pipeline.interrupt();
    await pipeline.settle();
  }
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals([server.peers.length, clock.now()], [6, 0]);
});

Deno.test("WebSocketTTSService connects anew at once where the provider hung up on an idle connection", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    if (peer.number === 1) await peer.close(1000);
    else await speaks(peer);
  });
  const { pipeline, server, clock } = session;
  await server.peer();
  await pipeline.settle();
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals([server.peers.length, clock.now()], [2, 0]);
});

Deno.test("WebSocketTTSService stops trying to connect when the pipeline stops", async () => {
  await using session = start((peer) => peer.refuse(503));
  const { pipeline, clock } = session;
  await session.server.peer();
  pipeline.push(new LLMFullResponseStartFrame());
  await pipeline.settle();
  pipeline.push(new TTSSpeakFrame("One."));
  await clock.advance(100);
  pipeline.interrupt();
  pipeline.push(new StopFrame());
  await pipeline.until(StopFrame);
  assertEquals(clock.timers, 0);
});

Deno.test("WebSocketTTSService keeps nothing of an answer in which there was nothing to say", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.next();
  });
  const { pipeline, server, clock } = session;
  await server.peer();
  pipeline.push(...answer("..."));
  await pipeline.until(LLMFullResponseEndFrame);
  server.peers[0]?.drop();
  await clock.advance(60_000);
  // Nobody needs another connection.
  assertEquals([server.peers.length, asked(server)], [1, []]);
});

Deno.test("WebSocketTTSService asks for no tokens without a word, and misses no audio of them", async () => {
  await using session = start(accepts, { textAggregationMode: "token" });
  const { pipeline, server } = session;
  pipeline.push(...answer("\n", "\n", "..."), ...answer("\n", "- ", "Yes", "!"));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(pipeline.errors, []);
  assertEquals(asked(server), ["\n", "- ", "Yes", "!"]);
  assertEquals(texts(pipeline).join(""), "\n\n...\n- Yes!");
});

Deno.test("WebSocketTTSService keeps the space before a token that is changed for the provider", async () => {
  await using session = start(accepts, {
    textAggregationMode: "token",
    textTransforms: [["*", (text) => text.replace("AI", "A.I.")]],
  });
  const { pipeline, server } = session;
  pipeline.push(...answer("Use", " AI", " now"));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(asked(server).join(""), "Use A.I. now");
});

Deno.test("WebSocketTTSService with a cache speaks by sentence, also where tokens are wished", async () => {
  const cache = new SpeechCache();
  await using session = start(accepts, { textAggregationMode: "token", cache });
  const { pipeline, server } = session;
  pipeline.push(...answer("It", " is", " won", "der", "ful", "."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals([asked(server), cache.size], [["It is wonderful."], 1]);
});

Deno.test("WebSocketTTSService puts no word behind the end of its audio, whatever the provider says", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      const id = fields.text("id") ?? fields.text("end");
      if (fields.has("end")) peer.send({ id, type: "done" });
      else {
        peer.send({ id, word: fields.text("text"), at: 0, to: 10_000 });
        peer.send({ id, ms: 100 });
      }
    }
  });
  const { pipeline } = session;
  pipeline.push(new TTSSpeakFrame("One."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(pipeline.of(TTSTextFrame).map(({ endMs }) => endMs), [100]);
});

Deno.test("WebSocketTTSService keeps the time of a word where that of another is no number", async () => {
  const protocol: Toy = {
    ...TOY,
    *receive(message, connection) {
      for (const event of TOY.receive(message, connection, undefined)) {
        if (event.type === "audio") {
          const words = [{ text: "One", startMs: 0, endMs: NaN }, {
            text: "two.",
            startMs: 20,
            endMs: 80,
          }];
          yield { type: "words", words, contextId: event.contextId };
        }
        yield event;
      }
    },
  };
  await using session = start(accepts, { protocol });
  const { pipeline } = session;
  pipeline.push(new TTSSpeakFrame("One two."));
  await pipeline.until(TTSStoppedFrame);
  const ends = pipeline.of(TTSTextFrame).map(({ endMs }) => endMs);
  assert(ends.every(Number.isFinite) && ends.at(-1) === 80, `${ends}`);
});

Deno.test("WebSocketTTSService says nothing again of which a later word is known", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    for (let fields = await heard(peer); !fields?.has("end"); fields = await heard(peer));
    peer.send({ id, word: "One", at: 0, to: 100 });
    // Its time is wrong, and of the text before nothing is known.
    peer.send({ id, word: "Three", at: 300, to: 400 });
    peer.send({ id, ms: 200 });
    peer.send({ id, type: "done" });
    await speaks(peer);
  });
  const { pipeline } = session;
  pipeline.push(...answer("One. ", "Two. ", "Three."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(texts(pipeline).join(""), "One. Two. Three.");
});

Deno.test("WebSocketTTSService goes on where a protocol cannot make a message", async () => {
  const protocol: Toy = {
    ...TOY,
    speak: (text, context) => {
      if (text === "Bad.") throw new TypeError("secret");
      return TOY.speak(text, context);
    },
  };
  await using session = start(accepts, { protocol });
  const { pipeline } = session;
  pipeline.push(...answer("Bad."), ...answer("Good."));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(texts(pipeline), ["Good."]);
  assertEquals(pipeline.errors.length, 1);
  assert(!pipeline.logged.join("\n").includes("secret"), pipeline.logged.join("\n"));
});
