import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import {
  DataFrame,
  EndFrame,
  type Frame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
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
  type TestPipelineOptions,
  type VirtualClock,
} from "../../testing/mod.ts";
import { JSONFields } from "../wire/mod.ts";
import {
  type TTSProtocol,
  type TTSSettings,
  WebSocketTTSService,
  type WebSocketTTSServiceOptions,
} from "./mod.ts";

class NoteFrame extends DataFrame {}

interface AcmeSettings extends TTSSettings {
  readonly accent?: string;
}

type AcmeProtocol = TTSProtocol<AcmeSettings, WebSocketTTSServiceOptions<AcmeSettings>>;

const json = JSON.stringify;
/** For what happens while a provider does not owe anything, for which no virtual clock waits. */
const REAL = { clock: systemClock };

/** A provider that knows contexts and word times. */
const ACME: AcmeProtocol = {
  provider: "Acme",
  url: "",
  defaults: { voice: "ada" },
  fixed: ["voice"],
  connect: ({ url, settings }) => ({ url: `${url}/?voice=${settings.voice}` }),
  speak: (text, { contextId: id, settings: { accent } }) => [json({ text, id, accent })],
  flush: ({ contextId: id }) => [json({ end: id })],
  cancel: ({ contextId: id }) => [json({ cancel: id })],
  *receive({ json, bytes }) {
    const contextId = json.text("id");
    if (bytes) yield { type: "audio", audio: bytes };
    if (json.has("word")) {
      const [text = "", startMs, endMs] = [json.text("word"), json.number("at"), json.number("to")];
      yield { type: "words", words: [{ text, startMs, endMs }], contextId };
    }
    if (json.has("ms")) {
      const samples = new Int16Array((json.number("ms") ?? 0) * 24).fill(json.number("level") ?? 1);
      yield { type: "audio", audio: new Uint8Array(samples.buffer), contextId };
    }
    const type = json.text("type");
    if (type === "done" || type === "textDone") yield { type, contextId };
    if (type === "ready" || type === "cancelled" || type === "bye") yield { type };
    if (type === "error") yield { type, message: "secret", code: json.text("code"), contextId };
  },
};

/** One that does not: audio and ends come without a name. */
const PLAIN: AcmeProtocol = {
  ...ACME,
  speak: (text) => [json({ text })],
  flush: () => [json({ end: true })],
};

class AcmeTTSService
  extends WebSocketTTSService<AcmeSettings, WebSocketTTSServiceOptions<AcmeSettings>> {}

