import { LLMContextFrame } from "../context/mod.ts";
import {
  type Frame,
  type FrameClass,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
} from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { isOf } from "./_endpoints.ts";
import { FrameWatch } from "./_frame_watch.ts";
import { amountOf, LogLine } from "./_log_line.ts";
import type { LogObserverOptions } from "./log_observer_options.ts";

/** What is written of a frame, and what only where that was asked for. */
type Said = readonly [text: string, personal?: Readonly<Record<string, unknown>>];

/**
 * Writes a line for everything that an LLM service is asked and answers:
 * contexts, the text as it comes, function calls and their results. Texts,
 * arguments and results stand in it where `personalData` is wanted.
 *
 * @example
 * ```ts
 * import { LLMLogObserver } from "@parley/sdk/observers";
 * const observer = new LLMLogObserver({ log: console });
 * console.log(observer instanceof LLMLogObserver); // true
 * ```
 */
export class LLMLogObserver extends BaseObserver {
  readonly #frames: FrameWatch = new FrameWatch();
  readonly #line: LogLine;

  /** Makes an observer. */
  constructor(options: LogObserverOptions = {}) {
    super();
    this.#line = new LogLine(options);
    this.#onMade(LLMFullResponseStartFrame, () => ["LLM START RESPONSE"]);
    this.#onMade(LLMFullResponseEndFrame, () => ["LLM END RESPONSE"]);
    this.#onMade(
      LLMTextFrame,
      ({ text }) => [`LLM GENERATING: ${amountOf(text, "character")}`, { text }],
    );
    this.#onMade(FunctionCallInProgressFrame, (frame) => [
      `LLM FUNCTION CALL (${frame.toolCallId}): ${frame.functionName}`,
      { arguments: frame.arguments },
    ]);
    this.#onMade(FunctionCallResultFrame, (frame) => [
      `LLM FUNCTION CALL RESULT (${frame.toolCallId}): ${frame.functionName}`,
      { result: frame.result },
    ]);
  }

  /** Writes the frame, if it comes from an LLM service or is for one. */
  override onPushFrame(data: FramePushed): void {
    if (this.#frames.see(data)) return;
    const { destination, frame, timestamp } = data;
    if (!(frame instanceof LLMContextFrame) || !isOf(destination, "llm")) return;
    const { messages } = frame.context;
    const line = `🧠 → ${destination.name} LLM CONTEXT FRAME: ${amountOf(messages, "message")}`;
    this.#line.write(line, timestamp, { messages });
  }

  /** Has frames written that an LLM service makes, and not those that it passes on. */
  #onMade<F extends Frame>(frameClass: FrameClass<F>, say: (frame: F) => Said): void {
    this.#frames.on(frameClass, (frame, _at, { source, timestamp }) => {
      if (!isOf(source, "llm")) return;
      const [text, personal] = say(frame);
      this.#line.write(`🧠 ${source.name} → ${text}`, timestamp, personal);
    });
  }
}
