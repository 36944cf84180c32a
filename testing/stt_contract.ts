import type { STTService } from "../services/stt/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import { STT_CASES, STTCases } from "./_stt_cases.ts";

/** The cases of the contract of recognisers. */
export type STTContractCase =
  | "key"
  | "transcript"
  | "order"
  | "interruption"
  | "nothing"
  | "refusal"
  | "busy"
  | "drop"
  | "garbage"
  | "stall"
  | "metrics"
  | "settings"
  | "close";

/** What a scripted provider is to hear. */
export interface STTContractAnswer {
  /** The words. */
  readonly text?: string | undefined;
  /** Refuses with this HTTP status, or what is like it. */
  readonly status?: number | undefined;
  /** What happens instead of an answer. */
  readonly trouble?: "drop" | "stall" | "garbage" | undefined;
}

/** A recording, and what is said in it. */
export interface STTContractRecording {
  /** Mono samples. */
  readonly audio: Int16Array;
  /** Their rate, in hertz. */
  readonly sampleRate: number;
  /** What is said, in words; upper and lower case and marks do not count. */
  readonly text: string;
}

/** A provider that does what a test wants. */
export interface STTContractProvider {
  /** Has it hear so, one recording after another. */
  script(...answers: readonly STTContractAnswer[]): void;
  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<unknown>;
  /** Resolves when every request so far has ended, or was closed by the client. */
  closed(): Promise<unknown>;
  /** The language that the last request asked for. */
  askedLanguage(): unknown;
  /** What must never be logged, such as the key. */
  readonly secrets: readonly string[];
}

/** A recogniser under test, with the provider it talks to. */
export interface STTContractSubject extends AsyncDisposable {
  /** The provider; none for a service that runs {@linkcode ContractOptions.alone}. */
  readonly provider?: STTContractProvider | undefined;
  /** Makes a service that talks to the provider. */
  make(options: { readonly transcribeTimeoutMs?: number }): STTService;
}

/** What the contract wants to know of a recogniser. */
export interface STTContract extends ContractOptions<STTContractCase> {
  /** Opens a provider for one case. */
  readonly open: () => STTContractSubject | Promise<STTContractSubject>;
  /** Two recordings that it can hear, for one that cannot be scripted. */
  readonly recordings?: readonly [STTContractRecording, STTContractRecording] | undefined;
}

/**
 * Tests what every speech to text service must do.
 *
 * @example
 * ```ts
 * import { OpenAISTTService } from "@parley/sdk/services/openai";
 * import { FakeOpenAI, type STTContract } from "@parley/sdk/testing";
 * const contract: STTContract = {
 *   name: "OpenAISTTService",
 *   key: { env: "OPENAI_API_KEY", make: () => new OpenAISTTService() },
 *   open: () => {
 *     const openai = new FakeOpenAI();
 *     const { apiKey, url: baseUrl } = openai;
 *     return {
 *       make: (options) => new OpenAISTTService({ apiKey, baseUrl, ...options }),
 *       provider: {
 *         script: (...answers) => openai.transcription(...answers),
 *         stuck: () => openai.stuck(),
 *         closed: () => openai.settled(),
 *         askedLanguage: () => openai.requests.at(-1)?.body.language,
 *         secrets: [apiKey],
 *       },
 *       [Symbol.asyncDispose]: () => openai.close(),
 *     };
 *   },
 * };
 * // In a test file: testSTT(contract);
 * console.log(contract.name);
 * ```
 */
export function testSTT(contract: STTContract): void {
  registerContract(contract.name, sttContract(contract));
}

/**
 * The cases of the contract, for who registers or runs them otherwise.
 *
 * @example
 * ```ts
 * import { sttContract } from "@parley/sdk/testing";
 * const cases = sttContract({
 *   name: "Acme",
 *   alone: "there is none",
 *   open: () => {
 *     throw new Error("Cannot open Acme: there is none");
 *   },
 * });
 * console.log(cases[1]?.name); // "transcribes what was said"
 * ```
 */
export function sttContract(contract: STTContract): ContractCase[] {
  return casesOf(contract, { names: STT_CASES, runs: new STTCases(contract).runs() });
}
