import { concatAudio } from "../audio/mod.ts";
import { StartFrame } from "../frames/mod.ts";
import {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
  type SegmentListener,
  type Transcript,
} from "../services/stt/mod.ts";

/** What a scripted recogniser hears; a plain text stands for the words alone. */
export interface ScriptedTranscript {
  /** The words; nothing is heard without. */
  readonly text?: string | undefined;
  /** Language that was heard (BCP 47). */
  readonly language?: string | undefined;
  /** Milliseconds it takes. @default {0} */
  readonly delayMs?: number | undefined;
  /** What is thrown instead. */
  readonly error?: Error | undefined;
  /** Whether it never comes. @default {false} */
  readonly stalls?: boolean | undefined;
}

/** A segment of speech that a scripted recogniser was given. */
export interface ScriptedSegment {
  /** Its number, from 1. */
  readonly number: number;
  /** Its audio: mono, at the recogniser's rate. */
  readonly audio: Int16Array;
  /** When its first sample was spoken, in milliseconds of the clock. */
  readonly fromMs: number;
  /** When its last sample had been spoken, in milliseconds of the clock. */
  readonly toMs: number;
}

/** A transcript that comes at a time, whatever is said. */
export interface TimedTranscript {
  /** When, in milliseconds from the start of the pipeline. */
  readonly atMs: number;
  /** The words. */
  readonly text: string;
  /** Language that was heard (BCP 47). */
  readonly language?: string | undefined;
  /** Whether it is only what the user seems to be saying. @default {false} */
  readonly interim?: boolean | undefined;
  /** Whether nothing more of this speech follows. @default {false} */
  readonly finalized?: boolean | undefined;
}

/** What a {@linkcode ScriptedSTTService} can be given. */
export interface ScriptedSTTServiceOptions extends SegmentedSTTServiceOptions {
  /** What it hears, one segment after another; a function says so for each. */
  readonly transcripts?:
    | readonly (string | ScriptedTranscript)[]
    | ((segment: ScriptedSegment) => string | ScriptedTranscript)
    | undefined;
  /** What it hears at what time, in order; then it hears nothing else. */
  readonly timeline?: readonly TimedTranscript[] | undefined;
}

/**
 * A recogniser that hears what a test wants, one segment after another, on the
 * clock of the conversation.
 *
 * @example
 * ```ts
 * import {
 *   InputAudioRawFrame,
 *   TranscriptionFrame,
 *   VADUserStartedSpeakingFrame,
 *   VADUserStoppedSpeakingFrame,
 * } from "@parley/sdk/frames";
 * import { ScriptedSTTService, TestPipeline } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const stt = new ScriptedSTTService({ transcripts: ["What time is it?"] });
 * await using pipeline = new TestPipeline([stt]);
 * pipeline.push(
 *   new VADUserStartedSpeakingFrame(),
 *   new InputAudioRawFrame(new Int16Array(320), { sampleRate: 16_000 }),
 *   new VADUserStoppedSpeakingFrame(),
 * );
 * assertEquals((await pipeline.until(TranscriptionFrame)).text, "What time is it?");
 * ```
 */
export class ScriptedSTTService extends SegmentedSTTService {
  /** The audio of the segments it was given, in order. */
  readonly segments: Int16Array[] = [];
  /** Aborted when nobody wants a segment's transcript any more, in the same order. */
  readonly signals: AbortSignal[] = [];
  readonly #transcripts: (string | ScriptedTranscript)[];
  readonly #timeline: readonly TimedTranscript[] | undefined;
  readonly #hears: ((segment: ScriptedSegment) => string | ScriptedTranscript) | undefined;

  /** Makes a recogniser. */
  constructor(options: ScriptedSTTServiceOptions = {}) {
    super(options, { model: "scripted" });
    const { transcripts = [] } = options;
    this.#hears = typeof transcripts === "function" ? transcripts : undefined;
    this.#transcripts = typeof transcripts === "function" ? [] : [...transcripts];
    this.#timeline = options.timeline;
    this.handle(StartFrame, async (_frame, context) => {
      const startMs = this.clock.now();
      await context.forward();
      this.spawn("follow the timeline", (signal) => this.#follow(startMs, signal));
    });
  }

  /** Has further segments heard so, behind those before and before a function is asked. */
  hear(...transcripts: readonly (string | ScriptedTranscript)[]): void {
    this.#transcripts.push(...transcripts);
  }

  /** Collects a segment, and notes when it was spoken. */
  protected override listen(): SegmentListener {
    const pieces: Int16Array[] = [];
    let toMs = this.clock.now();
    return {
      feed: (audio) => {
        pieces.push(audio);
        toMs = this.clock.now();
        return undefined;
      },
      finish: (signal) => {
        const audio = concatAudio(pieces);
        const number = this.segments.push(audio);
        this.signals.push(signal);
        const fromMs = toMs - audio.length * 1000 / this.sampleRate;
        return this.#hear({ number, audio, fromMs, toMs }, signal);
      },
    };
  }

  async #follow(startMs: number, signal: AbortSignal): Promise<void> {
    for (const { atMs, interim, finalized = false, ...transcript } of this.#timeline ?? []) {
      const leftMs = startMs + atMs - this.clock.now();
      if (leftMs > 0) await this.clock.sleep(leftMs, { signal });
      if (interim) this.pushInterim(transcript);
      else this.pushTranscript(transcript, { finalized });
    }
  }

  async #hear(segment: ScriptedSegment, signal: AbortSignal): Promise<Transcript | undefined> {
    if (this.#timeline) return undefined;
    const next = this.#transcripts.shift() ?? this.#hears?.(segment);
    if (next === undefined) {
      throw new Error(`Cannot hear segment ${segment.number}: the script is used up`);
    }
    const transcript: ScriptedTranscript = typeof next === "string" ? { text: next } : next;
    const { text, language, delayMs, error, stalls } = transcript;
    if (delayMs) await this.clock.sleep(delayMs, { signal });
    if (stalls) await new Promise<never>(() => {});
    if (error) throw error;
    return text === undefined ? undefined : { text, language };
  }
}
