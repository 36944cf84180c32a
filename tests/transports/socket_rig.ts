import {
  EndFrame,
  type Frame,
  HeardTextFrame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  OutputAudioRawFrame,
  OutputTransportMessageFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { pcmToBytes } from "../../audio/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import {
  type DeserializedMessage,
  FrameSerializer,
  ProtobufFrameSerializer,
  UnreadableMessage,
} from "../../serializers/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import {
  WebSocketTransport,
  type WebSocketTransportParams,
} from "../../transports/websocket/mod.ts";
import { FakeSocket } from "./fake_socket.ts";
import { counting, KeptLog, Tap } from "./output_rig.ts";

/** Writes and reads what the published client does. */
export const codec = new ProtobufFrameSerializer();

/** Sends audio as it is, and text for messages: what telephony does. */
export class RawSerializer extends FrameSerializer {
  later = false;
  override get canFlush(): boolean {
    return true;
  }
  override serialize(frame: Frame) {
    const payload = this.#serialize(frame);
    return this.later ? Promise.resolve(payload) : payload;
  }
  #serialize(frame: Frame): string | Uint8Array<ArrayBuffer> | undefined {
    if (frame instanceof OutputAudioRawFrame) return pcmToBytes(frame.audio).slice();
    if (frame instanceof InterruptionFrame) return "clear";
    if (frame instanceof EndFrame) return "hang up";
    return undefined;
  }
  override deserialize(
    data: string | Uint8Array,
  ): DeserializedMessage | Promise<DeserializedMessage> {
    if (typeof data !== "string") return new UnreadableMessage("it is binary");
    if (data === "throw") throw new Error("broken serializer");
    const frame = new InputTransportMessageFrame(data);
    return this.later ? new Promise((resolve) => setImmediate(() => resolve(frame))) : frame;
  }
}

/** A pipeline around a transport whose client is a fake, on a virtual clock. */
export class SocketRig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly log = new KeptLog();
  readonly above = new Tap("above");
  readonly below = new Tap("below");
  readonly events: string[] = [];
  readonly socket: FakeSocket;
  readonly transport: WebSocketTransport;
  readonly task: PipelineTask;
  running: Promise<void> | undefined;

  constructor(params: Partial<WebSocketTransportParams> = {}, socket = new FakeSocket()) {
    this.socket = socket;
    this.transport = new WebSocketTransport({
      websocket: socket,
      params: {
        serializer: new ProtobufFrameSerializer(),
        audioInEnabled: true,
        audioOutEnabled: true,
        audioOutEndSilenceSecs: 0,
        ...params,
      },
    });
    this.transport.on(
      "clientConnected",
      () => void this.events.push(`${this.clock.now()} connected`),
    );
    this.transport.on(
      "clientDisconnected",
      () => void this.events.push(`${this.clock.now()} gone`),
    );
    this.transport.on("sessionTimeout", () => void this.events.push(`${this.clock.now()} timeout`));
    const parts = [this.transport.input(), this.above, this.transport.output(), this.below];
    const { clock, log, transport: { signal } } = this;
    this.task = new PipelineTask(new Pipeline(parts), { clock, log, signal });
  }

  /** What was said to have been heard. */
  get heard(): string {
    return this.below.seen.map(({ frame }) => frame)
      .filter((frame) => frame instanceof HeardTextFrame).map(({ text }) => text).join("");
  }

  async start(): Promise<this> {
    this.running = this.task.run();
    await this.clock.settle();
    return this;
  }

  send(...frames: Frame[]): void {
    for (const frame of frames) void this.task.queueFrame(frame);
  }

  get messages(): unknown[] {
    return this.above.seen.map(({ frame }) => frame)
      .filter((frame) => frame instanceof InputTransportMessageFrame).map(({ message }) => message);
  }

  /** The audio that was sent, message by message. */
  get audio(): InputAudioRawFrame[] {
    return this.socket.sent.map((data) => codec.deserialize(data))
      .filter((frame) => frame instanceof InputAudioRawFrame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.runUntil(this.task.cancel());
    await this.running;
  }
}

export function utterance(ms: number, words: readonly string[] = [], sampleRate = 24_000): Frame[] {
  const contextId = "a";
  return [
    new TTSStartedFrame({ contextId }),
    new TTSAudioRawFrame(counting(ms, 0, sampleRate), { sampleRate, contextId }),
    ...words.map((text, i) =>
      new TTSTextFrame(text, { contextId, endMs: (i + 1) * ms / words.length })
    ),
    new TTSStoppedFrame({ contextId }),
  ];
}

export function message(value: unknown): Uint8Array {
  return codec.serialize(new OutputTransportMessageFrame(value)) ?? new Uint8Array(0);
}

export function audioIn(samples: number, sampleRate = 16_000): Uint8Array {
  const frame = new OutputAudioRawFrame(new Int16Array(samples).fill(9), { sampleRate });
  return codec.serialize(frame) ?? new Uint8Array(0);
}
