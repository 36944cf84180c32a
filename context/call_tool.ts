import type { Clock } from "../async/mod.ts";
import type { Frame, FrameDirection, FunctionCallResultProperties } from "../frames/mod.ts";
import { type FunctionCallParams, type FunctionSchema, ToolResult } from "./function_schema.ts";
import type { LLMContext } from "./llm_context.ts";
import type { AskableLLM } from "./summary_config.ts";
import { isRecord, sayIssues } from "./_validate.ts";

/** How a call ended. Each call ends in exactly one of these ways. */
export type ToolCallStatus =
  /** With what the handler gave. */
  | "result"
  /** Never begun: no such function, or arguments that do not fit it. */
  | "invalid"
  /** The handler threw. */
  | "failed"
  /** The handler took too long. */
  | "timeout"
  /** Its signal was aborted. */
  | "cancelled";

/** What came of a call. */
export interface ToolCallOutcome {
  /** How it ended. */
  readonly status: ToolCallStatus;
  /** What the model is to be told: the result, or `{ error }`. */
  readonly result: unknown;
  /** What is to happen with it. */
  readonly properties: FunctionCallResultProperties;
  /** What the handler threw, for logs. */
  readonly cause?: unknown;
}

/** A call that is to be made. */
export interface ToolCallRequest {
  /** Name of the function, as the model wrote it. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** The arguments: JSON as the model wrote it, or what was read from it. */
  readonly arguments: string | Readonly<Record<string, unknown>>;
  /** The conversation so far. */
  readonly context: LLMContext;
  /** The clock of the conversation. */
  readonly clock: Clock;
  /** Cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** What the application shares with its tools. */
  readonly appResources?: unknown;
  /** The model that asked for the call. */
  readonly llm?: AskableLLM | undefined;
  /** How the handler sends frames. */
  readonly push?: ((frame: Frame, direction?: FrameDirection) => void | Promise<void>) | undefined;
  /** Told of every result that is not the last. */
  readonly progress?:
    | ((result: unknown, properties: FunctionCallResultProperties) => void)
    | undefined;
}

/**
 * Reads the arguments of a call from the model's JSON. No text at all is a call
 * without arguments.
 *
 * @example
 * ```ts
 * import { parseToolArguments } from "@parley/sdk/context";
 * import { assertEquals } from "@std/assert";
 * assertEquals(parseToolArguments('{"city":"Rome"}'), { city: "Rome" });
 * assertEquals(parseToolArguments('{"city":"Ro'), undefined);
 * ```
 * @returns The arguments, or nothing if the text is no JSON object.
 */
export function parseToolArguments(json: string): Readonly<Record<string, unknown>> | undefined {
  if (json.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // a model that was cut off or is careless
  }
}

/**
 * Makes a call: checks its arguments, runs the handler within its time, and
 * gives exactly one outcome. It never throws: what goes wrong is told to the
 * model, which can do better next time.
 *
 * @example
 * ```ts
 * import { callTool, defineTool, LLMContext } from "@parley/sdk/context";
 * import { systemClock } from "@parley/sdk/async";
 * import { assertEquals } from "@std/assert";
 * const double = defineTool<{ n: number }>({
 *   name: "double",
 *   description: "Doubles a number.",
 *   parameters: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
 *   handler: ({ arguments: { n } }) => 2 * n,
 * });
 * const outcome = await callTool(double, {
 *   functionName: "double",
 *   toolCallId: "1",
 *   arguments: '{"n": 21}',
 *   context: new LLMContext(),
 *   clock: systemClock,
 * });
 * assertEquals(outcome.result, 42);
 * ```
 */
export async function callTool(
  tool: FunctionSchema | undefined,
  request: ToolCallRequest,
): Promise<ToolCallOutcome> {
  const { functionName, signal } = request;
  if (!tool?.handler) {
    return invalid(`Cannot call "${functionName}": there is no such function`);
  }
  const given = typeof request.arguments === "string"
    ? parseToolArguments(request.arguments)
    : request.arguments;
  if (!given) return invalid(`Cannot call "${functionName}": its arguments are no JSON object`);
  if (signal?.aborted) return cancelled();
  return await new RunningCall(tool, request).run(given);
}

