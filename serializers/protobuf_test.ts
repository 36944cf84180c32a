import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { decodeBase64, encodeBase64 } from "@std/encoding";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  EndFrame,
  type Frame,
  InputAudioRawFrame,
  InputTransportMessageFrame,
  InterimTranscriptionFrame,
  InterruptionFrame,
  LLMTextFrame,
  OutputAudioRawFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  StartFrame,
  TextFrame,
  TranscriptionFrame,
  TTSAudioRawFrame,
} from "../frames/mod.ts";
import { ProtobufFrameSerializer } from "./protobuf.ts";
import { UnreadableMessage } from "./serializer.ts";

/** A frame with the id and name that the expected bytes were recorded with. */
function named<F extends Frame>(frame: F, id: number, name: string): F {
  Object.defineProperty(frame, "id", { value: id });
  Object.defineProperty(frame, "name", { value: name });
  return frame;
}

/** A sine, as the recordings have it. */
function sine(samples: number, sampleRate: number): Int16Array {
  return Int16Array.from(
    { length: samples },
    (_, i) => Math.round(8_000 * Math.sin(2 * Math.PI * 440 * i / sampleRate)),
  );
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return encodeBase64(new Uint8Array(hash).subarray(0, 12));
}

// What the predecessor wrote for these frames, byte for byte (observed 2026-11).
const TIMESTAMP = "2026-01-02T03:04:05.678+00:00";
Deno.test.each<[string, Frame, string]>([
  [
    "text",
    named(new TextFrame("Hello, world."), 17, "TextFrame#0"),
    "Ch4IERILVGV4dEZyYW1lIzAaDUhlbGxvLCB3b3JsZC4=",
  ],
  ["empty text", named(new TextFrame(""), 18, "TextFrame#1"), "Cg8IEhILVGV4dEZyYW1lIzE="],
  [
    "transcription",
    named(
      new TranscriptionFrame("Hello, world.", { userId: "u1", timestamp: TIMESTAMP }),
      5,
      "TranscriptionFrame#0",
    ),
    "GkoIBRIUVHJhbnNjcmlwdGlvbkZyYW1lIzAaDUhlbGxvLCB3b3JsZC4iAnUxKh0yMDI2LTAxLTAyVDAzOjA0OjA1LjY3OCswMDowMA==",
  ],
  [
    "interruption",
    named(new InterruptionFrame(), 8, "InterruptionFrame#0"),
    "KhcICBITSW50ZXJydXB0aW9uRnJhbWUjMA==",
  ],
])("ProtobufFrameSerializer writes %s byte for byte", (_name, frame, expected) => {
  const bytes = new ProtobufFrameSerializer().serialize(frame);
  assert(bytes);
  assertEquals(encodeBase64(bytes), expected);
});

Deno.test("ProtobufFrameSerializer writes audio byte for byte", async () => {
  const serializer = new ProtobufFrameSerializer();
  const mono = named(
    new OutputAudioRawFrame(sine(320, 16_000), { sampleRate: 16_000 }),
    300,
    "OutputAudioRawFrame#3",
  );
  const bytes = serializer.serialize(mono);
  assert(bytes);
  assertEquals([bytes.length, await digest(bytes)], [677, "iKraAFqAvfmrq4rZ"]);
  const later = named(
    new OutputAudioRawFrame(sine(480, 24_000), { sampleRate: 24_000, numChannels: 2 }),
    301,
    "OutputAudioRawFrame#4",
  );
  later.pts = 1_234_567_890;
  const laterBytes = serializer.serialize(later);
  assert(laterBytes);
  assertEquals([laterBytes.length, await digest(laterBytes)], [1_004, "tIv7QDKEzzexfI1d"]);
});

// JSON is compared as a value: the predecessor puts spaces into it and escapes what is not ASCII.
Deno.test.each<[Frame, string]>([
  [
    new OutputTransportMessageFrame({
      label: "rtvi-ai",
      type: "bot-ready",
      data: { x: [1, 2.5, null, "é"] },
    }),
    "IlQKUnsibGFiZWwiOiAicnR2aS1haSIsICJ0eXBlIjogImJvdC1yZWFkeSIsICJkYXRhIjogeyJ4IjogWzEsIDIuNSwgbnVsbCwgIlx1MDBlOSJdfX0=",
  ],
  [
    new OutputTransportMessageUrgentFrame({
      label: "rtvi-ai",
      type: "bot-ready",
      id: "1",
      data: { version: "1.0" },
    }),
    "IlIKUHsibGFiZWwiOiAicnR2aS1haSIsICJ0eXBlIjogImJvdC1yZWFkeSIsICJpZCI6ICIxIiwgImRhdGEiOiB7InZlcnNpb24iOiAiMS4wIn19",
  ],
])("ProtobufFrameSerializer writes %s as the same message", (frame, expected) => {
  const serializer = new ProtobufFrameSerializer();
  const ours = serializer.deserialize(serializer.serialize(frame) ?? "");
  const theirs = serializer.deserialize(decodeBase64(expected));
  assertInstanceOf(ours, InputTransportMessageFrame);
  assertInstanceOf(theirs, InputTransportMessageFrame);
  assertEquals(ours.message, theirs.message);
});

