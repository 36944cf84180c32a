import { assertEquals, assertMatch } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { InputAudioRawFrame, TranscriptionFrame } from "../../frames/mod.ts";
import { ScriptedHttpServer, type ScriptedResponse } from "../../testing/scripted_http_server.ts";
import { type PeerScript, ScriptedSocketServer } from "../../testing/scripted_socket_server.ts";
import { TestPipeline } from "../../testing/test_pipeline.ts";
import {
  type STTProtocol,
  type STTSettings,
  WebSocketSTTService,
  type WebSocketSTTServiceOptions,
} from "./mod.ts";

interface LobbyOptions extends WebSocketSTTServiceOptions {
  readonly lobby: string;
}

/** A provider that says over HTTP where its socket is. */
const protocol: STTProtocol<STTSettings, LobbyOptions> = {
  provider: "Lobby",
  keyEnv: "LOBBY_API_KEY",
  defaults: { language: "en" },
  prepare: ({ apiKey, settings, options: { lobby } }) => ({
    url: `${lobby}/sessions`,
    headers: { "X-Key": apiKey },
    json: { language: settings.language },
  }),
  connect: ({ prepared }) => ({ url: prepared.text("url") ?? "ws://nowhere.example" }),
  *receive(message) {
    yield { type: "final", text: String(message) };
  },
};

class LobbySTTService extends WebSocketSTTService<STTSettings, LobbyOptions> {
  constructor(options: LobbyOptions) {
    super(protocol, options);
  }
}

/** Says what its path is, at the first audio. */
const sayPath: PeerScript = async (peer) => {
  await peer.accept();
  if (await peer.next()) peer.send(peer.url.pathname);
};

function seat(number: number): ScriptedResponse {
  return { body: { url: `ws://lobby.example/seats/${number}` } };
}

function chunk(): InputAudioRawFrame {
  return new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 });
}

function start(script: PeerScript, ...answers: readonly ScriptedResponse[]) {
  const server = new ScriptedSocketServer(script);
  const lobby = new ScriptedHttpServer();
  lobby.script(...answers);
  const stt = new LobbySTTService({ apiKey: "secret-7", dial: server.dial, lobby: lobby.url });
  const pipeline = new TestPipeline([stt]);
  return {
    server,
    lobby,
    pipeline,
    play: () => pipeline.push(new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 })),
    [Symbol.asyncDispose]: async () => {
      await pipeline.close();
      await server.close();
      await lobby.close();
    },
  };
}

Deno.test("WebSocketSTTService asks first where to connect, and connects there", async () => {
  await using session = start(sayPath, seat(1));
  const { lobby, pipeline, play } = session;
  play();
  assertEquals((await pipeline.until(TranscriptionFrame)).text, "/seats/1");
  const [asked] = lobby.requests;
  assertEquals([asked?.method, asked?.url.pathname, asked?.headers.get("x-key"), asked?.body], [
    "POST",
    "/sessions",
    "secret-7",
    { language: "en" },
  ]);
});

Deno.test("WebSocketSTTService asks anew for each connection", async () => {
  await using session = start(
    async (peer) => {
      await sayPath(peer);
      await peer.close(1011);
    },
    seat(1),
    seat(2),
  );
  const { pipeline, play } = session;
  play();
  await pipeline.until(TranscriptionFrame);
  play();
  await pipeline.until(TranscriptionFrame, { count: 2 });
  const heard = pipeline.of(TranscriptionFrame).map(({ text }) => text);
  assertEquals(heard, ["/seats/1", "/seats/2"]);
});

Deno.test("WebSocketSTTService says what a refusal of the first question means", async () => {
  await using session = start(sayPath, { status: 401, body: { error: "no secret-7" } });
  const { pipeline, server } = session;
  await pipeline.wait(() => pipeline.errors.length > 0, { doing: "hear of it" });
  assertEquals(pipeline.errors.map(({ error }) => error), [
    "Cannot transcribe with Lobby: the key was refused (401); check LOBBY_API_KEY",
  ]);
  assertEquals(server.peers, []);
});

Deno.test("WebSocketSTTService asks again when the answer breaks off, or is no JSON", async () => {
  await using session = start(
    sayPath,
    { body: '{"url":', trouble: "drop" },
    { body: "{nope" },
    { status: 503 },
    seat(4),
  );
  const { pipeline, play } = session;
  play();
  assertEquals((await pipeline.until(TranscriptionFrame)).text, "/seats/4");
  for (const { error } of pipeline.errors) assertMatch(error, /^Cannot .+ Lobby/);
});

Deno.test("WebSocketSTTService gives up an answer that begins and does not end", async () => {
  const server = new ScriptedSocketServer(sayPath);
  await using lobby = new ScriptedHttpServer();
  lobby.script({ body: '{"url":', trouble: "stall" }, seat(2));
  const stt = new LobbySTTService({
    apiKey: "secret-7",
    dial: server.dial,
    lobby: lobby.url,
    connectTimeoutMs: 50,
  });
  await using pipeline = new TestPipeline([stt], { clock: systemClock });
  pipeline.push(chunk());
  assertEquals((await pipeline.until(TranscriptionFrame)).text, "/seats/2");
  assertEquals(lobby.requests.map(({ outcome }) => outcome), ["closed", "answered"]);
  await pipeline.close();
  await server.close();
});
