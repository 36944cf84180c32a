import { encodeBase64 } from "@std/encoding";
import type { AudioRawFrame } from "../frames/mod.ts";
import type { FunctionSchema } from "./function_schema.ts";
import { wavBase64 } from "./_media.ts";
import {
  isLLMSpecificMessage,
  type LLMContextMessage,
  type LLMUserMessage,
  type UserContentPart,
} from "./messages.ts";
import { normalizeTools, type ToolsSchema } from "./tools_schema.ts";

/** Whether and what the model is to call. */
export type LLMContextToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

/** What an {@linkcode LLMContext} can begin with. */
export interface LLMContextOptions {
  /** The functions that the model can call. */
  readonly tools?: ToolsSchema | readonly FunctionSchema[] | undefined;
  /** Whether and what it is to call; the model decides by default. */
  readonly toolChoice?: LLMContextToolChoice | undefined;
}

/** What {@linkcode LLMContext.getMessages} leaves out. */
export interface GetMessagesOptions {
  /** The one family whose own messages stay in. */
  readonly llmSpecificFilter?: string | undefined;
  /** Whether pictures and sound are shortened, for logs. @default {false} */
  readonly truncateLargeValues?: boolean | undefined;
}

/** A context at one moment; it never changes. */
export interface LLMContextSnapshot {
  /** The conversation. */
  readonly messages: readonly LLMContextMessage[];
  /** The functions that the model can call. */
  readonly tools: ToolsSchema | undefined;
  /** Whether and what it is to call. */
  readonly toolChoice: LLMContextToolChoice | undefined;
  /** How often the context had changed. */
  readonly version: number;
}

/**
 * A conversation as a language model is told of it: messages, tools, and
 * whether to call them. Any provider's adapter makes its request from it.
 *
 * Messages are never changed in place: what read them once has them for good,
 * and a snapshot costs nothing.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { assertEquals } from "@std/assert";
 * const context = new LLMContext([{ role: "system", content: "Be brief." }]);
 * const before = context.snapshot();
 * context.addMessage({ role: "user", content: "Hello!" });
 * assertEquals([before.messages.length, context.messages.length], [1, 2]);
 * ```
 */
export class LLMContext {
  #messages: readonly LLMContextMessage[];
  #tools: ToolsSchema | undefined;
  #toolChoice: LLMContextToolChoice | undefined;
  #version = 0;

  /** Makes a context. */
  constructor(messages: readonly LLMContextMessage[] = [], options: LLMContextOptions = {}) {
    this.#messages = [...messages];
    this.#tools = options.tools && normalizeTools(options.tools);
    this.#toolChoice = options.toolChoice;
  }

  /** Makes a message that shows a picture by its address. */
  static createImageUrlMessage(
    url: string,
    options: {
      /** What is said about it. */
      readonly text?: string | undefined;
    } = {},
  ): LLMUserMessage {
    return withText({ type: "image_url", image_url: { url } }, options);
  }

  /** Makes a message that holds an encoded picture, such as a JPEG file's bytes. */
  static createImageMessage(
    image: Uint8Array,
    options: {
      /** What kind of file it is, such as `"image/jpeg"`. */
      readonly format: `image/${string}`;
      /** What is said about it. */
      readonly text?: string | undefined;
    },
  ): LLMUserMessage {
    const url = `data:${options.format};base64,${encodeBase64(image)}`;
    return LLMContext.createImageUrlMessage(url, { text: options.text });
  }

  /** Makes a message that holds sound. */
  static createAudioMessage(
    audioFrames: readonly AudioRawFrame[],
    options: {
      /** What is said about it. @default {"Audio follows"} */
      readonly text?: string | undefined;
    } = {},
  ): LLMUserMessage {
    const input_audio = { data: wavBase64(audioFrames), format: "wav" } as const;
    return withText({ type: "input_audio", input_audio }, {
      text: options.text ?? "Audio follows",
    });
  }

