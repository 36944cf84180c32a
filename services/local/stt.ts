/**
 * Speech to text in process, of the phrases that a bot defines: no key, no
 * network. Speech that is none of them is refused.
 *
 * @module
 */
import { StartFrame } from "../../frames/mod.ts";
import {
  SegmentedSTTService,
  type SegmentedSTTServiceOptions,
  type SegmentListener,
  type Transcript,
} from "../stt/mod.ts";
import { PhraseBook, type PhraseBookOptions } from "./grammar.ts";
import { SpeechRecognizer } from "./recognizer.ts";

/** What a {@linkcode LocalSTTService} can be given. */
export interface LocalSTTServiceOptions extends SegmentedSTTServiceOptions, PhraseBookOptions {
  /** What it hears, as a {@linkcode PhraseBook} takes it. */
  readonly phrases: readonly string[];
}

/** The transcript of speech that was heard and is none of the phrases. */
export const UNINTELLIGIBLE = "[unintelligible]";

// Rung 3: it runs in this process

/**
 * Hears the phrases it was given, and nothing else. Other speech becomes the
 * transcript `[unintelligible]`; silence and noise become none.
 *
 * @example
 * ```ts
 * import { LocalSTTService } from "@parley/sdk/services/local";
 * const stt = new LocalSTTService({ phrases: ["what time is it", "roll {n: number} dice"] });
 * console.log(stt.role); // "stt"
 * ```
 * @throws {SyntaxError} If a phrase is not written as it should be.
 */
export class LocalSTTService extends SegmentedSTTService {
  readonly #book: PhraseBook;

  /** Makes a service; its model is loaded when the pipeline starts. */
  constructor(options: LocalSTTServiceOptions) {
    super(options, { model: "soundswallower en-us", language: "en-US" });
    const { phrases, slots, pronunciations } = options;
    this.#book = new PhraseBook(phrases, { slots, pronunciations });
    this.handle(StartFrame, async (_frame, context) => {
      await this.clock.hold(this.#makeRecognizer().load());
      return await context.forward();
    });
  }

  /** Hears a segment while it is spoken. */
  protected override listen(): SegmentListener {
    const utterance = this.#makeRecognizer().start();
    // The decoders must be given back before the process or a test may end.
    this.spawn("hear a segment", (signal) => {
      signal.addEventListener("abort", () => utterance.cancel(), { once: true });
      return utterance.over;
    });
    let seen = "";
    return {
      feed: (audio): Transcript | undefined => {
        utterance.feed(audio);
        const text = utterance.partial();
        if (text === seen) return undefined;
        seen = text;
        return { text };
      },
      finish: async (signal): Promise<Transcript> => {
        const result = await this.clock.hold(utterance.finish({ signal }));
        return { text: result.refused ? UNINTELLIGIBLE : result.text, language: "en-US", result };
      },
      cancel: () => utterance.cancel(),
    };
  }

  /** Cheap: recognisers with the same phrases share their decoders. */
  #makeRecognizer(): SpeechRecognizer {
    return new SpeechRecognizer({
      book: this.#book,
      sampleRate: this.env.params.audioInSampleRate,
    });
  }
}
