import { isLLMSpecificMessage, type LLMContext, textOf } from "../context/mod.ts";

/** The messages of a context as lines: `user: What time is it?`, `assistant calls get_time {}`. */
export function contextLines(context: LLMContext | undefined): string[] {
  return (context?.messages ?? []).flatMap((message) => {
    if (isLLMSpecificMessage(message)) {
      return [`${message.llm}: ${JSON.stringify(message.message)}`];
    }
    const text = textOf(message);
    const calls = message.role === "assistant" ? message.tool_calls ?? [] : [];
    return [
      ...text === "" && calls.length > 0 ? [] : [`${message.role}: ${text}`],
      ...calls.map(({ function: { name, arguments: given } }) =>
        `assistant calls ${name} ${given}`
      ),
    ];
  });
}

/** Whether a text is as expected: the same but for white space, or one that a pattern finds. */
export function matches(expected: string | RegExp, text: string): boolean {
  if (expected instanceof RegExp) return expected.test(text);
  return tidy(expected) === tidy(text);
}

/** Whether something is in a text. */
export function contains(expected: string | RegExp, text: string): boolean {
  return expected instanceof RegExp ? expected.test(text) : text.includes(expected);
}

/** A text or a pattern, as it is written in a program. */
export function quote(text: string | RegExp): string {
  return text instanceof RegExp ? String(text) : JSON.stringify(text);
}

function tidy(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
