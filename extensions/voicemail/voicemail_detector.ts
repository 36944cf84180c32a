import { TypedEvents } from "../../async/mod.ts";
import type { AnyFrameProcessor, FrameProcessor } from "../../processors/mod.ts";
import { ConversationGate } from "./_conversation_gate.ts";
import { RESPONSE_INSTRUCTION, SYSTEM_PROMPT } from "./_prompt.ts";

/** What a {@linkcode VoicemailDetector} can be given. */
export interface VoicemailDetectorOptions {
  /** The model that decides, apart from the one that holds the conversation; it writes text. */
  readonly llm: AnyFrameProcessor;
  /** Seconds of silence after a machine's greeting before `voicemailDetected`. @default {2} */
  readonly voicemailResponseDelaySecs?: number | undefined;
  /**
   * What the model is told, in place of the default prompt. It should contain
   * {@linkcode VoicemailDetector.CLASSIFIER_RESPONSE_INSTRUCTION}.
   */
  readonly customSystemPrompt?: string | undefined;
  /**
   * Milliseconds of silence without a verdict after which the call is taken for
   * a conversation, so that a person is not left waiting.
   *
   * @default {3000}
   */
  readonly decisionTimeoutMs?: number | undefined;
}

/** Events of a {@linkcode VoicemailDetector}. Exactly one of them comes, unless the call ends before. */
export interface VoicemailDetectorEvents {
  /** A person has answered, or nobody can tell; the bot is heard from now on. */
  readonly conversationDetected: readonly [];
  /** A machine has answered and waits for a message: what is said now is recorded. */
  readonly voicemailDetected: readonly [];
}

/**
 * What became of a call: a conversation, `"unclear"` where it was taken for one
 * because there was no verdict in time, a voicemail, or a call that ended before
 * it was decided.
 */
export type VoicemailOutcome = "undecided" | "conversation" | "unclear" | "voicemail" | "ended";

/**
 * Finds out whether a person or a machine has answered an outgoing call.
 *
 * The conversation begins at once, so that a person is not made to wait, but
 * nothing is heard of it until a second model has decided. For a person, what
 * was held is released; for a machine it is dropped, the conversation hears
 * nothing more, and `voicemailDetected` says when to leave a message. The model
 * is asked whenever the other end falls silent, until it has decided.
 *
 * Put `detector()` between speech recognition and the user's aggregator, and
 * `gate()` right behind the TTS service.
 *
 * @example
 * ```ts
 * import { VoicemailDetector } from "@parley/sdk/extensions/voicemail";
 * import { EndFrame, TTSSpeakFrame } from "@parley/sdk/frames";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { ScriptedLLMService, ScriptedTTSService } from "@parley/sdk/testing";
 * const voicemail = new VoicemailDetector({ llm: new ScriptedLLMService() });
 * const tts = new ScriptedTTSService();
 * const task = new PipelineTask(new Pipeline([voicemail.detector(), tts, voicemail.gate()]));
 * voicemail.on("voicemailDetected", async () => {
 *   await task.queueFrames([new TTSSpeakFrame("Please call us back."), new EndFrame()]);
 * });
 * await task.cancel();
 * ```
 */
export class VoicemailDetector extends TypedEvents<VoicemailDetectorEvents> {
  /** The sentence that has the model answer with the two words that are understood. */
  static readonly CLASSIFIER_RESPONSE_INSTRUCTION: string = RESPONSE_INSTRUCTION;
  /** What the model is told by default. */
  static readonly DEFAULT_SYSTEM_PROMPT: string = SYSTEM_PROMPT;
  static #count = 0;
  readonly #gate: ConversationGate;

  /**
   * Makes a detector for one call.
   *
   * @throws {RangeError} If a time is negative or no number.
   * @throws {TypeError} If the model stands in a pipeline already.
   */
  constructor(options: VoicemailDetectorOptions) {
    super();
    const { llm, customSystemPrompt: custom } = options;
    const { voicemailResponseDelaySecs = 2, decisionTimeoutMs = 3_000 } = options;
    checkTime("voicemailResponseDelaySecs", voicemailResponseDelaySecs);
    checkTime("decisionTimeoutMs", decisionTimeoutMs);
    this.#gate = new ConversationGate({
      name: `${new.target.name}#${++VoicemailDetector.#count}`,
      llm,
      prompt: custom ?? SYSTEM_PROMPT,
      complaint: custom === undefined ? undefined : complaintAbout(custom),
      responseDelayMs: voicemailResponseDelaySecs * 1000,
      decisionTimeoutMs,
      decided: (outcome) =>
        this.emit(outcome === "voicemail" ? "voicemailDetected" : "conversationDetected"),
    });
  }

  /** What became of the call, as far as is known. */
  get outcome(): VoicemailOutcome {
    return this.#gate.outcome;
  }

  /** The processor that listens; it stands between speech recognition and the user's aggregator. */
  detector(): FrameProcessor {
    return this.#gate;
  }

  /** The processor that holds the bot's voice; it stands right behind the TTS service. */
  gate(): FrameProcessor {
    return this.#gate.speech;
  }

  /** Reports a handler that threw as an error of the detector. */
  protected override handlerFailed(event: string, error: unknown): void {
    this.#gate.eventFailed(event, error);
  }
}

function checkTime(name: string, value: number): void {
  if (value >= 0) return;
  throw new RangeError(
    `Cannot detect voicemail with "${name}" ${value}: pass a number of 0 or more`,
  );
}

/** What is wrong with a prompt of the user's own. */
function complaintAbout(prompt: string): string | undefined {
  const missing = ["CONVERSATION", "VOICEMAIL"].filter((word) => !prompt.includes(word));
  if (missing.length === 0) return undefined;
  return `Cannot rely on the custom system prompt: it does not name ${missing.join(" and ")}; ` +
    "add VoicemailDetector.CLASSIFIER_RESPONSE_INSTRUCTION";
}
