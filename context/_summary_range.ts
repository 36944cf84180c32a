import { isLLMSpecificMessage, type LLMContextMessage, textOf } from "./messages.ts";

/** Messages to be summarized: from `start` up to, and without, `end`. */
export interface SummaryRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What of a conversation is summarized when so many of the newest messages
 * stay: all behind the leading system messages. A call is never parted from its
 * result, and one without a result stays, with all that follows it.
 */
export function summaryRange(messages: readonly LLMContextMessage[], keep: number): SummaryRange {
  const first = messages.findIndex((m) => isLLMSpecificMessage(m) || m.role !== "system");
  const start = first < 0 ? messages.length : first;
  const needed = lastNeeded(messages);
  let end = Math.max(start, messages.length - keep);
  for (;;) {
    const torn = needed.findIndex((last, i) => i >= start && i < end && last >= end);
    if (torn < 0) break;
    end = torn;
  }
  // What only one family of models understands, such as a thought, belongs to what follows it.
  while (end > start && end < messages.length && isSpecific(messages[end - 1])) end--;
  return { start, end };
}

/** The index of the last message that each one needs: that of a call's result, or none ever. */
function lastNeeded(messages: readonly LLMContextMessage[]): number[] {
  const ends = new Map<string, number>();
  const needed = messages.map((_message, i) => i);
  // From the end, so that an id that was used twice means the call before its result.
  for (const [i, message] of [...messages.entries()].reverse()) {
    const ended = endedCall(message);
    if (ended !== undefined) ends.set(ended, i);
    if (isLLMSpecificMessage(message) || message.role !== "assistant") continue;
    for (const { id } of message.tool_calls ?? []) {
      needed[i] = Math.max(needed[i] ?? i, ends.get(id) ?? Infinity);
      ends.delete(id);
    }
  }
  return needed;
}

/** The call that a message brings the end of, if any. */
function endedCall(message: LLMContextMessage): string | undefined {
  if (isLLMSpecificMessage(message)) return undefined;
  if (message.role !== "tool" && message.role !== "developer") return undefined;
  const text = textOf(message);
  const news = readNews(text);
  if (news) return news.status === "finished" ? news.id : undefined;
  if (message.role !== "tool" || text === "IN_PROGRESS") return undefined;
  return message.tool_call_id;
}

/** What a message says of a call that goes on beside the conversation. */
function readNews(text: string): { readonly id: string; readonly status: unknown } | undefined {
  if (!text.startsWith('{"type":"async_tool"')) return undefined;
  try {
    const { tool_call_id: id, status } = JSON.parse(text);
    return typeof id === "string" ? { id, status } : undefined;
  } catch {
    // A text that only looks like it.
    return undefined;
  }
}

function isSpecific(message: LLMContextMessage | undefined): boolean {
  return message !== undefined && isLLMSpecificMessage(message);
}
