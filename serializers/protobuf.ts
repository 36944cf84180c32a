import { bytesToPcm, pcmToBytes } from "../audio/mod.ts";
import {
  type Frame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  OutputAudioRawFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  TextFrame,
  TranscriptionFrame,
} from "../frames/mod.ts";
import {
  decodeWireFrame,
  encodeWireFrame,
  type WireFields,
  type WireFrame,
} from "./_protobuf_codec.ts";
import {
  type DeserializedMessage,
  FrameSerializer,
  type FrameSerializerOptions,
  UnreadableMessage,
} from "./serializer.ts";

/** What a {@linkcode ProtobufFrameSerializer} can be told. */
export interface ProtobufFrameSerializerOptions extends FrameSerializerOptions {
  /** Whether messages of the RTVI protocol are left out. @default {false} */
  readonly ignoreRtviMessages?: boolean | undefined;
  /**
   * The sample rate that the peer plays at, in Hz: the published browser client takes whatever comes for 24 kHz mono.
   * `undefined` is for a peer that heeds the rate it is told. @default {24_000}
   */
  readonly playerSampleRate?: number | undefined;
  /**
   * Whether the peer throws away what it has not played when it is sent an interruption. The published browser
   * client does not, and logs an error for every one. @default {false}
   */
  readonly canFlush?: boolean | undefined;
}

/** What a sample rate can sensibly be, in Hz. */
const SAMPLE_RATES = { from: 4_000, to: 192_000 };

/** The most channels that are believed. */
const MOST_CHANNELS = 8;

/**
 * Speaks the protocol-buffers frames of the published browser client: audio, text, transcriptions, messages as JSON,
 * and interruptions.
 *
 * @example There and back
 * ```ts
 * import { ProtobufFrameSerializer } from "@parley/sdk/serializers";
 * import { TextFrame } from "@parley/sdk/frames";
 * import { assertEquals, assertInstanceOf } from "@std/assert";
 *
 * const serializer = new ProtobufFrameSerializer();
 * const bytes = serializer.serialize(new TextFrame("Hello"));
 * const frame = serializer.deserialize(bytes ?? "");
 * assertInstanceOf(frame, TextFrame);
 * assertEquals(frame.text, "Hello");
 * ```
 */
export class ProtobufFrameSerializer extends FrameSerializer {
  readonly #playerSampleRate: number | undefined;
  readonly #canFlush: boolean;

  /** Makes a serializer. */
  constructor(options: ProtobufFrameSerializerOptions = {}) {
    super({ ignoreRtviMessages: options.ignoreRtviMessages ?? false });
    this.#playerSampleRate = "playerSampleRate" in options ? options.playerSampleRate : 24_000;
    this.#canFlush = options.canFlush ?? false;
  }

  /** The sample rate that the peer plays at. */
  override get outSampleRate(): number | undefined {
    return this.#playerSampleRate;
  }

  /** Whether the peer heeds an interruption. */
  override get canFlush(): boolean {
    return this.#canFlush;
  }

  /**
   * Writes a frame of one of the classes that the format knows; child classes are not these.
   *
   * @throws {TypeError} If a message cannot be written as JSON.
   */
  override serialize(frame: Frame): Uint8Array<ArrayBuffer> | undefined {
    if (this.shouldIgnoreFrame(frame)) return undefined;
    const wire = toWire(frame);
    return wire && encodeWireFrame(wire);
  }

  /** Reads a message. */
  override deserialize(data: string | Uint8Array): DeserializedMessage {
    if (typeof data === "string") {
      return new UnreadableMessage("it is text, where binary protocol buffers are expected");
    }
    if (data.length === 0) return new UnreadableMessage("it is empty");
    let frame: WireFrame | undefined;
    try {
      frame = decodeWireFrame(data);
    } catch {
      // What the decoder found is a matter of offsets; the reader of a warning is helped by the size.
      return new UnreadableMessage(
        `its ${data.length} bytes are no protocol buffers, or cut short`,
      );
    }
    return frame ? fromWire(frame) : new UnreadableMessage("it holds no frame of a known kind");
  }
}

function toWire(frame: Frame): WireFrame | undefined {
  const { id, name } = frame;
  switch (frame.constructor) {
    case TextFrame:
      return { kind: "text", fields: { id, name, text: (frame as TextFrame).text } };
    case OutputAudioRawFrame: {
      const { audio, sampleRate, numChannels, pts } = frame as OutputAudioRawFrame;
      return {
        kind: "audio",
        fields: { id, name, audio: pcmToBytes(audio), sampleRate, numChannels, pts },
      };
    }
    case TranscriptionFrame: {
      const { text, userId, timestamp } = frame as TranscriptionFrame;
      return { kind: "transcription", fields: { id, name, text, userId, timestamp } };
    }
    case OutputTransportMessageFrame:
    case OutputTransportMessageUrgentFrame:
      return { kind: "message", fields: { data: toJSON(frame as OutputTransportMessageFrame) } };
    case InterruptionFrame:
      return { kind: "interruption", fields: { id, name } };
    default:
      return undefined;
  }
}

function toJSON(frame: OutputTransportMessageFrame): string {
  const text = JSON.stringify(frame.message);
  if (text !== undefined) return text;
  throw new TypeError(
    `Cannot write "${frame.name}" as JSON: its message is ${typeof frame.message}`,
  );
}

function fromWire({ kind, fields }: WireFrame): DeserializedMessage {
  const { text = "", userId, timestamp } = fields;
  switch (kind) {
    case "text":
      return new TextFrame(text);
    case "audio":
      return readAudio(fields);
    case "transcription":
      return new TranscriptionFrame(text, { userId, timestamp });
    case "message":
      return readMessage(fields.data ?? "");
    case "interruption":
      return new InterruptionFrame();
    default:
      return kind satisfies never;
  }
}

function readAudio(fields: WireFields): DeserializedMessage {
  const { audio = new Uint8Array(0), sampleRate = 0, numChannels = 1 } = fields;
  if (audio.length % 2 !== 0) {
    return new UnreadableMessage(
      `its audio has ${audio.length} bytes, and 16-bit samples are even`,
    );
  }
  if (sampleRate < SAMPLE_RATES.from || sampleRate > SAMPLE_RATES.to) {
    return new UnreadableMessage(`its audio has a sample rate of ${sampleRate} Hz`);
  }
  if (numChannels > MOST_CHANNELS || (audio.length / 2) % numChannels !== 0) {
    return new UnreadableMessage(
      `its audio has ${numChannels} channels in ${audio.length / 2} samples`,
    );
  }
  const frame = new InputAudioRawFrame(bytesToPcm(audio), { sampleRate, numChannels });
  frame.pts = fields.pts;
  return frame;
}

function readMessage(data: string): DeserializedMessage {
  try {
    const message: unknown = JSON.parse(data);
    return new InputTransportMessageFrame(message);
  } catch {
    // The parser's message would quote what the user said.
    return new UnreadableMessage("the message in it is no JSON");
  }
}
