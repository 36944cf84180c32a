/** Text within a message that has several parts. */
export interface TextPart {
  /** Always `"text"`. */
  readonly type: "text";
  /** The text. */
  readonly text: string;
}

/** A picture within a message. */
export interface ImagePart {
  /** Always `"image_url"`. */
  readonly type: "image_url";
  /** Where the picture is. */
  readonly image_url: {
    /** An `https:` address, or the picture itself as a `data:` address. */
    readonly url: string;
    /** How closely the model looks. */
    readonly detail?: "auto" | "low" | "high";
  };
}

/** Recorded sound within a message. */
export interface AudioPart {
  /** Always `"input_audio"`. */
  readonly type: "input_audio";
  /** The sound. */
  readonly input_audio: {
    /** The file's bytes, in base64. */
    readonly data: string;
    /** What kind of file it is. */
    readonly format: "wav" | "mp3";
  };
}

/** A part of what a user's message holds. */
export type UserContentPart = TextPart | ImagePart | AudioPart;

/** A call that the model asked for, as its message keeps it. */
export interface ToolCallRecord {
  /** The model's id of the call. */
  readonly id: string;
  /** Always `"function"`. */
  readonly type: "function";
  /** What is called. */
  readonly function: {
    /** Its name. */
    readonly name: string;
    /** The arguments as JSON, exactly as the model wrote them. */
    readonly arguments: string;
  };
}

/** What the bot is told to be. */
export interface LLMSystemMessage {
  /** Always `"system"`. */
  readonly role: "system";
  /** The instruction. */
  readonly content: string | readonly TextPart[];
  /** Name of the speaker, where there are several. */
  readonly name?: string;
}

/** What the application tells the model while the conversation goes on. */
export interface LLMDeveloperMessage {
  /** Always `"developer"`. */
  readonly role: "developer";
  /** The instruction or fact. */
  readonly content: string | readonly TextPart[];
  /** Name of the speaker, where there are several. */
  readonly name?: string;
}

/** What the user said, wrote or showed. */
export interface LLMUserMessage {
  /** Always `"user"`. */
  readonly role: "user";
  /** The words, or several parts. */
  readonly content: string | readonly UserContentPart[];
  /** Name of the speaker, where there are several. */
  readonly name?: string;
}

/** What the bot said, or which calls it asked for. */
export interface LLMAssistantMessage {
  /** Always `"assistant"`. */
  readonly role: "assistant";
  /** The words. */
  readonly content?: string | readonly TextPart[] | null;
  /** The calls. */
  readonly tool_calls?: readonly ToolCallRecord[];
  /** Name of the speaker, where there are several. */
  readonly name?: string;
}

/** What came of a call. */
export interface LLMToolMessage {
  /** Always `"tool"`. */
  readonly role: "tool";
  /** The result, as JSON or words. */
  readonly content: string | readonly TextPart[];
  /** The model's id of the call. */
  readonly tool_call_id: string;
}

/**
 * A message that every language model understands: the shape is that of
 * OpenAI's chat completions, and an adapter translates it for the others.
 */
export type LLMStandardMessage =
  | LLMSystemMessage
  | LLMDeveloperMessage
  | LLMUserMessage
  | LLMAssistantMessage
  | LLMToolMessage;

/** A message that only one family of models gets, in that family's own shape. */
export interface LLMSpecificMessage {
  /** The family, such as `"openai"` or `"anthropic"`. */
  readonly llm: string;
  /** The message, sent as it is. */
  readonly message: unknown;
}

/** What a context is made of. */
export type LLMContextMessage = LLMStandardMessage | LLMSpecificMessage;

/**
 * Tells a message for one family of models from one for all.
 *
 * @example
 * ```ts
 * import { isLLMSpecificMessage } from "@parley/sdk/context";
 * import { assert } from "@std/assert";
 * assert(isLLMSpecificMessage({ llm: "openai", message: { role: "user", content: "Hi" } }));
 * ```
 */
export function isLLMSpecificMessage(message: LLMContextMessage): message is LLMSpecificMessage {
  return "llm" in message;
}

/**
 * Gives the text of a message: its words, or those of its text parts, joined by
 * a space; nothing if it has none.
 *
 * @example
 * ```ts
 * import { textOf } from "@parley/sdk/context";
 * import { assertEquals } from "@std/assert";
 * assertEquals(textOf({ role: "user", content: [{ type: "text", text: "Look" }] }), "Look");
 * ```
 */
export function textOf(message: LLMContextMessage): string {
  if (isLLMSpecificMessage(message)) return "";
  const { content } = message;
  if (typeof content === "string") return content;
  const texts: string[] = [];
  for (const part of content ?? []) if (part.type === "text") texts.push(part.text);
  return texts.join(" ");
}