/** A provider in the hands of a test, and a voice that talks to it. */
function start(
  script: PeerScript,
  options: WebSocketTTSServiceOptions<AcmeSettings> & {
    readonly protocol?: AcmeProtocol;
    readonly pipeline?: TestPipelineOptions;
  } = {},
) {
  const { protocol = ACME, pipeline: how, ...rest } = options;
  const server = new ScriptedSocketServer(script);
  const tts = new AcmeTTSService(protocol, { url: server.url, ...rest });
  const pipeline = new TestPipeline([tts], how);
  return {
    server,
    tts,
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

const fieldsOf = (message: unknown) => new JSONFields(message);

/** What the next message says. */
async function heard(peer: ScriptedPeer): Promise<JSONFields | undefined> {
  const message = await peer.next();
  return message && fieldsOf(message.type === "json" ? message.value : undefined);
}

/** Everything that was said on a connection, in short. */
function said(peer: ScriptedPeer | undefined): string[] {
  return (peer?.received ?? []).map((message) => {
    const fields = fieldsOf(message.type === "json" ? message.value : undefined);
    return fields.text("text") ?? ["end", "cancel"].find((name) => fields.has(name)) ?? "?";
  });
}

/** Says a text a word at a time, 100 ms each, from a moment of its context on. */
function say(peer: ScriptedPeer, text: string, options: { id?: string | undefined; at?: number }) {
  const { id } = options;
  let at = options.at ?? 0;
  for (const word of text.split(/\s+/)) {
    peer.send({ id, word, at, to: at + 100 });
    peer.send({ id, ms: 100 });
    at += 100;
  }
  return at;
}

/** Speaks whatever it is asked to, as it should be done. */
async function speaks(peer: ScriptedPeer): Promise<void> {
  await peer.accept();
  const at = new Map<string, number>();
  for (let fields = await heard(peer); fields; fields = await heard(peer)) {
    const text = fields.text("text");
    const id = fields.text("id") ?? "";
    if (text !== undefined) at.set(id, say(peer, text, { id, at: at.get(id) ?? 0 }));
    else if (fields.has("end")) peer.send({ id: fields.text("end"), type: "done" });
  }
}

function spokenText({ down }: TestPipeline): string {
  return down.flatMap((frame) => frame instanceof TTSTextFrame ? [frame.text] : []).join("");
}

function audioMs(pipeline: TestPipeline): number {
  return pipeline.of(TTSAudioRawFrame).reduce((ms, { numFrames }) => ms + numFrames / 24, 0);
}

Deno.test("WebSocketTTSService speaks an answer as one context, sentence by sentence", async () => {
  await using session = start(speaks);
  const { pipeline, server } = session;
  pipeline.push(...answer("One two. ", "Three ", "four."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(said(server.peers[0]), ["One two.", "Three four.", "end"]);
  const ids = new Set(
    server.peers[0]?.received.map((m) =>
      m.type === "json" ? fieldsOf(m.value).text("id") ?? fieldsOf(m.value).text("end") : ""
    ),
  );
  assertEquals(ids.size, 1);
  assertEquals(spokenText(pipeline), "One two. Three four.");
  assertEquals(pipeline.of(TTSTextFrame).map(({ endMs }) => endMs), [100, 200, 300, 400]);
});

Deno.test("WebSocketTTSService connects when the pipeline starts, and says goodbye at its end", async () => {
  const protocol: AcmeProtocol = {
    ...ACME,
    hello: ({ settings }) => [json({ text: `I am ${settings.voice}` })],
    goodbye: () => [json({ text: "bye" })],
  };
  await using session = start(async (peer) => {
    await peer.accept();
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      if (fields.text("text") === "bye") peer.send({ type: "bye" });
    }
  }, { protocol });
  const { pipeline, server, tts } = session;
  const events: string[] = [];
  tts.on("connected", () => void events.push("connected"));
  tts.on("disconnected", () => void events.push("disconnected"));
  await server.peer();
  await pipeline.settle();
  await pipeline.end();
  await server.settled();
  assertEquals(said(server.peers[0]), ["I am ada", "bye"]);
  assertEquals([server.peers.length, server.peers[0]?.end?.code], [1, 1000]);
  assertEquals(events, ["connected", "disconnected"]);
});

Deno.test("WebSocketTTSService sends no text before the provider is ready", async () => {
  const protocol: AcmeProtocol = {
    ...ACME,
    awaitsReady: true,
    hello: () => [json({ text: "hi" })],
  };
  let asked = 0;
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.next();
    asked = peer.received.length;
    peer.send({ type: "ready" });
    await speaksOn(peer);
  }, { protocol });
  session.pipeline.push(...answer("One two."));
  await session.pipeline.until(LLMFullResponseEndFrame);
  assertEquals(asked, 1);
  assertEquals(said(session.server.peers[0]), ["hi", "One two.", "end"]);
});

/** Same as {@linkcode speaks}, for a client that was let in. */
async function speaksOn(peer: ScriptedPeer): Promise<void> {
  for (let fields = await heard(peer); fields; fields = await heard(peer)) {
    const [text, id] = [fields.text("text"), fields.text("id")];
    if (text !== undefined) say(peer, text, { id });
    else if (fields.has("end")) peer.send({ id: fields.text("end"), type: "done" });
  }
}

Deno.test("WebSocketTTSService goes on at the very word where a connection broke", async () => {
  await using session = start(async (peer) => {
    if (peer.number > 1) return await speaks(peer);
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    say(peer, "One two", { id });
    // The word that follows is known, and half of it is there.
    peer.send({ id, word: "three", at: 200, to: 300 });
    peer.send({ id, ms: 0 });
    await peer.close(1011);
  });
  const { pipeline, server } = session;
  pipeline.push(...answer("One two three four. ", "Five **six**."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(said(server.peers[1]), ["three four.", "Five **six**.", "end"]);
  assertEquals(spokenText(pipeline), "One two three four. Five **six**.");
  assertEquals(audioMs(pipeline), 600);
  const ends = pipeline.of(TTSTextFrame).map(({ endMs }) => endMs);
  assertEquals(ends, [100, 200, 300, 400, 500, 600]);
  assertEquals(pipeline.errors, []);
});

Deno.test("WebSocketTTSService drops half a word that nobody has heard, and has it said again", async () => {
  await using session = start(async (peer) => {
    if (peer.number > 1) return await speaks(peer);
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    say(peer, "One two", { id });
    peer.send({ id, word: "three", at: 200, to: 300 });
    peer.send({ id, ms: 50 });
    await peer.close(1011);
  });
  const { pipeline, server } = session;
  // Nothing goes out before all of it has come in.
  const output = pipeline.block();
  pipeline.push(...Array.from({ length: 16 }, () => new NoteFrame()));
  pipeline.push(new TTSSpeakFrame("One two three four."));
  await server.settled();
  await pipeline.settle();
  output.release();
  await pipeline.until(TTSStoppedFrame);
  assertEquals(said(server.peers[1]), ["three four.", "end"]);
  assertEquals(spokenText(pipeline), "One two three four.");
  assertEquals(audioMs(pipeline), 400);
});

Deno.test("WebSocketTTSService says again what a context that expired never said", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const first = await heard(peer);
    const id = first?.text("id");
    say(peer, first?.text("text") ?? "", { id });
    // The second text comes too late for it.
    await peer.next();
    peer.send({ id, type: "done" });
    await speaksOn(peer);
  }, { pipeline: REAL });
  const { pipeline, server } = session;
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("One two. Thr"));
  await pipeline.until(TTSAudioRawFrame, { count: 2 });
  pipeline.push(new LLMTextFrame("ee. F"), new LLMTextFrame("our."), new LLMFullResponseEndFrame());
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "One two. Three. Four.");
  assertEquals(said(server.peers[0]).filter((text) => text === "Three.").length, 2);
  assertEquals(pipeline.errors, []);
});

