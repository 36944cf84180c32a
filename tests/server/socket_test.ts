import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { OutputTransportMessageFrame } from "../../frames/mod.ts";
import type { Bot } from "../../runner/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { ProtobufFrameSerializer } from "../../serializers/mod.ts";
import {
  type Client,
  GREETING_MS,
  openFiles,
  rawClient,
  ServerRig,
  silentBot,
  talkingBot,
  until,
} from "./_rig.ts";

const codec = new ProtobufFrameSerializer();

/** A whole message, of which half can be sent. */
function bytesOf(message: unknown): Uint8Array<ArrayBuffer> {
  const bytes = codec.serialize(new OutputTransportMessageFrame(message));
  if (!bytes) throw new Error("Cannot make bytes of a message");
  return bytes;
}

/** How it was closed. */
async function closeOf(client: Client): Promise<[number, string]> {
  const { code, reason } = await client.closed;
  return [code, reason];
}

Deno.test("a client shakes hands, is told of the bot, and hears it", async () => {
  await using rig = new ServerRig();
  const client = await rig.converse();
  const { data } = await client.told("server-message", 2);
  assertEquals(data, { type: "parley-bot", name: "Talker", services: "none" });
  await client.hears(200);
  client.send("send-text", { content: "Hi", options: {} });
  await client.told("bot-interrupted");
  await client.leave();
  await until(() => rig.server.sessions === 0, "end the session");
  assertEquals(rig.lines, []);
});

Deno.test.each<[string, string | Uint8Array<ArrayBuffer>, string]>([
  ["garbage bytes", new Uint8Array([255, 254, 253, 1, 2]), "its 5 bytes are no protocol buffers"],
  ["nothing", new Uint8Array(0), "it is empty"],
  ["a text", "hello", "it is text, where binary protocol buffers are expected"],
  ["half a message", bytesOf({ label: "rtvi-ai" }).slice(0, 9), "its 9 bytes are no protocol"],
  ["too much", new Uint8Array(20_000), "its 20000 bytes are more than the 10000 that are read"],
])("%s is a warning, and the conversation goes on", async (_name, data, warning) => {
  await using rig = new ServerRig(talkingBot, { maxMessageBytes: 10_000 });
  const client = await rig.converse();
  client.socket.send(data);
  client.send("send-text", { content: "Hi", options: {} });
  await client.told("bot-llm-started", 2);
  assertEquals(rig.lines.length, 1);
  assert(rig.lines[0]?.startsWith("warn: "), rig.lines[0]);
  assertStringIncludes(rig.lines[0] ?? "", warning);
  await client.leave();
});

Deno.test("a message of an unknown type is refused, and the conversation goes on", async () => {
  await using rig = new ServerRig();
  const client = await rig.converse();
  client.send("make-coffee", { sugar: 2 });
  const { data } = await client.told("error-response");
  assertEquals(data, { error: `Cannot handle the client's "make-coffee": the type is unknown` });
  client.send("send-text", { content: "Hi", options: {} });
  await client.told("bot-llm-started", 2);
  assertEquals(rig.lines, [`warn: Cannot handle the client's "make-coffee": the type is unknown`]);
  await client.leave();
});

Deno.test("a message that is far too large ends its session only", async () => {
  await using rig = new ServerRig();
  const other = await rig.converse();
  const client = await rig.converse();
  client.socket.send(new Uint8Array(80 * 2 ** 20));
  await client.closed;
  await until(() => rig.server.sessions === 1, "end the session");
  other.send("send-text", { content: "Hi", options: {} });
  await other.told("bot-llm-started", 2);
  await other.leave();
});

Deno.test("a client that connects and says nothing is told so, and its session ends", async () => {
  await using rig = new ServerRig(silentBot, { handshakeTimeoutMs: 60 });
  const client = rig.connect();
  const problem = "the client did not say that it is ready in 60 ms";
  assertEquals(await closeOf(client), [1008, "It took too long"]);
  assertEquals(client.messages.at(-1), {
    label: "rtvi-ai",
    type: "error",
    data: { error: `The session ends: ${problem}`, fatal: true },
  });
  await until(() => rig.server.sessions === 0, "end the session");
  assertEquals(rig.lines, [`warn: The session ID ends: ${problem}`]);
  const next = await rig.converse();
  await next.leave();
});

