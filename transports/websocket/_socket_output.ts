import { pcmToBytes, wavHeader } from "../../audio/mod.ts";
import {
  type Frame,
  InterruptionFrame,
  OutputAudioRawFrame,
  type OutputTransportMessageFrame,
  type OutputTransportMessageUrgentFrame,
} from "../../frames/mod.ts";
import type { SerializedFrame } from "../../serializers/mod.ts";
import { type AudioChunk, BaseOutputTransport } from "../base/mod.ts";
import { Packetizer } from "./_packetizer.ts";
import type { SocketSession } from "./_socket_session.ts";
import type { WebSocketTransportParams } from "./params.ts";

/** Writes what goes over a socket. */
export class SocketOutput extends BaseOutputTransport {
  readonly #params: WebSocketTransportParams;
  readonly #session: SocketSession;
  readonly #connect: () => Promise<void>;
  readonly #packets: Packetizer | undefined;
  #playedUntil = 0;

  constructor(
    session: SocketSession,
    options: {
      readonly params: WebSocketTransportParams;
      readonly name?: string | undefined;
      readonly connect: () => Promise<void>;
    },
  ) {
    super(options.params, options);
    this.#params = options.params;
    this.#session = session;
    this.#connect = options.connect;
    const { fixedAudioPacketSize: size } = options.params;
    if (size) this.#packets = new Packetizer(size, (packet) => this.#session.send(packet));
  }

  /** Goes on with what waited for the client. */
  connected(): void {
    this.readyChanged();
  }

  protected override get preferredSampleRate(): number | undefined {
    return this.#params.serializer.outSampleRate;
  }

  protected override get ready(): boolean {
    return this.#session.open && !this.#session.congested;
  }

  protected override async open(): Promise<void> {
    this.#session.join(this, { clock: this.clock, log: this.log });
    // The input reports what goes wrong.
    await this.#connect().catch(() => {});
  }

  protected override writeAudio(pcm: Int16Array, chunk: AudioChunk): void | Promise<void> {
    const { sampleRate, numChannels } = chunk;
    this.#playedUntil = chunk.atMs + pcm.length / numChannels * 1000 / sampleRate;
    const audio = this.#params.addWavHeader ? withWavHeader(pcm, chunk) : pcm;
    const frame = new OutputAudioRawFrame(audio, { sampleRate, numChannels });
    frame.transportDestination = chunk.destination;
    const payload = this.#params.serializer.serialize(frame);
    if (payload instanceof Promise) return payload.then((payload) => this.#sendAudio(payload));
    this.#sendAudio(payload);
  }

  protected override sendMessage(
    frame: OutputTransportMessageFrame | OutputTransportMessageUrgentFrame,
  ): void | Promise<void> {
    return this.#sendFrame(frame);
  }

  protected override recall(): number | undefined {
    this.#packets?.clear();
    if (!this.#params.serializer.canFlush) return undefined;
    void this.#sendFrame(new InterruptionFrame());
    return Math.max(0, this.#playedUntil - this.clock.now());
  }

  protected override async shut(frame: Frame | undefined): Promise<void> {
    this.#packets?.clear();
    try {
      if (frame) await this.#sendFrame(frame);
    } finally {
      await this.#session.leave(this);
    }
  }

  #sendFrame(frame: Frame): void | Promise<void> {
    const { serializer } = this.#params;
    if (serializer.shouldIgnoreFrame(frame)) return;
    const payload = serializer.serialize(frame);
    if (payload instanceof Promise) return payload.then((payload) => this.#send(payload));
    this.#send(payload);
  }

  #send(payload: SerializedFrame): void {
    if (payload !== undefined) this.#session.send(payload);
  }

  #sendAudio(payload: SerializedFrame): void {
    if (!this.#packets || !(payload instanceof Uint8Array)) this.#send(payload);
    else this.#packets.push(payload, this.clock);
  }
}

/** A chunk that is a whole WAV file. */
function withWavHeader(pcm: Int16Array, { sampleRate, numChannels }: AudioChunk): Int16Array {
  const header = wavHeader({ sampleRate, numChannels, dataBytes: pcm.byteLength });
  const file = new Int16Array(header.length / 2 + pcm.length);
  pcmToBytes(file).set(header);
  file.set(pcm, header.length / 2);
  return file;
}
