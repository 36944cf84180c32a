import type { LLMContext } from "../context/mod.ts";
import { join } from "./_conversation.ts";
import {
  LLMAssistantAggregator,
  type LLMAssistantAggregatorParams,
} from "./llm_assistant_aggregator.ts";
import { LLMUserAggregator, type LLMUserAggregatorParams } from "./llm_user_aggregator.ts";

/** What an {@linkcode LLMContextAggregatorPair} can be given. */
export interface LLMContextAggregatorPairOptions {
  /** What the user's half is given. */
  readonly userParams?: LLMUserAggregatorParams | undefined;
  /** What the assistant's half is given. */
  readonly assistantParams?: LLMAssistantAggregatorParams | undefined;
  /** Whether the model is told in words when its tools change. @default {false} */
  readonly addToolChangeMessages?: boolean | undefined;
}

/**
 * The two halves of a conversation, which share a context: the user's stands
 * before the model, the assistant's behind the output transport.
 *
 * It is a list of the two, in this order.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { LLMContextAggregatorPair } from "@parley/sdk/turns";
 * const context = new LLMContext([{ role: "system", content: "Be brief." }]);
 * const [user, assistant] = new LLMContextAggregatorPair(context);
 * user.on("userTurnStopped", (_strategy, { content }) => console.log(`User: ${content}`));
 * assistant.on("assistantTurnStopped", ({ content }) => console.log(`Bot: ${content}`));
 * ```
 */
export class LLMContextAggregatorPair extends Array<LLMUserAggregator | LLMAssistantAggregator> {
  /** The user's half. */
  declare readonly 0: LLMUserAggregator;
  /** The assistant's half. */
  declare readonly 1: LLMAssistantAggregator;

  /** Makes both halves. */
  constructor(context: LLMContext, options: LLMContextAggregatorPairOptions = {}) {
    const { addToolChangeMessages, userParams, assistantParams } = options;
    const user = new LLMUserAggregator(context, { addToolChangeMessages, ...userParams });
    const assistant = new LLMAssistantAggregator(context, {
      addToolChangeMessages,
      ...assistantParams,
    });
    join(user, assistant);
    super(user, assistant);
  }

  /** What its methods that make lists make. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /** The user's half. */
  user(): LLMUserAggregator {
    return this[0];
  }

  /** The assistant's half. */
  assistant(): LLMAssistantAggregator {
    return this[1];
  }
}
