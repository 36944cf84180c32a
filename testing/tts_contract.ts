import type { TTSService } from "../services/tts/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import { TTS_CASES, TTSCases } from "./_tts_cases.ts";

/** The cases of the contract of voices. */
export type TTSContractCase =
  | "key"
  | "speech"
  | "order"
  | "words"
  | "rate"
  | "interruption"
  | "refusal"
  | "drop"
  | "stall"
  | "metrics"
  | "settings"
  | "close";

/** How a scripted provider is to speak; as it likes where nothing is said. */
export interface TTSContractAnswer {
  /** Refuses with this HTTP status, or what is like it. */
  readonly status?: number | undefined;
  /** It breaks off in the midst of its audio, is stuck there, or says nothing at all. */
  readonly trouble?: "drop" | "stall" | "silence" | undefined;
}

/** A provider that does what a test wants. */
export interface TTSContractProvider {
  /** Has it speak so in answer to the next requests, one after another. */
  script(...answers: readonly TTSContractAnswer[]): void;
  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<unknown>;
  /** Resolves when every request so far has ended, or was closed by the client. */
  closed(): Promise<unknown>;
  /** The voice that the last request asked for. */
  askedVoice(): unknown;
  /** What must never be logged, such as the key. */
  readonly secrets: readonly string[];
}

/** A voice under test, with the provider it talks to. */
export interface TTSContractSubject extends AsyncDisposable {
  /** The provider; none for a service that runs {@linkcode ContractOptions.alone}. */
  readonly provider?: TTSContractProvider | undefined;
  /** Makes a service that talks to the provider. */
  make(options: { readonly stallTimeoutMs?: number }): TTSService;
}

/** What the contract wants to know of a voice. */
export interface TTSContract extends ContractOptions<TTSContractCase> {
  /** Opens a provider for one case. */
  readonly open: () => TTSContractSubject | Promise<TTSContractSubject>;
  /** Another voice that it has. @default {"another-voice"} */
  readonly otherVoice?: string | undefined;
}

/**
 * Tests what every text to speech service must do.
 *
 * @example
 * ```ts
 * import { OpenAITTSService } from "@parley/sdk/services/openai";
 * import { FakeOpenAI, type TTSContract } from "@parley/sdk/testing";
 * const contract: TTSContract = {
 *   name: "OpenAITTSService",
 *   key: { env: "OPENAI_API_KEY", make: () => new OpenAITTSService() },
 *   open: () => {
 *     const openai = new FakeOpenAI();
 *     const { apiKey, url: baseUrl } = openai;
 *     return {
 *       make: (options) =>
 *         new OpenAITTSService({ apiKey, baseUrl, maxRetries: 0, ...options }),
 *       provider: {
 *         script: (...answers) => openai.speech(...answers),
 *         stuck: () => openai.stuck(),
 *         closed: () => openai.settled(),
 *         askedVoice: () => openai.requests.at(-1)?.body.voice,
 *         secrets: [apiKey],
 *       },
 *       [Symbol.asyncDispose]: () => openai.close(),
 *     };
 *   },
 * };
 * // In a test file: testTTS(contract);
 * console.log(contract.name);
 * ```
 */
export function testTTS(contract: TTSContract): void {
  registerContract(contract.name, ttsContract(contract));
}

/**
 * The cases of the contract, for who registers or runs them otherwise.
 *
 * @example
 * ```ts
 * import { ttsContract } from "@parley/sdk/testing";
 * const cases = ttsContract({
 *   name: "Acme",
 *   alone: "there is none",
 *   open: () => {
 *     throw new Error("Cannot open Acme: there is none");
 *   },
 * });
 * console.log(cases[0]?.skip); // "there is none"
 * ```
 */
export function ttsContract(contract: TTSContract): ContractCase[] {
  return casesOf(contract, { names: TTS_CASES, runs: new TTSCases(contract).runs() });
}
