/**
 * Deepgram's own SDK talks to the scripted server that our service is tested
 * with: what the server expects and says is not only ours to please.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { DeepgramClient, type listen } from "@deepgram/sdk";
import { deadline, systemClock } from "../../async/mod.ts";
import { pcmToBytes } from "../../audio/mod.ts";
import {
  readTranscript,
  ScriptedSocketServer,
  type Transcript,
  TranscriptPlayer,
} from "../../testing/mod.ts";

const SERVICE = import.meta.resolve("../../services/deepgram/stt_test.ts");

/** What a connection with the settings of the transcript asks for. */
const ASKED = {
  Authorization: "Token test-key",
  model: "nova-3-general",
  language: "en",
  detect_entities: "false",
  diarize: "false",
  dictation: "false",
  interim_results: "true",
  numerals: "false",
  profanity_filter: "true",
  punctuate: "true",
  smart_format: "false",
  encoding: "linear16",
  sample_rate: 16_000,
  channels: 1,
  multichannel: "false",
  reconnectAttempts: 0,
} as const;

/** A client of the vendor's that knows no other server than this one. */
function clientOf(server: ScriptedSocketServer): DeepgramClient {
  const { url } = server;
  return new DeepgramClient({
    apiKey: "test-key",
    environment: { base: url, production: url, agent: url, agentRest: url },
  });
}

/** The transcript as it is with a server of another address. */
function at(address: string, { lines, ...rest }: Transcript): Transcript {
  return {
    ...rest,
    lines: lines.map((line) => {
      if (!("open" in line)) return line;
      const url = line.open.url.replace("wss://api.deepgram.com", address);
      return { ...line, open: { ...line.open, url } };
    }),
  };
}

Deno.test("Deepgram's SDK says and hears what the transcript of our service says", async () => {
  const transcript = await readTranscript(SERVICE, "stt_utterance");
  await using server: ScriptedSocketServer = new ScriptedSocketServer((peer) =>
    player.script(peer)
  );
  const player: TranscriptPlayer = new TranscriptPlayer(at(server.url, transcript));
  const socket = await clientOf(server).listen.v1.connect(ASKED);
  const heard: string[] = [];
  const [interim, final, closed] = [waiter(), waiter(), waiter()];
  socket.on("message", (message) => {
    heard.push(describe(message));
    if (message.type === "Results") (message.is_final ? final : interim).resolve();
  });
  socket.on("close", ({ code }) => {
    heard.push(`closed ${code}`);
    closed.resolve();
  });
  socket.connect();
  await within(socket.waitForOpen());
  socket.sendMedia(pcmToBytes(new Int16Array(6_400)));
  await within(interim.promise);
  socket.sendMedia(pcmToBytes(new Int16Array(11_200)));
  socket.sendFinalize({ type: "Finalize" });
  await within(final.promise);
  socket.sendCloseStream({ type: "CloseStream" });
  await within(closed.promise);
  assertEquals(heard, [
    "what time (interim)",
    "What time is it? (final, from finalize)",
    "Metadata",
    "closed 1000",
  ]);
  socket.close();
  await server.close();
  player.check(server);
});

Deno.test("Deepgram's SDK says and hears what the transcript of our Flux service says", async () => {
  const transcript = await readTranscript(SERVICE, "flux_turn");
  await using server: ScriptedSocketServer = new ScriptedSocketServer((peer) =>
    player.script(peer)
  );
  const player: TranscriptPlayer = new TranscriptPlayer(at(server.url, transcript));
  const socket = await clientOf(server).listen.v2.connect({
    Authorization: "Token test-key",
    model: "flux-general-en",
    sample_rate: 16_000,
    encoding: "linear16",
    reconnectAttempts: 0,
  });
  const heard: string[] = [];
  const reached = new Map(["StartOfTurn", "TurnResumed", "EndOfTurn"].map((e) => [e, waiter()]));
  const closed = waiter();
  socket.on("message", (message) => {
    if (message.type !== "TurnInfo" || !("event" in message)) return;
    heard.push(`${message.event} ${message.transcript}`);
    reached.get(message.event)?.resolve();
  });
  socket.on("close", () => closed.resolve());
  socket.connect();
  await within(socket.waitForOpen());
  for (
    const [event, samples] of [["StartOfTurn", 3_200], ["TurnResumed", 6_400], [
      "EndOfTurn",
      8_000,
    ]] as const
  ) {
    socket.sendMedia(pcmToBytes(new Int16Array(samples)));
    await within(reached.get(event)?.promise ?? Promise.reject(new Error(event)));
  }
  socket.sendCloseStream({ type: "CloseStream" });
  await within(closed.promise);
  assertEquals(heard, [
    "StartOfTurn What",
    "Update What time",
    "EagerEndOfTurn What time",
    "TurnResumed What time",
    "EndOfTurn What time is it?",
  ]);
  socket.close();
  await server.close();
  player.check(server);
});

Deno.test("Deepgram's SDK is refused as our service is", async () => {
  await using server = new ScriptedSocketServer((peer) => peer.refuse(401));
  const socket = await clientOf(server).listen.v1.connect(ASKED);
  const refused = waiter();
  const errors: string[] = [];
  socket.on("error", ({ message }) => {
    errors.push(message);
    refused.resolve();
  });
  socket.connect();
  await within(refused.promise);
  assertEquals([errors, server.peers.length], [["Unexpected server response: 401"], 1]);
  socket.close();
});

function describe(message: listen.ListenV1Results | { readonly type: string }): string {
  if (!("channel" in message) || !("alternatives" in message.channel)) return message.type;
  const [best] = message.channel.alternatives;
  const kind = message.is_final ? "final" : "interim";
  return `${best?.transcript} (${kind}${message.from_finalize ? ", from finalize" : ""})`;
}

function waiter(): PromiseWithResolvers<void> {
  return Promise.withResolvers<void>();
}

async function within<T>(work: Promise<T>): Promise<T> {
  return await deadline(work, { clock: systemClock, timeoutMs: 5_000, doing: "hear the server" });
}
