import { ControlFrame, DataFrame } from "../frames/mod.ts";
import type { FunctionSchema } from "./function_schema.ts";
import type { LLMContext, LLMContextToolChoice } from "./llm_context.ts";
import type { LLMContextMessage } from "./messages.ts";
import type { ToolsSchema } from "./tools_schema.ts";

/**
 * Has a language model answer a context.
 *
 * The context goes on changing; a service takes a `snapshot` for its request.
 *
 * @example
 * ```ts
 * import { LLMContext, LLMContextFrame } from "@parley/sdk/context";
 * const context = new LLMContext([{ role: "user", content: "Hello!" }]);
 * console.log(new LLMContextFrame(context).context.messages.length); // 1
 * ```
 */
export class LLMContextFrame extends DataFrame {
  /** The conversation. */
  readonly context: LLMContext;

  /** Makes the frame. */
  constructor(context: LLMContext) {
    super();
    this.context = context;
  }
}

/** What frames that change a context can be given. */
export interface LLMMessagesFrameOptions {
  /** Whether the model answers at once. @default {false} */
  readonly runLlm?: boolean | undefined;
}

/**
 * Adds messages to the context.
 *
 * @example
 * ```ts
 * import { LLMMessagesAppendFrame } from "@parley/sdk/context";
 * const typed = [{ role: "user", content: "What time is it?" }] as const;
 * console.log(new LLMMessagesAppendFrame(typed, { runLlm: true }).runLlm); // true
 * ```
 */
export class LLMMessagesAppendFrame extends DataFrame {
  /** The messages. */
  readonly messages: readonly LLMContextMessage[];
  /** Whether the model answers at once. */
  readonly runLlm: boolean | undefined;

  /** Makes the frame. */
  constructor(messages: readonly LLMContextMessage[], options: LLMMessagesFrameOptions = {}) {
    super();
    this.messages = messages;
    this.runLlm = options.runLlm;
  }
}

/**
 * Replaces all messages of the context.
 *
 * @example
 * ```ts
 * import { LLMMessagesUpdateFrame } from "@parley/sdk/context";
 * console.log(new LLMMessagesUpdateFrame([]).messages.length); // 0
 * ```
 */
export class LLMMessagesUpdateFrame extends DataFrame {
  /** The messages. */
  readonly messages: readonly LLMContextMessage[];
  /** Whether the model answers at once. */
  readonly runLlm: boolean | undefined;

  /** Makes the frame. */
  constructor(messages: readonly LLMContextMessage[], options: LLMMessagesFrameOptions = {}) {
    super();
    this.messages = messages;
    this.runLlm = options.runLlm;
  }
}

/**
 * Replaces the messages of the context by what a function makes of them.
 *
 * @example Keep the last ten
 * ```ts
 * import { LLMMessagesTransformFrame } from "@parley/sdk/context";
 * const frame = new LLMMessagesTransformFrame((messages) => messages.slice(-10));
 * console.log(frame.runLlm); // undefined
 * ```
 */
export class LLMMessagesTransformFrame extends DataFrame {
  /** The function. */
  readonly transform: (messages: readonly LLMContextMessage[]) => Iterable<LLMContextMessage>;
  /** Whether the model answers at once. */
  readonly runLlm: boolean | undefined;

  /** Makes the frame. */
  constructor(
    transform: (messages: readonly LLMContextMessage[]) => Iterable<LLMContextMessage>,
    options: LLMMessagesFrameOptions = {},
  ) {
    super();
    this.transform = transform;
    this.runLlm = options.runLlm;
  }
}

/**
 * Replaces the tools of the context.
 *
 * @example
 * ```ts
 * import { LLMSetToolsFrame } from "@parley/sdk/context";
 * console.log(new LLMSetToolsFrame([]).kind); // "data"
 * ```
 */
export class LLMSetToolsFrame extends DataFrame {
  /** The tools. */
  readonly tools: ToolsSchema | readonly FunctionSchema[];

  /** Makes the frame. */
  constructor(tools: ToolsSchema | readonly FunctionSchema[]) {
    super();
    this.tools = tools;
  }
}

