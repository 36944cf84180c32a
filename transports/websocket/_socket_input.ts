import {
  ClientConnectedFrame,
  type Frame,
  InputAudioRawFrame,
  type StartFrame,
} from "../../frames/mod.ts";
import { type DeserializedMessage, UnreadableMessage } from "../../serializers/mod.ts";
import { BaseInputTransport } from "../base/mod.ts";
import type { SocketSession } from "./_socket_session.ts";
import type { WebSocketParams } from "./params.ts";

/** The first bad messages are warned of one by one, then every so many. */
const WARNED_ALONE = 3;
const WARNED_EVERY = 100;

/** Reads what comes over a socket. */
export class SocketInput extends BaseInputTransport {
  readonly #params: WebSocketParams;
  readonly #session: SocketSession;
  readonly #connect: () => Promise<void>;
  readonly #waiting: unknown[] = [];
  #reading: Promise<void> | undefined;
  #unread = 0;

  constructor(
    session: SocketSession,
    options: {
      readonly params: WebSocketParams;
      readonly name?: string | undefined;
      readonly connect: () => Promise<void>;
    },
  ) {
    super(options.params, options);
    this.#params = options.params;
    this.#session = session;
    this.#connect = options.connect;
  }

  /** Says down the pipeline that the client is there. */
  connected(): void {
    this.receive(new ClientConnectedFrame());
  }

  /** Reports what a handler of the transport's events threw. */
  eventFailed(event: string, error: unknown): void {
    this.reportError(`Cannot run a handler of "${event}": ${messageOf(error)}`, error);
  }

  protected override async open(frame: StartFrame): Promise<void> {
    this.#session.join(this, { clock: this.clock, log: this.log });
    await this.#params.serializer.setup(frame);
    try {
      await this.#connect();
    } catch (error) {
      this.reportError(messageOf(error), error, { fatal: true, category: "connection" });
    }
  }

  protected override begin(): void {
    this.#session.start();
    this.#session.receive((data) => this.#take(data));
  }

  protected override async shut(): Promise<void> {
    await this.#session.leave(this);
  }

  /** Reads messages in order, at once as long as the serializer answers at once. */
  #take(data: unknown): void {
    if (this.#reading) {
      this.#waiting.push(data);
      return;
    }
    const reading = this.#read(data);
    if (reading) this.#reading = this.#readWaiting(reading);
  }

  async #readWaiting(first: Promise<void>): Promise<void> {
    await first;
    while (this.#waiting.length > 0) await this.#read(this.#waiting.shift());
    this.#reading = undefined;
  }

  #read(data: unknown): Promise<void> | undefined {
    const size = sizeOf(data);
    const most = this.#params.maxMessageBytes ?? 1_048_576;
    if (size === undefined) return this.#warn("it is neither text nor bytes");
    if (size > most) return this.#warn(`its ${size} bytes are more than the ${most} that are read`);
    try {
      const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data as string;
      const result = this.#params.serializer.deserialize(bytes);
      if (!(result instanceof Promise)) return this.#route(result);
      return result.then((frame) => this.#route(frame)).catch((error) =>
        this.#warn(messageOf(error))
      );
    } catch (error) {
      return this.#warn(messageOf(error));
    }
  }

  #route(result: DeserializedMessage): undefined {
    if (result === undefined) return;
    if (result instanceof UnreadableMessage) this.#warn(result.reason);
    else if (result instanceof InputAudioRawFrame) this.receiveAudio(result.audio, result);
    else this.receive(result satisfies Frame);
  }

  #warn(reason: string): undefined {
    const count = ++this.#unread;
    if (count > WARNED_ALONE && count % WARNED_EVERY > 0) return;
    const so = count > WARNED_ALONE ? ` (${count} so far)` : "";
    this.log.warn(`"${this.name}" could not read a message: ${reason}${so}`);
  }
}

function sizeOf(data: unknown): number | undefined {
  if (typeof data === "string") return data.length;
  return data instanceof ArrayBuffer ? data.byteLength : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
