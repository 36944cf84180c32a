import type { LLMContext, LLMContextSnapshot, LLMContextToolChoice } from "./llm_context.ts";
import { isLLMSpecificMessage, type LLMStandardMessage } from "./messages.ts";
import type { JSONSchema } from "./standard_schema.ts";
import type { ToolsSchema } from "./tools_schema.ts";

/** A function as chat completions are told of it. */
export interface OpenAIFunctionTool {
  /** Always `"function"`. */
  readonly type: "function";
  /** The function. */
  readonly function: {
    /** Its name. */
    readonly name: string;
    /** What it does. */
    readonly description: string;
    /** Its arguments. */
    readonly parameters: JSONSchema;
  };
}

/** What a chat completions request says of a context; the key is absent where there is nothing to say. */
export interface OpenAILLMInvocationParams {
  /** The conversation. */
  readonly messages: readonly LLMStandardMessage[];
  /** The tools: functions, and what OpenAI's own are. */
  readonly tools?: readonly (OpenAIFunctionTool | Readonly<Record<string, unknown>>)[];
  /** Whether and what the model is to call. */
  readonly tool_choice?: LLMContextToolChoice;
}

/** How {@linkcode openAIInvocationParams} translates. */
export interface OpenAIAdapterOptions {
  /** The service's own instruction, put first. */
  readonly systemInstruction?: string | undefined;
  /**
   * Whether developer messages become user messages, for models that do not
   * know them. @default {false}
   */
  readonly convertDeveloperToUser?: boolean | undefined;
}

/**
 * Makes the messages and tools of a chat completions request, as OpenAI and all
 * that are compatible take it.
 *
 * @example
 * ```ts
 * import { LLMContext, openAIInvocationParams } from "@parley/sdk/context";
 * import { assertEquals } from "@std/assert";
 * const context = new LLMContext([{ role: "user", content: "Hello!" }]);
 * assertEquals(openAIInvocationParams(context, { systemInstruction: "Be brief." }).messages, [
 *   { role: "system", content: "Be brief." },
 *   { role: "user", content: "Hello!" },
 * ]);
 * ```
 */
export function openAIInvocationParams(
  context: LLMContext | LLMContextSnapshot,
  options: OpenAIAdapterOptions = {},
): OpenAILLMInvocationParams {
  const { tools, toolChoice } = context;
  return {
    messages: messagesOf(context, options),
    ...tools && { tools: toolsOf(tools) },
    ...tools && toolChoice && { tool_choice: toolChoice },
  };
}

function messagesOf(
  context: LLMContext | LLMContextSnapshot,
  options: OpenAIAdapterOptions,
): LLMStandardMessage[] {
  const { systemInstruction, convertDeveloperToUser = false } = options;
  const messages: LLMStandardMessage[] = [];
  if (systemInstruction) messages.push({ role: "system", content: systemInstruction });
  for (const message of context.messages) {
    if (!isLLMSpecificMessage(message)) {
      const turn = convertDeveloperToUser && message.role === "developer";
      messages.push(turn ? { ...message, role: "user" } : message);
    } else if (message.llm === "openai") {
      // The caller asked for it to be sent as it is.
      messages.push(message.message as LLMStandardMessage);
    }
  }
  return messages;
}

function toolsOf(tools: ToolsSchema): (OpenAIFunctionTool | Readonly<Record<string, unknown>>)[] {
  const functions = tools.standardTools.map((tool): OpenAIFunctionTool => ({
    type: "function",
    function: tool.toDefaultDict(),
  }));
  return [...functions, ...tools.customTools.openai ?? []];
}