Deno.test.each<[string, Frame]>([
  ["speech of a TTS service", new TTSAudioRawFrame(new Int16Array(1), { sampleRate: 16_000 })],
  ["a model's text", new LLMTextFrame("x")],
  ["an interim transcription", new InterimTranscriptionFrame("x")],
  ["a start", new StartFrame()],
  ["an end", new EndFrame()],
])("ProtobufFrameSerializer has no message for %s", (_name, frame) => {
  assertEquals(new ProtobufFrameSerializer().serialize(frame), undefined);
});

Deno.test.each<[string, string, Partial<Record<string, unknown>>]>([
  ["text", "ChQIBBIBdBoNSGVsbG8sIHdvcmxkLg==", { text: "Hello, world." }],
  ["text without id and name", "Cg8aDUhlbGxvLCB3b3JsZC4=", { text: "Hello, world." }],
  ["audio with a time", "Eg0aBAEAAgAgwD4oATBj", { sampleRate: 8_000, numChannels: 1, pts: 99 }],
  ["a transcription", "Gi8IAhICdHIaDUhlbGxvLCB3b3JsZC4iAnU5KhQyMDI2LTAxLTAxVDAwOjAwOjAwWg==", {
    text: "Hello, world.",
    userId: "u9",
    timestamp: "2026-01-01T00:00:00Z",
    finalized: false,
  }],
  [
    "a message",
    "IlIKUHsibGFiZWwiOiAicnR2aS1haSIsICJ0eXBlIjogImJvdC1yZWFkeSIsICJpZCI6ICIxIiwgImRhdGEiOiB7InZlcnNpb24iOiAiMS4wIn19",
    { message: { label: "rtvi-ai", type: "bot-ready", id: "1", data: { version: "1.0" } } },
  ],
  ["an interruption", "KgUIAxIBeA==", {}],
])("ProtobufFrameSerializer reads %s", (name, base64, expected) => {
  const classes: Record<string, string> = {
    text: "TextFrame",
    "text without id and name": "TextFrame",
    "audio with a time": "InputAudioRawFrame",
    "a transcription": "TranscriptionFrame",
    "a message": "InputTransportMessageFrame",
    "an interruption": "InterruptionFrame",
  };
  const frame = new ProtobufFrameSerializer().deserialize(decodeBase64(base64));
  assert(frame && !(frame instanceof UnreadableMessage));
  assertEquals(frame.constructor.name, classes[name]);
  const values = frame as unknown as Record<string, unknown>;
  for (const [key, value] of Object.entries(expected)) assertEquals(values[key], value, key);
});

Deno.test("ProtobufFrameSerializer reads the audio that it writes", () => {
  const serializer = new ProtobufFrameSerializer();
  const pcm = sine(321, 24_000);
  const frame = serializer.deserialize(
    serializer.serialize(new OutputAudioRawFrame(pcm, { sampleRate: 24_000 })) ?? "",
  );
  assertInstanceOf(frame, InputAudioRawFrame);
  assertEquals([frame.sampleRate, frame.numChannels, [...frame.audio]], [24_000, 1, [...pcm]]);
});

Deno.test("ProtobufFrameSerializer tells a time of zero from none", () => {
  const serializer = new ProtobufFrameSerializer();
  const times = [0, undefined, 7].map((pts) => {
    const audio = new OutputAudioRawFrame(new Int16Array(1), { sampleRate: 24_000 });
    audio.pts = pts;
    const frame = serializer.deserialize(serializer.serialize(audio) ?? "");
    return frame instanceof InputAudioRawFrame ? frame.pts : "unreadable";
  });
  assertEquals(times, [0, undefined, 7]);
});

/** One message of audio with the fields as given, which need not make sense. */
function audioMessage(
  fields: { bytes: number; sampleRate?: number; numChannels?: number },
): Uint8Array {
  const writer = new BinaryWriter().tag(2, WireType.LengthDelimited).fork();
  writer.tag(3, WireType.LengthDelimited).bytes(new Uint8Array(fields.bytes));
  if (fields.sampleRate) writer.tag(4, WireType.Varint).uint32(fields.sampleRate);
  if (fields.numChannels !== undefined) writer.tag(5, WireType.Varint).uint32(fields.numChannels);
  return writer.join().finish();
}

