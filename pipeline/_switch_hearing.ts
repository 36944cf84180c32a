import {
  type Frame,
  type FrameDirection,
  InputAudioRawFrame,
  TranscriptionFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { Entry } from "../processors/_inbox.ts";
import type { Outcome, Rescue, SwitchMemory, Withdrawn } from "./_switch_memory.ts";

/** Milliseconds of audio from before speech was noticed that another is given. */
const BEFORE_MS = 800;
/** Milliseconds of audio that are remembered for another at most. */
const MOST_MS = 60_000;

/** Milliseconds after which speech that nobody answered is not heard again. */
const STALE_MS = 30_000;

/** A stretch of speech, from before it was noticed to its end, in the order it came. */
interface Stretch {
  readonly entries: Entry[];
  ms: number;
  /** When it was over. */
  overAt?: number;
}

/** Of a recogniser: another hears again what was not answered. */
export class HearingMemory implements SwitchMemory {
  /** Speech that is over, and not answered yet. */
  #over: Stretch[] = [];
  /** The user speaks. */
  #open: Stretch | undefined;
  /** What came last while nobody spoke. */
  #quiet: Stretch = { entries: [], ms: 0 };
  /** Transcripts that only pass by. */
  readonly #passing: WeakSet<Frame> = new WeakSet();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is said in one go is heard by one service. */
  get canSwitch(): boolean {
    return this.#open === undefined;
  }

  /** A transcript comes when it comes. */
  get owes(): boolean {
    return this.#over.length > 0;
  }

  given(frame: Frame, direction: FrameDirection): void {
    const entry = { frame, direction, epoch: 0 };
    if (frame instanceof InputAudioRawFrame) this.#hear(entry, frame);
    else if (frame instanceof VADUserStartedSpeakingFrame) {
      this.#open ??= this.#quiet;
      this.#open.entries.push(entry);
      this.#quiet = { entries: [], ms: 0 };
    } else if (frame instanceof VADUserStoppedSpeakingFrame && this.#open) {
      this.#open.entries.push(entry);
      this.#open.overAt = this.#now();
      this.#over.push(this.#open);
      this.#open = undefined;
      this.#forget();
    } else if (frame instanceof TranscriptionFrame) this.#passing.add(frame);
  }

  gave(frame: Frame, direction: FrameDirection): Outcome {
    const heard = frame instanceof TranscriptionFrame && direction === "downstream";
    if (!heard || this.#passing.has(frame)) return "pass";
    // A service that answers while speech goes on has answered that much of it.
    if (this.#over.length === 0 && this.#open) this.#cutOpen(this.#open);
    this.#over = [];
    return "served";
  }

  /** The words that interrupt the bot are the last that may be lost. */
  interrupted(): void {}

  farewell(): Frame[] {
    return [];
  }

  /** Speech may have begun already, though nobody has noticed yet. */
  greeting(): Frame[] {
    const { entries } = this.#quiet;
    this.#quiet = { entries: [], ms: 0 };
    return entries.map(({ frame }) => frame);
  }

  rescue({ inWork, waiting }: Withdrawn): Rescue {
    this.#forget();
    const heard = [...this.#over, ...this.#open ? [this.#open] : [], this.#quiet]
      .flatMap(({ entries }) => entries);
    this.#over = [];
    this.#open = undefined;
    this.#quiet = { entries: [], ms: 0 };
    const again = [...heard, ...inWork ? [inWork] : [], ...waiting];
    return { closing: [], again, lost: false, continues: false };
  }

  goOn(): void {}

  #hear(entry: Entry, { audio, sampleRate, numChannels }: InputAudioRawFrame): void {
    const stretch = this.#open ?? this.#quiet;
    stretch.entries.push(entry);
    stretch.ms += lengthMs(audio, sampleRate * numChannels);
    const most = this.#open ? MOST_MS : BEFORE_MS;
    while (stretch.ms > most) {
      const at = stretch.entries.findIndex(({ frame }) => frame instanceof InputAudioRawFrame);
      const [oldest] = stretch.entries.splice(at, 1);
      if (!(oldest?.frame instanceof InputAudioRawFrame)) return;
      const { frame } = oldest;
      stretch.ms -= lengthMs(frame.audio, frame.sampleRate * frame.numChannels);
    }
  }

  #cutOpen(stretch: Stretch): void {
    const kept = stretch.entries.filter(({ frame }) => !(frame instanceof InputAudioRawFrame));
    stretch.entries.splice(0, Infinity, ...kept);
    stretch.ms = 0;
  }

  /** Speech that nobody answers, such as a cough, is not remembered for ever. */
  #forget(): void {
    const oldest = this.#now() - STALE_MS;
    this.#over = this.#over.filter(({ overAt = oldest }) => overAt > oldest);
    let ms = this.#over.reduce((sum, stretch) => sum + stretch.ms, 0);
    while (ms > MOST_MS) ms -= this.#over.shift()?.ms ?? ms;
  }
}

function lengthMs(audio: Int16Array, samplesPerSec: number): number {
  return audio.length * 1000 / samplesPerSec;
}