Deno.test("WebSocketTTSService says no white space and no marks again", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const first = await heard(peer);
    const id = first?.text("id");
    // Some providers say more of a word than there is audio.
    peer.send({ id, word: "One", at: 0, to: 200 });
    peer.send({ id, ms: 100 });
    // The rest comes too late for it, and there is nothing to hear in it.
    await peer.next();
    peer.send({ id, type: "done" });
    await speaksOn(peer);
  }, { pipeline: REAL, textAggregationMode: "token" });
  const { pipeline, server } = session;
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("One"));
  await pipeline.until(TTSAudioRawFrame);
  pipeline.push(new LLMTextFrame("! "), new LLMFullResponseEndFrame());
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "One! ");
  assertEquals(said(server.peers[0]).filter((text) => text === "! ").length, 1);
  assertEquals(pipeline.errors, []);
});

Deno.test("WebSocketTTSService cancels what is interrupted, and drops what comes late of it", async () => {
  let old: string | undefined;
  const cancelled = Promise.withResolvers<void>();
  await using session = start(async (peer) => {
    await peer.accept();
    const first = await heard(peer);
    old = first?.text("id");
    say(peer, "Old", { id: old });
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      if (fields.text("cancel") === old) cancelled.resolve();
      // It was on its way already.
      peer.send({ id: old, word: "old", at: 0, to: 100 });
      peer.send({ id: old, ms: 100, level: 7 });
      const [text, id] = [fields.text("text"), fields.text("id")];
      if (text !== undefined && id !== old) say(peer, text, { id });
      if (fields.has("end")) peer.send({ id: fields.text("end"), type: "done" });
      peer.send({ id: old, type: "done" });
    }
  }, { pipeline: REAL });
  const { pipeline, server } = session;
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old words. And mo"));
  await pipeline.until(TTSAudioRawFrame);
  await cancelled.promise;
  const before = pipeline.down.length;
  pipeline.push(...answer("New words."));
  await pipeline.until(LLMFullResponseEndFrame);
  const after = pipeline.down.slice(before);
  assert(after.every((f) => !(f instanceof TTSAudioRawFrame) || f.audio[0] === 1), "old audio");
  assertEquals(after.flatMap((f) => f instanceof TTSTextFrame ? [f.text] : []), ["New", " words."]);
  assertEquals(said(server.peers[0]), ["Old words.", "cancel", "New words.", "end"]);
  assertEquals(server.peers.length, 1);
});