Deno.test("a session in which nothing is said or sent any more ends", async () => {
  await using rig = new ServerRig(silentBot, { idleTimeoutMs: 80 });
  const client = await rig.converse();
  assertEquals(await closeOf(client), [1000, "It took too long"]);
  const problem = "nothing was said or sent for 80 ms";
  assertEquals((await client.told("error")).data, {
    error: `The session ends: ${problem}`,
    fatal: true,
  });
  await until(() => rig.server.sessions === 0, "end the session");
  assertEquals(rig.lines, [`warn: The session ID ends: ${problem}`]);
});

Deno.test("a session in which the bot speaks is not idle", async () => {
  await using rig = new ServerRig(talkingBot, { idleTimeoutMs: 400 });
  const client = await rig.converse();
  await client.hears(1_000);
  assertEquals([rig.server.sessions, rig.lines], [1, []]);
  await client.leave();
});

Deno.test("a client that leaves in mid-sentence ends its session", async () => {
  await using rig = new ServerRig();
  const client = await rig.converse();
  await client.hears(300);
  await client.leave();
  await until(() => rig.server.sessions === 0, "end the session");
  const next = await rig.converse();
  await next.hears(100);
  await next.leave();
  assertEquals(rig.lines, []);
});

Deno.test("a client that vanishes without a word ends its session", async () => {
  await using rig = new ServerRig();
  const connection = await rawClient(rig);
  connection.close();
  await until(() => rig.server.sessions === 0, "end the session");
  assertEquals(rig.lines, []);
});

Deno.test("clients beyond the limit are refused, until somebody leaves", async () => {
  await using rig = new ServerRig(silentBot, { maxSessions: 2 });
  const clients = [await rig.converse(), await rig.converse()];
  const origin = "http://localhost:5173";
  const refused = await fetch(`${rig.url}/start`, { method: "POST", headers: { origin } });
  const detail = "Cannot start a session: 2 are in progress, and no more fit";
  assertEquals([refused.status, await refused.json()], [429, { detail }]);
  assertEquals(refused.headers.get("access-control-allow-origin"), origin);
  const third = rig.connect();
  assertEquals((await third.closed).wasClean, false);
  assertEquals(rig.server.sessions, 2);
  assertEquals(rig.lines, Array(2).fill(`warn: ${detail}; see --max-sessions`));
  await clients[0]?.leave();
  await until(() => rig.server.sessions === 1, "end a session");
  const next = await rig.converse();
  for (const client of [next, ...clients.slice(1)]) await client.leave();
});

Deno.test("a foreign origin does not get a socket", async () => {
  await using rig = new ServerRig();
  const client = rig.connect({ headers: { origin: "https://evil.example" } });
  assertEquals((await client.closed).wasClean, false);
  assertEquals(rig.server.sessions, 0);
  assertStringIncludes(rig.lines[0] ?? "", 'Cannot serve the origin "https://evil.example"');
});

Deno.test("a bot that fails before its pipeline runs tells the client why", async () => {
  const failing: Bot = () => Promise.reject(new Error("Cannot use Acme without an API key"));
  await using rig = new ServerRig(failing);
  const client = rig.connect();
  assertEquals(await closeOf(client), [1011, "The bot failed"]);
  assertEquals((await client.told("error")).data, {
    error: "Cannot run the bot: Cannot use Acme without an API key",
    fatal: true,
  });
  await until(() => rig.server.sessions === 0, "end the session");
  assertEquals(rig.lines, ["error: The session ID failed: Cannot use Acme without an API key"]);
});

Deno.test("a bot that does nothing at all ends its session", async () => {
  await using rig = new ServerRig(() => Promise.resolve());
  const client = rig.connect();
  assertEquals(await closeOf(client), [1000, ""]);
  await until(() => rig.server.sessions === 0, "end the session");
});

Deno.test("a greeting that throws is an error, and the conversation goes on", async () => {
  const clumsy: Bot = (session) => {
    session.onReady(() => {
      throw new Error("no words");
    });
    return talkingBot(session);
  };
  await using rig = new ServerRig(clumsy);
  const client = await rig.converse();
  await client.hears(100);
  assertEquals(rig.lines, ["error: Cannot greet: Error: no words"]);
  await client.leave();
});

