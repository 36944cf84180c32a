import { assert, assertEquals } from "@std/assert";
import {
  EndFrame,
  HeardTextFrame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  TTSAudioRawFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { type AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";
import { ProtobufFrameSerializer } from "../../serializers/mod.ts";
import { counting, KeptLog, Tap } from "../../tests/transports/output_rig.ts";
import { WebSocketClientTransport, WebSocketTransport } from "./mod.ts";

const PARAMS = {
  serializer: new ProtobufFrameSerializer(),
  audioInEnabled: true,
  audioOutEnabled: true,
  audioOutEndSilenceSecs: 0,
};

/** Answers every message with the same. */
class Echo extends FrameProcessor {
  constructor() {
    super();
    this.handle(InputTransportMessageFrame, (frame, context) => {
      void context.push(new OutputTransportMessageUrgentFrame({ echo: frame.message }));
      return context.forward();
    });
  }
}

interface Server extends AsyncDisposable {
  readonly port: number;
  readonly log: KeptLog;
  readonly tasks: PipelineTask[];
  readonly runs: Promise<void>[];
  readonly transports: WebSocketTransport[];
  readonly below: Tap[];
}

/** A server with a pipeline for each client. */
function serve(): Server {
  const log = new KeptLog();
  const tasks: PipelineTask[] = [];
  const runs: Promise<void>[] = [];
  const transports: WebSocketTransport[] = [];
  const below: Tap[] = [];
  const http = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    const transport = new WebSocketTransport({ websocket: socket, params: PARAMS });
    const tap = new Tap("below");
    const parts: AnyFrameProcessor[] = [transport.input(), new Echo(), transport.output(), tap];
    const task = new PipelineTask(new Pipeline(parts), { log, signal: transport.signal });
    transports.push(transport);
    below.push(tap);
    tasks.push(task);
    runs.push(task.run());
    return response;
  });
  return {
    port: http.addr.port,
    log,
    tasks,
    runs,
    transports,
    below,
    async [Symbol.asyncDispose]() {
      await Promise.all(tasks.map((task) => task.cancel()));
      await http.shutdown();
    },
  };
}

/** A client that understands nothing but messages. */
async function connect(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.binaryType = "arraybuffer";
  const queue: unknown[] = [];
  const waiting: ((value: unknown) => void)[] = [];
  const closed = Promise.withResolvers<CloseEvent>();
  let audio = 0;
  socket.onmessage = ({ data }) => {
    const frame = PARAMS.serializer.deserialize(new Uint8Array(data));
    if (frame instanceof InputAudioRawFrame) audio += frame.audio.length;
    if (!(frame instanceof InputTransportMessageFrame)) return;
    const next = waiting.shift();
    if (next) next(frame.message);
    else queue.push(frame.message);
  };
  socket.onclose = (event) => closed.resolve(event);
  await new Promise((resolve) => socket.onopen = resolve);
  return {
    socket,
    closed: closed.promise,
    get audio() {
      return audio;
    },
    say(message: unknown) {
      const bytes = PARAMS.serializer.serialize(new OutputTransportMessageFrame(message));
      socket.send(bytes ?? "");
    },
    next(): Promise<unknown> {
      if (queue.length > 0) return Promise.resolve(queue.shift());
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

Deno.test("a client talks with a pipeline over a real socket, through garbage, until the end", async () => {
  await using server = serve();
  const client = await connect(server.port);
  client.say("one");
  assertEquals(await client.next(), { echo: "one" });
  client.socket.send(new Uint8Array([255, 255, 255]));
  client.socket.send("text");
  client.say("two");
  assertEquals(await client.next(), { echo: "two" });
  assertEquals(server.log.warnings.length, 2);
  void server.tasks[0]?.queueFrame(new EndFrame());
  const { code, wasClean } = await client.closed;
  assertEquals([code, wasClean], [1000, true]);
  await server.runs[0];
  assertEquals(server.log.errors, []);
});

Deno.test("a client that leaves in mid-sentence over a real socket ends its task, and no other", async () => {
  await using server = serve();
  const leaver = await connect(server.port);
  const stayer = await connect(server.port);
  leaver.say("hello");
  await leaver.next();
  const speech = counting(60_000);
  void server.tasks[0]?.queueFrame(new TTSAudioRawFrame(speech, { sampleRate: 24_000 }));
  leaver.socket.close();
  await server.runs[0];
  await leaver.closed;
  assertEquals([server.tasks[0]?.hasFinished(), server.transports[0]?.signal.aborted], [
    true,
    true,
  ]);
  stayer.say("still here?");
  assertEquals(await stayer.next(), { echo: "still here?" });
  stayer.socket.close();
  await stayer.closed;
  await server.runs[1];
  assertEquals(server.log.errors, []);
});

Deno.test("a client that never answers a close holds up nobody", async () => {
  await using server = serve();
  const client = await Deno.connect({ port: server.port });
  await client.write(new TextEncoder().encode(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  ));
  const answer = new Uint8Array(1_000);
  assert(await client.read(answer));
  await server.tasks[0]?.cancel();
  await server.runs[0];
  assertEquals(server.tasks[0]?.hasFinished(), true);
  client.close();
});

Deno.test("a bot that calls another is heard by it, in real time", async () => {
  await using server = serve();
  const log = new KeptLog();
  const transport = new WebSocketClientTransport({
    uri: `ws://127.0.0.1:${server.port}/`,
    params: { ...PARAMS, addWavHeader: false, additionalHeaders: { "x-caller": "test" } },
  });
  const events: string[] = [];
  transport.on("connected", () => void events.push("connected"));
  transport.on("disconnected", () => void events.push("disconnected"));
  const tap = new Tap("below");
  const parts = [transport.input(), transport.output(), tap];
  const task = new PipelineTask(new Pipeline(parts), { log, signal: transport.signal });
  const run = task.run();
  const contextId = "a";
  await task.queueFrames([
    new TTSAudioRawFrame(counting(200), { sampleRate: 24_000, contextId }),
    new TTSTextFrame("Hello.", { contextId, endMs: 200 }),
    new TTSStoppedFrame({ contextId }),
    new EndFrame(),
  ]);
  await run;
  await server.runs[0];
  const heardThere = server.below[0]?.seen.map(({ frame }) => frame)
    .filter((frame) => frame instanceof InputAudioRawFrame) ?? [];
  const heardHere = tap.seen.map(({ frame }) => frame).filter((frame) =>
    frame instanceof HeardTextFrame
  );
  // The two milliseconds that the resampler looks ahead stay with it.
  assertEquals([heardThere.length, heardHere.length], [9, 1]);
  assertEquals(events, ["connected"]);
  assertEquals([log.errors, server.log.errors], [[], []]);
});

Deno.test("a server that is not there ends the task with an error that says so", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const uri = `ws://127.0.0.1:${port}/`;
  const transport = new WebSocketClientTransport({ uri, params: PARAMS });
  const log = new KeptLog();
  const task = new PipelineTask(new Pipeline([transport.input(), transport.output()]), { log });
  await task.run();
  assertEquals(task.hasFinished(), true);
  assertEquals(log.errors, [`Cannot connect to "${uri}": the server refused`]);
});

Deno.test("an address that is none ends the task with an error", async () => {
  const transport = new WebSocketClientTransport({ uri: "nonsense://x", params: PARAMS });
  const log = new KeptLog();
  const task = new PipelineTask(new Pipeline([transport.input(), transport.output()]), { log });
  await task.run();
  assertEquals([task.hasFinished(), log.errors.length], [true, 1]);
});
