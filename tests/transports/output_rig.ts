import { BaseAudioMixer, mixAudio } from "../../audio/mod.ts";
import {
  ControlFrame,
  DataFrame,
  type Frame,
  type FrameDirection,
  HeardTextFrame,
  OutputAudioRawFrame,
  type OutputTransportMessageFrame,
  type OutputTransportMessageUrgentFrame,
  SystemFrame,
  TTSAudioRawFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { Pipeline, PipelineTask, type PipelineTaskOptions } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { KeptLog } from "../kept_log.ts";
import {
  type AudioChunk,
  BaseOutputTransport,
  type TransportParams,
} from "../../transports/base/mod.ts";

export { KeptLog };

/** The rate of the audio in these tests, in Hz. */
export const RATE = 24_000;

/** One write, and when it was made. */
export interface Written extends AudioChunk {
  readonly writtenMs: number;
  readonly pcm: Int16Array;
}

/** An output that remembers what it was given, and behaves as it is told. */
export class RecordingOutput extends BaseOutputTransport {
  readonly written: Written[] = [];
  readonly messages: { readonly atMs: number; readonly message: unknown }[] = [];
  readonly shutBy: (string | undefined)[] = [];
  recalls: number | Promise<number> | undefined = undefined;
  isReady = true;
  isContinuous = false;
  isAcknowledging = false;
  preferred: number | undefined = undefined;
  /** What a write does besides being remembered. */
  onWrite: ((written: Written) => void | Promise<void>) | undefined = undefined;

  get samples(): number[] {
    return this.written.flatMap(({ pcm }) => [...pcm]);
  }

  acknowledgeTo(positionMs: number): void {
    this.acknowledge(positionMs);
  }

  protected override get ready(): boolean {
    return this.isReady;
  }
  protected override get continuous(): boolean {
    return this.isContinuous;
  }
  protected override get acknowledges(): boolean {
    return this.isAcknowledging;
  }
  protected override get preferredSampleRate(): number | undefined {
    return this.preferred;
  }
  protected override writeAudio(pcm: Int16Array, chunk: AudioChunk): void | Promise<void> {
    const written = { ...chunk, writtenMs: this.clock.now(), pcm };
    this.written.push(written);
    return this.onWrite?.(written);
  }
  protected override sendMessage(
    frame: OutputTransportMessageFrame | OutputTransportMessageUrgentFrame,
  ): void {
    this.messages.push({ atMs: this.clock.now(), message: frame.message });
  }
  protected override recall(): number | Promise<number> | undefined {
    return this.recalls;
  }
  protected override shut(frame: Frame | undefined): void {
    this.shutBy.push(frame?.constructor.name);
  }
}

/** A frame that came by, and when. */
export interface Seen {
  readonly atMs: number;
  readonly direction: FrameDirection;
  readonly frame: Frame;
}

/** Notes every frame that comes by. */
export class Tap extends FrameProcessor {
  readonly seen: Seen[] = [];

  constructor(name: string) {
    super({ name });
    for (const frameClass of [DataFrame, ControlFrame, SystemFrame]) {
      this.handle<Frame>(frameClass, (frame, context) => {
        this.seen.push({ atMs: this.clock.now(), direction: context.direction, frame });
        return context.forward();
      });
    }
  }

  /** Class and time of what came by in one direction, audio apart. */
  list(direction: FrameDirection = "downstream"): string[] {
    return this.seen
      .filter((seen) =>
        seen.direction === direction && !(seen.frame instanceof OutputAudioRawFrame)
      )
      .map(({ atMs, frame }) => `${round(atMs)} ${frame.constructor.name.replace(/Frame$/, "")}`);
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** A mixer that hums, and remembers what it was told to do. */
export class Hum extends BaseAudioMixer {
  readonly calls: string[] = [];
  later = false;
  broken = false;
  override start(sampleRate: number): void {
    this.calls.push(`start ${sampleRate}`);
  }
  override stop(): void {
    this.calls.push("stop");
  }
  setEnabled(enable: boolean): void {
    this.calls.push(`enable ${enable}`);
  }
  override updateSettings(settings: Readonly<Record<string, unknown>>): void {
    if (!("volume" in settings)) throw new TypeError("Cannot change that: no such setting");
    this.calls.push(`volume ${settings.volume}`);
  }
  mix(pcm: Int16Array): Int16Array | Promise<Int16Array> {
    if (this.broken) throw new Error("hoarse");
    const mixed = mixAudio(pcm, new Int16Array(pcm.length).fill(5));
    return this.later ? Promise.resolve(mixed) : mixed;
  }
}

/** A processor between two taps in a pipeline that runs on a virtual clock. */
export class TapRig implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly log = new KeptLog();
  readonly above = new Tap("above");
  readonly below = new Tap("below");
  readonly task: PipelineTask;
  readonly running: Promise<void>;

  constructor(processor: FrameProcessor, options: PipelineTaskOptions = {}) {
    this.task = new PipelineTask(new Pipeline([this.above, processor, this.below]), {
      clock: this.clock,
      log: this.log,
      idleTimeoutSecs: null,
      ...options,
    });
    this.running = this.task.run();
  }

  /** Sends frames down, now. */
  send(...frames: Frame[]): void {
    for (const frame of frames) void this.task.queueFrame(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.clock.runUntil(this.task.cancel());
    await this.running;
  }
}

/** An output between two taps. */
export class OutputRig extends TapRig {
  constructor(readonly output: BaseOutputTransport, options: PipelineTaskOptions = {}) {
    super(output, options);
  }
}

/** Audio whose samples count up from a number, so that a sample tells where it is from. */
export function counting(ms: number, from = 1, sampleRate = 24_000): Int16Array {
  return Int16Array.from({ length: ms * sampleRate / 1000 }, (_, i) => (from + i) % 30_000 + 1);
}

/** An output that takes audio, and adds no silence at the end. */
export function makeOutput(params: TransportParams = {}): RecordingOutput {
  return new RecordingOutput({ audioOutEnabled: true, audioOutEndSilenceSecs: 0, ...params });
}

/** Speech of one utterance. */
export function speech(ms: number, { contextId = "a", from = 0 } = {}): TTSAudioRawFrame {
  return new TTSAudioRawFrame(counting(ms, from), { sampleRate: RATE, contextId });
}

/** A word of one utterance. */
export function word(text: string, endMs: number, contextId = "a"): TTSTextFrame {
  return new TTSTextFrame(text, { contextId, endMs });
}

/** A whole utterance: audio in pieces of 20 ms, then words of the same length. */
export function utterance(ms: number, words: readonly string[] = [], contextId = "a") {
  const pieces = Array.from(
    { length: ms / 20 },
    (_, i) => speech(20, { contextId, from: i * 480 }),
  );
  return [
    new TTSStartedFrame({ contextId }),
    ...pieces,
    ...words.map((text, i) => word(text, (i + 1) * ms / words.length, contextId)),
    new TTSStoppedFrame({ contextId }),
  ];
}

/** What was said to have been heard. */
export function heard(rig: OutputRig): string {
  return rig.below.seen.map(({ frame }) => frame).filter((frame) => frame instanceof HeardTextFrame)
    .map(({ text }) => text).join("");
}

/** An output in a pipeline that has started. */
export async function started(output: RecordingOutput): Promise<OutputRig> {
  const rig = new OutputRig(output);
  await rig.clock.settle();
  return rig;
}

/** When the bot started and stopped speaking. */
export function botSigns(rig: OutputRig): string[] {
  return rig.below.list().filter((line) => /BotSt/.test(line));
}