async function readArguments(
  tool: FunctionSchema,
  given: Readonly<Record<string, unknown>>,
): Promise<{ readonly value: unknown } | { readonly error: string }> {
  try {
    const read = await tool.validate(given);
    if (!read.issues) return { value: read.value };
    return { error: `Cannot call "${tool.name}": ${sayIssues(read.issues)}` };
  } catch (error) {
    return { error: `Cannot call "${tool.name}": its arguments cannot be checked (${error})` };
  }
}

/** A call at work: whichever end comes first is the outcome, the others are nothing. */
class RunningCall {
  readonly #tool: FunctionSchema;
  readonly #request: ToolCallRequest;
  readonly #controller = new AbortController();
  readonly #outcome: PromiseWithResolvers<ToolCallOutcome> = Promise.withResolvers();
  #ended = false;

  constructor(tool: FunctionSchema, request: ToolCallRequest) {
    this.#tool = tool;
    this.#request = request;
  }

  async run(args: Readonly<Record<string, unknown>>): Promise<ToolCallOutcome> {
    const { clock, signal } = this.#request;
    const { timeoutSecs } = this.#tool;
    const timer = Number.isFinite(timeoutSecs)
      ? clock.timer(timeoutSecs * 1000, () => this.#timedOut())
      : undefined;
    const abort = () => {
      this.#end(cancelled());
      this.#controller.abort(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    // A handler that goes on after it has told its result is still told when to stop.
    void this.#work(args).then(() => signal?.removeEventListener("abort", abort));
    const outcome = await this.#outcome.promise;
    timer?.cancel();
    return outcome;
  }

  async #work(args: Readonly<Record<string, unknown>>): Promise<void> {
    const read = await readArguments(this.#tool, args);
    if ("error" in read) return this.#end(invalid(read.error));
    // The check may have taken longer than the call had.
    if (this.#ended) return;
    try {
      const params = this.#params(read.value as Record<string, unknown>);
      const given = await this.#tool.handler?.(params);
      const { value, properties } = given instanceof ToolResult ? given : new ToolResult(given);
      this.#end({ status: "result", result: value, properties: this.#filledUp(properties) });
    } catch (cause) {
      const error = `Cannot finish "${this.#tool.name}": ${messageOf(cause)}`;
      this.#end({ status: "failed", result: { error }, properties: {}, cause });
    }
  }

  #params(args: Readonly<Record<string, unknown>>): FunctionCallParams {
    const { functionName, toolCallId, context, clock, push, appResources, llm } = this.#request;
    return {
      functionName,
      toolCallId,
      arguments: args,
      context,
      clock,
      signal: this.#controller.signal,
      appResources,
      llm,
      push: (frame, direction) => this.#ended ? undefined : push?.(frame, direction),
      resultCallback: (result, properties = {}) => this.#told(result, properties),
    };
  }

  #told(result: unknown, properties: FunctionCallResultProperties): void {
    if (this.#ended) return;
    if (properties.isFinal === false) this.#request.progress?.(result, properties);
    else this.#end({ status: "result", result, properties: this.#filledUp(properties) });
  }

  #filledUp(properties: FunctionCallResultProperties): FunctionCallResultProperties {
    return { ...properties, runLlm: properties.runLlm ?? this.#tool.runLlm };
  }

  #timedOut(): void {
    const { name, timeoutSecs } = this.#tool;
    const error = `Cannot finish "${name}": not done after ${timeoutSecs} s`;
    this.#end(
      { status: "timeout", result: { error }, properties: {} },
      new DOMException(error, "TimeoutError"),
    );
  }

  #end(outcome: ToolCallOutcome, abortReason?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#outcome.resolve(outcome);
    if (abortReason !== undefined) this.#controller.abort(abortReason);
  }
}

function invalid(error: string): ToolCallOutcome {
  return { status: "invalid", result: { error }, properties: {} };
}

function cancelled(): ToolCallOutcome {
  return { status: "cancelled", result: undefined, properties: { runLlm: false } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
