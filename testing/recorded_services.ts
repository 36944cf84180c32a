import {
  type VADAnalysis,
  type VADParams,
  VADState,
  type VADTransition,
} from "../audio/vad/mod.ts";
import type { SpokenWord } from "../text/mod.ts";
import type { SpeechRequest } from "../services/tts/mod.ts";
import { isRecord, numberIn, textIn } from "./_input_frames.ts";
import type { CallRecording, RecordedFrame } from "./call_recording.ts";
import { type ScriptedAnswer, type ScriptedEvent, ScriptedLLMService } from "./scripted_llm.ts";
import type { ScriptedServices } from "./scripted_services.ts";
import { ScriptedSTTService, type TimedTranscript } from "./scripted_stt.ts";
import { type ScriptedSpeech, ScriptedTTSService, type ScriptedVoice } from "./scripted_tts.ts";
import { ScriptedVADAnalyzer } from "./scripted_vad.ts";

/**
 * Makes services that answer as those of a recorded call did: the recogniser
 * hears at the same times, the model writes and calls the same in the same
 * rhythm, each text is spoken with the same audio, and speech is found at the
 * same audio.
 *
 * @example
 * ```ts
 * import { CallRecording, recordedServices } from "@parley/sdk/testing";
 * const head = { parley: "call", version: 1, startedAt: "2026-01-01T12:00:00.000Z", virtual: true };
 * const { llm } = recordedServices(new CallRecording(JSON.stringify(head)));
 * console.log(llm.left.length); // 0
 * ```
 */
export function recordedServices(recording: CallRecording): ScriptedServices {
  const speeches = speechesOf(recording);
  return {
    stt: new ScriptedSTTService({ timeline: transcriptsOf(recording) }),
    llm: new ScriptedLLMService({ answers: answersOf(recording) }),
    tts: new ScriptedTTSService({ voice: (request) => voiceOf(request, speeches) }),
    vadAnalyzer: new RecordedVADAnalyzer(recording),
  };
}

function transcriptsOf({ frames }: CallRecording): TimedTranscript[] {
  return frames.filter(({ role, frame }) => role === "stt" && /TranscriptionFrame$/.test(frame))
    .map(({ atMs, frame, fields }) => ({
      atMs,
      text: textIn(fields, "text"),
      language: textIn(fields, "language") || undefined,
      interim: frame === "InterimTranscriptionFrame",
      finalized: fields["finalized"] === true,
    }));
}

/** What the model wrote and called, answer by answer; one that was interrupted never ends. */
function answersOf({ frames }: CallRecording): ScriptedAnswer[] {
  const answers: { events: ScriptedEvent[]; stalls: boolean; atMs: number }[] = [];
  for (const recorded of frames) {
    const { frame, atMs } = recorded;
    if (recorded.role !== "llm") continue;
    if (frame === "LLMFullResponseStartFrame") answers.push({ events: [], stalls: true, atMs });
    const answer = answers.at(-1);
    if (!answer) continue;
    for (const event of eventsOf(recorded)) {
      answer.events.push({ afterMs: atMs - answer.atMs, event });
      answer.atMs = atMs;
    }
    if (frame === "LLMFullResponseEndFrame") answer.stalls = false;
  }
  return answers.map(({ events, stalls }) => ({ events, stalls }));
}

function eventsOf({ frame, fields }: RecordedFrame): ScriptedEvent["event"][] {
  if (frame === "LLMTextFrame") return [{ type: "text", text: textIn(fields, "text") }];
  const { functionCalls } = fields;
  if (frame !== "FunctionCallsStartedFrame" || !Array.isArray(functionCalls)) return [];
  return functionCalls.filter(isRecord).map((call, index) => ({
    type: "toolCall",
    index,
    id: textIn(call, "toolCallId"),
    name: textIn(call, "functionName"),
    arguments: JSON.stringify(call["arguments"] ?? {}),
  }));
}

/** What was spoken of one text. */
interface RecordedSpeech {
  readonly text: string;
  readonly events: ScriptedSpeech[];
  /** Its words, which all come first: when they are heard is known by their times. */
  readonly words: SpokenWord[];
  /** How much audio of the utterance came before it, in milliseconds. */
  readonly fromMs: number;
  lastMs: number;
}

