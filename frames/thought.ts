import { ControlFrame, DataFrame } from "./frame.ts";

/** What a {@linkcode LLMThoughtStartFrame} can be given. */
export interface LLMThoughtStartFrameOptions {
  /** Whether the context is to hold the thought; `llm` must be given then. @default {false} */
  readonly appendToContext?: boolean | undefined;
  /** The model family that thinks, such as `"anthropic"`: no other can read its thoughts. */
  readonly llm?: string | undefined;
}

/**
 * A model begins to think aloud.
 *
 * @example
 * ```ts
 * import { LLMThoughtStartFrame } from "@parley/sdk/frames";
 * const frame = new LLMThoughtStartFrame({ appendToContext: true, llm: "anthropic" });
 * console.log(frame.llm);
 * ```
 */
export class LLMThoughtStartFrame extends ControlFrame {
  /** Whether the context is to hold the thought. */
  readonly appendToContext: boolean;
  /** The model family that thinks. */
  readonly llm: string | undefined;

  /**
   * Makes the frame.
   *
   * @throws {TypeError} If the context is to hold the thought and `llm` is not given.
   */
  constructor(options: LLMThoughtStartFrameOptions = {}) {
    super();
    const { appendToContext = false, llm } = options;
    if (appendToContext && llm === undefined) {
      throw new TypeError('Cannot append a thought to the context without a model: pass "llm"');
    }
    this.appendToContext = appendToContext;
    this.llm = llm;
  }
}

/** What a {@linkcode LLMThoughtTextFrame} can be given. */
export interface LLMThoughtTextFrameOptions {
  /** Whether the text brings its own spaces, so that joining frames adds none. @default {true} */
  readonly includesInterFrameSpaces?: boolean | undefined;
}

/**
 * A piece of what a model thinks. It is not a `TextFrame`, so nobody speaks it.
 *
 * @example
 * ```ts
 * import { LLMThoughtTextFrame, TextFrame } from "@parley/sdk/frames";
 * const frame = new LLMThoughtTextFrame("The user wants the time. ");
 * console.log(frame instanceof TextFrame); // false
 * ```
 */
export class LLMThoughtTextFrame extends DataFrame {
  /** The piece of the thought. */
  readonly text: string;
  /** Whether the text brings its own spaces. */
  readonly includesInterFrameSpaces: boolean;

  /** Makes the frame. */
  constructor(text: string, options: LLMThoughtTextFrameOptions = {}) {
    super();
    this.text = text;
    this.includesInterFrameSpaces = options.includesInterFrameSpaces ?? true;
  }
}

/**
 * A model has ended a thought.
 *
 * @example
 * ```ts
 * import { LLMThoughtEndFrame } from "@parley/sdk/frames";
 * console.log(new LLMThoughtEndFrame("c2lnbmVk").signature);
 * ```
 */
export class LLMThoughtEndFrame extends ControlFrame {
  /** What the model signed the thought with, to be sent back along with it. */
  readonly signature: unknown;

  /** Makes the frame. */
  constructor(signature: unknown = undefined) {
    super();
    this.signature = signature;
  }
}
