import type { LLMContextSummarizer } from "../context/mod.ts";
import type { FunctionCallRecords } from "./_function_calls.ts";
import type { InferenceGate } from "./_inference_gate.ts";
import type { UnheardAnswer } from "./_unheard_answer.ts";

/** What the two halves of an aggregator pair have in common, beside the context. */
export interface Conversation {
  /** Decides when the model is asked. */
  readonly gate: InferenceGate;
  /** The record of function calls; only where there is an assistant's half. */
  readonly calls: FunctionCallRecords | undefined;
  /** Shortens the context; only where there is an assistant's half. */
  readonly summarizer: LLMContextSummarizer | undefined;
  /** What became of the answer that was asked for; only where there is an assistant's half. */
  readonly unheard: UnheardAnswer | undefined;
}

// Beside the halves and not in them: their public types would have to name it.
const conversations: WeakMap<object, Conversation> = new WeakMap();
const partners: WeakMap<object, Half> = new WeakMap();

type Half = { readonly name: string };

/** The conversation of a half. */
export function conversationOf(half: object): Conversation {
  const conversation = conversations.get(half);
  if (!conversation) throw new TypeError("Cannot find the conversation: this is no half of a pair");
  return conversation;
}

/** Puts a half into a conversation. */
export function enterConversation(half: object, conversation: Conversation): void {
  conversations.set(half, conversation);
}

/** The other half, if the two were made as a pair. */
export function partnerOf(half: object): Half | undefined {
  return partners.get(half);
}

/** Makes two halves a pair: the user's enters the conversation of the assistant's. */
export function join(user: Half, assistant: Half): void {
  enterConversation(user, conversationOf(assistant));
  partners.set(user, assistant);
  partners.set(assistant, user);
}
