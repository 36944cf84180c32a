import { systemClock } from "../../async/mod.ts";
import { LLMContext } from "../../context/mod.ts";
import {
  InputAudioRawFrame,
  InputTransportMessageFrame,
  LLMRunFrame,
  OutputTransportMessageFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { type Bot, BotServer, type BotServerOptions } from "../../runner/mod.ts";
import { ProtobufFrameSerializer } from "../../serializers/mod.ts";
import { ScriptedLLMService, ScriptedTTSService } from "../../testing/mod.ts";
import { LLMContextAggregatorPair } from "../../turns/mod.ts";
import { KeptLog } from "../kept_log.ts";

/** What the bot of these tests says when somebody is there. */
const GREETING = "Hello there. I am going to talk for a while, so that you can interrupt me.";

/** How fast it speaks. */
const CHARACTER_MS = 15;

/** How long its greeting is. */
export const GREETING_MS: number = GREETING.length * CHARACTER_MS;

/** A bot that greets, `--slow`ly if told to, and answers whatever it is told with one sentence. */
export async function talkingBot(session: Parameters<Bot>[0]): Promise<void> {
  const { transport, flags } = session;
  const characterMs = flags["slow"] ? 10 * CHARACTER_MS : CHARACTER_MS;
  const context = new LLMContext();
  const aggregators = new LLMContextAggregatorPair(context);
  const llm = new ScriptedLLMService({
    answers: [GREETING, ...Array<string>(20).fill("I heard you.")],
  });
  const task = new PipelineTask(
    new Pipeline([
      transport.input(),
      aggregators.user(),
      llm,
      new ScriptedTTSService({ voice: { words: true, characterMs } }),
      transport.output(),
      aggregators.assistant(),
    ]),
    session.taskOptions,
  );
  session.describe({ name: "Talker", services: "none" });
  session.onReady(() => void task.queueFrame(new LLMRunFrame()));
  await session.run(task);
}

/** A bot that says nothing. */
export async function silentBot(session: Parameters<Bot>[0]): Promise<void> {
  const { transport } = session;
  const pipeline = new Pipeline([transport.input(), transport.output()]);
  await session.run(new PipelineTask(pipeline, session.taskOptions));
}

/** A server on a free port, and its log. */
export class ServerRig implements AsyncDisposable {
  readonly log = new KeptLog();
  readonly server: BotServer;

  constructor(bot: Bot = talkingBot, options: BotServerOptions = {}) {
    this.server = new BotServer(bot, { port: 0, log: this.log, ...options });
  }

  get url(): string {
    return this.server.url;
  }

  /** Lines of the log, without the ids of sessions. */
  get lines(): string[] {
    return this.log.lines.map((line) => line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
  }

  connect(options: { readonly headers?: Record<string, string> } = {}): Client {
    return new Client(`${this.url.replace("http", "ws")}/ws-client`, options);
  }

  /** A client that has shaken hands. */
  async converse(): Promise<Client> {
    const client = this.connect();
    await client.ready();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
  }
}

const codec = new ProtobufFrameSerializer();

/** A message as it arrives. */
export interface Message {
  readonly label: string;
  readonly type: string;
  readonly data?: unknown;
}

/** The other end of a session, as raw as a test wants it. */
export class Client {
  readonly socket: WebSocket;
  /** Messages so far. */
  readonly messages: Message[] = [];
  /** Milliseconds of audio so far. */
  audioMs = 0;
  /** How it was closed. */
  readonly closed: Promise<CloseEvent>;

  constructor(url: string, options: { readonly headers?: Record<string, string> } = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("message", ({ data }) => this.#take(data));
    const { promise, resolve } = Promise.withResolvers<CloseEvent>();
    this.closed = promise;
    this.socket.addEventListener("close", resolve, { once: true });
  }

  async open(): Promise<void> {
    await until(() => this.socket.readyState === WebSocket.OPEN, "open a socket");
  }

  /** Shakes hands. */
  async ready(): Promise<void> {
    await this.open();
    this.send("client-ready", { version: "2.1.0", about: { library: "test" } });
    await this.told("bot-ready");
  }

  /** Sends a message of the protocol. */
  send(type: string, data?: unknown): void {
    this.#send({ label: "rtvi-ai", type, id: "1", data });
  }

  /** Waits for a message, one of so many. */
  async told(type: string, count = 1): Promise<Message> {
    const found = () => this.messages.filter((message) => message.type === type)[count - 1];
    await until(() => found() !== undefined, `be told "${type}"`);
    const message = found();
    if (!message) throw new Error("Cannot happen: it was found");
    return message;
  }

  /** Waits until so much audio has come. */
  async hears(ms: number): Promise<void> {
    await until(() => this.audioMs >= ms, `hear ${ms} ms`);
  }

  /** Leaves, and waits for the close. */
  async leave(): Promise<CloseEvent> {
    this.socket.close();
    return await this.closed;
  }

  #send(message: unknown): void {
    const data = codec.serialize(new OutputTransportMessageFrame(message));
    if (data) this.socket.send(data);
  }

  #take(data: unknown): void {
    const frame = data instanceof ArrayBuffer ? codec.deserialize(new Uint8Array(data)) : undefined;
    if (frame instanceof InputAudioRawFrame) this.audioMs += frame.audio.length / 24;
    if (frame instanceof InputTransportMessageFrame) this.messages.push(frame.message as Message);
  }
}

/** Waits for the world outside: looks again every few milliseconds, for ten seconds. */
export async function until(isSo: () => boolean, doing: string): Promise<void> {
  const end = systemClock.now() + 10_000;
  while (!isSo()) {
    if (systemClock.now() > end) throw new Error(`Cannot ${doing}: it did not happen in 10 s`);
    await systemClock.sleep(2);
  }
}

/** A client without a WebSocket of its own: shakes hands, and from then on does as it is told. */
export async function rawClient(rig: ServerRig): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(rig.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const request = [
    "GET /ws-client HTTP/1.1",
    `Host: ${hostname}:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "\r\n",
  ];
  await connection.write(new TextEncoder().encode(request.join("\r\n")));
  await connection.read(new Uint8Array(1_000));
  await until(() => rig.server.sessions === 1, "begin the session");
  return connection;
}

/** How many files and sockets this process has open. */
export function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}
