import type OpenAI from "openai";
import type { FakeChatAnswer } from "./fake_openai_types.ts";

type Chunk = OpenAI.Chat.ChatCompletionChunk;
type Delta = OpenAI.Chat.ChatCompletionChunk.Choice.Delta;
type FinishReason = OpenAI.Chat.ChatCompletionChunk.Choice["finish_reason"];

/** An answer as OpenAI streams it, event by event. */
export function* chatEvents(
  answer: FakeChatAnswer,
  request: { readonly model: string; readonly includeUsage: boolean },
): Iterable<string> {
  const { text = "", calls = [], tokens } = answer;
  const stamp = {
    id: "chatcmpl-fake",
    object: "chat.completion.chunk",
    created: 1_767_268_800,
    model: request.model,
  } as const;
  const say = (delta: Delta, finish_reason: FinishReason = null) =>
    eventOf(
      { ...stamp, choices: [{ index: 0, delta, finish_reason, logprobs: null }] } satisfies Chunk,
    );
  yield say({ role: "assistant", content: "", refusal: null });
  for (const content of tokens ?? tokensOf(text)) yield say({ content });
  for (const delta of callDeltas(calls)) yield say({ tool_calls: [delta] });
  if (answer.trouble) return;
  yield say({}, answer.finishReason ?? (calls.length > 0 ? "tool_calls" : "stop"));
  if (request.includeUsage) yield eventOf(usageOf(answer, stamp));
  yield "data: [DONE]\n\n";
}

/** Words, each with the space before it. */
function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Calls side by side: the first pieces with id and name, then the arguments in turns. */
function* callDeltas(
  calls: NonNullable<FakeChatAnswer["calls"]>,
): Iterable<NonNullable<Delta["tool_calls"]>[number]> {
  for (const [index, { name, id }] of calls.entries()) {
    yield {
      index,
      id: id ?? `call_fake_${index + 1}`,
      type: "function",
      function: { name, arguments: "" },
    };
  }
  const pieces = calls.map(({ arguments: args = {} }) =>
    (typeof args === "string" ? args : JSON.stringify(args)).match(/[^]{1,6}/g) ?? []
  );
  for (let turn = 0; pieces.some((own) => turn < own.length); turn++) {
    for (const [index, own] of pieces.entries()) {
      const piece = own[turn];
      if (piece !== undefined) yield { index, function: { arguments: piece } };
    }
  }
}

function usageOf(
  { usage }: FakeChatAnswer,
  stamp: Pick<Chunk, "id" | "object" | "created" | "model">,
): Chunk {
  const { promptTokens = 7, completionTokens = 2 } = usage ?? {};
  return {
    ...stamp,
    choices: [],
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      prompt_tokens_details: { cached_tokens: usage?.cacheReadInputTokens ?? 0 },
      completion_tokens_details: { reasoning_tokens: usage?.reasoningTokens ?? 0 },
    },
  };
}

function eventOf(chunk: Chunk): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