Deno.test.each<[string, string | Uint8Array, RegExp]>([
  ["nothing", new Uint8Array(0), /^it is empty$/],
  ["text", '{"label":"rtvi-ai"}', /^it is text/],
  ["garbage", new Uint8Array([255, 255, 255]), /3 bytes are no protocol buffers/],
  ["a tag of no field", new Uint8Array([0, 0, 0]), /no protocol buffers/],
  ["an end of a group", new Uint8Array([12]), /no protocol buffers/],
  ["a half message", decodeBase64("EjkaMgAAAAAAAAAAAAAAAA=="), /cut short/],
  ["half of every field", decodeBase64("ChQIBBIBdBoNSGVsbG8sIHdvcmxk"), /cut short/],
  ["unknown fields alone", decodeBase64("egEA"), /no frame of a known kind/],
  ["a message that is no JSON", decodeBase64("IgcKBXtub3Bl"), /no JSON/],
  ["an odd number of bytes", audioMessage({ bytes: 641, sampleRate: 16_000 }), /641 bytes/],
  ["no sample rate", audioMessage({ bytes: 640 }), /rate of 0 Hz/],
  ["an absurd sample rate", audioMessage({ bytes: 640, sampleRate: 4_000_000 }), /4000000 Hz/],
  ["no channels", audioMessage({ bytes: 640, sampleRate: 16_000, numChannels: 0 }), /0 channels/],
  ["many channels", audioMessage({ bytes: 640, sampleRate: 16_000, numChannels: 300 }), /300/],
  ["half a sample", audioMessage({ bytes: 642, sampleRate: 16_000, numChannels: 2 }), /2 channels/],
])("ProtobufFrameSerializer says what is wrong with %s", (_name, data, reason) => {
  const result = new ProtobufFrameSerializer().deserialize(data);
  assertInstanceOf(result, UnreadableMessage);
  assert(reason.test(result.reason), result.reason);
});

Deno.test("ProtobufFrameSerializer never throws, whatever bytes come", () => {
  const serializer = new ProtobufFrameSerializer();
  const whole = serializer.serialize(
    new OutputAudioRawFrame(sine(160, 16_000), { sampleRate: 16_000 }),
  );
  assert(whole);
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
  let unreadable = 0;
  for (let i = 0; i < 5_000; i++) {
    const bytes = whole.slice(0, 1 + next(whole.length));
    for (let changes = next(4); changes >= 0; changes--) {
      bytes[next(Math.min(bytes.length, 40))] = next(256);
    }
    if (serializer.deserialize(bytes) instanceof UnreadableMessage) unreadable++;
  }
  assert(unreadable > 4_000, `${unreadable} were unreadable`);
});

Deno.test("ProtobufFrameSerializer skips fields that it does not know", () => {
  const inner = new BinaryWriter().tag(3, WireType.LengthDelimited).string("Hello")
    .tag(99, WireType.Varint).uint32(7).tag(98, WireType.Bit64).fixed64(1n).finish();
  const bytes = new BinaryWriter().tag(77, WireType.LengthDelimited).string("news")
    .tag(1, WireType.LengthDelimited).bytes(inner).finish();
  const frame = new ProtobufFrameSerializer().deserialize(bytes);
  assertInstanceOf(frame, TextFrame);
  assertEquals(frame.text, "Hello");
});

Deno.test("ProtobufFrameSerializer refuses to write what is no JSON", () => {
  const serializer = new ProtobufFrameSerializer();
  assertThrows(
    () => serializer.serialize(new OutputTransportMessageFrame(undefined)),
    TypeError,
    "as JSON: its message is undefined",
  );
  assertThrows(() => serializer.serialize(new OutputTransportMessageFrame({ n: 1n })), TypeError);
});

Deno.test("ProtobufFrameSerializer leaves RTVI messages out when it is told to", () => {
  const rtvi = new OutputTransportMessageFrame({ label: "rtvi-ai", type: "bot-ready" });
  const own = new OutputTransportMessageFrame({ hello: 1 });
  const strict = new ProtobufFrameSerializer({ ignoreRtviMessages: true });
  assertEquals(strict.serialize(rtvi), undefined);
  assert(strict.serialize(own));
  assert(new ProtobufFrameSerializer().serialize(rtvi));
});

Deno.test("ProtobufFrameSerializer knows what the published client plays", () => {
  assertEquals(new ProtobufFrameSerializer().outSampleRate, 24_000);
  assertEquals(new ProtobufFrameSerializer().canFlush, false);
  const heeding = new ProtobufFrameSerializer({ playerSampleRate: undefined, canFlush: true });
  assertEquals([heeding.outSampleRate, heeding.canFlush], [undefined, true]);
});
