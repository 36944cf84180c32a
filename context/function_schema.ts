import type { Clock } from "../async/mod.ts";
import type { Frame, FrameDirection, FunctionCallResultProperties } from "../frames/mod.ts";
import type { LLMContext } from "./llm_context.ts";
import type { JSONSchema, SchemaResult } from "./standard_schema.ts";
import type { AskableLLM } from "./summary_config.ts";
import { checkJSON, isRecord } from "./_validate.ts";

/**
 * What a handler is called with.
 *
 * @typeParam A The arguments.
 */
export interface FunctionCallParams<A = Readonly<Record<string, unknown>>> {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** The arguments, checked. */
  readonly arguments: A;
  /** The conversation so far. */
  readonly context: LLMContext;
  /** The clock of the conversation: whatever waits, waits on it. */
  readonly clock: Clock;
  /** Aborted when the call is cancelled or has taken too long. */
  readonly signal: AbortSignal;
  /** What the application shares with its tools: `appResources` of the task. */
  readonly appResources?: unknown;
  /** The model that asked for the call; `llm.runInference` asks it something aside. */
  readonly llm?: AskableLLM | undefined;
  /** Sends a frame from where the model stands, such as a `TTSSpeakFrame`. */
  readonly push: (frame: Frame, direction?: FrameDirection) => void | Promise<void>;
  /**
   * Tells the model of a result before the handler returns: with
   * `{ isFinal: false }` any number of times while it works, else once, and
   * then what the handler returns no longer counts.
   */
  readonly resultCallback: (result: unknown, properties?: FunctionCallResultProperties) => void;
}

/**
 * Does what a function promises, and gives its result.
 *
 * @typeParam A The arguments.
 */
export type FunctionCallHandler<A = Readonly<Record<string, unknown>>> = (
  params: FunctionCallParams<A>,
) => unknown;

/**
 * A result together with what is to happen with it; a handler returns one where
 * the plain value says too little.
 *
 * @example Hang up without another word
 * ```ts
 * import { ToolResult } from "@parley/sdk/context";
 * console.log(new ToolResult("bye", { runLlm: false }).value); // "bye"
 * ```
 */
export class ToolResult {
  /** The result. */
  readonly value: unknown;
  /** What is to happen with it. */
  readonly properties: FunctionCallResultProperties;

  /** Makes a result. */
  constructor(value: unknown, properties: FunctionCallResultProperties = {}) {
    this.value = value;
    this.properties = properties;
  }
}

/** How the calls of a function go. */
export interface ToolOptions {
  /**
   * Whether an interruption cancels a call. By default it goes on, and its
   * result is kept for when the bot speaks next.
   *
   * @default {false}
   */
  readonly cancelOnInterruption?: boolean | undefined;
  /** Seconds a call may take; `Infinity` for no limit. @default {60} */
  readonly timeoutSecs?: number | undefined;
  /** Whether the model runs again on a result. @default {true} */
  readonly runLlm?: boolean | undefined;
}

/** What a {@linkcode FunctionSchema} is made of. */
export interface FunctionSchemaOptions extends ToolOptions {
  /** Name of the function. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** Its arguments by name, each as JSON Schema. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of the arguments that must be there. */
  readonly required: readonly string[];
  /** What is called. */
  readonly handler?: FunctionCallHandler | undefined;
}

/**
 * A function that a model can call.
 *
 * `defineTool` makes one with typed arguments.
 *
 * @example
 * ```ts
 * import { FunctionSchema } from "@parley/sdk/context";
 * const tool = new FunctionSchema({
 *   name: "get_weather",
 *   description: "Gets the weather of a city.",
 *   properties: { city: { type: "string" } },
 *   required: ["city"],
 *   handler: ({ arguments: { city } }) => ({ city, sky: "clear" }),
 * });
 * console.log(tool.toDefaultDict());
 * ```
 */
export class FunctionSchema {
  /** Name of the function. */
  readonly name: string;
  /** What it does, for the model. */
  readonly description: string;
  /** Its arguments, as one JSON Schema. */
  readonly parameters: JSONSchema;
  /** What is called; without it the service must know the name. */
  readonly handler: FunctionCallHandler | undefined;
  /** Whether an interruption cancels a call. */
  readonly cancelOnInterruption: boolean;
  /** Seconds a call may take. */
  readonly timeoutSecs: number;
  /** Whether the model runs again on a result, unless the result says so itself. */
  readonly runLlm: boolean | undefined;

  /**
   * Makes a schema.
   *
   * @throws {RangeError} If the time limit is not above zero.
   */
  constructor(options: FunctionSchemaOptions) {
    const { timeoutSecs = 60 } = options;
    if (!(timeoutSecs > 0)) {
      throw new RangeError(
        `Cannot limit "${options.name}" to ${timeoutSecs} s: pass a number above 0, or Infinity`,
      );
    }
    this.name = options.name;
    this.description = options.description;
    this.parameters = {
      type: "object",
      properties: options.properties,
      required: options.required,
    };
    this.handler = options.handler;
    this.cancelOnInterruption = options.cancelOnInterruption ?? false;
    this.timeoutSecs = timeoutSecs;
    this.runLlm = options.runLlm;
  }

  /** Its arguments by name, each as JSON Schema. */
  get properties(): Readonly<Record<string, unknown>> {
    const { properties } = this.parameters;
    return isRecord(properties) ? properties : {};
  }

  /** Names of the arguments that must be there. */
  get required(): readonly string[] {
    const { required } = this.parameters;
    return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  }

  /** Checks arguments, and gives them as the handler is to get them. */
  validate(value: unknown): SchemaResult<unknown> | Promise<SchemaResult<unknown>> {
    return checkJSON(value, this.parameters);
  }

  /** The function as a plain object, as most models are told of it. */
  toDefaultDict(): { name: string; description: string; parameters: JSONSchema } {
    const { name, description, parameters } = this;
    return { name, description, parameters };
  }
}
