import type { LLMTokenUsage } from "../../frames/mod.ts";

/** What a model gives while it answers, in order. */
export type LLMEvent =
  | {
    /** A piece of the answer. */
    readonly type: "text";
    /** The text, with its own spaces. */
    readonly text: string;
  }
  | {
    /** A piece of a call. */
    readonly type: "toolCall";
    /** Which call of the answer it is a piece of, from 0. */
    readonly index: number;
    /** The call's id; comes with its first piece. */
    readonly id?: string | undefined;
    /** The function's name; comes with its first piece. */
    readonly name?: string | undefined;
    /** A piece of the arguments' JSON. */
    readonly arguments?: string | undefined;
  }
  | {
    /** What the answer cost; comes once, at any place. */
    readonly type: "usage";
    /** Tokens. */
    readonly usage: LLMTokenUsage;
  };

/** A call that a model asked for, whole. */
export interface ToolCallRequest {
  /** The model's id of the call; empty if it gave none. */
  readonly toolCallId: string;
  /** Name of the function. */
  readonly functionName: string;
  /** The arguments' JSON, as the model wrote it. */
  readonly rawArguments: string;
}

interface OpenCall {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly raw: string;
}

/**
 * Puts calls together from their pieces.
 *
 * @example
 * ```ts
 * import { ToolCallCollector } from "@parley/sdk/services/llm";
 * const collector = new ToolCallCollector();
 * collector.add({ type: "toolCall", index: 0, id: "1", name: "add", arguments: '{"a":' });
 * collector.add({ type: "toolCall", index: 0, arguments: "1}" });
 * console.log(collector.calls[0]?.rawArguments); // '{"a":1}'
 * ```
 */
export class ToolCallCollector {
  readonly #calls: OpenCall[] = [];

  /** Takes a piece. */
  add(piece: Extract<LLMEvent, { type: "toolCall" }>): void {
    const { index, id = "", name = "", arguments: raw = "" } = piece;
    const at = this.#calls.findLastIndex((call) => call.index === index);
    const call = this.#calls[at];
    // Some providers number every call of an answer 0, and tell them apart by their ids alone.
    const another = call !== undefined && id !== "" && call.id !== "" && call.id !== id;
    if (!call || another && name !== "") this.#calls.push({ index, id, name, raw });
    else {
      this.#calls[at] = {
        index,
        id: call.id || id,
        name: call.name || name,
        raw: call.raw + raw,
      };
    }
  }

  /** The calls so far, in the model's order. */
  get calls(): ToolCallRequest[] {
    return this.#calls.toSorted((a, b) => a.index - b.index).map(({ id, name, raw }) => ({
      toolCallId: id,
      functionName: name,
      rawArguments: raw,
    }));
  }
}
