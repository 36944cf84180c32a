import {
  type LLMContext,
  LLMContextFrame,
  LLMMessagesAppendFrame,
  LLMMessagesTransformFrame,
  LLMMessagesUpdateFrame,
  LLMSetToolChoiceFrame,
  LLMSetToolsFrame,
} from "../context/mod.ts";
import {
  type FrameDirection,
  LLMContextSummaryResultFrame,
  LLMRunFrame,
  LLMSummarizeContextFrame,
} from "../frames/mod.ts";
import {
  FrameProcessor,
  type FrameProcessorOptions,
  type FrameScope,
  type ProcessorEvents,
} from "../processors/mod.ts";
import { conversationOf, enterConversation } from "./_conversation.ts";
import { InferenceGate } from "./_inference_gate.ts";

/** What both halves of an aggregator pair can be given. */
export interface LLMContextAggregatorParams extends FrameProcessorOptions {
  /** Whether the model is told in words when its tools change. @default {false} */
  readonly addToolChangeMessages?: boolean | undefined;
}

/** What an {@linkcode LLMContextAggregator} needs to know. */
export interface LLMContextAggregatorOptions extends LLMContextAggregatorParams {
  /** Where the model stands. */
  readonly toModel: FrameDirection;
}

/**
 * Keeps a context: writes into it, changes it when frames say so, and has the
 * model answer it. What the two halves of an `LLMContextAggregatorPair` have in
 * common.
 *
 * @example A model that is asked from below
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { LLMContextAggregator } from "@parley/sdk/turns";
 * class Prompter extends LLMContextAggregator {
 *   constructor(context: LLMContext) {
 *     super(context, { toModel: "upstream" });
 *   }
 * }
 * await using prompter = new Prompter(new LLMContext());
 * console.log(prompter.context.messages.length); // 0
 * ```
 */
export abstract class LLMContextAggregator<
  M extends { [K in keyof M]: readonly unknown[] } = ProcessorEvents,
> extends FrameProcessor<M> {
  /** The conversation. */
  readonly context: LLMContext;
  readonly #toModel: FrameDirection;
  readonly #tellsOfTools: boolean;
  #out: FrameScope | undefined;

  /** Makes an aggregator. */
  constructor(context: LLMContext, options: LLMContextAggregatorOptions) {
    super(options);
    this.context = context;
    this.#toModel = options.toModel;
    this.#tellsOfTools = options.addToolChangeMessages ?? false;
    const gate = new InferenceGate(context, () => this.clock);
    enterConversation(this, { gate, calls: undefined, summarizer: undefined, unheard: undefined });
    this.#handleMessages();
    this.#handleTools();
    this.#handleSummaries();
  }

  /** Pushes what no interruption makes stale. */
  protected get out(): FrameScope {
    return this.#out ??= this.scope({ uninterruptible: true });
  }

  /**
   * Has the model answer the context as it stands. While it has not answered,
   * asking again about the same conversation does nothing.
   */
  protected askModel(): void {
    const { gate, unheard } = conversationOf(this);
    if (!gate.ask()) return;
    unheard?.asked();
    void this.out.push(new LLMContextFrame(this.context), this.#toModel);
  }

  #handleMessages(): void {
    const askIf = (runLlm: boolean | undefined) => {
      if (runLlm) this.askModel();
    };
    this.handle(LLMRunFrame, () => this.askModel());
    this.handle(LLMMessagesAppendFrame, ({ messages, runLlm }) => {
      this.context.addMessages(messages);
      askIf(runLlm);
    });
    this.handle(LLMMessagesUpdateFrame, ({ messages, runLlm }) => {
      this.context.setMessages(messages);
      askIf(runLlm);
    });
    this.handle(LLMMessagesTransformFrame, ({ transform, runLlm }) => {
      this.context.transformMessages(transform);
      askIf(runLlm);
    });
  }

  #handleSummaries(): void {
    this.handle(LLMSummarizeContextFrame, ({ config }, context) => {
      const { summarizer } = conversationOf(this);
      if (!summarizer) return context.forward();
      summarizer.summarize(config);
    });
    this.handle(LLMContextSummaryResultFrame, (frame, context) => {
      conversationOf(this).summarizer?.take(frame);
      return context.forward();
    });
  }

  #handleTools(): void {
    this.handle(LLMSetToolsFrame, (frame, context) => {
      const before = this.#toolNames;
      this.context.setTools(frame.tools);
      this.#tellOfTools(before, this.#toolNames);
      // A model that holds the conversation itself must be told.
      return context.forward();
    });
    this.handle(LLMSetToolChoiceFrame, ({ toolChoice }) => this.context.setToolChoice(toolChoice));
  }

  get #toolNames(): readonly string[] {
    return this.context.tools?.standardTools.map(({ name }) => name) ?? [];
  }

  #tellOfTools(before: readonly string[], after: readonly string[]): void {
    if (!this.#tellsOfTools) return;
    const added = after.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !after.includes(name));
    const news = [
      ...added.length > 0 ? [`From now on you can call: ${added.join(", ")}.`] : [],
      ...removed.length > 0 ? [`You can no longer call: ${removed.join(", ")}.`] : [],
    ];
    if (news.length > 0) this.context.addMessage({ role: "developer", content: news.join(" ") });
  }
}
