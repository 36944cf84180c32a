import type { LLMTokenUsage } from "../frames/mod.ts";
import type { LLMService } from "../services/llm/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import { LLM_CASES, LLMCases } from "./_llm_cases.ts";
import type { ScriptedCall } from "./scripted_llm.ts";

/** The cases of the contract of language models. */
export type LLMContractCase =
  | "key"
  | "answer"
  | "order"
  | "calls"
  | "results"
  | "interruption"
  | "interruptedCalls"
  | "refusal"
  | "drop"
  | "garbage"
  | "stall"
  | "metrics"
  | "settings"
  | "close";

/** What a scripted provider is to answer. */
export interface LLMContractAnswer {
  /** What the model writes. */
  readonly text?: string | undefined;
  /** The calls it asks for. */
  readonly calls?: readonly ScriptedCall[] | undefined;
  /** What it costs. */
  readonly usage?: LLMTokenUsage | undefined;
  /** Refuses with this HTTP status, or what is like it. */
  readonly status?: number | undefined;
  /** What happens behind the text: it breaks off, is stuck, or talks nonsense. */
  readonly trouble?: "drop" | "stall" | "garbage" | undefined;
}

/** A provider that does what a test wants. */
export interface LLMContractProvider {
  /** Has it answer the next requests so, one after another. */
  script(...answers: readonly LLMContractAnswer[]): void;
  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<unknown>;
  /** Resolves when every request so far has ended, or was closed by the client. */
  closed(): Promise<unknown>;
  /** The model that the last request asked for. */
  askedModel(): unknown;
  /** What must never be logged, such as the key. */
  readonly secrets: readonly string[];
}

/** A language model under test, with the provider it talks to. */
export interface LLMContractSubject extends AsyncDisposable {
  /** The provider; none for a service that runs {@linkcode ContractOptions.alone}. */
  readonly provider?: LLMContractProvider | undefined;
  /** Makes a service that talks to the provider. */
  make(options: { readonly stallTimeoutMs?: number }): LLMService;
}

/** What is answered to {@linkcode LLM_QUESTIONS}. */
export interface LLMContractAnswers {
  /** The answer to the first question. @default {"Hello there. How are you?"} */
  readonly text: string;
  /** The calls that the third question gets. @default {one for "Rome" and one for "Oslo"} */
  readonly calls: readonly ScriptedCall[];
  /** What is said once each of them gave "sunny". @default {"It is sunny in both."} */
  readonly afterCalls: string;
}

/** What the contract wants to know of a language model. */
export interface LLMContract extends ContractOptions<LLMContractCase> {
  /** Opens a provider for one case. */
  readonly open: () => LLMContractSubject | Promise<LLMContractSubject>;
  /**
   * What a model without a provider to script says to
   * {@linkcode LLM_QUESTIONS}, where that is not what would be scripted.
   */
  readonly answers?: Partial<LLMContractAnswers> | undefined;
}

/**
 * Tests what every language model service must do.
 *
 * @example
 * ```ts
 * import { OpenAILLMService } from "@parley/sdk/services/openai";
 * import { FakeOpenAI, type LLMContract } from "@parley/sdk/testing";
 * const contract: LLMContract = {
 *   name: "OpenAILLMService",
 *   key: { env: "OPENAI_API_KEY", make: () => new OpenAILLMService() },
 *   open: () => {
 *     const openai = new FakeOpenAI();
 *     const { apiKey, url: baseUrl } = openai;
 *     return {
 *       make: (options) =>
 *         new OpenAILLMService({ apiKey, baseUrl, maxRetries: 0, ...options }),
 *       provider: {
 *         script: (...answers) => openai.chat(...answers),
 *         stuck: () => openai.stuck(),
 *         closed: () => openai.settled(),
 *         askedModel: () => openai.requests.at(-1)?.body.model,
 *         secrets: [apiKey],
 *       },
 *       [Symbol.asyncDispose]: () => openai.close(),
 *     };
 *   },
 * };
 * // In a test file: testLLM(contract);
 * console.log(contract.name);
 * ```
 */
export function testLLM(contract: LLMContract): void {
  registerContract(contract.name, llmContract(contract));
}

/**
 * The cases of the contract, for who registers or runs them otherwise.
 *
 * @example
 * ```ts
 * import { llmContract } from "@parley/sdk/testing";
 * const cases = llmContract({
 *   name: "Acme",
 *   alone: "there is none",
 *   open: () => {
 *     throw new Error("Cannot open Acme: there is none");
 *   },
 * });
 * console.log(cases[0]?.name); // "names the key it misses"
 * ```
 */
export function llmContract(contract: LLMContract): ContractCase[] {
  return casesOf(contract, { names: LLM_CASES, runs: new LLMCases(contract).runs() });
}