  /** The conversation; this array never changes. */
  get messages(): readonly LLMContextMessage[] {
    return this.#messages;
  }

  /** The functions that the model can call, if any. */
  get tools(): ToolsSchema | undefined {
    return this.#tools;
  }

  /** Whether and what the model is to call, if that was said. */
  get toolChoice(): LLMContextToolChoice | undefined {
    return this.#toolChoice;
  }

  /** How often it has changed. */
  get version(): number {
    return this.#version;
  }

  /** The context as it stands, for a request that is going to run for a while. */
  snapshot(): LLMContextSnapshot {
    const { messages, tools, toolChoice, version } = this;
    return { messages, tools, toolChoice, version };
  }

  /** The messages for one family of models, or all of them. */
  getMessages(options: GetMessagesOptions = {}): readonly LLMContextMessage[] {
    const { llmSpecificFilter, truncateLargeValues = false } = options;
    const messages = llmSpecificFilter === undefined
      ? this.#messages
      : this.#messages.filter((m) => !isLLMSpecificMessage(m) || m.llm === llmSpecificFilter);
    return truncateLargeValues ? messages.map(truncated) : messages;
  }

  /** Adds a message at the end. */
  addMessage(message: LLMContextMessage): void {
    this.#replace([...this.#messages, message]);
  }

  /** Adds messages at the end. */
  addMessages(messages: Iterable<LLMContextMessage>): void {
    this.#replace([...this.#messages, ...messages]);
  }

  /** Replaces all messages. */
  setMessages(messages: Iterable<LLMContextMessage>): void {
    this.#replace([...messages]);
  }

  /** Replaces all messages by what `transform` makes of them. */
  transformMessages(
    transform: (messages: readonly LLMContextMessage[]) => Iterable<LLMContextMessage>,
  ): void {
    this.setMessages(transform(this.#messages));
  }

  /**
   * Puts a message in the place of another, which is known by identity.
   *
   * @returns Whether the other one was there.
   */
  replaceMessage(old: LLMContextMessage, message: LLMContextMessage): boolean {
    const at = this.#messages.lastIndexOf(old);
    if (at < 0) return false;
    this.#replace(this.#messages.with(at, message));
    return true;
  }

  /**
   * Puts a message before another, which is known by identity.
   *
   * @returns Whether the other one was there.
   */
  insertBefore(next: LLMContextMessage, message: LLMContextMessage): boolean {
    const at = this.#messages.lastIndexOf(next);
    if (at < 0) return false;
    this.#replace(this.#messages.toSpliced(at, 0, message));
    return true;
  }

  /** Replaces the tools. */
  setTools(tools: ToolsSchema | readonly FunctionSchema[]): void {
    this.#tools = normalizeTools(tools);
    this.#version++;
  }

  /** Says whether and what the model is to call; without a choice it decides. */
  setToolChoice(toolChoice: LLMContextToolChoice | undefined): void {
    this.#toolChoice = toolChoice;
    this.#version++;
  }

  #replace(messages: readonly LLMContextMessage[]): void {
    this.#messages = messages;
    this.#version++;
  }
}

function withText(
  part: UserContentPart,
  { text }: { readonly text?: string | undefined },
): LLMUserMessage {
  return { role: "user", content: text ? [{ type: "text", text }, part] : [part] };
}

/** A message without the bytes of its pictures and sound. */
function truncated(message: LLMContextMessage): LLMContextMessage {
  if (isLLMSpecificMessage(message)) return { ...message, message: "..." };
  if (message.role !== "user" || typeof message.content === "string") return message;
  return { ...message, content: message.content.map(truncatedPart) };
}

function truncatedPart(part: UserContentPart): UserContentPart {
  if (part.type === "image_url" && part.image_url.url.startsWith("data:image/")) {
    return { ...part, image_url: { ...part.image_url, url: "data:image/..." } };
  }
  if (part.type !== "input_audio") return part;
  return { ...part, input_audio: { ...part.input_audio, data: "..." } };
}