Deno.test("WebSocketTTSService drops nameless audio until a cancel is acknowledged", async () => {
  const protocol: AcmeProtocol = { ...PLAIN, acknowledgesCancel: true };
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.next();
    peer.send({ ms: 100 });
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      if (fields.has("cancel")) {
        peer.send({ ms: 100, level: 7 });
        peer.send({ type: "done" });
        peer.send({ type: "cancelled" });
      } else if (fields.has("text")) peer.send({ ms: 100, level: 2 });
      else peer.send({ type: "done" });
    }
  }, { protocol, pipeline: REAL });
  const { pipeline } = session;
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old words. And mo"));
  await pipeline.until(TTSAudioRawFrame);
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.of(TTSAudioRawFrame).map(({ audio }) => audio[0]), [1, 2]);
});

Deno.test("WebSocketTTSService connects anew where nothing else stops a provider", async () => {
  const { cancel: _, ...protocol } = PLAIN;
  await using session = start(async (peer) => {
    await peer.accept();
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      if (fields.has("text")) peer.send({ ms: 100, level: peer.number });
      else peer.send({ type: "done" });
    }
  }, { protocol, pipeline: REAL });
  const { pipeline, server } = session;
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old words. And mo"));
  await pipeline.until(TTSAudioRawFrame);
  await server.peer(2);
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(server.peers[0]?.end?.code, 1000);
  assertEquals(pipeline.of(TTSAudioRawFrame).map(({ audio }) => audio[0]), [1, 2]);
  assertEquals(server.peers.length, 2);
});

Deno.test("WebSocketTTSService keeps the order of answers and of frames between their words", async () => {
  await using session = start(speaks);
  const { pipeline, server } = session;
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("One. Two"),
    new NoteFrame(),
    new LLMTextFrame(" three."),
    new LLMFullResponseEndFrame(),
    ...answer("Four."),
  );
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  const order = pipeline.down.flatMap((frame) =>
    frame instanceof NoteFrame ? ["note"] : frame instanceof TTSTextFrame ? [frame.text] : []
  );
  assertEquals(order, ["One.", "note", " Two", " three.", "Four."]);
  assertEquals(said(server.peers[0]), ["One.", "end", "Two three.", "end", "Four.", "end"]);
});

Deno.test("WebSocketTTSService makes the provider wait for a reader that is slow", async () => {
  let taken = 0;
  await using session = start(async (peer) => {
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    for (let k = 0; k < 40_000; k++) {
      await peer.drained();
      if (peer.end) return;
      peer.send({ id, ms: 100, pad: "x".repeat(4_800) });
      taken++;
    }
  });
  const { pipeline } = session;
  pipeline.block();
  pipeline.push(new TTSSpeakFrame("Long."));
  let before = -1;
  // It goes on until nothing more goes on.
  while (before !== taken || taken === 0) {
    before = taken;
    for (let k = 0; k < 50; k++) await pipeline.settle();
  }
  // A minute of audio, what waits in between, and the buffers of the machine.
  assert(taken < 6_000, `${taken} pieces were taken`);
  await pipeline.close();
});

Deno.test("WebSocketTTSService keeps a connection alive, and says which context is spoken", async () => {
  const messages: AcmeProtocol["keepalive"] = {
    everyMs: 10_000,
    messages: (_connection, contextId) => [json({ text: contextId ? "speaking" : "idle" })],
  };
  await using session = start(async (peer) => {
    await peer.accept();
  }, { protocol: { ...ACME, keepalive: messages }, stallTimeoutMs: 60_000 });
  const { pipeline, server } = session;
  const clock = pipeline.clock as VirtualClock;
  await server.peer();
  await clock.advance(25_000);
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("One. Tw"));
  await pipeline.settle();
  await clock.advance(10_000);
  await pipeline.close();
  await server.settled();
  assertEquals(said(server.peers[0]).slice(0, 4), ["idle", "idle", "One.", "speaking"]);
});

