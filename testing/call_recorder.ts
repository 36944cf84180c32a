import type { Clock } from "../async/mod.ts";
import {
  BotSpeakingFrame,
  CancelFrame,
  type Frame,
  HeartbeatFrame,
  InputAudioRawFrame,
  StartFrame,
} from "../frames/mod.ts";
import { FirstSight } from "../observers/_first_sight.ts";
import { BaseObserver, type FramePushed } from "../observers/mod.ts";
import { FrameProcessor } from "../processors/mod.ts";
import { digestOf, encodeSamples, ValueEncoder } from "./_record_values.ts";
import { StableNames } from "./_stable_names.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** The version of the format. */
export const CALL_RECORDING_VERSION = 1;

/** What a {@linkcode CallRecorder} can be told. */
export interface CallRecorderOptions {
  /** The clock of the conversation: `session.clock`. */
  readonly clock: Clock;
  /**
   * Takes each line, with its end, such as
   * `(line) => file.writeSync(encoder.encode(line))`; by default all are kept for
   * {@linkcode CallRecorder.text}.
   */
  readonly write?: ((line: string) => void) | undefined;
}

/** Pieces of audio that are remembered: some ten seconds of a call that is never silent. */
const MOST_AUDIO = 1_000;

/** Broadcasts of which the second copy is waited for. */
const MOST_COPIES = 256;

/** What is no part of a recording: it says only that time passes. */
const LEFT_OUT = [HeartbeatFrame, BotSpeakingFrame];

/**
 * Writes a call to one file: every frame with its class, its time, what it
 * carries, its direction and who pushed it first, and when it left the output.
 *
 * The file has a JSON object on each line. The first says what it is, and its
 * version. `replayCall` plays it to a bot again.
 *
 * **A recording is personal data.** It holds the caller's voice and everything
 * that was said and called. Ask before you record, and keep it as you keep other
 * recordings of that kind.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { CallRecorder, VirtualClock } from "@parley/sdk/testing";
 * import { TextFrame } from "@parley/sdk/frames";
 * import { assertStringIncludes } from "@std/assert";
 * const clock = new VirtualClock();
 * const recorder = new CallRecorder({ clock });
 * const task = new PipelineTask(new Pipeline([new FrameProcessor()]), {
 *   clock,
 *   observers: [recorder],
 * });
 * void task.queueFrame(new TextFrame("Hello"));
 * void task.stopWhenDone();
 * await clock.runUntil(task.run());
 * assertStringIncludes(recorder.text, '"frame":"TextFrame"');
 * // await Deno.writeTextFile("call.jsonl", recorder.text);
 * ```
 */
export class CallRecorder extends BaseObserver {
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  readonly #lines: string[] = [];
  readonly #first: FirstSight = new FirstSight();
  readonly #names: StableNames = new StableNames();
  readonly #encoder: ValueEncoder;
  /** What was written last, and what is written again and again, such as silence, by its digest. */
  readonly #audio: Map<number, { readonly samples: Int16Array; readonly number: number }> =
    new Map();
  readonly #numbers: WeakMap<Frame, number> = new WeakMap();
  /** Numbers of broadcasts whose second copy may still come, by the id of that. */
  readonly #copies: Map<number, number> = new Map();
  /** What was noted before the pipeline started. */
  readonly #early: Readonly<Record<string, unknown>>[] = [];
  #audioCount = 0;
  #frameCount = 0;
  #beganAt: number | undefined;

