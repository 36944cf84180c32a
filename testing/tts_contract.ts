import type { AnyFrameProcessor } from "../processors/mod.ts";
import type { TTSSettings } from "../services/tts/mod.ts";
import type { Dial } from "../services/wire/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import type { Transcript } from "./transcript.ts";
import { TTS_SPEECH_CASES, TTSSpeechCases } from "./_tts_speech_cases.ts";
import { TTS_TROUBLE_CASES, TTSTroubleCases } from "./_tts_trouble_cases.ts";

/** The cases of the contract of voices that are about speaking. */
export type TTSSpeechContractCase =
  | "key"
  | "transcript"
  | "opening"
  | "speech"
  | "order"
  | "words"
  | "audio"
  | "rate"
  | "metrics"
  | "settings";

/** The cases of the contract of voices about what goes wrong, or is stopped. */
export type TTSTroubleContractCase =
  | "interruption"
  | "late"
  | "refusal"
  | "busy"
  | "drop"
  | "halfClose"
  | "oversized"
  | "garbage"
  | "slow"
  | "stall"
  | "close";

/** The cases of the contract of voices. */
export type TTSContractCase = TTSSpeechContractCase | TTSTroubleContractCase;

/** How a scripted provider is to speak; as it likes where nothing is said. */
export interface TTSContractAnswer {
  /** Refuses with this HTTP status, or what is like it. */
  readonly status?: number | undefined;
  /**
   * What happens in the midst of its audio: it hangs up, sends no more, says what is
   * too large, or is stuck; or it says nothing at all.
   */
  readonly trouble?: "drop" | "halfClose" | "oversized" | "stall" | "silence" | undefined;
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

/** What a voice under test is made with. */
export interface TTSContractMaking {
  /** Milliseconds that a provider may be stuck, where that matters. */
  readonly stallTimeoutMs?: number;
  /** `"test-key"`, where the provider is another: it plays a transcript. */
  readonly apiKey?: string;
  /** Connects to that other provider. */
  readonly dial?: Dial;
}

/** A voice under test, with the provider it talks to. */
export interface TTSContractSubject extends AsyncDisposable {
  /** The provider; none for a service that runs {@linkcode ContractOptions.alone}. */
  readonly provider?: TTSContractProvider | undefined;
  /** Makes a service that talks to the provider. */
  make(options: TTSContractMaking): ContractVoice;
}

/** What the contract wants to know of a voice. */
export interface TTSContract extends ContractOptions<TTSContractCase> {
  /** Opens a provider for one case. */
  readonly open: () => TTSContractSubject | Promise<TTSContractSubject>;
  /**
   * How well it goes on where a connection broke, on another: to the word where the
   * provider says when which is spoken, else as far as that can be estimated.
   *
   * @default {"about"}
   */
  readonly resumes?: "exactly" | "about" | undefined;
  /**
   * An answer as the provider's documentation has it, with the key `test-key`:
   * "Hello there. How are you?", spoken at 24 kHz in 720 samples that count from 1 to
   * 720. Wanted where a connection is kept; without it nothing is shown of one.
   */
  readonly transcript?: Transcript | undefined;
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
 *         new OpenAITTSService({ apiKey, baseUrl, ...options }),
 *       provider: {
 *         script: (...answers) => openai.speech(...answers.map(({ status }) => ({ status }))),
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
  const none = contract.transcript ? undefined : "it keeps no connection";
  const skip = {
    ...none && {
      transcript: none,
      opening: none,
      late: none,
      halfClose: none,
      oversized: none,
      garbage: none,
    },
    ...contract.skip,
  };
  return casesOf<TTSContractCase>({ ...contract, skip }, {
    names: { ...TTS_SPEECH_CASES, ...TTS_TROUBLE_CASES },
    runs: { ...new TTSSpeechCases(contract).runs(), ...new TTSTroubleCases(contract).runs() },
  });
}
