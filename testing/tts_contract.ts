import type { AnyFrameProcessor } from "../processors/mod.ts";
import type { TTSSettings } from "../services/tts/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import { TTS_CASES, TTSCases } from "./_tts_cases.ts";

/** The cases of the contract of voices. */
export type TTSContractCase =
  | "key"
  | "speech"
  | "order"
  | "words"
  | "audio"
  | "rate"
  | "interruption"
  | "late"
  | "refusal"
  | "drop"
  | "garbage"
  | "stall"
  | "slow"
  | "metrics"
  | "settings"
  | "close";

/** How a scripted provider is to speak; as it likes where nothing is said. */
export interface TTSContractAnswer {
  /** Refuses with this HTTP status, or what is like it. */
  readonly status?: number | undefined;
  /** It breaks off in the midst of its audio, is stuck there, or says nothing at all. */
  readonly trouble?: "drop" | "stall" | "silence" | undefined;
  /**
   * Of one with which a connection is kept: it goes on in spite of a cancel, says
   * what cannot be read as well, or never comes to an end.
   */
  readonly mischief?: "late" | "garbage" | "flood" | undefined;
}

/** A provider that does what a test wants. */
export interface TTSContractProvider {
  /** Has it speak so in answer to the next requests, one after another. */
  script(...answers: readonly TTSContractAnswer[]): void;
  /** Resolves when it is stuck, as it was told to be. */
  stuck(): Promise<unknown>;
  /** Resolves when every request so far has ended, or was closed by the client. */
  closed(): Promise<unknown>;
  /** Milliseconds of audio that it said so far, in answers that came to their end. */
  spokenMs?(): number;
  /** Milliseconds of audio of a flood that the client has taken. */
  floodedMs?(): number;
  /** Refuses nothing any more, where a refusal lasts. */
  relent?(): void;
  /** The voice that the last request asked for. */
  askedVoice(): unknown;
  /** What must never be logged, such as the key. */
  readonly secrets: readonly string[];
}

/** A voice, whatever its settings are. */
export type ContractVoice = AnyFrameProcessor & {
  /** The settings in force. */
  readonly settings: TTSSettings;
};

/** A voice under test, with the provider it talks to. */
export interface TTSContractSubject extends AsyncDisposable {
  /** The provider; none for a service that runs {@linkcode ContractOptions.alone}. */
  readonly provider?: TTSContractProvider | undefined;
  /** Makes a service that talks to the provider. */
  make(options: { readonly stallTimeoutMs?: number }): ContractVoice;
}

/** What the contract wants to know of a voice. */
export interface TTSContract extends ContractOptions<TTSContractCase> {
  /** Opens a provider for one case. */
  readonly open: () => TTSContractSubject | Promise<TTSContractSubject>;
  /**
   * How well it goes on where a connection broke, on another: to the word where the
   * provider says when which is spoken, else as far as that can be estimated. By
   * default it does not.
   */
  readonly resumes?: "exactly" | "about" | undefined;
  /** Why it cannot be tested on a virtual clock, such as `"silence is its end"`. */
  readonly realTime?: string | undefined;
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
