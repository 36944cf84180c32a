import type { Logger } from "../async/mod.ts";
import {
  isLLMSpecificMessage,
  type LLMAssistantMessage,
  type LLMContext,
  type LLMContextMessage,
  type LLMToolMessage,
} from "../context/mod.ts";
import {
  type Frame,
  type FunctionCallCancelFrame,
  type FunctionCallFromLLM,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
} from "../frames/mod.ts";

export interface FunctionCallRecordsOptions {
  readonly context: LLMContext;
  readonly log: () => Logger;
  /** Told of the first message of calls that were just written down. */
  readonly recorded: (first: LLMAssistantMessage) => void;
  /** The model is to be told of results. */
  readonly run: () => void;
  /** A call was cancelled: nobody is going to say what came of it. */
  readonly cancelled: () => void;
  /** What the model was last asked: calls that begin now are a part of the answer. */
  readonly asked: () => object | undefined;
  /** Every call of an answer has ended, and the model is to be told of none. */
  readonly kept: (asked: object | undefined) => void;
}

export type CallFrame =
  | FunctionCallsStartedFrame
  | FunctionCallInProgressFrame
  | FunctionCallResultFrame
  | FunctionCallCancelFrame;

interface Call {
  readonly id: string;
  readonly name: string;
  /** What all calls of one `FunctionCallsStartedFrame` have in common. */
  readonly batch: number;
  readonly asked: object | undefined;
  groupId: string | undefined;
  /** Whether it goes on through interruptions, as far as is known. */
  lasting: boolean;
  /** Whether the model was told of a result that is not the last. */
  told: boolean;
  ended: boolean;
  /** Whether the model is to be told of its result once its group has ended. */
  wanting: boolean;
  record: LLMToolMessage;
}

/** Calls that have ended and are remembered, so that a late word about them is known as such. */
const REMEMBERED = 200;

/**
 * Keeps the record of function calls in a context: each is written down as soon
 * as it is asked for, and ends in exactly one of result, error and
 * cancellation. Once all calls of a group have ended, the model is to be told.
 *
 * Frames about calls go both ways, and may be handed in twice: by the half of
 * an aggregator pair that is reached at once, and by the one behind the audio.
 */
export class FunctionCallRecords {
  readonly #options: FunctionCallRecordsOptions;
  readonly #calls: Map<string, Call> = new Map();
  readonly #siblings: Set<number> = new Set();

  constructor(options: FunctionCallRecordsOptions) {
    this.#options = options;
  }

  /** Whether any call has not ended. */
  get open(): boolean {
    return this.#calls.values().some(({ ended }) => !ended);
  }

