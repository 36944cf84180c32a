import { ControlFrame, DataFrame, SystemFrame } from "./frame.ts";

/** A call that a language model asked for. */
export interface FunctionCallFromLLM {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Arguments, read from the model's JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What is to happen with the result of a call. */
export interface FunctionCallResultProperties {
  /** Whether the model runs again; by default when no other call is open. */
  readonly runLlm?: boolean | undefined;
  /** Called once the context holds the result. */
  readonly onContextUpdated?: (() => void | Promise<void>) | undefined;
  /** Whether this is the last result of the call. @default {true} */
  readonly isFinal?: boolean | undefined;
}

/**
 * The model asked for calls, which are about to run.
 *
 * @example
 * ```ts
 * import { FunctionCallsStartedFrame } from "@parley/sdk/frames";
 * const frame = new FunctionCallsStartedFrame([]);
 * console.log(frame.name); // "FunctionCallsStartedFrame#1"
 * ```
 */
export class FunctionCallsStartedFrame extends SystemFrame {
  /** The calls, in the model's order. */
  readonly functionCalls: readonly FunctionCallFromLLM[];

  /** Makes the frame. */
  constructor(functionCalls: readonly FunctionCallFromLLM[]) {
    super();
    this.functionCalls = functionCalls;
  }
}

/** What a {@linkcode FunctionCallInProgressFrame} can be given. */
export interface FunctionCallInProgressFrameOptions {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Arguments, read from the model's JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Whether an interruption cancels it. @default {false} */
  readonly cancelOnInterruption?: boolean | undefined;
  /** What calls of one answer have in common. */
  readonly groupId?: string | undefined;
}

/**
 * A call is running.
 *
 * @example
 * ```ts
 * import { FunctionCallInProgressFrame } from "@parley/sdk/frames";
 * const frame = new FunctionCallInProgressFrame({ functionName: "now", toolCallId: "1", arguments: {} });
 * console.log(frame.name); // "FunctionCallInProgressFrame#1"
 * ```
 */
export class FunctionCallInProgressFrame extends ControlFrame {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Arguments, read from the model's JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Whether an interruption cancels it. */
  readonly cancelOnInterruption: boolean;
  /** What calls of one answer have in common. */
  readonly groupId: string | undefined;

  /** Makes the frame. */
  constructor(options: FunctionCallInProgressFrameOptions) {
    super();
    this.functionName = options.functionName;
    this.toolCallId = options.toolCallId;
    this.arguments = options.arguments;
    this.cancelOnInterruption = options.cancelOnInterruption ?? false;
    this.groupId = options.groupId;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/** What a {@linkcode FunctionCallResultFrame} can be given. */
export interface FunctionCallResultFrameOptions {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Arguments, read from the model's JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What it gave. */
  readonly result: unknown;
  /** Whether the model runs again; by default when no other call is open. */
  readonly runLlm?: boolean | undefined;
  /** What is to happen with the result. */
  readonly properties?: FunctionCallResultProperties | undefined;
}

/**
 * A call gave a result.
 *
 * @example
 * ```ts
 * import { FunctionCallResultFrame } from "@parley/sdk/frames";
 * const frame = new FunctionCallResultFrame({ functionName: "now", toolCallId: "1", arguments: {}, result: "12:00" });
 * console.log(frame.name); // "FunctionCallResultFrame#1"
 * ```
 */
export class FunctionCallResultFrame extends DataFrame {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Arguments, read from the model's JSON. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What it gave. */
  readonly result: unknown;
  /** Whether the model runs again; by default when no other call is open. */
  readonly runLlm: boolean | undefined;
  /** What is to happen with the result. */
  readonly properties: FunctionCallResultProperties | undefined;

  /** Makes the frame. */
  constructor(options: FunctionCallResultFrameOptions) {
    super();
    this.functionName = options.functionName;
    this.toolCallId = options.toolCallId;
    this.arguments = options.arguments;
    this.result = options.result;
    this.runLlm = options.runLlm;
    this.properties = options.properties;
  }

  /** Always true. */
  override get uninterruptible(): true {
    return true;
  }
}

/** What a {@linkcode FunctionCallCancelFrame} can be given. */
export interface FunctionCallCancelFrameOptions {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Whether the model runs again. @default {false} */
  readonly runLlm?: boolean | undefined;
}

/**
 * A call was cancelled.
 *
 * @example
 * ```ts
 * import { FunctionCallCancelFrame } from "@parley/sdk/frames";
 * const frame = new FunctionCallCancelFrame({ functionName: "now", toolCallId: "1" });
 * console.log(frame.name); // "FunctionCallCancelFrame#1"
 * ```
 */
export class FunctionCallCancelFrame extends SystemFrame {
  /** Name of the function. */
  readonly functionName: string;
  /** The model's id of this call. */
  readonly toolCallId: string;
  /** Whether the model runs again. */
  readonly runLlm: boolean;

  /** Makes the frame. */
  constructor(options: FunctionCallCancelFrameOptions) {
    super();
    this.functionName = options.functionName;
    this.toolCallId = options.toolCallId;
    this.runLlm = options.runLlm ?? false;
  }
}
