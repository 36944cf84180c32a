import { ControlFrame, DataFrame } from "./frame.ts";

/** What a {@linkcode TTSSpeakFrame} can be given. */
export interface TTSSpeakFrameOptions {
  /** Whether the context holds it once it is heard. @default {true} */
  readonly appendToContext?: boolean | undefined;
}

/**
 * Has the TTS service speak a text that no model wrote.
 *
 * @example
 * ```ts
 * import { TTSSpeakFrame } from "@parley/sdk/frames";
 * const frame = new TTSSpeakFrame("Hello.");
 * console.log(frame.name); // "TTSSpeakFrame#1"
 * ```
 */
export class TTSSpeakFrame extends DataFrame {
  /** What to say. */
  readonly text: string;
  /** Whether the context holds it once it is heard. */
  readonly appendToContext: boolean;

  /** Makes the frame. */
  constructor(text: string, options: TTSSpeakFrameOptions = {}) {
    super();
    this.text = text;
    this.appendToContext = options.appendToContext ?? true;
  }
}

/** What a {@linkcode TTSStartedFrame} can be given. */
export interface TTSStartedFrameOptions {
  /** The utterance. */
  readonly contextId?: string | undefined;
  /** Whether the context holds it once it is heard. @default {true} */
  readonly appendToContext?: boolean | undefined;
}

/**
 * A TTS service begins an utterance; its audio follows.
 *
 * @example
 * ```ts
 * import { TTSStartedFrame } from "@parley/sdk/frames";
 * const frame = new TTSStartedFrame();
 * console.log(frame.name); // "TTSStartedFrame#1"
 * ```
 */
export class TTSStartedFrame extends ControlFrame {
  /** The utterance. */
  readonly contextId: string | undefined;
  /** Whether the context holds it once it is heard. */
  readonly appendToContext: boolean;

  /** Makes the frame. */
  constructor(options: TTSStartedFrameOptions = {}) {
    super();
    this.contextId = options.contextId;
    this.appendToContext = options.appendToContext ?? true;
  }
}

/** What a {@linkcode TTSStoppedFrame} can be given. */
export interface TTSStoppedFrameOptions {
  /** The utterance. */
  readonly contextId?: string | undefined;
}

/**
 * A TTS service has given all audio of an utterance.
 *
 * @example
 * ```ts
 * import { TTSStoppedFrame } from "@parley/sdk/frames";
 * const frame = new TTSStoppedFrame();
 * console.log(frame.name); // "TTSStoppedFrame#1"
 * ```
 */
export class TTSStoppedFrame extends ControlFrame {
  /** The utterance. */
  readonly contextId: string | undefined;

  /** Makes the frame. */
  constructor(options: TTSStoppedFrameOptions = {}) {
    super();
    this.contextId = options.contextId;
  }
}