/** Each text that was spoken, with its audio and the times of its words. */
function speechesOf(recording: CallRecording): RecordedSpeech[] {
  const speeches: RecordedSpeech[] = [];
  const audioMs = new Map<string, number>();
  for (const recorded of recording.frames) {
    const { frame, fields, atMs: lastMs } = recorded;
    if (recorded.role !== "tts") continue;
    const contextId = textIn(fields, "contextId");
    const fromMs = audioMs.get(contextId) ?? 0;
    if (frame === "AggregatedTextFrame" && fields["willBeSpoken"] === true) {
      const words: SpokenWord[] = [];
      const events: ScriptedSpeech[] = [{ afterMs: 0, event: { type: "words", words } }];
      speeches.push({ text: textIn(fields, "text"), events, words, fromMs, lastMs });
    }
    const speech = speeches.at(-1);
    if (!speech) continue;
    const afterMs = lastMs - speech.lastMs;
    if (frame === "TTSTextFrame") {
      const endMs = (numberIn(fields, "endMs") ?? 0) - speech.fromMs;
      speech.words.push({ text: textIn(fields, "text").trim(), endMs });
    } else if (frame === "TTSAudioRawFrame") {
      const audio = recording.audioOf(recorded);
      const rate = numberIn(fields, "sampleRate") ?? 24_000;
      audioMs.set(contextId, fromMs + audio.length * 1000 / rate);
      speech.events.push({ afterMs, event: { type: "audio", audio } });
      speech.lastMs = lastMs;
    }
  }
  return speeches;
}

/** What was spoken for a text; what was never spoken sounds as a script does. */
function voiceOf({ text }: SpeechRequest, speeches: RecordedSpeech[]): ScriptedVoice {
  const at = speeches.findIndex((speech) => speech.text.trim() === text.trim());
  const [speech] = at < 0 ? [] : speeches.splice(at, 1);
  return speech ? { events: speech.events } : { words: true };
}

/** Finds speech where it was found in a recorded call: after so many pieces of audio. */
class RecordedVADAnalyzer extends ScriptedVADAnalyzer {
  readonly #found: ReadonlyMap<number, VADTransition>;
  readonly #stopSecs: number;
  readonly #startSecs: number;
  #pieces = 0;
  #state: VADState = VADState.QUIET;

  constructor({ frames }: CallRecording) {
    super();
    const found = new Map<number, VADTransition>();
    let pieces = 0;
    for (const { frame, role } of frames) {
      if (role === "input" && frame.endsWith("AudioRawFrame")) pieces++;
      else if (frame === "VADUserStartedSpeakingFrame") {
        found.set(pieces, transition(VADState.QUIET, VADState.SPEAKING));
      } else if (frame === "VADUserStoppedSpeakingFrame") {
        found.set(pieces, transition(VADState.SPEAKING, VADState.QUIET));
      }
    }
    this.#found = found;
    const fieldsOf = (name: string) => frames.find(({ frame }) => frame === name)?.fields ?? {};
    this.#startSecs = numberIn(fieldsOf("VADUserStartedSpeakingFrame"), "startSecs") ?? 0.2;
    this.#stopSecs = numberIn(fieldsOf("VADUserStoppedSpeakingFrame"), "stopSecs") ?? 0.2;
  }

  override get params(): VADParams {
    return { ...super.params, startSecs: this.#startSecs, stopSecs: this.#stopSecs };
  }

  override analyze(_pcm: Int16Array): Promise<VADAnalysis> {
    const change = this.#found.get(++this.#pieces);
    this.#state = change?.state ?? this.#state;
    return Promise.resolve({
      state: this.#state,
      transitions: change ? [change] : [],
      confidence: this.#state === VADState.SPEAKING ? 1 : 0,
      volume: 1,
      positionMs: this.#pieces * 20,
    });
  }
}

function transition(from: VADState, state: VADState): VADTransition {
  return { from, state, atMs: 0, sinceMs: 0, confidence: 1, volume: 1 };
}