Deno.test("a session that the bot ends is closed with 1000, after everything was said", async () => {
  await using rig = new ServerRig();
  const client = await rig.converse();
  await client.hears(100);
  client.send("disconnect-bot");
  assertEquals(await closeOf(client), [1000, ""]);
  assert(client.audioMs >= GREETING_MS, `${client.audioMs} ms`);
  assertEquals(rig.lines, []);
});

Deno.test("a server that is closed ends its sessions at once, with 1001", async () => {
  await using rig = new ServerRig();
  const clients = [await rig.converse(), await rig.converse(), rig.connect()];
  await clients[0]?.hears(100);
  await rig.server.close();
  for (const client of clients.slice(0, 2)) {
    assertEquals(await closeOf(client), [1001, "The server stops"]);
  }
  assertEquals(rig.server.sessions, 0);
  assertEquals(rig.lines, []);
});

Deno.test("a server that stops lets the bot finish, takes nobody, and closes with 1001", async () => {
  await using rig = new ServerRig();
  const client = await rig.converse();
  await client.hears(100);
  const stopped = rig.server.stopWhenDone();
  const refused = await fetch(`${rig.url}/start`, { method: "POST" });
  assertEquals([refused.status, await refused.json()], [503, {
    detail: "Cannot start a session: the server stops",
  }]);
  assertEquals((await (await fetch(`${rig.url}/status`)).json()).status, "closing");
  assertEquals(await closeOf(client), [1001, "The server stops"]);
  assert(client.audioMs >= GREETING_MS, `${client.audioMs} ms`);
  await stopped;
  assertEquals(rig.lines, []);
});

Deno.test("a server that stops does not wait for a bot that has not begun", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using rig = new ServerRig(async (session) => {
    await promise;
    await silentBot(session);
  });
  const client = rig.connect();
  await client.open();
  await until(() => rig.server.sessions === 1, "begin the session");
  const stopped = rig.server.stopWhenDone();
  await until(() => rig.log.lines.length === 0, "be quiet");
  resolve();
  await stopped;
  assertEquals(await closeOf(client), [1001, "The server stops"]);
});

Deno.test("a client that does not answer the close is not waited for", async () => {
  await using rig = new ServerRig(silentBot);
  const connection = await rawClient(rig);
  await rig.server.close();
  assertEquals(rig.server.sessions, 0);
  connection.close();
});

Deno.test("a bot that does not end is named, and the server ends without it", async () => {
  const clock = new VirtualClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const rig = new ServerRig(() => promise, { clock });
  const client = rig.connect();
  await client.open();
  const closed = rig.server.close();
  await clock.advance(5_000);
  await closed;
  assertEquals(rig.lines, ["error: Cannot end session ID: it does not stop"]);
  resolve();
  assertEquals(await closeOf(client), [1001, "The server stops"]);
});

Deno.test("fifty clients that come and go at any moment leave nothing behind", async () => {
  await using rig = new ServerRig(talkingBot, { maxSessions: 50 });
  const first = await rig.converse();
  await first.leave();
  await until(() => rig.server.sessions === 0, "end the session");
  const before = openFiles();
  const seed = 7;
  const random = randomOf(seed);
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    const client = rig.connect();
    const stage = Math.floor(random() * 5);
    if (stage > 0) await client.open();
    if (stage > 1) client.send("client-ready", { version: "2.1.0", about: { library: "test" } });
    if (stage > 2) await client.hears(random() * 400);
    if (stage > 3) client.send("send-text", { content: `I am ${i}`, options: {} });
    await systemClock.sleep(random() * 30);
    if (stage > 1 && random() < 0.3) client.send("disconnect-bot");
    else await client.leave();
    await client.closed;
  }));
  await until(() => rig.server.sessions === 0, `end all sessions (seed ${seed})`);
  await until(() => openFiles() <= before, `close all files (seed ${seed})`);
  const last = await rig.converse();
  await last.hears(100);
  await last.leave();
  assertEquals(rig.lines, []);
});

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
