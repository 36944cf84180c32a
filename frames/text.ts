import { DataFrame, type FrameKind } from "./frame.ts";

/** What a {@linkcode TextFrame} can be given. */
export interface TextFrameOptions {
  /** Whether the TTS service leaves it unspoken. @default {false} */
  readonly skipTts?: boolean | undefined;
  /**
   * Whether the text brings its own spaces, so that joining frames adds none.
   *
   * @default {false}
   */
  readonly includesInterFrameSpaces?: boolean | undefined;
  /** Whether the context is to hold it. @default {true} */
  readonly appendToContext?: boolean | undefined;
}

/**
 * A piece of text.
 *
 * @example
 * ```ts
 * import { TextFrame } from "@parley/sdk/frames";
 * console.log(new TextFrame("Hello").text);
 * ```
 */
export class TextFrame extends DataFrame {
  /** The text. */
  readonly text: string;
  /** Whether the TTS service leaves it unspoken. */
  readonly skipTts: boolean;
  /** Whether the text brings its own spaces. */
  readonly includesInterFrameSpaces: boolean;
  /** Whether the context is to hold it. */
  readonly appendToContext: boolean;

  /** Makes the frame. */
  constructor(text: string, options: TextFrameOptions = {}) {
    super();
    this.text = text;
    this.skipTts = options.skipTts ?? false;
    this.includesInterFrameSpaces = options.includesInterFrameSpaces ?? false;
    this.appendToContext = options.appendToContext ?? true;
  }
}

/** How a text was cut: by word, by sentence, or by a pattern's own name. */
export type AggregationType = "word" | "sentence" | "token" | (string & {});

/** What an {@linkcode AggregatedTextFrame} can be given. */
export interface AggregatedTextFrameOptions extends TextFrameOptions {
  /** How the text was cut. @default {"sentence"} */
  readonly aggregatedBy?: AggregationType | undefined;
  /** The utterance it is part of. */
  readonly contextId?: string | undefined;
  /** The text as the model wrote it, where it differs. */
  readonly rawText?: string | undefined;
  /** Whether a TTS service is going to speak it. @default {false} */
  readonly willBeSpoken?: boolean | undefined;
  /** Number of the segment, in order, within a session. */
  readonly segmentId?: number | undefined;
}

/**
 * A segment of text, such as a sentence, as the bot is about to say or show it.
 *
 * @example
 * ```ts
 * import { AggregatedTextFrame } from "@parley/sdk/frames";
 * const frame = new AggregatedTextFrame("It is noon.", { willBeSpoken: true });
 * console.log(frame.aggregatedBy); // "sentence"
 * ```
 */
export class AggregatedTextFrame extends TextFrame {
  /** How the text was cut. */
  readonly aggregatedBy: AggregationType;
  /** The utterance it is part of. */
  readonly contextId: string | undefined;
  /** The text as the model wrote it. */
  readonly rawText: string;
  /** Whether a TTS service is going to speak it. */
  readonly willBeSpoken: boolean;
  /** Number of the segment, in order, within a session. */
  readonly segmentId: number | undefined;

  /** Makes the frame. */
  constructor(text: string, options: AggregatedTextFrameOptions = {}) {
    super(text, options);
    this.aggregatedBy = options.aggregatedBy ?? "sentence";
    this.contextId = options.contextId;
    this.rawText = options.rawText ?? text;
    this.willBeSpoken = options.willBeSpoken ?? false;
    this.segmentId = options.segmentId;
  }
}

/** Where a spoken text lies within its segment. */
export interface SegmentSpan {
  /** Number of the segment. */
  readonly id: number;
  /** The whole segment, as the model wrote it. */
  readonly text: string;
  /** Where the span begins, in UTF-16 code units. */
  readonly start: number;
  /** Where the span ends, in UTF-16 code units. */
  readonly end: number;
}

/** What a {@linkcode TTSTextFrame} can be given. */
export interface TTSTextFrameOptions extends AggregatedTextFrameOptions {
  /**
   * Where in the utterance's audio the text has been said to its end, in
   * milliseconds from the utterance's first sample.
   */
  readonly endMs?: number | undefined;
  /** Where the text lies within its segment. */
  readonly span?: SegmentSpan | undefined;
}

/**
 * A text that a TTS service speaks: a word, where it knows word times.
 *
 * The output transport keeps it until its audio has been heard, and then says
 * so with a {@linkcode HeardTextFrame}.
 *
 * @example
 * ```ts
 * import { TTSTextFrame } from "@parley/sdk/frames";
 * const frame = new TTSTextFrame("Hello ", { contextId: "1", endMs: 320 });
 * console.log(frame.endMs);
 * ```
 */
export class TTSTextFrame extends AggregatedTextFrame {
  /** Where in the utterance's audio it has been said, in milliseconds. */
  readonly endMs: number | undefined;
  /** Where the text lies within its segment. */
  readonly span: SegmentSpan | undefined;

  /** Makes the frame. */
  constructor(text: string, options: TTSTextFrameOptions = {}) {
    super(text, { aggregatedBy: "word", ...options });
    this.endMs = options.endMs;
    this.span = options.span;
  }
}

/**
 * A text of the bot that has been heard: the one truth about what was said.
 *
 * It travels with the system frames, in order with an interruption, so that
 * what was heard before an interruption is known before it.
 *
 * @example
 * ```ts
 * import { HeardTextFrame, TTSTextFrame } from "@parley/sdk/frames";
 * const spoken = new TTSTextFrame("Hello ", { contextId: "1", endMs: 320 });
 * console.log(HeardTextFrame.of(spoken).text);
 * ```
 */
export class HeardTextFrame extends TTSTextFrame {
  /** The frame for a spoken text that has now been heard. */
  static of(spoken: TTSTextFrame): HeardTextFrame {
    const { contextId, aggregatedBy, endMs, span, rawText } = spoken;
    const frame = new HeardTextFrame(spoken.text, {
      contextId,
      aggregatedBy,
      rawText,
      endMs,
      span,
      willBeSpoken: true,
      segmentId: spoken.segmentId,
      appendToContext: spoken.appendToContext,
      includesInterFrameSpaces: spoken.includesInterFrameSpaces,
    });
    frame.pts = spoken.pts;
    frame.transportDestination = spoken.transportDestination;
    return frame;
  }

  /** Always `"system"`. */
  override get kind(): FrameKind {
    return "system";
  }
}

/**
 * Text that came in from the user, such as one typed into a chat. It waits for
 * nothing and is never dropped, as all input.
 *
 * @example
 * ```ts
 * import { InputTextRawFrame } from "@parley/sdk/frames";
 * console.log(new InputTextRawFrame("What time is it?").kind); // "system"
 * ```
 */
export class InputTextRawFrame extends TextFrame {
  /** Always `"system"`. */
  override get kind(): FrameKind {
    return "system";
  }
}
