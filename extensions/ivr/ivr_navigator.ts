import { TypedEvents } from "../../async/mod.ts";
import { DEFAULT_VAD_PARAMS, vadParams } from "../../audio/vad/mod.ts";
import type { LLMContextMessage } from "../../context/mod.ts";
import type { VADParamsLike } from "../../frames/mod.ts";
import { type Composite, type Part, Pipeline } from "../../pipeline/mod.ts";
import type { AnyFrameProcessor } from "../../processors/mod.ts";
import { IVRProcessor } from "./_ivr_processor.ts";
import { type Mode, Prompter } from "./_prompter.ts";
import { CLASSIFIER_PROMPT, navigationPrompt } from "./_prompts.ts";
import { IVRStatus } from "./ivr_status.ts";

/** What an {@linkcode IVRNavigator} can be given. */
export interface IVRNavigatorOptions {
  /** The model that decides and navigates, and then holds the conversation. */
  readonly llm: AnyFrameProcessor;
  /** The goal, in words: `"Reach billing, to ask about a double charge"`. */
  readonly ivrPrompt: string;
  /**
   * How speech is found while it navigates; a menu makes pauses that are not its end.
   *
   * @default {vadParams({ stopSecs: 2 })}
   */
  readonly ivrVadParams?: VADParamsLike | undefined;
  /** How speech is found when a person takes over from the menu. @default {DEFAULT_VAD_PARAMS} */
  readonly conversationVadParams?: VADParamsLike | undefined;
}

/** Events of an {@linkcode IVRNavigator}. */
export interface IVRNavigatorEvents {
  /**
   * A person is speaking. Who listens decides what the bot says; where nobody
   * listens, the model answers the context as it stands.
   */
  readonly conversationDetected: readonly [conversationHistory: readonly LLMContextMessage[]];
  /** A menu was detected, the goal is reached, or there is no way on. */
  readonly ivrStatusChanged: readonly [status: IVRStatus];
}

/** Answers without a decision after which it is taken to be a person. */
const MOST_UNDECIDED = 2;
let count = 0;

/**
 * Finds its way through the menus of a telephone system towards a goal.
 *
 * It stands in the place of the model. At first it only decides who answered:
 * a menu, through which it navigates by pressing keys and speaking, or a person,
 * with whom the conversation goes on as the context says. It decides anew when a
 * person takes over from the menu. The context keeps all that was said, and its
 * own system message, which counts in conversations; put another one in to take
 * over before.
 *
 * @example
 * ```ts
 * import { IVRNavigator, IVRStatus } from "@parley/sdk/extensions/ivr";
 * import { ScriptedLLMService } from "@parley/sdk/testing";
 * const navigator = new IVRNavigator({
 *   llm: new ScriptedLLMService(),
 *   ivrPrompt: "Reach billing, to ask about a double charge on account 4711.",
 * });
 * navigator.on("ivrStatusChanged", (status) => {
 *   if (status === IVRStatus.STUCK) console.log("Somebody has to dial by hand.");
 * });
 * console.log(navigator.parts.length); // 3: before the model, the model, behind it
 * ```
 */
export class IVRNavigator extends TypedEvents<IVRNavigatorEvents> implements Composite {
  /** Its name in logs and errors. */
  readonly name: string;
  /** What stands before the model, the model, and what stands behind it. */
  readonly parts: readonly Part[];
  /** Where frames enter. */
  readonly head: AnyFrameProcessor;
  /** Where frames leave. */
  readonly tail: AnyFrameProcessor;
  readonly #prompter: Prompter;
  readonly #processor: IVRProcessor;
  readonly #vadParams: Readonly<Record<Exclude<Mode, "classifying">, VADParamsLike>>;
  #undecided = 0;

  /**
   * Makes a navigator for one call.
   *
   * @throws {TypeError} If there is no goal, or if the model stands in a
   * pipeline already.
   */
  constructor(options: IVRNavigatorOptions) {
    super();
    const { llm, ivrPrompt } = options;
    if (typeof ivrPrompt !== "string" || ivrPrompt.trim() === "") {
      throw new TypeError('Cannot navigate a telephone menu: there is no goal; pass "ivrPrompt"');
    }
    this.name = `${new.target.name}#${++count}`;
    this.#vadParams = {
      ivr: options.ivrVadParams ?? vadParams({ stopSecs: 2 }),
      conversation: options.conversationVadParams ?? DEFAULT_VAD_PARAMS,
    };
    this.#prompter = new Prompter({
      name: `${this.name}.prompter`,
      prompts: { classifying: CLASSIFIER_PROMPT, ivr: navigationPrompt(ivrPrompt) },
      takenOver: (from) => {
        if (from === "ivr") this.#processor.setVADParams(this.#vadParams.conversation);
      },
    });
    this.#processor = this.#makeProcessor();
    const { parts, head, tail } = new Pipeline([this.#prompter, llm, this.#processor]);
    [this.parts, this.head, this.tail] = [parts, head, tail];
  }

  #makeProcessor(): IVRProcessor {
    return new IVRProcessor({
      name: `${this.name}.processor`,
      mode: () => this.#prompter.mode,
      decided: (mode) => this.#decide(mode),
      undecided: () => this.#askOrGiveUp(),
      status: (status) => {
        if (status !== IVRStatus.WAIT) this.emit("ivrStatusChanged", status);
      },
    });
  }

  #decide(mode: Exclude<Mode, "classifying">): void {
    const before = this.#prompter.mode;
    this.#prompter.mode = mode;
    if (mode === "ivr" || before === "ivr") this.#processor.setVADParams(this.#vadParams[mode]);
    if (mode === "ivr") {
      this.emit("ivrStatusChanged", IVRStatus.DETECTED);
      return this.#prompter.askAgain();
    }
    const unheeded = !this.listens("conversationDetected");
    this.emit("conversationDetected", this.#prompter.history);
    if (unheeded) this.#prompter.askAgain();
  }

  /** Who cannot be told from a machine is spoken to: a person must not be left in silence. */
  #askOrGiveUp(): void {
    if (++this.#undecided < MOST_UNDECIDED) return this.#prompter.askAgain();
    this.#decide("conversation");
  }

  /** Reports a handler that threw as an error of the navigator. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.#processor.eventFailed(event, error);
  }
}
