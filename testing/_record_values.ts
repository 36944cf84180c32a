import { decodeBase64, encodeBase64 } from "@std/encoding";
import { LLMContext } from "../context/mod.ts";
import type { Frame } from "../frames/mod.ts";

/** A value as it stands in the file of a call. */
export type RecordValue =
  | null
  | boolean
  | number
  | string
  | readonly RecordValue[]
  | { readonly [key: string]: RecordValue };

/** How deep data may be nested before the rest is left out. */
const DEEPEST = 12;

/** What belongs to every frame, and to no recording. */
const OF_FRAMES = new Set(["id", "pts", "broadcastSiblingId"]);

/** What an encoder needs to know. */
export interface ValueEncoderOptions {
  /** Keeps audio, and gives the number it has in the file. */
  readonly audio: (samples: Int16Array) => number;
  /** Gives a name that is the same in every run. */
  readonly name: (text: string) => string;
}

/** Writes what frames carry as JSON: audio by its number, bytes as base64, what is no data by its class. */
export class ValueEncoder {
  readonly #options: ValueEncoderOptions;

  constructor(options: ValueEncoderOptions) {
    this.#options = options;
  }

  /** What a frame carries, by the names of its fields. */
  fields(frame: Frame): Record<string, RecordValue> {
    const fields: Record<string, RecordValue> = {};
    for (const [key, value] of Object.entries(frame)) {
      if (value !== undefined && !OF_FRAMES.has(key)) fields[key] = this.#encode(value, 1);
    }
    return fields;
  }

  #encode(value: unknown, depth: number): RecordValue {
    switch (typeof value) {
      case "string":
        return this.#options.name(value);
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) ? value : { $number: String(value) };
      case "object":
        return value === null ? null : this.#object(value, depth);
      default:
        return { $other: typeof value };
    }
  }

  #object(value: object, depth: number): RecordValue {
    if (value instanceof Int16Array) return { $audio: this.#options.audio(value) };
    if (value instanceof Uint8Array) return { $bytes: encodeBase64(value) };
    if (value instanceof Date) return { $date: value.toISOString() };
    if (value instanceof Error) return { $error: this.#options.name(value.message) };
    if (value instanceof LLMContext) return { $context: this.#encode(value.messages, depth + 1) };
    if (depth > DEEPEST) return { $other: "nested too deep" };
    if (Array.isArray(value)) {
      return value.map((item) => this.#encode(item ?? null, depth + 1));
    }
    if (value instanceof Map || value instanceof Set) {
      return { $list: [...value].map((item) => this.#encode(item, depth + 1)) };
    }
    const isData = [Object.prototype, null].includes(Object.getPrototypeOf(value));
    if (isData) return this.#data(value, depth);
    const name = "name" in value && typeof value.name === "string" ? value.name : undefined;
    return { $object: this.#options.name(name ?? value.constructor.name) };
  }

  #data(value: object, depth: number): RecordValue {
    const data: Record<string, RecordValue> = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) data[key] = this.#encode(item, depth + 1);
    }
    return data;
  }
}

/** Samples as base64, low byte first. */
export function encodeSamples(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, samples[i] ?? 0, true);
  return encodeBase64(bytes);
}

/** The samples that are written so. */
export function decodeSamples(text: string): Int16Array {
  const bytes = decodeBase64(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => view.getInt16(2 * i, true));
}

/** A number that tells audio apart, for finding what is in a file already. */
export function digestOf(samples: Int16Array): number {
  let digest = samples.length | 0;
  for (let i = 0; i < samples.length; i++) {
    digest = Math.imul(digest ^ (samples[i] ?? 0), 0x01000193);
  }
  return digest;
}
