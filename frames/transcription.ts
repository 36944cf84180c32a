import { TextFrame } from "./text.ts";

/** What a {@linkcode TranscriptionFrame} can be given. */
export interface TranscriptionFrameOptions {
  /** Who spoke. @default {""} */
  readonly userId?: string | undefined;
  /** When, as an ISO 8601 date. @default {""} */
  readonly timestamp?: string | undefined;
  /** Language that was heard (BCP 47). */
  readonly language?: string | undefined;
  /** What the provider said, as it said it. */
  readonly result?: unknown;
}

/** What a final {@linkcode TranscriptionFrame} can be given. */
export interface FinalTranscriptionFrameOptions extends TranscriptionFrameOptions {
  /** Whether the service promises that nothing more of this speech follows. @default {false} */
  readonly finalized?: boolean | undefined;
}

/**
 * What the user said. It survives interruptions: the words that interrupt the
 * bot are the last that may be lost.
 *
 * @example
 * ```ts
 * import { TranscriptionFrame } from "@parley/sdk/frames";
 * console.log(new TranscriptionFrame("What time is it?", { userId: "ada" }).text);
 * ```
 */
export class TranscriptionFrame extends TextFrame {
  /** Who spoke. */
  readonly userId: string;
  /** When, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Language that was heard (BCP 47). */
  readonly language: string | undefined;
  /** What the provider said, as it said it. */
  readonly result: unknown;
  /** Whether nothing more of this speech follows. */
  readonly finalized: boolean;

  /** Makes the frame. */
  constructor(text: string, options: FinalTranscriptionFrameOptions = {}) {
    super(text);
    this.userId = options.userId ?? "";
    this.timestamp = options.timestamp ?? "";
    this.language = options.language;
    this.result = options.result;
    this.finalized = options.finalized ?? false;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * What the user seems to be saying; the next one, or the final, replaces it.
 *
 * @example
 * ```ts
 * import { InterimTranscriptionFrame } from "@parley/sdk/frames";
 * console.log(new InterimTranscriptionFrame("What ti").text);
 * ```
 */
export class InterimTranscriptionFrame extends TextFrame {
  /** Who speaks. */
  readonly userId: string;
  /** When, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Language that is heard (BCP 47). */
  readonly language: string | undefined;
  /** What the provider said, as it said it. */
  readonly result: unknown;

  /** Makes the frame. */
  constructor(text: string, options: TranscriptionFrameOptions = {}) {
    super(text);
    this.userId = options.userId ?? "";
    this.timestamp = options.timestamp ?? "";
    this.language = options.language;
    this.result = options.result;
  }
}

/** What a {@linkcode TranslationFrame} can be given. */
export interface TranslationFrameOptions {
  /** Who spoke. @default {""} */
  readonly userId?: string | undefined;
  /** When, as an ISO 8601 date. @default {""} */
  readonly timestamp?: string | undefined;
  /** Language of the translation (BCP 47). */
  readonly language?: string | undefined;
}

/**
 * What the user said, in another language.
 *
 * @example
 * ```ts
 * import { TranslationFrame } from "@parley/sdk/frames";
 * console.log(new TranslationFrame("Wie spät ist es?", { language: "de" }).language);
 * ```
 */
export class TranslationFrame extends TextFrame {
  /** Who spoke. */
  readonly userId: string;
  /** When, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Language of the translation (BCP 47). */
  readonly language: string | undefined;

  /** Makes the frame. */
  constructor(text: string, options: TranslationFrameOptions = {}) {
    super(text);
    this.userId = options.userId ?? "";
    this.timestamp = options.timestamp ?? "";
    this.language = options.language;
  }
}
