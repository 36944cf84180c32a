import { concatAudio } from "../../audio/mod.ts";
import { VADUserStartedSpeakingFrame, VADUserStoppedSpeakingFrame } from "../../frames/mod.ts";
import { StallGuard } from "../wire/mod.ts";
import {
  STTService,
  type STTServiceOptions,
  type STTSettings,
  type Transcript,
} from "./stt_service.ts";

/** Milliseconds of audio kept for a VAD that takes long to notice speech. */
const NOTICE_MS = 2_000;

/** What every segmented STT service can be given. */
export interface SegmentedSTTServiceOptions<S extends STTSettings = STTSettings>
  extends STTServiceOptions<S> {
  /**
   * Milliseconds of audio kept from before speech was noticed, on top of what
   * it took to notice it.
   *
   * @default {300}
   */
  readonly preSpeechMs?: number | undefined;
  /** Milliseconds after which a segment is cut, speech or not. @default {60000} */
  readonly maxSegmentMs?: number | undefined;
  /**
   * Milliseconds that the transcription of a segment may take, before it is
   * given up and the next is heard.
   *
   * @default {30000}
   */
  readonly transcribeTimeoutMs?: number | undefined;
}

/** What hears one segment of speech, from its first sample to its last. */
export interface SegmentListener {
  /** Takes the next piece; gives what the words seem to be so far, if it knows. */
  feed(audio: Int16Array): Transcript | undefined;
  /** The segment is over; gives what was said, or nothing when nothing was. */
  finish(signal: AbortSignal): Promise<Transcript | undefined>;
  /** The segment is forgotten: the user was muted, or the session is over. */
  cancel?(): void;
}

interface OpenSegment {
  readonly listener: SegmentListener;
  samples: number;
}

/**
 * Speech to text a segment at a time, from where voice activity begins to where
 * it ends. Needs a VAD before it. Segments are answered in order, and an
 * interruption stops none: it is what the user said that interrupts.
 *
 * @example
 * ```ts
 * import { SegmentedSTTService, type Transcript } from "@parley/sdk/services/stt";
 * class Counter extends SegmentedSTTService {
 *   protected override transcribe(audio: Int16Array): Promise<Transcript> {
 *     return Promise.resolve({ text: `${audio.length} samples` });
 *   }
 * }
 * console.log(new Counter({}, {}).role); // "stt"
 * ```
 */
