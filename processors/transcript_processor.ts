import { TypedEvents } from "../async/mod.ts";
import {
  BotStoppedSpeakingFrame,
  DataFrame,
  EndFrame,
  HeardTextFrame,
  LLMThoughtEndFrame,
  LLMThoughtStartFrame,
  LLMThoughtTextFrame,
  StopFrame,
  TranscriptionFrame,
  type TTSTextFrame,
} from "../frames/mod.ts";
import { concatenateAggregatedText, type SpokenPart } from "../text/mod.ts";
import {
  FrameProcessor,
  type FrameProcessorOptions,
  type ProcessorEvents,
} from "./frame_processor.ts";

/** One entry of a transcript. */
export interface TranscriptionMessage {
  /** Who said it. */
  readonly role: "user" | "assistant";
  /** What was said. */
  readonly content: string;
  /** When it began, as an ISO 8601 date. */
  readonly timestamp: string;
  /** Which user, if there are several. */
  readonly userId?: string | undefined;
  /** Whether it was thought and not said. */
  readonly thought?: boolean | undefined;
}

/**
 * New entries of a transcript.
 *
 * @example
 * ```ts
 * import { TranscriptionUpdateFrame } from "@parley/sdk/processors";
 * const frame = new TranscriptionUpdateFrame([
 *   { role: "user", content: "Hello.", timestamp: "2026-01-01T12:00:00Z" },
 * ]);
 * console.log(frame.messages.length); // 1
 * ```
 */
export class TranscriptionUpdateFrame extends DataFrame {
  /** Makes the frame. */
  constructor(
    /** The entries, in order. */
    readonly messages: readonly TranscriptionMessage[],
  ) {
    super();
  }
}

/** Events of what writes transcripts. */
export interface TranscriptEvents {
  /** The transcript has grown. */
  readonly transcriptUpdate: readonly [frame: TranscriptionUpdateFrame];
}

/** Events of the two halves of a {@linkcode TranscriptProcessor}. */
export interface TranscriptProcessorEvents extends ProcessorEvents, TranscriptEvents {}

/** What a {@linkcode TranscriptProcessor} can be given. */
export interface TranscriptProcessorOptions {
  /** Whether what the model thinks aloud is written down as well. @default {false} */
  readonly processThoughts?: boolean | undefined;
}

/** What an {@linkcode AssistantTranscriptProcessor} can be given. */
export interface AssistantTranscriptProcessorOptions
  extends FrameProcessorOptions, TranscriptProcessorOptions {}

/**
 * Writes down what the user says. Stands behind the STT service.
 *
 * @example
 * ```ts
 * import { TranscriptionFrame } from "@parley/sdk/frames";
 * import { TranscriptionUpdateFrame, UserTranscriptProcessor } from "@parley/sdk/processors";
 * import { TestPipeline } from "@parley/sdk/testing";
 * await using pipeline = new TestPipeline([new UserTranscriptProcessor()]);
 * pipeline.push(new TranscriptionFrame("What time is it?"));
 * console.log((await pipeline.until(TranscriptionUpdateFrame)).messages[0]?.content);
 * ```
 */
export class UserTranscriptProcessor extends FrameProcessor<TranscriptProcessorEvents> {
  /** Makes a processor. */
  constructor(options: FrameProcessorOptions = {}) {
    super(options);
    this.handle(TranscriptionFrame, async (frame, context) => {
      await context.forward();
      const content = frame.text.trim();
      if (content === "" || context.direction === "upstream") return;
      const timestamp = frame.timestamp || this.clock.date().toISOString();
      const userId = frame.userId || undefined;
      const update = new TranscriptionUpdateFrame([{ role: "user", content, timestamp, userId }]);
      this.emit("transcriptUpdate", update);
      await context.push(update);
    });
  }
}

/**
 * Writes down what the bot said, as far as it was heard. Stands behind the
 * output of the transport.
 *
 * @example
 * ```ts
 * import { BotStoppedSpeakingFrame, HeardTextFrame } from "@parley/sdk/frames";
 * import { AssistantTranscriptProcessor, TranscriptionUpdateFrame } from "@parley/sdk/processors";
 * import { TestPipeline } from "@parley/sdk/testing";
 * await using pipeline = new TestPipeline([new AssistantTranscriptProcessor()]);
 * pipeline.push(new HeardTextFrame("It is"), new HeardTextFrame("noon."));
 * pipeline.push(new BotStoppedSpeakingFrame());
 * console.log((await pipeline.until(TranscriptionUpdateFrame)).messages[0]?.content);
 * ```
 */
