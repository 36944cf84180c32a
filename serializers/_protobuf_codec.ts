// Wire: proto3, package pipecat, as the published browser clients speak it
// https://www.npmjs.com/package/@pipecat-ai/websocket-transport (1.7.1, read 2026-11-20)
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** The fields of every kind of message that this project reads or writes. Those at their zero value are left out. */
export interface WireFields {
  readonly id?: number;
  readonly name?: string;
  readonly text?: string;
  readonly audio?: Uint8Array;
  readonly sampleRate?: number;
  readonly numChannels?: number;
  /** Written even at zero: of all fields it alone says whether it is there. */
  readonly pts?: number | undefined;
  readonly userId?: string;
  readonly timestamp?: string;
  readonly data?: string;
}

/** The kinds of message that one frame can hold. */
export type WireKind = "text" | "audio" | "transcription" | "message" | "interruption";

/** One frame as it travels. */
export interface WireFrame {
  readonly kind: WireKind;
  readonly fields: WireFields;
}

type FieldType = "uint64" | "uint32" | "string" | "bytes";
type Field = readonly [number: number, name: keyof WireFields, type: FieldType];

const NAMED: readonly Field[] = [[1, "id", "uint64"], [2, "name", "string"]];
const SPOKEN: readonly Field[] = [...NAMED, [3, "text", "string"]];

const KINDS: Readonly<
  Record<WireKind, { readonly number: number; readonly fields: readonly Field[] }>
> = {
  text: { number: 1, fields: SPOKEN },
  audio: {
    number: 2,
    fields: [
      ...NAMED,
      [3, "audio", "bytes"],
      [4, "sampleRate", "uint32"],
      [5, "numChannels", "uint32"],
      [6, "pts", "uint64"],
    ],
  },
  transcription: {
    number: 3,
    fields: [...SPOKEN, [4, "userId", "string"], [5, "timestamp", "string"]],
  },
  message: { number: 4, fields: [[1, "data", "string"]] },
  interruption: { number: 5, fields: NAMED },
};

const KIND_OF: ReadonlyMap<number, WireKind> = new Map(
  (Object.keys(KINDS) as WireKind[]).map((kind) => [KINDS[kind].number, kind]),
);

/** Writes a frame. */
export function encodeWireFrame({ kind, fields }: WireFrame): Uint8Array<ArrayBuffer> {
  const shape = KINDS[kind];
  const writer = new BinaryWriter().tag(shape.number, WireType.LengthDelimited).fork();
  for (const [number, name, type] of shape.fields) {
    const value = fields[name];
    if (value === undefined || (value === 0 && name !== "pts") || value === "") continue;
    writeField(writer, [number, type], value);
  }
  return writer.join().finish();
}

/**
 * Reads a frame; `undefined` when it holds none of the kinds known here. Of several kinds the last counts, as in
 * every union of that format.
 *
 * @throws {Error} If the bytes are no such message, or only a part of one.
 */
export function decodeWireFrame(bytes: Uint8Array): WireFrame | undefined {
  const reader = new BinaryReader(bytes);
  let frame: WireFrame | undefined;
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const kind = KIND_OF.get(number);
    if (!kind || wireType !== WireType.LengthDelimited) reader.skip(wireType, number);
    else frame = { kind, fields: readFields(reader.bytes(), KINDS[kind].fields) };
  }
  return frame;
}

function writeField(
  writer: BinaryWriter,
  [number, type]: readonly [number, FieldType],
  value: string | number | Uint8Array,
): void {
  if (typeof value === "string") writer.tag(number, WireType.LengthDelimited).string(value);
  else if (typeof value !== "number") writer.tag(number, WireType.LengthDelimited).bytes(value);
  else if (type === "uint64") writer.tag(number, WireType.Varint).uint64(value);
  else writer.tag(number, WireType.Varint).uint32(value);
}

function readFields(bytes: Uint8Array, fields: readonly Field[]): WireFields {
  const reader = new BinaryReader(bytes);
  const values: Partial<Record<keyof WireFields, string | number | Uint8Array>> = {};
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields.find((known) => known[0] === number);
    if (!field || wireType !== wireTypeOf(field[2])) reader.skip(wireType, number);
    else values[field[1]] = readField(reader, field[2]);
  }
  // Each value was read by the type that its field has.
  return values as WireFields;
}

function wireTypeOf(type: FieldType): WireType {
  return type === "string" || type === "bytes" ? WireType.LengthDelimited : WireType.Varint;
}

function readField(reader: BinaryReader, type: FieldType): string | number | Uint8Array {
  switch (type) {
    case "string":
      return reader.string();
    case "bytes":
      return reader.bytes();
    case "uint32":
      return reader.uint32();
    case "uint64":
      return Number(reader.uint64());
    default:
      return type satisfies never;
  }
}
