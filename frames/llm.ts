import { ControlFrame, DataFrame } from "./frame.ts";
import { TextFrame, type TextFrameOptions } from "./text.ts";

/**
 * Text that a language model writes, piece by piece, as it comes.
 *
 * @example
 * ```ts
 * import { LLMTextFrame } from "@parley/sdk/frames";
 * console.log(new LLMTextFrame("It is ").includesInterFrameSpaces); // true
 * ```
 */
export class LLMTextFrame extends TextFrame {
  /** Makes the frame; the text brings its own spaces. */
  constructor(text: string, options: TextFrameOptions = {}) {
    super(text, { includesInterFrameSpaces: true, ...options });
  }
}

/**
 * Text that a vision model writes about an image. It is spoken as any other.
 *
 * @example
 * ```ts
 * import { LLMTextFrame, VisionTextFrame } from "@parley/sdk/frames";
 * console.log(new VisionTextFrame("A cat.") instanceof LLMTextFrame); // true
 * ```
 */
export class VisionTextFrame extends LLMTextFrame {}

/** What frames around a model's answer can be given. */
export interface LLMFullResponseFrameOptions {
  /** Whether the answer stays unspoken. @default {false} */
  readonly skipTts?: boolean | undefined;
}

/**
 * A model begins an answer.
 *
 * @example
 * ```ts
 * import { LLMFullResponseStartFrame } from "@parley/sdk/frames";
 * console.log(new LLMFullResponseStartFrame().skipTts); // false
 * ```
 */
export class LLMFullResponseStartFrame extends ControlFrame {
  /** Whether the answer stays unspoken. */
  readonly skipTts: boolean;

  /** Makes the frame. */
  constructor(options: LLMFullResponseFrameOptions = {}) {
    super();
    this.skipTts = options.skipTts ?? false;
  }
}

/**
 * A model has ended an answer.
 *
 * @example
 * ```ts
 * import { LLMFullResponseEndFrame } from "@parley/sdk/frames";
 * console.log(new LLMFullResponseEndFrame().skipTts); // false
 * ```
 */
export class LLMFullResponseEndFrame extends ControlFrame {
  /** Whether the answer stays unspoken. */
  readonly skipTts: boolean;

  /** Makes the frame. */
  constructor(options: LLMFullResponseFrameOptions = {}) {
    super();
    this.skipTts = options.skipTts ?? false;
  }
}

/**
 * A vision model begins an answer.
 *
 * @example
 * ```ts
 * import { VisionFullResponseStartFrame } from "@parley/sdk/frames";
 * console.log(new VisionFullResponseStartFrame().skipTts); // false
 * ```
 */
export class VisionFullResponseStartFrame extends LLMFullResponseStartFrame {}

/**
 * A vision model has ended an answer.
 *
 * @example
 * ```ts
 * import { VisionFullResponseEndFrame } from "@parley/sdk/frames";
 * console.log(new VisionFullResponseEndFrame().skipTts); // false
 * ```
 */
export class VisionFullResponseEndFrame extends LLMFullResponseEndFrame {}

/**
 * Has the assistant aggregator write what it has gathered into the context now,
 * rather than when the answer ends.
 *
 * @example
 * ```ts
 * import { LLMAssistantPushAggregationFrame } from "@parley/sdk/frames";
 * console.log(new LLMAssistantPushAggregationFrame().kind); // "control"
 * ```
 */
export class LLMAssistantPushAggregationFrame extends ControlFrame {}

/**
 * Has the model run on the context as it stands.
 *
 * @example
 * ```ts
 * import { LLMRunFrame } from "@parley/sdk/frames";
 * console.log(new LLMRunFrame().kind); // "data"
 * ```
 */
export class LLMRunFrame extends DataFrame {}

/**
 * Has the model's answers spoken, or left unspoken, from now on.
 *
 * @example
 * ```ts
 * import { LLMConfigureOutputFrame } from "@parley/sdk/frames";
 * console.log(new LLMConfigureOutputFrame(true).skipTts);
 * ```
 */
export class LLMConfigureOutputFrame extends DataFrame {
  /** Makes the frame. */
  constructor(
    /** Whether answers stay unspoken. */
    readonly skipTts: boolean,
  ) {
    super();
  }

  /** Always true: were the one that ends the silence dropped, it would last for ever. */
  override get uninterruptible(): true {
    return true;
  }
}

/**
 * Turns prompt caching on or off, where the model has it.
 *
 * @example
 * ```ts
 * import { LLMEnablePromptCachingFrame } from "@parley/sdk/frames";
 * console.log(new LLMEnablePromptCachingFrame(true).enable);
 * ```
 */
export class LLMEnablePromptCachingFrame extends DataFrame {
  /** Makes the frame. */
  constructor(
    /** Whether prompts are cached. */
    readonly enable: boolean,
  ) {
    super();
  }
}
