/**
 * Cartesia's own SDK talks to the scripted providers that our services are tested
 * with: what those expect and say is not only ours to please.
 *
 * Over a WebSocket the SDK wants `wss:`, wherever its server is, and has no way to
 * be given a socket: it is led to a plain one. In Deno it names key and version in
 * the query, as in a browser; where `ws` is found it sends the headers that we send.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { AuthenticationError, Cartesia } from "@cartesia/cartesia-js";
import type { TTSWS } from "@cartesia/cartesia-js/resources/tts/ws";
import { bytesToPcm } from "../../audio/mod.ts";
import {
  readTranscript,
  ScriptedHttpTTS,
  ScriptedSocketServer,
  ScriptedTTSProvider,
  type Transcript,
  TranscriptPlayer,
} from "../../testing/mod.ts";
import { CARTESIA, CARTESIA_HTTP } from "./_cartesia_dialect.ts";
import { at, plainSockets, within } from "./_speech.ts";

const SERVICE = import.meta.resolve("../../services/cartesia/tts_test.ts");

/** How our service asks for speech, in its transcript. */
const ASKED = {
  contextId: "context-1",
  model_id: "sonic-3.5",
  voice: { mode: "id", id: "a0e99841-438c-4a64-b679-ae501e7d6091" },
  output_format: { container: "raw", encoding: "pcm_s16le", sample_rate: 24_000 },
  language: "en",
  add_timestamps: true,
  use_normalized_timestamps: false,
  max_buffer_delay_ms: 0,
} as const;

const REQUEST = {
  model_id: ASKED.model_id,
  voice: ASKED.voice,
  output_format: ASKED.output_format,
  language: "en",
  transcript: "Hello there.",
} as const;

const MESSAGE = { ...REQUEST, continue: false } as const;

function clientOf(
  { url, apiKey = "test-key" }: { readonly url: string; readonly apiKey?: string },
) {
  return new Cartesia({ apiKey, baseURL: url.replace("ws:", "http:"), maxRetries: 0 });
}

async function connect(client: Cartesia): Promise<TTSWS> {
  using _plain = plainSockets();
  const headers = { "Cartesia-Version": "2026-03-01" };
  return await within(client.tts.websocket({ headers }));
}

async function close(socket: TTSWS): Promise<void> {
  const closed = Promise.withResolvers<void>();
  socket.socket.addEventListener("close", () => closed.resolve());
  socket.close();
  await within(closed.promise);
}

/** Where the SDK goes in Deno. */
function addressOf(server: ScriptedSocketServer): string {
  const query = new URLSearchParams({
    cartesia_version: "2026-03-01",
    api_key: "test-key",
    cartesia_client: "cartesia-js/4.2.0",
  });
  return `${server.url}/tts/websocket?${query}`;
}

Deno.test("Cartesia's SDK says and hears what the transcript of our service says", async () => {
  const transcript: Transcript = await readTranscript(SERVICE, "tts_hello");
  await using server: ScriptedSocketServer = new ScriptedSocketServer((peer) =>
    player.script(peer)
  );
  const player: TranscriptPlayer = new TranscriptPlayer(at(addressOf(server), transcript));
  const socket = await connect(clientOf(server));
  const context = socket.context(ASKED);
  await context.push({ transcript: "Hello there." });
  await context.push({ transcript: "How are you?" });
  await context.no_more_inputs();
  const heard: number[] = [];
  const words: string[] = [];
  for await (const event of context.receive({ timeout: 5_000 })) {
    if (event.type === "chunk") heard.push(...bytesToPcm(event.audio ?? new Uint8Array()));
    if (event.type === "timestamps") words.push(...event.word_timestamps?.words ?? []);
  }
  assertEquals(heard, Array.from({ length: 720 }, (_, k) => k + 1));
  assertEquals(words, ["Hello", "there.", "How", "are", "you?"]);
  await close(socket);
  await server.settled();
  player.check(server);
});

Deno.test("Cartesia's SDK is spoken to by the provider of our tests", async () => {
  await using provider = new ScriptedTTSProvider(CARTESIA);
  const socket = await connect(clientOf(provider));
  const context = socket.context(ASKED);
  await context.push({ transcript: "One. " });
  await context.push({ transcript: "Two two." });
  await context.no_more_inputs();
  let bytes = 0;
  const words: string[] = [];
  for await (const event of context.receive({ timeout: 5_000 })) {
    if (event.type === "chunk") bytes += event.audio?.length ?? 0;
    if (event.type === "timestamps") words.push(...event.word_timestamps?.words ?? []);
  }
  assertEquals(bytes / 48, provider.spokenMs());
  assertEquals(words, ["One.", "Two", "two."]);
  assertEquals(provider.askedVoice(), ASKED.voice.id);
  assertEquals(provider.asked, [
    { connection: 1, contextId: "context-1", texts: ["One. ", "Two two."], outcome: "done" },
  ]);
  await close(socket);
});

Deno.test("Cartesia's SDK stops a context as our service does", async () => {
  await using provider = new ScriptedTTSProvider(CARTESIA);
  provider.script({ trouble: "silence" });
  const socket = await connect(clientOf(provider));
  const context = socket.context(ASKED);
  await context.push({ transcript: "Hello there." });
  await within(provider.stuck());
  await context.cancel();
  await within(provider.closed());
  assertEquals(provider.asked.map(({ outcome }) => outcome), ["cancelled"]);
  await close(socket);
});

Deno.test("Cartesia's SDK hears an error as our provider says it", async () => {
  const error = {
    type: "error",
    context_id: "context-1",
    done: true,
    title: "Invalid model",
    message: "The model is not valid.",
    error_code: "model_not_found",
    status_code: 400,
  };
  await using server = new ScriptedSocketServer(async (peer) => {
    await peer.accept();
    await peer.next();
    peer.send(error);
  });
  const socket = await connect(clientOf(server));
  // Without this the SDK ends the process.
  socket.on("error", () => {});
  const speech = socket.generate({ ...MESSAGE, context_id: "context-1" });
  await assertRejects(() => within(Array.fromAsync(speech)), Error, "model_not_found");
  await close(socket);
});

Deno.test("Cartesia's SDK is spoken to over HTTP", async () => {
  await using provider = new ScriptedHttpTTS(CARTESIA_HTTP);
  const client = clientOf(provider);
  const response = await within(client.tts.generate(REQUEST));
  const { byteLength } = await response.arrayBuffer();
  assertEquals(byteLength / 48, REQUEST.transcript.length * 60);
  const [request] = provider.requests;
  assertEquals([request?.url.pathname, request?.body], ["/tts/bytes", REQUEST]);
  provider.script({ status: 401 });
  await assertRejects(() => within(client.tts.generate(REQUEST)), AuthenticationError);
});
