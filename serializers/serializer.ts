import {
  type Frame,
  InputTransportMessageFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  type StartFrame,
} from "../frames/mod.ts";

/** What a frame is on the wire: text, bytes, or nothing because the peer has no use for it. */
export type SerializedFrame = string | Uint8Array<ArrayBuffer> | undefined;

/** What a message from the wire is: a frame, nothing worth passing on, or something that could not be read. */
export type DeserializedMessage = Frame | UnreadableMessage | undefined;

/** What every serializer can be told. */
export interface FrameSerializerOptions {
  /** Whether messages of the RTVI protocol are left out, because the peer does not speak it. @default {true} */
  readonly ignoreRtviMessages?: boolean | undefined;
}

/**
 * A message that could not be read. It is a value, not an exception: the conversation goes on.
 *
 * @example
 * ```ts
 * import { UnreadableMessage } from "@parley/sdk/serializers";
 * console.log(new UnreadableMessage("it is empty").reason); // "it is empty"
 * ```
 */
export class UnreadableMessage {
  /** What is wrong with it, for a warning; never what it says. */
  readonly reason: string;

  /** Makes one. */
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Turns frames into what a peer understands, and back.
 *
 * It is lenient with what comes in: a message that cannot be read becomes an {@linkcode UnreadableMessage}, and what
 * it does not know is skipped. It is strict with what goes out.
 *
 * @example JSON lines
 * ```ts
 * import { FrameSerializer, UnreadableMessage } from "@parley/sdk/serializers";
 * import { type Frame, TextFrame } from "@parley/sdk/frames";
 *
 * class TextSerializer extends FrameSerializer {
 *   override serialize(frame: Frame) {
 *     return frame instanceof TextFrame ? frame.text : undefined;
 *   }
 *   override deserialize(data: string | Uint8Array) {
 *     return typeof data === "string" ? new TextFrame(data) : new UnreadableMessage("it is binary");
 *   }
 * }
 * console.log(new TextSerializer().serialize(new TextFrame("Hello"))); // "Hello"
 * ```
 */
export abstract class FrameSerializer {
  readonly #ignoresRtvi: boolean;

  /** Makes a serializer. */
  constructor(options: FrameSerializerOptions = {}) {
    this.#ignoresRtvi = options.ignoreRtviMessages ?? true;
  }

  /** The sample rate that the peer plays at whatever it is told, in Hz, if it has one. */
  get outSampleRate(): number | undefined {
    return undefined;
  }

  /** Whether the peer throws away what it has not played when it is sent an interruption. */
  get canFlush(): boolean {
    return false;
  }

  /** Gets ready for a session; called before anything else. Does nothing unless a serializer needs it. */
  setup(_frame: StartFrame): void | Promise<void> {}

  /** Writes a frame; `undefined` when the peer has no use for it. */
  abstract serialize(frame: Frame): SerializedFrame | Promise<SerializedFrame>;

  /** Reads a message. It never throws because of what stands in it. */
  abstract deserialize(
    data: string | Uint8Array,
  ): DeserializedMessage | Promise<DeserializedMessage>;

  /** Whether a frame is left out whatever it could be written as. */
  shouldIgnoreFrame(frame: Frame): boolean {
    return this.#ignoresRtvi && isMessage(frame) && isRtvi(frame.message);
  }
}

function isMessage(frame: Frame): frame is Frame & { readonly message: unknown } {
  return frame instanceof OutputTransportMessageFrame ||
    frame instanceof OutputTransportMessageUrgentFrame ||
    frame instanceof InputTransportMessageFrame;
}

function isRtvi(message: unknown): boolean {
  return typeof message === "object" && message !== null && "label" in message &&
    message.label === "rtvi-ai";
}
