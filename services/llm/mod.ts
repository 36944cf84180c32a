/**
 * The engine of language models.
 *
 * @module
 */
export {
  type ChatCompletionsClient,
  ChatCompletionsLLMService,
  type ChatCompletionsOptions,
  type ChatCompletionsProvider,
  type ChatCompletionsSettings,
} from "./chat_completions.ts";
export { type LLMEvent, ToolCallCollector, type ToolCallRequest } from "./generation.ts";
export {
  type LLMRequest,
  LLMService,
  type LLMServiceEvents,
  type LLMServiceOptions,
  type LLMSettings,
} from "./llm_service.ts";
