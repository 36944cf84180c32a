import type { Clock, Logger } from "../../async/mod.ts";
import {
  type AskableLLM,
  callTool,
  type FunctionCallHandler,
  FunctionSchema,
  type LLMContext,
  parseToolArguments,
  type ToolCallOutcome,
  type ToolOptions,
} from "../../context/mod.ts";
import {
  FunctionCallCancelFrame,
  type FunctionCallFromLLM,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  type FunctionCallResultProperties,
  FunctionCallsStartedFrame,
} from "../../frames/mod.ts";
import type { FrameScope } from "../../processors/mod.ts";
import type { ToolCallRequest } from "./generation.ts";

export interface FunctionCallRunnerOptions {
  readonly name: string;
  /** The model that asks for calls. */
  readonly llm: AskableLLM;
  readonly clock: () => Clock;
  readonly log: () => Logger;
  /** What the application shares with its tools. */
  readonly appResources: () => unknown;
  /** Pushes what no interruption makes stale. */
  readonly scope: () => FrameScope;
  /** Told of calls that are about to run. */
  readonly started: (calls: readonly FunctionCallFromLLM[]) => void;
  /** Told of calls that were cancelled. */
  readonly cancelled: (calls: readonly FunctionCallFromLLM[]) => void;
}

/** A call under way. */
interface Call extends FunctionCallFromLLM {
  readonly rawArguments: string;
  readonly tool: FunctionSchema | undefined;
  readonly controller: AbortController;
}

/** Runs the functions that a model calls; each call ends in exactly one frame. */
export class FunctionCallRunner {
  readonly #options: FunctionCallRunnerOptions;
  readonly #registered: Map<string, FunctionSchema> = new Map();
  readonly #open: Set<Call> = new Set();
  readonly #life: AbortController = new AbortController();
  #groups = 0;

  constructor(options: FunctionCallRunnerOptions) {
    this.#options = options;
  }

  register(name: string, handler: FunctionCallHandler, options: ToolOptions): void {
    const schema = { name, description: "", properties: {}, required: [], handler, ...options };
    this.#registered.set(name, new FunctionSchema(schema));
  }

  unregister(name: string): void {
    this.#registered.delete(name);
  }

  has(name: string): boolean {
    return this.#registered.has(name);
  }

  /** Announces the calls of one answer, and starts them side by side. */
  run(requests: readonly ToolCallRequest[], context: LLMContext): void {
    if (requests.length === 0) return;
    const groupId = `${this.#options.name}-calls-${++this.#groups}`;
    const calls = requests.map((request, i) => {
      // A call without an id gets one that no other call of the conversation has.
      const toolCallId = request.toolCallId || `${groupId}-${i}`;
      return this.#prepare({ ...request, toolCallId }, context);
    });
    const scope = this.#options.scope();
    const announced = calls.map(identityOf);
    this.#options.started(announced);
    void scope.broadcast(() => new FunctionCallsStartedFrame(announced));
    for (const call of calls) {
      this.#open.add(call);
      const cancelOnInterruption = call.tool?.cancelOnInterruption ?? false;
      const about = { ...identityOf(call), cancelOnInterruption, groupId };
      void scope.broadcast(() => new FunctionCallInProgressFrame(about));
    }
    for (const call of calls) void this.#execute(call, context);
  }

  /** Cancels the calls whose tools say so. */
  interrupt(): void {
    for (const call of this.#open) {
      if (!call.tool?.cancelOnInterruption) continue;
      call.controller.abort(new DOMException("The user interrupted", "AbortError"));
    }
  }

  /** Cancels everything. */
  close(): void {
    const reason = new DOMException("The session is over", "AbortError");
    this.#life.abort(reason);
  }

  #prepare(request: ToolCallRequest, context: LLMContext): Call {
    const { functionName, rawArguments } = request;
    const own = context.tools?.find(functionName);
    const tool = own?.handler ? own : this.#registered.get(functionName) ?? own;
    const args = parseToolArguments(rawArguments) ?? {};
    return { ...request, arguments: args, tool, controller: new AbortController() };
  }

  async #execute(call: Call, context: LLMContext): Promise<void> {
    const scope = this.#options.scope();
    const outcome = await callTool(call.tool, {
      functionName: call.functionName,
      toolCallId: call.toolCallId,
      arguments: call.rawArguments,
      context,
      clock: this.#options.clock(),
      // A handler may go on after its call has ended, but not after the session.
      signal: AbortSignal.any([call.controller.signal, this.#life.signal]),
      appResources: this.#options.appResources(),
      llm: this.#options.llm,
      push: (frame, direction) => scope.push(frame, direction),
      progress: (result, properties) => this.#tell(call, result, properties),
    });
    this.#open.delete(call);
    this.#end(call, outcome);
  }

  #end(call: Call, outcome: ToolCallOutcome): void {
    const { status, result, properties, cause } = outcome;
    if (status === "cancelled") {
      const { functionName, toolCallId } = call;
      this.#options.cancelled([identityOf(call)]);
      void this.#options.scope().broadcast(() =>
        new FunctionCallCancelFrame({ functionName, toolCallId })
      );
      return;
    }
    if (status !== "result") {
      this.#options.log().warn(
        `Cannot finish a call of "${call.functionName}": ${status}`,
        cause ?? "",
      );
    }
    this.#tell(call, result, properties);
  }

  #tell(call: Call, result: unknown, properties: FunctionCallResultProperties): void {
    const { runLlm } = properties;
    void this.#options.scope().broadcast(() =>
      new FunctionCallResultFrame({ ...identityOf(call), result, runLlm, properties })
    );
  }
}

function identityOf({ functionName, toolCallId, arguments: args }: Call): FunctionCallFromLLM {
  return { functionName, toolCallId, arguments: args };
}