Deno.test("WebSocketTTSService says goodbye and connects anew for a setting that a connection cannot change", async () => {
  const protocol = { ...ACME, goodbye: () => [json({ text: "bye" })] };
  await using session = start(speaks, { protocol });
  const { pipeline, server } = session;
  pipeline.push(
    ...answer("One."),
    new TTSUpdateSettingsFrame({ delta: { accent: "irish" } }),
    ...answer("Two."),
    new TTSUpdateSettingsFrame({ delta: { voice: "bob" } }),
    ...answer("Three."),
  );
  await pipeline.until(LLMFullResponseEndFrame, { count: 3 });
  const voices = server.peers.map(({ url }) => url.searchParams.get("voice"));
  assertEquals(voices, ["ada", "bob"]);
  assertEquals(server.peers.map((peer) => said(peer)), [
    ["One.", "end", "Two.", "end", "bye"],
    ["Three.", "end"],
  ]);
  const [, , two] = server.peers[0]?.received ?? [];
  assertEquals(two?.type === "json" && fieldsOf(two.value).text("accent"), "irish");
});

Deno.test("WebSocketTTSService warns once of a setting that the provider would refuse", async () => {
  const protocol: AcmeProtocol = {
    ...ACME,
    unsent: ({ accent, model }) => accent && model === "plain" ? ["accent"] : [],
  };
  await using session = start(speaks, { protocol, settings: { accent: "irish", model: "plain" } });
  const { pipeline } = session;
  pipeline.push(
    ...answer("One."),
    new TTSUpdateSettingsFrame({ delta: { model: "fancy" } }),
    ...answer("Two."),
    new TTSUpdateSettingsFrame({ delta: { model: "plain", accent: "welsh" } }),
    ...answer("Three."),
  );
  await pipeline.until(LLMFullResponseEndFrame, { count: 3 });
  const warned = pipeline.logged.filter((line) => line.includes("accent"));
  assertEquals(warned.length, 1);
  assertStringIncludes(
    warned[0] ?? "",
    'Cannot tell Acme all of "accent": its model "plain" would refuse it; change the setting',
  );
});

Deno.test("WebSocketTTSService waits longer and longer for a dead server, and tells once", async () => {
  const at: number[] = [];
  await using session = start(async (peer) => {
    at.push(session.pipeline.clock.now());
    await peer.refuse(503);
  });
  const { pipeline, tts } = session;
  const failures: string[] = [];
  tts.on("connectionError", (error) => void failures.push(error));
  pipeline.push(...answer("One. Two."));
  await pipeline.until(LLMFullResponseEndFrame, { withinMs: 60_000 });
  assert(at.length >= 4 && at.length <= 7, `${at.length} tries`);
  assert((at.at(-1) ?? 0) > 2_000, `the last try was after ${at.at(-1)} ms`);
  assertEquals(failures.length, at.length);
  assertEquals(pipeline.errors.length, 1);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "Cannot speak with Acme");
  assertEquals(spokenText(pipeline), "");
});

Deno.test("WebSocketTTSService gives up a server that hangs up on every text", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    await peer.next();
    peer.drop();
  });
  const { pipeline, server } = session;
  pipeline.push(...answer("One. Two."));
  await pipeline.until(LLMFullResponseEndFrame, { withinMs: 60_000 });
  assert(server.peers.length >= 2 && server.peers.length <= 7, `${server.peers.length} tries`);
  assertEquals(pipeline.errors.length, 1);
});

Deno.test("WebSocketTTSService goes on after messages that cannot be read", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    for (const garbage of ["{nope", "", "[]", "null", '"text"', { id: 7, ms: "x" }, { type: [] }]) {
      peer.send(garbage);
    }
    say(peer, "One.", { id });
    await peer.next();
    peer.send({ id, type: "done" });
  });
  const { pipeline } = session;
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "One.");
  assertEquals(pipeline.errors, []);
  const warnings = pipeline.logged.filter((line) => line.includes("left out"));
  assert(warnings.length >= 2, warnings.join("\n"));
  assert(warnings.every((line) => !line.includes("nope")), warnings.join("\n"));
});

Deno.test("WebSocketTTSService reports what a provider refuses, and not in its words", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      const [text, id] = [fields.text("text"), fields.text("id")];
      if (text === "Bad.") peer.send({ id, type: "error", code: "bad_text" });
      else if (text) say(peer, text, { id });
      else if (fields.has("end")) peer.send({ id: fields.text("end"), type: "done" });
    }
  });
  const { pipeline } = session;
  pipeline.push(...answer("Bad."), ...answer("Good."));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot speak with Acme: it reported an error (bad_text)",
  ]);
  assertEquals(spokenText(pipeline), "Good.");
});