/**
 * Says whether and what the model is to call.
 *
 * @example
 * ```ts
 * import { LLMSetToolChoiceFrame } from "@parley/sdk/context";
 * console.log(new LLMSetToolChoiceFrame("none").toolChoice);
 * ```
 */
export class LLMSetToolChoiceFrame extends DataFrame {
  /** The choice. */
  readonly toolChoice: LLMContextToolChoice;

  /** Makes the frame. */
  constructor(toolChoice: LLMContextToolChoice) {
    super();
    this.toolChoice = toolChoice;
  }
}

/**
 * Says when an assistant message was written into the context.
 *
 * @example
 * ```ts
 * import { LLMContextAssistantTimestampFrame } from "@parley/sdk/context";
 * console.log(new LLMContextAssistantTimestampFrame("2026-01-01T12:00:00.000Z").timestamp);
 * ```
 */
export class LLMContextAssistantTimestampFrame extends DataFrame {
  /** When, as an ISO 8601 date. */
  readonly timestamp: string;

  /** Makes the frame. */
  constructor(timestamp: string) {
    super();
    this.timestamp = timestamp;
  }
}

/**
 * What the bot said in a turn that is over, as the context holds it.
 *
 * @example
 * ```ts
 * import { LLMContextAssistantTurnFrame } from "@parley/sdk/context";
 * const frame = new LLMContextAssistantTurnFrame("It is noon.", {
 *   timestamp: "2026-01-01T12:00:00.000Z",
 * });
 * console.log(frame.text);
 * ```
 */
export class LLMContextAssistantTurnFrame extends DataFrame {
  /** What was said. */
  readonly text: string;
  /** When the turn began, as an ISO 8601 date. */
  readonly timestamp: string;

  /** Makes the frame. */
  constructor(text: string, options: {
    /** When the turn began, as an ISO 8601 date. */
    readonly timestamp: string;
  }) {
    super();
    this.text = text;
    this.timestamp = options.timestamp;
  }
}

/** What a {@linkcode LLMContextSummaryRequestFrame} asks for. */
export interface LLMContextSummaryRequestFrameOptions {
  /** Names the request in its answer. */
  readonly requestId: string;
  /** How many of the newest messages stay as they are. */
  readonly minMessagesToKeep: number;
  /** How long the context may be afterwards, in tokens. */
  readonly targetContextTokens: number;
  /** What tells the model how to summarize. */
  readonly summarizationPrompt: string;
  /** How long the model may take, in seconds; for ever by default. */
  readonly summarizationTimeoutSecs?: number | undefined;
}

/**
 * Has a language model summarize a context; it answers with a `LLMContextSummaryResultFrame`.
 *
 * @example
 * ```ts
 * import { LLMContext, LLMContextSummaryRequestFrame } from "@parley/sdk/context";
 * const frame = new LLMContextSummaryRequestFrame(new LLMContext(), {
 *   requestId: "1",
 *   minMessagesToKeep: 4,
 *   targetContextTokens: 6000,
 *   summarizationPrompt: "Summarize the conversation.",
 * });
 * console.log(frame.minMessagesToKeep); // 4
 * ```
 */
export class LLMContextSummaryRequestFrame extends ControlFrame {
  /** The conversation. */
  readonly context: LLMContext;
  /** Names the request in its answer. */
  readonly requestId: string;
  /** How many of the newest messages stay as they are. */
  readonly minMessagesToKeep: number;
  /** How long the context may be afterwards, in tokens. */
  readonly targetContextTokens: number;
  /** What tells the model how to summarize. */
  readonly summarizationPrompt: string;
  /** How long the model may take, in seconds. */
  readonly summarizationTimeoutSecs: number | undefined;

  /** Makes the frame. */
  constructor(context: LLMContext, options: LLMContextSummaryRequestFrameOptions) {
    super();
    this.context = context;
    this.requestId = options.requestId;
    this.minMessagesToKeep = options.minMessagesToKeep;
    this.targetContextTokens = options.targetContextTokens;
    this.summarizationPrompt = options.summarizationPrompt;
    this.summarizationTimeoutSecs = options.summarizationTimeoutSecs;
  }

  /** Always true: were it dropped, the context would wait for a summary that nobody writes. */
  override get uninterruptible(): true {
    return true;
  }
}
