import { isLLMSpecificMessage, type LLMContextMessage, textOf } from "./messages.ts";

/** A picture or a recording, whatever it holds. */
const MEDIA_TOKENS = 500;
/** What stands around each message. */
const MESSAGE_TOKENS = 10;
const CHARACTERS_PER_TOKEN = 4;

/** What a model that judges turns puts before its answers. */
const TURN_MARKER = /^[✓○◐]\s*/;

/** About how many tokens messages have, at four characters each. */
export function estimateTokens(messages: readonly LLMContextMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensOf(message), 0);
}

/** A conversation as text, for a model that is to summarize it. */
export function transcriptOf(messages: readonly LLMContextMessage[]): string {
  return messages.flatMap(linesOf).join("\n");
}

function tokensOf(message: LLMContextMessage): number {
  if (isLLMSpecificMessage(message)) return MESSAGE_TOKENS + tokensIn(jsonOf(message.message));
  const parts = message.role === "user" && typeof message.content !== "string"
    ? message.content
    : [];
  const media = parts.filter(({ type }) => type !== "text").length;
  const calls = message.role === "assistant" ? message.tool_calls ?? [] : [];
  const asked = calls.map((call) => call.function.name + call.function.arguments).join("");
  return MESSAGE_TOKENS + tokensIn(textOf(message)) + tokensIn(asked) + media * MEDIA_TOKENS;
}

function tokensIn({ length }: string): number {
  return Math.ceil(length / CHARACTERS_PER_TOKEN);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // What cannot be written down is sent by nobody.
    return "";
  }
}

const SPEAKERS = {
  system: "Instruction",
  developer: "Note",
  user: "User",
  assistant: "Assistant",
} as const;

function linesOf(message: LLMContextMessage): string[] {
  if (isLLMSpecificMessage(message)) return [];
  const text = textOf(message).trim();
  if (message.role === "tool") return [`Result of call ${message.tool_call_id}: ${text}`];
  const said = message.role === "assistant" ? text.replace(TURN_MARKER, "") : text;
  const lines = said === "" ? [] : [`${SPEAKERS[message.role]}: ${said}`];
  if (message.role === "user" && said === "") lines.push("User: (shows or plays something)");
  const calls = message.role === "assistant" ? message.tool_calls ?? [] : [];
  for (const { id, function: { name, arguments: args } } of calls) {
    lines.push(`Assistant makes call ${id}: ${name}(${args})`);
  }
  return lines;
}
