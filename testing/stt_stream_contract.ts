import type { STTService, STTTurnPhase } from "../services/stt/mod.ts";
import type { Dial } from "../services/wire/mod.ts";
import { casesOf } from "./_contract_checks.ts";
import { STT_STREAM_CASES, STTStreamCases } from "./_stt_stream_cases.ts";
import { NO_TURNS, STT_TURN_CASES, STTTurnCases } from "./_stt_turn_cases.ts";
import { type ContractCase, type ContractOptions, registerContract } from "./contract.ts";
import type { ScriptedPeer } from "./scripted_peer.ts";
import type { STTProviderWire } from "./scripted_stt_provider.ts";
import type { Transcript } from "./transcript.ts";

/** The cases that are about turns which a server finds. */
export type STTTurnContractCase = "turns" | "turnDrop" | "dangling" | "unended";

/** The cases of the contract of streaming recognisers. */
export type STTStreamContractCase =
  | STTTurnContractCase
  | "key"
  | "transcript"
  | "opening"
  | "words"
  | "order"
  | "interruption"
  | "nothing"
  | "mute"
  | "settings"
  | "drop"
  | "halfClose"
  | "refusal"
  | "unavailable"
  | "away"
  | "busy"
  | "garbage"
  | "oversized"
  | "stall"
  | "slow"
  | "metrics"
  | "end"
  | "hang"
  | "close";

/** What a streaming recogniser under test is made with. */
export interface STTStreamContractMaking {
  /** `"test-key"`. */
  readonly apiKey: string;
  /** Connects to the scripted provider. */
  readonly dial: Dial;
  /** Milliseconds that the last words may take, where that matters. */
  readonly transcribeTimeoutMs?: number | undefined;
}

/** What the contract wants to know of a streaming recogniser. */
export interface STTStreamContract extends ContractOptions<STTStreamContractCase> {
  /** Makes a service that talks to the scripted provider. */
  readonly make: (options: STTStreamContractMaking) => STTService;
  /** What its provider's messages look like. */
  readonly wire: STTProviderWire;
  /**
   * One utterance, as the provider's documentation has it, with the key
   * `test-key`: 900 ms of a tone and 200 ms of silence at 16 kHz, of which the
   * VAD says after 200 ms that the user speaks and at the end that he stopped.
   */
  readonly transcript: Transcript;
  /** The words that are heard in the transcript, in all. @default {"What time is it?"} */
  readonly transcriptText?: string | undefined;
  /** The language that a connection asks for. */
  readonly askedLanguage: (peer: ScriptedPeer) => unknown;
  /** The setting that {@linkcode STTStreamContract.askedLanguage} is to see changed. @default {"fr"} */
  readonly changedLanguage?: unknown;
  /** A setting to be changed whose change opens a new connection. @default {{ language: "fr" }} */
  readonly changedSettings?: Readonly<Record<string, unknown>> | undefined;
  /** Tells of each event about a turn that the service announces; wanted where `wire.turns` is. */
  readonly watchTurns?: (
    service: STTService,
    note: (phase: STTTurnPhase, transcript?: string) => void,
  ) => void;
  /** Sample rate of what it sends, where it cannot be 16 kHz: then only lengths are compared. */
  readonly sampleRate?: number | undefined;
  /** What must never be logged. @default {["test-key"]} */
  readonly secrets?: readonly string[] | undefined;
}

/**
 * Tests what every streaming speech to text service must do, on a scripted
 * provider and in virtual time.
 *
 * @example
 * ```ts
 * import { DeepgramSTTService } from "@parley/sdk/services/deepgram";
 * import { parseTranscript, type STTStreamContract } from "@parley/sdk/testing";
 * const contract: STTStreamContract = {
 *   name: "DeepgramSTTService",
 *   key: { env: "DEEPGRAM_API_KEY", make: () => new DeepgramSTTService() },
 *   make: (options) => new DeepgramSTTService(options),
 *   wire: {
 *     isFinalize: (m) => m.type === "json" && JSON.stringify(m.value) === '{"type":"Finalize"}',
 *     final: (transcript) => [{
 *       type: "Results",
 *       is_final: true,
 *       from_finalize: true,
 *       channel: { alternatives: [{ transcript }] },
 *     }],
 *   },
 *   transcript: parseTranscript('{"source": "from docs https://developers.deepgram.com"}'),
 *   askedLanguage: ({ url }) => url.searchParams.get("language"),
 * };
 * // In a test file: testSTTStream(contract);
 * console.log(contract.name);
 * ```
 */
export function testSTTStream(contract: STTStreamContract): void {
  registerContract(contract.name, sttStreamContract(contract));
}

/**
 * The cases of the contract, for who registers or runs them otherwise.
 *
 * @example
 * ```ts
 * import { parseTranscript, sttStreamContract } from "@parley/sdk/testing";
 * const cases = sttStreamContract({
 *   name: "Acme",
 *   make: () => {
 *     throw new Error("Cannot make Acme: there is none");
 *   },
 *   wire: { final: (text) => [text] },
 *   transcript: parseTranscript('{"source": "from docs https://acme.example"}'),
 *   askedLanguage: () => undefined,
 * });
 * console.log(cases[1]?.name); // "says what its transcript says"
 * ```
 */
export function sttStreamContract(contract: STTStreamContract): ContractCase[] {
  const { wire, skip } = contract;
  const none = wire.turns
    ? {}
    : { turns: NO_TURNS, turnDrop: NO_TURNS, dangling: NO_TURNS, unended: NO_TURNS };
  return casesOf<STTStreamContractCase>({ ...contract, skip: { ...none, ...skip } }, {
    names: { ...STT_STREAM_CASES, ...STT_TURN_CASES },
    runs: { ...new STTStreamCases(contract).runs(), ...new STTTurnCases(contract).runs() },
  });
}