  /** Takes a frame about calls; the one sent the other way at the same time is the same. */
  handle(frame: CallFrame): void {
    if (this.#handled(frame)) return;
    if (frame instanceof FunctionCallsStartedFrame) this.#started(frame);
    else if (frame instanceof FunctionCallInProgressFrame) this.#inProgress(frame);
    else if (frame instanceof FunctionCallResultFrame) this.#result(frame);
    else this.#cancel(frame);
  }

  /** Ends every call, because the session ends. */
  endAll(): void {
    for (const call of this.#calls.values()) if (!call.ended) this.#finish(call, "CANCELLED");
  }

  #started(frame: FunctionCallsStartedFrame): void {
    const messages: LLMContextMessage[] = [];
    for (const call of frame.functionCalls) {
      const open = this.#calls.get(call.toolCallId);
      // Two calls of one frame under one id cannot be told apart.
      if (open?.batch === frame.id) continue;
      // A model that numbers its calls anew in each answer has forgotten the old one.
      if (open && !open.ended) this.#finish(open, "CANCELLED");
      messages.push(...this.#write(call, frame.id));
    }
    const [first] = messages;
    if (!first || isLLMSpecificMessage(first) || first.role !== "assistant") return;
    this.#options.context.addMessages(messages);
    this.#options.recorded(first);
  }

  #inProgress(frame: FunctionCallInProgressFrame): void {
    if (!this.#calls.has(frame.toolCallId)) this.#recordAlone(frame);
    const call = this.#calls.get(frame.toolCallId);
    if (!call || call.ended) return;
    call.groupId = frame.groupId;
    call.lasting = !frame.cancelOnInterruption;
    if (call.lasting) this.#rewrite(call, aboutCall(call.id, RUNNING));
  }

  #result(frame: FunctionCallResultFrame): void {
    const call = this.#calls.get(frame.toolCallId);
    if (!call || call.ended) {
      this.#options.log().debug(`Result for no open call: "${frame.functionName}"`);
      return;
    }
    const { properties, result } = frame;
    const runLlm = properties?.runLlm ?? frame.runLlm;
    if (properties?.isFinal === false) {
      call.told = true;
      // What follows comes in later messages, as with a call that goes on.
      if (!call.lasting) this.#rewrite(call, aboutCall(call.id, RUNNING));
      this.#tell(aboutCall(call.id, { ...INTERMEDIATE, result: jsonOf(result) }));
      if (runLlm !== false) this.#options.run();
    } else {
      this.#end(call, result);
      this.#settle(call, runLlm);
    }
    this.#updated(properties?.onContextUpdated);
  }

  #cancel(frame: FunctionCallCancelFrame): void {
    const call = this.#calls.get(frame.toolCallId);
    if (!call || call.ended) return;
    if (call.lasting && (call.told || this.#movedOn(call))) {
      call.ended = true;
      this.#tell(aboutCall(call.id, CANCELLED));
    } else this.#finish(call, "CANCELLED");
    this.#options.cancelled();
    this.#settle(call, frame.runLlm);
  }

  /** Whether the same was handed in from the other side. */
  #handled({ id, broadcastSiblingId }: Frame): boolean {
    if (broadcastSiblingId === undefined) return false;
    if (this.#siblings.delete(broadcastSiblingId)) return true;
    this.#siblings.add(id);
    const [oldest] = this.#siblings;
    if (this.#siblings.size > 2 * REMEMBERED && oldest !== undefined) this.#siblings.delete(oldest);
    return false;
  }

  #recordAlone(frame: FunctionCallInProgressFrame): void {
    const messages = this.#write(frame, frame.id);
    this.#options.context.addMessages(messages);
    this.#options.recorded(messages[0]);
  }

  #write(call: FunctionCallFromLLM, batch: number): [LLMAssistantMessage, LLMToolMessage] {
    const { toolCallId: id, functionName: name } = call;
    const asked: LLMAssistantMessage = {
      role: "assistant",
      tool_calls: [{
        id,
        type: "function",
        function: { name, arguments: JSON.stringify(call.arguments) },
      }],
    };
    const record: LLMToolMessage = { role: "tool", content: "IN_PROGRESS", tool_call_id: id };
    this.#forget();
    this.#calls.delete(id);
    this.#calls.set(id, {
      id,
      name,
      batch,
      asked: this.#options.asked(),
      groupId: undefined,
      lasting: false,
      told: false,
      ended: false,
      wanting: false,
      record,
    });
    return [asked, record];
  }

  /** Writes the last result down: where the call stands, or behind all that was said since. */
  #end(call: Call, result: unknown): void {
    if (call.told || call.lasting && this.#movedOn(call)) {
      call.ended = true;
      this.#tell(aboutCall(call.id, { ...FINAL, result: jsonOf(result) }));
    } else this.#finish(call, jsonOf(result));
  }

  #finish(call: Call, content: string): void {
    call.ended = true;
    this.#rewrite(call, content);
  }

  #rewrite(call: Call, content: string): void {
    const record: LLMToolMessage = { ...call.record, content };
    if (this.#options.context.replaceMessage(call.record, record)) call.record = record;
  }

  #tell(content: string): void {
    this.#options.context.addMessage({ role: "developer", content });
  }

  /** Whether anything but calls and results stands behind a call. */
  #movedOn({ record }: Call): boolean {
    const { messages } = this.#options.context;
    return messages.slice(messages.lastIndexOf(record) + 1).some((message) =>
      !isLLMSpecificMessage(message) && message.role !== "tool" &&
      !(message.role === "assistant" && message.tool_calls)
    );
  }

  /** Has the model told of results, at once or when the last call of the group has ended. */
  #settle(call: Call, runLlm: boolean | undefined): void {
    const group = this.#calls.values().filter(({ batch, groupId }) =>
      batch === call.batch || groupId !== undefined && groupId === call.groupId
    ).toArray();
    call.wanting = runLlm ?? true;
    const over = group.every(({ ended }) => ended);
    if (group.some(({ wanting }) => wanting)) {
      if (runLlm !== true && !over) return;
      for (const one of group) one.wanting = false;
      this.#options.run();
    } else if (over) this.#options.kept(call.asked);
  }

  #updated(callback: (() => void | Promise<void>) | undefined): void {
    if (!callback) return;
    const failed = (error: unknown) =>
      this.#options.log().error(`A handler of "onContextUpdated" failed`, error);
    queueMicrotask(() => void Promise.try(callback).catch(failed));
  }

  #forget(): void {
    for (const [id, { ended }] of this.#calls) {
      if (this.#calls.size < REMEMBERED) return;
      if (ended) this.#calls.delete(id);
    }
  }
}

interface News {
  readonly status: "running" | "finished";
  readonly description: string;
  readonly result?: string;
}

const RUNNING: News = {
  status: "running",
  description: "The call is still at work. Its result follows in a later message; until then, " +
    "neither make it up nor call again for it.",
};
const INTERMEDIATE: News = {
  status: "running",
  description: "An intermediate result of the call; more follows.",
};
const FINAL: News = {
  status: "finished",
  description: "The result of the call, which has ended.",
};
const CANCELLED: News = {
  status: "finished",
  description: "The call was cancelled before it had a result.",
  result: JSON.stringify("CANCELLED"),
};

/** What the model is told of a call apart from the call's own record. */
function aboutCall(id: string, { status, ...news }: News): string {
  return JSON.stringify({ type: "async_tool", status, tool_call_id: id, ...news });
}

/** A result as the model reads it; without a value it is told that the call was done. */
function jsonOf(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "COMPLETED";
  } catch (error) {
    return JSON.stringify({ error: `Cannot write the result as JSON: ${error}` });
  }
}
