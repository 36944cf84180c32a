import {
  isLLMSpecificMessage,
  LLMContext,
  LLMContextFrame,
  type LLMContextMessage,
} from "../../context/mod.ts";
import { FrameProcessor, type FrameScope } from "../../processors/mod.ts";

/** Who the model takes to be at the other end: what it does depends on it. */
export type Mode = "classifying" | "ivr" | "conversation";

export interface PrompterOptions {
  readonly name: string;
  /** What the model is told in a mode; in a conversation it is told what the context says. */
  readonly prompts: Readonly<Record<Exclude<Mode, "conversation">, string>>;
  /** The application has given the conversation another system message. */
  readonly takenOver: (from: Mode) => void;
}

/**
 * Stands before the model and gives it the prompt of the mode, in place of the
 * context's own. The context itself stays as it is: it holds the conversation,
 * whoever had it.
 */
export class Prompter extends FrameProcessor {
  mode: Mode = "classifying";
  readonly #options: PrompterOptions;
  readonly #out: FrameScope = this.scope({ uninterruptible: true });
  #context: LLMContext | undefined;
  #first: { readonly system: LLMContextMessage | undefined } | undefined;

  constructor(options: PrompterOptions) {
    super({ name: options.name });
    this.#options = options;
    this.handle(LLMContextFrame, (frame, context) => {
      if (context.direction === "upstream") return context.forward();
      this.#context = frame.context;
      this.#lookAtSystem(frame.context);
      return context.push(this.#framed(frame));
    });
  }

  /** What was said so far, without what the model was told. */
  get history(): readonly LLMContextMessage[] {
    return this.#context?.messages.filter((message) => !isSystem(message)) ?? [];
  }

  /** Asks the model about the same once more, as the mode is now. */
  askAgain(): void {
    if (!this.#context) return;
    void this.#out.push(this.#framed(new LLMContextFrame(this.#context)));
  }

  #framed(frame: LLMContextFrame): LLMContextFrame {
    if (this.mode === "conversation") return frame;
    const content = this.#options.prompts[this.mode];
    return new LLMContextFrame(new LLMContext([{ role: "system", content }, ...this.history]));
  }

  /** Who changes what the model is told wants to be heard: from then on the context counts. */
  #lookAtSystem({ messages }: LLMContext): void {
    const system = messages.find(isSystem);
    const before = this.#first;
    if (!before || this.mode === "conversation") this.#first = { system };
    if (!before || this.mode === "conversation" || before.system === system) return;
    const from = this.mode;
    this.mode = "conversation";
    this.#options.takenOver(from);
  }
}

function isSystem(message: LLMContextMessage): boolean {
  return !isLLMSpecificMessage(message) && message.role === "system";
}
