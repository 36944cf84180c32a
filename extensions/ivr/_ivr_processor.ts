import {
  isKeypadEntry,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  OutputDTMFUrgentFrame,
  type VADParamsLike,
  VADParamsUpdateFrame,
} from "../../frames/mod.ts";
import { type FrameContext, FrameProcessor, type FrameScope } from "../../processors/mod.ts";
import {
  type Aggregation,
  AggregationType,
  MatchAction,
  PatternPairAggregator,
} from "../../text/mod.ts";
import { isIVRStatus, IVRStatus } from "./ivr_status.ts";
import type { Mode } from "./_prompter.ts";

export interface IVRProcessorOptions {
  readonly name: string;
  /** Who is taken to be at the other end. */
  readonly mode: () => Mode;
  /** The model has decided who it is. */
  readonly decided: (mode: Exclude<Mode, "classifying">) => void;
  /** The model was to decide, and did not. */
  readonly undecided: () => void;
  /** The model says how it goes. */
  readonly status: (status: IVRStatus) => void;
}

const TAGS = ["dtmf", "ivr", "mode"] as const;

/** Stands behind the model and does what its answers say: presses keys, tells of modes, lets the rest be spoken. */
export class IVRProcessor extends FrameProcessor {
  readonly #options: IVRProcessorOptions;
  readonly #text = new PatternPairAggregator({ aggregationType: AggregationType.TOKEN });
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  /** Whether this answer is no longer, or not at all, for the other end. */
  #silent = false;
  #classifying = false;

  constructor(options: IVRProcessorOptions) {
    super({ name: options.name });
    this.#options = options;
    for (const tag of TAGS) {
      this.#text.addPattern(tag, {
        startPattern: `<${tag}>`,
        endPattern: `</${tag}>`,
        action: MatchAction.AGGREGATE,
      });
    }
    this.handle(LLMFullResponseStartFrame, (_frame, context) => {
      this.#silent = this.#classifying = options.mode() === "classifying";
      return context.forward();
    });
    this.handle(LLMTextFrame, (frame, context) => {
      if (context.direction === "upstream") return context.forward();
      return this.#take(this.#text.aggregate(frame.text), { context, skipTts: frame.skipTts });
    });
    this.handle(LLMFullResponseEndFrame, async (frame, context) => {
      await this.#take(this.#text.flush(), { context, skipTts: frame.skipTts });
      await context.forward();
      if (this.#classifying && options.mode() === "classifying") options.undecided();
    });
    this.onInterruption(() => this.#text.handleInterruption());
  }

  /** Changes how speech is found, wherever that is done. */
  setVADParams(params: VADParamsLike): void {
    void this.#out.push(new VADParamsUpdateFrame(params), "upstream");
  }

  /** Reports that a handler of an event threw. */
  eventFailed(event: string, error: unknown): void {
    this.handlerFailed(event, error);
  }

  async #take(pieces: readonly Aggregation[], to: Target): Promise<void> {
    for (const { type, text } of pieces) {
      if (type === "mode") this.#mode(text);
      else if (type === "ivr") await this.#status(text, to);
      else if (this.#silent) continue;
      else if (type === "dtmf") await this.#press(text, to);
      else await to.context.push(new LLMTextFrame(text, { skipTts: to.skipTts }));
    }
  }

  #mode(written: string): void {
    const mode = written.toLowerCase();
    if (mode !== "ivr" && mode !== "conversation") return this.#complain("mode", written);
    // What follows was written by the prompt of the other mode.
    this.#silent = true;
    if (mode !== this.#options.mode()) this.#options.decided(mode);
  }

  #status(written: string, to: Target): void | Promise<void> {
    const status = written.toLowerCase();
    if (!isIVRStatus(status)) return this.#complain("ivr", written);
    if (status === IVRStatus.DETECTED && this.#options.mode() !== "ivr") return this.#mode("ivr");
    if (this.#silent) return;
    this.#options.status(status);
    return this.#remember(`<ivr>${status}</ivr>`, to);
  }

  async #press(written: string, to: Target): Promise<void> {
    const keys = [...written.replace(/[\s,]/g, "")];
    const known = keys.filter(isKeypadEntry);
    if (known.length === 0 || known.length < keys.length) return this.#complain("dtmf", written);
    await to.context.push(new OutputDTMFUrgentFrame(known));
    await this.#remember(`<dtmf>${known.join("")}</dtmf>`, to);
  }

  /** Has the context hold what was done, which nobody hears. */
  #remember(text: string, { context }: Target): void | Promise<void> {
    return context.push(new LLMTextFrame(text, { skipTts: true }));
  }

  #complain(tag: (typeof TAGS)[number], written: string): void {
    const length = written.length;
    this.log.warn(
      `Cannot follow the model in "${this.name}": "<${tag}>" holds ${length} characters that mean nothing there`,
    );
  }
}

interface Target {
  readonly context: FrameContext;
  readonly skipTts: boolean;
}