export class AssistantTranscriptProcessor extends FrameProcessor<TranscriptProcessorEvents> {
  readonly #out = this.scope({ uninterruptible: true });
  #parts: SpokenPart[] = [];
  #since = "";
  #thought: { readonly timestamp: string; readonly parts: SpokenPart[] } | undefined;

  /** Makes a processor. */
  constructor(options: AssistantTranscriptProcessorOptions = {}) {
    super(options);
    this.handle(HeardTextFrame, (frame, context) => {
      this.#hear(frame);
      return context.forward();
    });
    // What was heard before an interruption is told before it.
    this.onInterruption(() => {
      this.#thought = undefined;
      this.#tell();
    });
    this.handle(BotStoppedSpeakingFrame, (_frame, context) => {
      this.#tell();
      return context.forward();
    });
    for (const last of [EndFrame, StopFrame]) this.handle(last, () => this.#tell());
    if (options.processThoughts) this.#handleThoughts();
  }

  #handleThoughts(): void {
    this.handle(LLMThoughtStartFrame, (_frame, context) => {
      this.#thought = { timestamp: this.#now(), parts: [] };
      return context.forward();
    });
    this.handle(LLMThoughtTextFrame, (frame, context) => {
      const { text, includesInterFrameSpaces: includesInterPartSpaces } = frame;
      this.#thought?.parts.push({ text, includesInterPartSpaces });
      return context.forward();
    });
    this.handle(LLMThoughtEndFrame, (_frame, context) => {
      const { timestamp, parts } = this.#thought ?? { timestamp: "", parts: [] };
      this.#thought = undefined;
      this.#write(parts, { timestamp, thought: true });
      return context.forward();
    });
  }

  #hear({ text, includesInterFrameSpaces }: TTSTextFrame): void {
    if (this.#parts.length === 0) this.#since = this.#now();
    this.#parts.push({ text, includesInterPartSpaces: includesInterFrameSpaces });
  }

  #tell(): void {
    this.#write(this.#parts.splice(0), { timestamp: this.#since });
  }

  #write(
    parts: readonly SpokenPart[],
    about: { readonly timestamp: string; readonly thought?: boolean },
  ): void {
    const content = concatenateAggregatedText(parts);
    if (content === "") return;
    const update = new TranscriptionUpdateFrame([{ role: "assistant", content, ...about }]);
    this.emit("transcriptUpdate", update);
    void this.#out.push(update);
  }

  #now(): string {
    return this.clock.date().toISOString();
  }
}

/**
 * Makes the two processors that write down a conversation, and tells what both
 * write.
 *
 * The events `userTurnStopped` and `assistantTurnStopped` of the context
 * aggregators tell the same by turns and need no processor of their own: they
 * are the better choice.
 *
 * @example
 * ```ts
 * import { Pipeline } from "@parley/sdk/pipeline";
 * import { TranscriptProcessor } from "@parley/sdk/processors";
 * const transcript = new TranscriptProcessor();
 * transcript.on("transcriptUpdate", ({ messages }) => {
 *   for (const { role, content } of messages) console.log(`${role}: ${content}`);
 * });
 * await using pipeline = new Pipeline([transcript.user(), transcript.assistant()]);
 * console.log(pipeline.processors.length); // 2
 * ```
 */
export class TranscriptProcessor extends TypedEvents<TranscriptEvents> {
  readonly #options: TranscriptProcessorOptions;
  #user: UserTranscriptProcessor | undefined;
  #assistant: AssistantTranscriptProcessor | undefined;

  /** Makes a factory; each of its processors is made once. */
  constructor(options: TranscriptProcessorOptions = {}) {
    super();
    this.#options = options;
  }

  /** What writes down the user; stands behind the STT service. */
  user(options: FrameProcessorOptions = {}): UserTranscriptProcessor {
    return this.#user ??= this.#follow(new UserTranscriptProcessor(options));
  }

  /** What writes down the bot; stands behind the output of the transport. */
  assistant(options: FrameProcessorOptions = {}): AssistantTranscriptProcessor {
    return this.#assistant ??= this.#follow(
      new AssistantTranscriptProcessor({ ...this.#options, ...options }),
    );
  }

  #follow<P extends UserTranscriptProcessor | AssistantTranscriptProcessor>(processor: P): P {
    processor.on("transcriptUpdate", (frame) => this.emit("transcriptUpdate", frame));
    return processor;
  }
}
