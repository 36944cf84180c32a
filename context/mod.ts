/**
 * What a language model is told: the conversation, the functions it can call,
 * and the frames about both.
 *
 * @module
 */
export {
  callTool,
  parseToolArguments,
  type ToolCallOutcome,
  type ToolCallRequest,
  type ToolCallStatus,
} from "./call_tool.ts";
export { defineTool, type ToolDefinition } from "./define_tool.ts";
export {
  LLMContextAssistantTimestampFrame,
  LLMContextAssistantTurnFrame,
  LLMContextFrame,
  LLMContextSummaryRequestFrame,
  type LLMContextSummaryRequestFrameOptions,
  LLMMessagesAppendFrame,
  type LLMMessagesFrameOptions,
  LLMMessagesTransformFrame,
  LLMMessagesUpdateFrame,
  LLMSetToolChoiceFrame,
  LLMSetToolsFrame,
} from "./frames.ts";
export {
  type FunctionCallHandler,
  type FunctionCallParams,
  FunctionSchema,
  type FunctionSchemaOptions,
  type ToolOptions,
  ToolResult,
} from "./function_schema.ts";
export {
  type GetMessagesOptions,
  LLMContext,
  type LLMContextOptions,
  type LLMContextSnapshot,
  type LLMContextToolChoice,
} from "./llm_context.ts";
export {
  LLMContextSummarizer,
  type LLMContextSummarizerEvents,
  type LLMContextSummarizerOptions,
} from "./llm_context_summarizer.ts";
export {
  type AudioPart,
  type ImagePart,
  isLLMSpecificMessage,
  type LLMAssistantMessage,
  type LLMContextMessage,
  type LLMDeveloperMessage,
  type LLMSpecificMessage,
  type LLMStandardMessage,
  type LLMSystemMessage,
  type LLMToolMessage,
  type LLMUserMessage,
  textOf,
  type TextPart,
  type ToolCallRecord,
  type UserContentPart,
} from "./messages.ts";
export {
  type OpenAIAdapterOptions,
  type OpenAIFunctionTool,
  openAIInvocationParams,
  type OpenAILLMInvocationParams,
} from "./openai_adapter.ts";
export type { JSONSchema, SchemaIssue, SchemaResult, StandardSchema } from "./standard_schema.ts";
export type {
  AskableLLM,
  InferenceOptions,
  LLMAutoContextSummarizationConfig,
  LLMContextSummaryConfig,
  SummaryAppliedEvent,
} from "./summary_config.ts";
export {
  type AdapterType,
  type CustomTools,
  ToolsSchema,
  type ToolsSchemaOptions,
} from "./tools_schema.ts";
export { writeSummary, type WriteSummaryOptions } from "./write_summary.ts";