export abstract class SegmentedSTTService<S extends STTSettings = STTSettings>
  extends STTService<S> {
  readonly #preSpeechMs: number;
  readonly #maxSegmentMs: number;
  readonly #timeoutMs: number;
  #before: Int16Array[] = [];
  #beforeLength = 0;
  #segment: OpenSegment | undefined;
  #last: Promise<void> = Promise.resolve();

  /** Makes a service. */
  constructor(options: SegmentedSTTServiceOptions<S>, defaults: S) {
    super(options, defaults);
    this.#preSpeechMs = options.preSpeechMs ?? 300;
    this.#maxSegmentMs = options.maxSegmentMs ?? 60_000;
    this.#timeoutMs = options.transcribeTimeoutMs ?? 30_000;
    this.handle(VADUserStartedSpeakingFrame, (frame, context) => {
      if (!this.muted) this.#begin(frame.startSecs * 1000);
      return context.forward();
    });
    this.handle(VADUserStoppedSpeakingFrame, (frame, context) => {
      this.#end(this.clock.now() - frame.stopSecs * 1000);
      return context.forward();
    });
  }

  /** Says what a segment says. Rejections are reported, and the next segment is heard. */
  protected transcribe(
    _audio: Int16Array,
    _signal: AbortSignal,
  ): Promise<Transcript | undefined> {
    throw new TypeError(`Cannot transcribe in "${this.name}": it has no "transcribe"`);
  }

  /** Listens to a new segment: collects it and calls `transcribe`, unless overridden. */
  protected listen(): SegmentListener {
    const pieces: Int16Array[] = [];
    return {
      feed: (audio) => {
        pieces.push(audio);
        return undefined;
      },
      finish: (signal) => this.transcribe(concatAudio(pieces), signal),
    };
  }

  /** Takes a piece of the user's audio. */
  protected override receiveAudio(audio: Int16Array): void {
    if (!this.#segment) return this.#keep(audio);
    this.#feed(audio);
    if ((this.#segment?.samples ?? 0) < this.#maxSegmentMs * this.#samplesPerMs) return;
    this.#end(this.clock.now());
    this.#begin(0);
  }

  /** Forgets a segment that was not over, and what came before it. */
  protected override onMuted(): void {
    this.#segment?.listener.cancel?.();
    this.#segment = undefined;
    this.#before = [];
    this.#beforeLength = 0;
  }

  /** Resolves when every segment that is over has been transcribed; one that is not is forgotten. */
  protected override drain(): Promise<void> {
    this.onMuted();
    return this.#last;
  }

  /** Forgets a segment that was not over. */
  protected override onClose(): void {
    this.onMuted();
  }

  get #samplesPerMs(): number {
    return this.sampleRate / 1000;
  }

  /** Remembers audio from before speech, as much as could be wanted. */
  #keep(audio: Int16Array): void {
    this.#before.push(audio);
    this.#beforeLength += audio.length;
    const wanted = (this.#preSpeechMs + NOTICE_MS) * this.#samplesPerMs;
    while (this.#beforeLength - (this.#before[0]?.length ?? 0) >= wanted) {
      this.#beforeLength -= this.#before.shift()?.length ?? 0;
    }
  }

  #begin(noticedMs: number): void {
    if (this.#segment) return;
    const before = concatAudio(this.#before);
    this.#before = [];
    this.#beforeLength = 0;
    try {
      this.#segment = { listener: this.listen(), samples: 0 };
    } catch (error) {
      return this.reportFailure("listen", error);
    }
    const wanted = Math.round((noticedMs + this.#preSpeechMs) * this.#samplesPerMs);
    this.#feed(before.subarray(Math.max(0, before.length - wanted)));
  }

  #feed(audio: Int16Array): void {
    if (!this.#segment || audio.length === 0) return;
    this.#segment.samples += audio.length;
    try {
      const interim = this.#segment.listener.feed(audio);
      if (interim) this.pushInterim(interim);
    } catch (error) {
      // Its rest would fail as well, 50 times a second.
      this.#segment.listener.cancel?.();
      this.#segment = undefined;
      this.reportFailure("listen", error);
    }
  }

  #end(speechEndedAt: number): void {
    const segment = this.#segment;
    if (!segment) return;
    this.#segment = undefined;
    this.#last = this.#last.then(() => this.#finish(segment, speechEndedAt));
  }

  async #finish(segment: OpenSegment, speechEndedAt: number): Promise<void> {
    const { lifeSignal } = this;
    if (lifeSignal.aborted) return segment.listener.cancel?.();
    this.metrics.startTtfb(speechEndedAt);
    this.metrics.startProcessing();
    this.metrics.audioSecs(segment.samples / this.#samplesPerMs / 1000);
    try {
      const transcript = await this.#transcript(segment);
      this.metrics.stopTtfb();
      this.metrics.stopProcessing();
      if (transcript) this.pushTranscript(transcript, { finalized: true });
    } catch (error) {
      this.metrics.cancel();
      if (!lifeSignal.aborted) this.reportFailure("transcribe", error);
    }
  }

  /** What a segment says, within its time, whether or not the recogniser heeds its signal. */
  async #transcript({ listener }: OpenSegment): Promise<Transcript | undefined> {
    const { clock, lifeSignal: signal } = this;
    using guard = new StallGuard(clock, { timeoutMs: this.#timeoutMs, signal });
    const [transcript] = await Array.fromAsync(guard.watch(answerOf(listener, guard.signal)));
    return transcript;
  }
}

async function* answerOf(
  listener: SegmentListener,
  signal: AbortSignal,
): AsyncIterable<Transcript | undefined> {
  yield await listener.finish(signal);
}