Deno.test("WebSocketTTSService sends tokens as they are written, and follows them", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    let text = "";
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      text += fields.text("text") ?? "";
      if (!fields.has("end")) continue;
      const id = fields.text("end");
      say(peer, text.trim(), { id });
      peer.send({ id, type: "done" });
    }
  }, { textAggregationMode: "token" });
  const { pipeline, server } = session;
  const tokens = ["It", " is", " won", "der", "ful", "!", "\n\n", "Really", ",", " $12", ".50"];
  pipeline.push(...answer(...tokens));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(said(server.peers[0]), [...tokens, "end"]);
  assertEquals(spokenText(pipeline), tokens.join(""));
});

Deno.test("WebSocketTTSService speaks an answer as a whole where that is wished", async () => {
  await using session = start(speaks, { textAggregationMode: "whole" });
  const { pipeline, server } = session;
  pipeline.push(...answer("One. ", "Two. ", "Three."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(said(server.peers[0]), ["One. Two. Three.", "end"]);
  assertEquals(spokenText(pipeline), "One. Two. Three.");
});

Deno.test("WebSocketTTSService takes an answer for done when all its texts are", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    for (let fields = await heard(peer); fields; fields = await heard(peer)) {
      if (!fields.has("text")) continue;
      peer.send({ ms: 100 });
      peer.send({ type: "textDone" });
    }
  }, { protocol: PLAIN });
  const { pipeline } = session;
  pipeline.push(...answer("One. ", "Two. ", "Three."), ...answer("Four."));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(pipeline.of(TTSAudioRawFrame).length, 4);
  assertEquals(spokenText(pipeline), "One. Two. Three.Four.");
});

Deno.test("WebSocketTTSService gives the provider tags that nobody else sees", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    const id = (await heard(peer))?.text("id");
    say(peer, "Call A B 1 2 now.", { id });
    await peer.next();
    peer.send({ id, type: "done" });
  }, {
    textTransforms: [
      ["sentence", (text) => text.replace("AB12", "<spell>AB12</spell>")],
      ["other", () => "never"],
    ],
  });
  const { pipeline, server } = session;
  pipeline.push(...answer("Call AB12 now."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(said(server.peers[0]), ["Call <spell>AB12</spell> now.", "end"]);
  assertEquals(spokenText(pipeline), "Call AB12 now.");
});

Deno.test("WebSocketTTSService asks for a rate that the provider has, and gives the one that is wanted", async () => {
  let rate: number | undefined;
  const protocol: AcmeProtocol = {
    ...ACME,
    sampleRates: [8_000, 24_000],
    speak: (text, context) => {
      rate = context.sampleRate;
      return ACME.speak(text, context);
    },
  };
  await using session = start(speaks, {
    protocol,
    pipeline: { params: { audioOutSampleRate: 16_000 } },
  });
  const { pipeline } = session;
  pipeline.push(...answer("One two three."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(rate, 24_000);
  const frames = pipeline.of(TTSAudioRawFrame);
  assertEquals(new Set(frames.map(({ sampleRate }) => sampleRate)), new Set([16_000]));
  assertAlmostEquals(frames.reduce((ms, { numFrames }) => ms + numFrames / 16, 0), 300, 5);
});

Deno.test("WebSocketTTSService pushes silence behind an utterance where that is wished", async () => {
  await using session = start(speaks, { pushSilenceAfterStop: true, silenceTimeSecs: 0.5 });
  const { pipeline } = session;
  pipeline.push(...answer("One."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(audioMs(pipeline), 600);
  assertEquals(pipeline.down.at(-2) instanceof TTSStoppedFrame, true);
});

Deno.test("WebSocketTTSService ends in time, also with a peer that answers no close", async () => {
  await using session = start(async (peer) => {
    await peer.accept();
    peer.hang();
  }, { pipeline: REAL });
  const { pipeline, server, tts } = session;
  const { promise: connected, resolve } = Promise.withResolvers<void>();
  tts.on("connected", resolve);
  await connected;
  await server.peer();
  await pipeline.end({ withinMs: 5_000 });
  assertEquals(pipeline.of(EndFrame).length, 1);
});
