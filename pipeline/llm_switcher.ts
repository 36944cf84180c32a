import type { FunctionCallHandler, LLMContext, ToolOptions } from "../context/mod.ts";
import type { AnyFrameProcessor } from "../processors/mod.ts";
import { ServiceSwitcher, type ServiceSwitcherStrategyType } from "./service_switcher.ts";
import type { ServiceSwitcherStrategy } from "./service_switcher_strategy.ts";

/** How a model is asked outside of the pipeline. */
export interface SwitchedInferenceOptions {
  /** Tokens the answer has at most. */
  readonly maxTokens?: number | undefined;
  /** What the model is told to be, in place of its own instruction. */
  readonly systemInstruction?: string | undefined;
}

/** What an {@linkcode LLMSwitcher} needs of a language model; every LLM service has it. */
export type SwitchableLLM = AnyFrameProcessor & {
  /** Has `handler` run the calls of a function. */
  registerFunction(name: string, handler: FunctionCallHandler, options?: ToolOptions): void;
  /** Takes that back. */
  unregisterFunction(name: string): void;
  /** Answers a context outside of the pipeline. */
  readonly runInference?:
    | ((
      context: LLMContext,
      options?: SwitchedInferenceOptions,
    ) => Promise<string | undefined>)
    | undefined;
};

/** What an {@linkcode LLMSwitcher} can be given. */
export interface LLMSwitcherOptions<
  L extends SwitchableLLM = SwitchableLLM,
  T extends ServiceSwitcherStrategy = ServiceSwitcherStrategy,
> {
  /** The models, of which the first is active to begin with. */
  readonly llms: readonly L[];
  /** How it is decided which one is active. @default {ServiceSwitcherStrategyManual} */
  readonly strategyType?: ServiceSwitcherStrategyType<T> | undefined;
}

/**
 * Several language models in one place, of which one is active; functions are
 * registered with all of them.
 *
 * @example
 * ```ts
 * import { LLMSwitcher, ServiceSwitcherStrategyFailover } from "@parley/sdk/pipeline";
 * import { ScriptedLLMService } from "@parley/sdk/testing";
 * const switcher = new LLMSwitcher({
 *   llms: [new ScriptedLLMService(), new ScriptedLLMService()],
 *   strategyType: ServiceSwitcherStrategyFailover,
 * });
 * switcher.registerFunction("get_time", () => "It is noon");
 * console.log(switcher.activeLlm === switcher.llms[0]); // true
 * ```
 */
export class LLMSwitcher<
  L extends SwitchableLLM = SwitchableLLM,
  T extends ServiceSwitcherStrategy = ServiceSwitcherStrategy,
> extends ServiceSwitcher<T> {
  /** The models, in the order they were given in. */
  readonly llms: readonly L[];

  /**
   * Makes a switcher.
   *
   * @throws {TypeError} If there is no model, or if one stands in a pipeline already.
   */
  constructor(options: LLMSwitcherOptions<L, T>) {
    super({ services: options.llms, strategyType: options.strategyType });
    this.llms = [...options.llms];
  }

  /** The model that is asked at present. */
  get activeLlm(): L | undefined {
    return this.llms.find((llm) => llm === this.strategy.activeService);
  }

  /**
   * Has the active model answer a context outside of the pipeline.
   *
   * @throws {TypeError} If that model can only answer within a pipeline.
   */
  async runInference(
    context: LLMContext,
    options: SwitchedInferenceOptions = {},
  ): Promise<string | undefined> {
    const { activeLlm } = this;
    if (!activeLlm?.runInference) {
      throw new TypeError(
        `Cannot run an inference with "${activeLlm?.name}": it has no "runInference"`,
      );
    }
    return await activeLlm.runInference(context, options);
  }

  /** Has `handler` run the calls of a function, whichever model asks for them. */
  registerFunction(name: string, handler: FunctionCallHandler, options: ToolOptions = {}): void {
    for (const llm of this.llms) llm.registerFunction(name, handler, options);
  }

  /** Takes back what {@linkcode LLMSwitcher.registerFunction} did. */
  unregisterFunction(name: string): void {
    for (const llm of this.llms) llm.unregisterFunction(name);
  }
}
