import type { Clock, Logger } from "../../async/mod.ts";
import { LLMContext, LLMContextFrame } from "../../context/mod.ts";
import {
  type ErrorFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
} from "../../frames/mod.ts";
import { Pipeline, type PipelineParams, PipelineTask } from "../../pipeline/mod.ts";
import { type AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";

export interface ClassifierOptions {
  /** The model that is asked. */
  readonly llm: AnyFrameProcessor;
  /** What it is told to do. */
  readonly prompt: string;
  /** The model has come to the end of an answer. */
  readonly answered: (text: string) => void;
  /** The model could not answer. */
  readonly failed: (frame: ErrorFrame) => void;
  /** What the model measured. */
  readonly measured: (frame: MetricsFrame) => void;
}

export interface ClassifierRunOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly params: PipelineParams;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Asks a model one thing after another, in a pipeline of its own: the
 * conversation's interruptions do not abort it, nobody sees what it writes, and
 * it can be cut off without touching the conversation.
 */
export class Classifier {
  readonly #options: ClassifierOptions;
  readonly #listener: AnswerListener;
  readonly #pipeline: Pipeline;
  #task: PipelineTask | undefined;
  #asking = false;

  constructor(options: ClassifierOptions) {
    this.#options = options;
    this.#listener = new AnswerListener({
      answered: (text) => {
        this.#asking = false;
        options.answered(text);
      },
      measured: options.measured,
    });
    this.#pipeline = new Pipeline([options.llm, this.#listener]);
  }

  /** Whether an answer is awaited. */
  get asking(): boolean {
    return this.#asking;
  }

  /** What the answer under way says so far. */
  get text(): string {
    return this.#listener.text;
  }

  /** Takes questions until it is closed. */
  async run({ clock, log, params, signal }: ClassifierRunOptions): Promise<void> {
    // Errors go on to the conversation's task, which writes them down.
    const debug = (message: string, ...details: unknown[]) => log.debug(message, ...details);
    const info = (message: string, ...details: unknown[]) => log.info(message, ...details);
    const warn = (message: string, ...details: unknown[]) => log.warn(message, ...details);
    const quiet = { debug, info, warn, error: debug };
    this.#task = new PipelineTask(this.#pipeline, { clock, params, signal, log: quiet });
    this.#task.on("pipelineError", (frame) => this.#options.failed(frame));
    await this.#task.run();
  }

  /** Asks about a text. */
  ask(text: string): void {
    this.#asking = true;
    const context = new LLMContext([
      { role: "system", content: this.#options.prompt },
      { role: "user", content: text },
    ]);
    void this.#task?.queueFrame(new LLMContextFrame(context));
  }

  /** Cuts off what is under way, and takes no more questions. */
  close(): void {
    void (this.#task ? this.#task.cancel() : this.#pipeline.close());
  }
}

/** Puts the model's answer together. */
class AnswerListener extends FrameProcessor {
  text = "";

  constructor(told: Pick<ClassifierOptions, "answered" | "measured">) {
    super();
    this.handle(LLMFullResponseStartFrame, () => {
      this.text = "";
    });
    this.handle(LLMTextFrame, ({ text }) => {
      this.text += text;
    });
    this.handle(LLMFullResponseEndFrame, () => told.answered(this.text));
    this.handle(MetricsFrame, (frame) => told.measured(frame));
  }
}
