import {
  AggregatedTextFrame,
  EndFrame,
  LLMFullResponseEndFrame,
  LLMTextFrame,
  StopFrame,
} from "../../frames/mod.ts";
import { type Aggregation, type BaseTextAggregator, SimpleTextAggregator } from "../../text/mod.ts";
import type { FrameContext } from "../contract.ts";
import { FrameProcessor, type FrameProcessorOptions } from "../mod.ts";

/** What an {@linkcode LLMTextProcessor} can be given. */
export interface LLMTextProcessorOptions extends FrameProcessorOptions {
  /** Cuts the model's text into pieces; by sentence by default. */
  readonly textAggregator?: BaseTextAggregator | undefined;
}

/** What the pieces of an answer have in common. */
type Manner = Pick<LLMTextFrame, "skipTts" | "appendToContext">;

/**
 * Cuts what the model writes into pieces, such as sentences or blocks of code,
 * before the TTS service and others get it: they take the pieces as they are.
 * Stands behind the LLM service.
 *
 * @example
 * ```ts
 * import { AggregatedTextFrame, LLMTextFrame } from "@parley/sdk/frames";
 * import { LLMTextProcessor } from "@parley/sdk/processors/aggregators";
 * import { TestPipeline } from "@parley/sdk/testing";
 * await using pipeline = new TestPipeline([new LLMTextProcessor()]);
 * pipeline.push(new LLMTextFrame("It is noon. "), new LLMTextFrame("Lunch?"));
 * console.log((await pipeline.until(AggregatedTextFrame)).text); // "It is noon."
 * ```
 */
export class LLMTextProcessor extends FrameProcessor {
  readonly #aggregator: BaseTextAggregator;
  #manner: Manner = { skipTts: false, appendToContext: true };

  /** Makes a processor that holds no text. */
  constructor(options: LLMTextProcessorOptions = {}) {
    super(options);
    this.#aggregator = options.textAggregator ?? new SimpleTextAggregator();
    this.handle(LLMTextFrame, async (frame, context) => {
      const { skipTts, appendToContext } = frame;
      const before = this.#manner;
      if (skipTts !== before.skipTts || appendToContext !== before.appendToContext) {
        // What is held is spoken and remembered as it was meant to be.
        await this.#push(this.#aggregator.flush(), context);
        this.#manner = { skipTts, appendToContext };
      }
      await this.#push(this.#aggregator.aggregate(frame.text), context);
    });
    for (const end of [LLMFullResponseEndFrame, EndFrame, StopFrame]) {
      this.handle<LLMFullResponseEndFrame | EndFrame | StopFrame>(end, async (_frame, context) => {
        await this.#push(this.#aggregator.flush(), context);
        await context.forward();
      });
    }
    this.onInterruption(() => this.#aggregator.handleInterruption());
  }

  /** Forgets the text it holds. */
  reset(): void {
    this.#aggregator.reset();
  }

  async #push(pieces: readonly Aggregation[], context: FrameContext): Promise<void> {
    for (const { text, type, rawText = text } of pieces) {
      await context.push(
        new AggregatedTextFrame(text, { aggregatedBy: type, rawText, ...this.#manner }),
      );
    }
  }
}
