import { InterimTranscriptionFrame, TranscriptionFrame } from "../../frames/mod.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/** What a {@linkcode WakeCheckFilter} can be given. */
export interface WakeCheckFilterOptions extends FrameProcessorOptions {
  /** What wakes the bot, such as `"hey parley"`. */
  readonly wakePhrases: readonly string[];
  /** Seconds after each transcript in which more is let by without the phrase. @default {3} */
  readonly keepaliveTimeoutSecs?: number | undefined;
}

/** One speaker: what was said since the phrase was last looked for, and when it was heard. */
interface Listener {
  text: string;
  awakeAt: number | undefined;
}

/** Characters in which a phrase is looked for; what lies further back is forgotten. */
const REMEMBERED = 500;

/**
 * Keeps transcripts until somebody says a wake phrase, and lets that speaker's
 * words by for as long as he goes on within a few seconds. The transcript that
 * wakes the bot begins with the phrase.
 *
 * `WakePhraseUserTurnStartStrategy` of `@parley/sdk/turns` does the same within
 * the logic of turns, knows when the bot speaks, and is the better choice.
 *
 * @example
 * ```ts
 * import { WakeCheckFilter } from "@parley/sdk/processors/filters";
 * await using filter = new WakeCheckFilter({ wakePhrases: ["hey parley"] });
 * console.log(filter.name); // "WakeCheckFilter#1"
 * ```
 */
export class WakeCheckFilter extends FrameProcessor {
  readonly #patterns: readonly RegExp[];
  readonly #keepaliveMs: number;
  readonly #speakers: Map<string, Listener> = new Map();

  /**
   * Makes a filter that is not awake for anybody.
   *
   * @throws {TypeError} If there is no phrase, or one without a word.
   */
  constructor(options: WakeCheckFilterOptions) {
    super(options);
    this.#patterns = options.wakePhrases.map(patternOf);
    if (this.#patterns.length === 0) {
      throw new TypeError("Cannot wait for a wake phrase: pass phrases of at least one word");
    }
    this.#keepaliveMs = (options.keepaliveTimeoutSecs ?? 3) * 1000;
    this.handle(TranscriptionFrame, (frame, context) => {
      const heard = this.#hear(frame);
      if (heard) return context.forward(heard);
    });
    this.handle(InterimTranscriptionFrame, (frame, context) => {
      if (this.#isAwake(this.#speaker(frame.userId))) return context.forward();
    });
  }

  /** What is let by of a transcript. */
  #hear(frame: TranscriptionFrame): TranscriptionFrame | undefined {
    const speaker = this.#speaker(frame.userId);
    if (this.#isAwake(speaker)) {
      speaker.awakeAt = this.clock.now();
      return frame;
    }
    speaker.awakeAt = undefined;
    speaker.text = `${speaker.text} ${frame.text}`.trim().slice(-REMEMBERED);
    const places = this.#patterns.map((pattern) => speaker.text.search(pattern));
    const at = Math.min(...places.filter((place) => place >= 0));
    if (at === Infinity) return undefined;
    const text = speaker.text.slice(at);
    speaker.text = "";
    speaker.awakeAt = this.clock.now();
    return text === frame.text ? frame : withText(frame, text);
  }

  #isAwake({ awakeAt }: Listener): boolean {
    return awakeAt !== undefined && this.clock.now() - awakeAt < this.#keepaliveMs;
  }

  #speaker(userId: string): Listener {
    let speaker = this.#speakers.get(userId);
    if (!speaker) this.#speakers.set(userId, speaker = { text: "", awakeAt: undefined });
    return speaker;
  }
}

/** Finds a phrase as whole words, whatever stands between them. */
function patternOf(phrase: string): RegExp {
  const words = phrase.match(/[\p{L}\p{N}\p{M}']+/gu);
  if (!words) {
    throw new TypeError("Cannot wait for a wake phrase: pass phrases of at least one word");
  }
  return new RegExp(
    `(?<![\\p{L}\\p{N}])${words.join("[\\s\\p{P}]*")}(?![\\p{L}\\p{N}])`,
    "iu",
  );
}

/** The same transcript with another text. */
function withText(frame: TranscriptionFrame, text: string): TranscriptionFrame {
  const changed = new TranscriptionFrame(text, frame);
  changed.pts = frame.pts;
  changed.transportSource = frame.transportSource;
  changed.transportDestination = frame.transportDestination;
  Object.assign(changed.metadata, frame.metadata);
  return changed;
}
