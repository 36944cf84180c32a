import type { VADAnalyzer, VADParams } from "../audio/vad/mod.ts";
import type { LLMRequest } from "../services/llm/mod.ts";
import type { SpeechRequest } from "../services/tts/mod.ts";
import { type ScriptedAnswer, ScriptedLLMService } from "./scripted_llm.ts";
import {
  type ScriptedSegment,
  ScriptedSTTService,
  type ScriptedTranscript,
} from "./scripted_stt.ts";
import { ScriptedTTSService, type ScriptedVoice } from "./scripted_tts.ts";
import { ScriptedVADAnalyzer } from "./scripted_vad.ts";

/** What the services of a bot under test do. */
export interface ServiceScript {
  /** What the model answers, one request after another; a function says so for each. */
  readonly answers?:
    | readonly (string | ScriptedAnswer)[]
    | ((request: LLMRequest) => string | ScriptedAnswer)
    | undefined;
  /** How the bot's voice speaks. @default {{ words: true }} */
  readonly voice?: ScriptedVoice | ((request: SpeechRequest) => ScriptedVoice) | undefined;
  /** What the recogniser makes of each segment; what the caller said in it, by default. */
  readonly hearing?: ((segment: CallSegment) => string | ScriptedTranscript) | undefined;
  /** What is not to be as usual in finding speech. */
  readonly vadParams?: Partial<VADParams> | undefined;
}

/** A segment of speech with what the caller said in it. */
export interface CallSegment extends ScriptedSegment {
  /** What the caller said; empty where that was nothing. */
  readonly text: string;
}

/**
 * What a bot under test is given in place of its services: a recogniser, a
 * model, a voice, and what finds speech in audio.
 *
 * @example A bot that can be given its services
 * ```ts
 * import type { LLMService } from "@parley/sdk/services/llm";
 * import type { STTService } from "@parley/sdk/services/stt";
 * import { scriptedServices } from "@parley/sdk/testing";
 * interface Services {
 *   stt: STTService;
 *   llm: LLMService;
 * }
 * const services: Services = scriptedServices({ answers: ["It is noon."] });
 * console.log(services.llm.role); // "llm"
 * ```
 */
export interface ScriptedServices {
  /** Hears what the caller says, without listening to the sound of it. */
  readonly stt: ScriptedSTTService;
  /** Answers by its script. */
  readonly llm: ScriptedLLMService;
  /** Speaks: so many milliseconds for each character. */
  readonly tts: ScriptedTTSService;
  /** Takes every sound for speech; a real analyzer in its place hears the caller as well. */
  readonly vadAnalyzer: VADAnalyzer;
}

/**
 * Makes the services of a bot under test.
 *
 * @param script What they do.
 * @param said What the caller said in a time; nothing where that is not known.
 *
 * @example
 * ```ts
 * import { scriptedServices } from "@parley/sdk/testing";
 * const { llm } = scriptedServices({ answers: ["It is noon."] });
 * console.log(llm.left.length); // 1
 * ```
 */
export function scriptedServices(
  script: ServiceScript = {},
  said: (segment: ScriptedSegment) => string | undefined = () => undefined,
): ScriptedServices {
  const { answers, voice = {}, hearing, vadParams } = script;
  const hear = (segment: ScriptedSegment): string | ScriptedTranscript => {
    const text = said(segment);
    if (hearing) return hearing({ ...segment, text: text ?? "" });
    return { text };
  };
  const speaks = typeof voice === "function" ? voice : () => voice;
  return {
    stt: new ScriptedSTTService({ transcripts: hear }),
    llm: new ScriptedLLMService({ answers }),
    tts: new ScriptedTTSService({ voice: (request) => ({ words: true, ...speaks(request) }) }),
    vadAnalyzer: new ScriptedVADAnalyzer({ params: vadParams }),
  };
}