  /** Makes a recorder; it writes once the pipeline starts. */
  constructor(options: CallRecorderOptions) {
    super();
    this.#clock = options.clock;
    this.#write = options.write ?? ((line) => void this.#lines.push(line));
    this.#encoder = new ValueEncoder({
      audio: (samples) => this.#numberOf(samples),
      name: (text) => this.#names.in(text),
    });
  }

  /** The whole file so far; empty if the lines are written elsewhere. */
  get text(): string {
    return this.#lines.join("");
  }

  /** Writes down a frame that is seen for the first time, or leaves. */
  override onPushFrame(data: FramePushed): void {
    const { frame, source, direction, timestamp } = data;
    this.#beganAt ??= this.#begin(timestamp);
    const isOut = direction === "downstream" && roleOf(source) === "output";
    if (LEFT_OUT.some((kind) => frame instanceof kind)) return;
    const at = Math.round((timestamp - this.#beganAt) / 1000) / 1000;
    if (this.#first.isFirst(frame)) this.#record(data, at);
    const id = this.#numberIn(frame);
    if (isOut && id !== undefined && !(frame instanceof InputAudioRawFrame)) {
      this.#line({ at, out: id });
    }
  }

  /** Writes down something else of the call, such as what a provider was asked: JSON, with the time of now. */
  note(entry: Readonly<Record<string, unknown>>): void {
    if (this.#beganAt === undefined) this.#early.push(entry);
    else this.#line({ at: this.#now(this.#beganAt), ...entry });
  }

  /** Writes down that the call is over. */
  override onPipelineFinished(): void {
    if (this.#beganAt === undefined) return;
    this.#line({ at: this.#now(this.#beganAt), end: true });
  }

  /** Milliseconds since the call began, to the microsecond. */
  #now(beganAt: number): number {
    return Math.round(this.#clock.now() * 1000 - beganAt / 1000) / 1000;
  }

  #begin(timestamp: number): number {
    const beganMs = this.#clock.date().getTime() - (this.#clock.now() - timestamp / 1e6);
    this.#line({
      parley: "call",
      version: CALL_RECORDING_VERSION,
      startedAt: new Date(beganMs).toISOString(),
      virtual: this.#clock instanceof VirtualClock,
      privacy: "This file holds what was said in a call: personal data",
    });
    for (const entry of this.#early.splice(0)) this.#line({ at: 0, ...entry });
    return timestamp;
  }

  #record({ frame, source, destination, direction }: FramePushed, at: number): void {
    const id = ++this.#frameCount;
    this.#numbers.set(frame, id);
    if (frame.broadcastSiblingId !== undefined) this.#copies.set(frame.broadcastSiblingId, id);
    const [oldest] = this.#copies.keys();
    if (this.#copies.size > MOST_COPIES && oldest !== undefined) this.#copies.delete(oldest);
    const [from, to] = [this.#names.of(source), this.#names.of(destination)];
    const role = roleOf(source);
    this.#line({
      at,
      id,
      frame: frame.constructor.name,
      ...isInput(frame, { from, role, direction }) ? { in: true } : {},
      way: direction === "downstream" ? "down" : "up",
      from,
      ...role ? { role } : {},
      to,
      fields: this.#encoder.fields(frame),
    });
  }

  /** The number of a frame, or of what was sent the other way with it. */
  #numberIn(frame: Frame): number | undefined {
    const known = this.#numbers.get(frame);
    if (known !== undefined || frame.broadcastSiblingId === undefined) return known;
    const number = this.#copies.get(frame.id);
    this.#copies.delete(frame.id);
    if (number !== undefined) this.#numbers.set(frame, number);
    return number;
  }

  /** The number of some audio; what is not in the file yet, as far as is remembered, is written to it. */
  #numberOf(samples: Int16Array): number {
    const digest = digestOf(samples);
    const known = this.#audio.get(digest);
    this.#audio.delete(digest);
    if (known && isSame(known.samples, samples)) {
      this.#audio.set(digest, known);
      return known.number;
    }
    const number = ++this.#audioCount;
    this.#audio.set(digest, { samples, number });
    const [oldest] = this.#audio.keys();
    if (this.#audio.size > MOST_AUDIO && oldest !== undefined) this.#audio.delete(oldest);
    this.#line({ audio: number, pcm: encodeSamples(samples) });
    return number;
  }

  #line(entry: Readonly<Record<string, unknown>>): void {
    this.#write(`${JSON.stringify(entry)}\n`);
  }
}

function roleOf(source: FramePushed["source"]): string | undefined {
  if (!(source instanceof FrameProcessor) || source.role === "other") return undefined;
  return source.role;
}

/** Whether a frame comes from the caller: through the transport, or sent by his program. */
function isInput(
  frame: Frame,
  { from, role, direction }: {
    readonly from: string;
    readonly role: string | undefined;
    readonly direction: FramePushed["direction"];
  },
): boolean {
  if (frame instanceof StartFrame) return false;
  // Of what goes both ways, either may be seen first.
  const isDown = direction === "downstream" || frame.broadcastSiblingId !== undefined;
  if (role === "input") return isDown;
  if (!isDown || from !== "PipelineStart") return false;
  return frame.metadata["caller"] === true || frame instanceof CancelFrame;
}

function isSame(a: Int16Array, b: Int16Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
