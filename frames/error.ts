import { SystemFrame } from "./frame.ts";

/** What a frame needs to know of a processor it names. */
export interface NamedProcessor {
  /** Its name, such as `TTSService#1`. */
  readonly name: string;
}

/** What an {@linkcode ErrorFrame} can be given. */
export interface ErrorFrameOptions {
  /** Whether the session cannot go on. @default {false} */
  readonly fatal?: boolean | undefined;
  /** The processor where it happened. */
  readonly processor?: NamedProcessor | undefined;
  /** What was thrown. */
  readonly exception?: unknown | undefined;
  /** A word to sort by, such as `"auth"` or `"rate_limit"`. */
  readonly category?: string | undefined;
}

/**
 * Something went wrong; pushed upstream, to the task. The conversation goes on
 * unless it is fatal.
 *
 * @example
 * ```ts
 * import { ErrorFrame } from "@parley/sdk/frames";
 * const frame = new ErrorFrame("Cannot reach the model");
 * console.log(frame.name); // "ErrorFrame#1"
 * ```
 */
export class ErrorFrame extends SystemFrame {
  /** What went wrong, as a sentence. */
  readonly error: string;
  /** Whether the session cannot go on. */
  readonly fatal: boolean;
  /** The processor where it happened. */
  readonly processor: NamedProcessor | undefined;
  /** What was thrown. */
  readonly exception: unknown | undefined;
  /** A word to sort by, such as `"auth"` or `"rate_limit"`. */
  readonly category: string | undefined;

  /** Makes the frame. */
  constructor(error: string, options: ErrorFrameOptions = {}) {
    super();
    this.error = error;
    this.fatal = options.fatal ?? false;
    this.processor = options.processor;
    this.exception = options.exception;
    this.category = options.category;
  }
}

/**
 * Something went wrong, and the session cannot go on.
 *
 * @example
 * ```ts
 * import { FatalErrorFrame } from "@parley/sdk/frames";
 * console.log(new FatalErrorFrame("Cannot hear the caller: the line is gone").fatal); // true
 * ```
 */
export class FatalErrorFrame extends ErrorFrame {
  /** Makes the frame. */
  constructor(error: string, options: Omit<ErrorFrameOptions, "fatal"> = {}) {
    super(error, { ...options, fatal: true });
  }
}
