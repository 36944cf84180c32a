import type { Frame } from "../frames/mod.ts";
import { decodeSamples, type RecordValue } from "./_record_values.ts";
import { CALL_RECORDING_VERSION } from "./call_recorder.ts";

/** A frame of a recorded call. */
export interface RecordedFrame {
  /** When it was pushed first, in milliseconds from the start of the pipeline. */
  readonly atMs: number;
  /** Its number within the recording. */
  readonly id: number;
  /** Its class. */
  readonly frame: string;
  /** Whether it came from the caller. */
  readonly isInput: boolean;
  /** Where it went. */
  readonly way: "down" | "up";
  /** Who pushed it first. */
  readonly from: string;
  /** What that is for, if that is known. */
  readonly role: string | undefined;
  /** What it carried; audio by its number. */
  readonly fields: Readonly<Record<string, RecordValue>>;
}

/** A frame that left the output. */
export interface RecordedOutput {
  /** When, in milliseconds from the start of the pipeline. */
  readonly atMs: number;
  /** The frame. */
  readonly frame: RecordedFrame;
}

/** Something of a request to a provider: what was asked, or a part of the answer. */
export interface RecordedTraffic {
  /** When, in milliseconds from the start of the pipeline. */
  readonly atMs: number;
  /** Which request it is of, from 1. */
  readonly request: number;
  /** What it is: method and address, status and headers, a piece of the body, the end, or a failure. */
  readonly entry: Readonly<Record<string, unknown>>;
}

type Line = Readonly<Record<string, unknown>>;

/**
 * A recorded call, read from its file.
 *
 * @example
 * ```ts
 * import { CallRecording } from "@parley/sdk/testing";
 * import { assertEquals, assertThrows } from "@std/assert";
 * const head = { parley: "call", version: 1, startedAt: "2026-01-01T12:00:00.000Z", virtual: true };
 * assertEquals(new CallRecording(JSON.stringify(head)).frames, []);
 * assertThrows(() => new CallRecording("RIFF"), SyntaxError, "line 1 is no JSON");
 * ```
 */
export class CallRecording {
  /** When the call began. */
  readonly startedAt: Date;
  /** Whether it was held on a virtual clock, and can be played again to the microsecond. */
  readonly virtual: boolean;
  /** The frames, in order. */
  readonly frames: readonly RecordedFrame[];
  /** What left the output, in order. */
  readonly outputs: readonly RecordedOutput[];
  /** What providers were asked with `fetch` and answered, in order. */
  readonly traffic: readonly RecordedTraffic[];
  /** When it was over, in milliseconds from the start; nothing if the file breaks off. */
  readonly endMs: number | undefined;
  readonly #audio: ReadonlyMap<number, Int16Array>;

  /**
   * Reads the text of a file. Lines that it does not know are left out.
   *
   * @throws {SyntaxError} If it is no recording, or one of another version.
   */
  constructor(file: string) {
    const texts = file.split("\n").filter((line) => line.trim() !== "");
    const [head = {}, ...rest] = texts.map((line, i) => parseLine(line, i + 1));
    checkHead(head);
    this.startedAt = new Date(String(head["startedAt"]));
    this.virtual = head["virtual"] === true;
    const audio = new Map<number, Int16Array>();
    const frames = new Map<number, RecordedFrame>();
    const outputs: RecordedOutput[] = [];
    const traffic: RecordedTraffic[] = [];
    let endMs: number | undefined;
    for (const line of rest) {
      const { at, out } = line;
      const [number, pcm] = [line["audio"], line["pcm"]];
      if (typeof number === "number" && typeof pcm === "string") {
        audio.set(number, decodeSamples(pcm));
      } else if (typeof at === "number" && typeof out === "number") {
        const frame = frames.get(out);
        if (frame) outputs.push({ atMs: at, frame });
      } else if (typeof at === "number" && typeof line["fetch"] === "number") {
        traffic.push({ atMs: at, request: line["fetch"], entry: line });
      } else if (line["end"] === true && typeof at === "number") endMs = at;
      else {
        const frame = frameOf(line);
        if (frame) frames.set(frame.id, frame);
      }
    }
    this.frames = [...frames.values()];
    this.outputs = outputs;
    this.traffic = traffic;
    this.endMs = endMs;
    this.#audio = audio;
  }

  /** The frames of a class, in order. */
  of(name: string): RecordedFrame[] {
    return this.frames.filter(({ frame }) => frame === name);
  }

  /** The audio that a frame carried; none if it carried none. */
  audioOf({ fields }: RecordedFrame): Int16Array {
    const { audio } = fields;
    const number = isObject(audio) ? audio["$audio"] : undefined;
    return (typeof number === "number" ? this.#audio.get(number) : undefined) ?? new Int16Array(0);
  }
}

/** Makes a frame of what a recording holds of it. */
export type FrameMaker = (fields: Readonly<Record<string, RecordValue>>) => Frame;

function parseLine(line: string, number: number): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`Cannot read a recorded call: line ${number} is no JSON`, { cause });
  }
  if (isObject(value)) return value;
  throw new SyntaxError(`Cannot read a recorded call: line ${number} is no JSON object`);
}

function checkHead(head: Line): void {
  const { parley, version, startedAt } = head;
  if (parley !== "call") {
    throw new SyntaxError(
      'Cannot read a recorded call: the first line does not say "parley":"call"',
    );
  }
  if (version !== CALL_RECORDING_VERSION) {
    const state = `its version is ${version}, and this reads ${CALL_RECORDING_VERSION}`;
    throw new SyntaxError(`Cannot read a recorded call: ${state}; record it again`);
  }
  if (Number.isNaN(Date.parse(String(startedAt)))) {
    throw new SyntaxError(`Cannot read a recorded call: "${startedAt}" is no date for "startedAt"`);
  }
}

function frameOf(line: Line): RecordedFrame | undefined {
  const { at: atMs, id, frame, way, from, role, fields } = line;
  if (typeof atMs !== "number" || typeof id !== "number" || typeof frame !== "string") {
    return undefined;
  }
  if ((way !== "down" && way !== "up") || typeof from !== "string" || !isFields(fields)) {
    return undefined;
  }
  return {
    atMs,
    id,
    frame,
    isInput: line["in"] === true,
    way,
    from,
    role: typeof role === "string" ? role : undefined,
    fields,
  };
}

function isObject(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was parsed from JSON holds nothing that is no such value. */
function isFields(value: unknown): value is Readonly<Record<string, RecordValue>> {
  return isObject(value);
}
