import {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
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

/** What a {@linkcode ScriptedSTTService} can be given. */
export interface ScriptedSTTServiceOptions extends SegmentedSTTServiceOptions {
  /** What it hears, one segment after another. */
  readonly transcripts?: readonly (string | ScriptedTranscript)[] | undefined;
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

  /** Makes a recogniser. */
  constructor(options: ScriptedSTTServiceOptions = {}) {
    super(options, { model: "scripted" });
    this.#transcripts = [...options.transcripts ?? []];
  }

  /** Has further segments heard so, behind those before. */
  hear(...transcripts: readonly (string | ScriptedTranscript)[]): void {
    this.#transcripts.push(...transcripts);
  }

  /** Gives the next transcript. */
  protected override async transcribe(
    audio: Int16Array,
    signal: AbortSignal,
  ): Promise<Transcript | undefined> {
    this.segments.push(audio);
    this.signals.push(signal);
    const next = this.#transcripts.shift();
    if (next === undefined) {
      throw new Error(`Cannot hear segment ${this.segments.length}: the script is used up`);
    }
    const { text, language, delayMs, error, stalls } = typeof next === "string"
      ? { text: next } as ScriptedTranscript
      : next;
    if (delayMs) await this.clock.sleep(delayMs, { signal });
    if (stalls) await new Promise<never>(() => {});
    if (error) throw error;
    return text === undefined ? undefined : { text, language };
  }
}
