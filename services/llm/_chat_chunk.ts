import type { LLMTokenUsage } from "../../frames/mod.ts";
import type { LLMEvent } from "./generation.ts";

/** What a chunk of a chat completion says, as far as we read it. */
export interface ChatChunk {
  readonly events: readonly LLMEvent[];
  /** Why the answer ended, once it has. */
  readonly finishReason: string | undefined;
  /** What the answer has cost so far. */
  readonly usage: LLMTokenUsage | undefined;
}

/** Reads a chunk; what is not as expected counts as absent. */
export function readChatChunk(chunk: unknown): ChatChunk {
  const { choices, usage } = fields(chunk);
  const choice = fields(list(choices)[0]);
  const { content, refusal, tool_calls: calls } = fields(choice.delta);
  const events: LLMEvent[] = [];
  for (const text of [content, refusal]) {
    if (typeof text === "string" && text !== "") events.push({ type: "text", text });
  }
  for (const [position, call] of list(calls).entries()) events.push(readCall(call, position));
  return { events, finishReason: string(choice.finish_reason), usage: readUsage(usage) };
}

function readCall(call: unknown, position: number): LLMEvent {
  const { index, id, function: called } = fields(call);
  const { name, arguments: args } = fields(called);
  return {
    type: "toolCall",
    index: number(index) ?? position,
    id: string(id),
    name: string(name),
    arguments: string(args),
  };
}

function readUsage(usage: unknown): LLMTokenUsage | undefined {
  const read = fields(usage);
  const promptTokens = number(read.prompt_tokens);
  const completionTokens = number(read.completion_tokens);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const cached = number(fields(read.prompt_tokens_details).cached_tokens);
  const reasoning = number(fields(read.completion_tokens_details).reasoning_tokens);
  return {
    promptTokens,
    completionTokens,
    totalTokens: number(read.total_tokens) ?? promptTokens + completionTokens,
    ...cached !== undefined && { cacheReadInputTokens: cached },
    ...reasoning !== undefined && { reasoningTokens: reasoning },
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
