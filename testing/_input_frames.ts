import { type LLMContextMessage, LLMMessagesAppendFrame } from "../context/mod.ts";
import {
  ClientConnectedFrame,
  type Frame,
  InputAudioRawFrame,
  InputDTMFFrame,
  InputTransportMessageFrame,
  InterruptionFrame,
  KeypadEntry,
  UserAudioRawFrame,
  UserSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { RecordValue } from "./_record_values.ts";
import type { CallRecording, FrameMaker, RecordedFrame } from "./call_recording.ts";

type Fields = RecordedFrame["fields"];

const MAKERS: Readonly<Record<string, (fields: Fields, audio: Int16Array) => Frame>> = {
  ClientConnectedFrame: () => new ClientConnectedFrame(),
  InputAudioRawFrame: (fields, audio) => new InputAudioRawFrame(audio, formatOf(fields)),
  UserAudioRawFrame: (fields, audio) =>
    new UserAudioRawFrame(audio, { ...formatOf(fields), userId: textIn(fields, "userId") }),
  InputTransportMessageFrame: ({ message }) => new InputTransportMessageFrame(message),
  InputDTMFFrame: (fields) => {
    const button = Object.values(KeypadEntry).find((key) => key === fields["button"]);
    if (button === undefined) {
      throw new RangeError(`Cannot press "${fields["button"]}": it is no key`);
    }
    return new InputDTMFFrame(button);
  },
  InterruptionFrame: () => new InterruptionFrame(),
  LLMMessagesAppendFrame: ({ messages, runLlm }) =>
    new LLMMessagesAppendFrame(messagesOf(messages), { runLlm: runLlm === true }),
  UserSpeakingFrame: () => new UserSpeakingFrame(),
  VADUserStartedSpeakingFrame: (fields) =>
    new VADUserStartedSpeakingFrame({ startSecs: numberIn(fields, "startSecs") }),
  VADUserStoppedSpeakingFrame: (fields) =>
    new VADUserStoppedSpeakingFrame({ stopSecs: numberIn(fields, "stopSecs") }),
};

/**
 * Makes the frame that came from the caller in a recorded call.
 *
 * @throws {TypeError} If nobody knows how.
 */
export function inputFrame(
  recorded: RecordedFrame,
  recording: CallRecording,
  makers: Readonly<Record<string, FrameMaker>>,
): Frame {
  const { frame: name, fields } = recorded;
  const maker = makers[name];
  const frame = maker?.(fields) ?? MAKERS[name]?.(fields, recording.audioOf(recorded));
  if (frame) return frame;
  throw new TypeError(`Cannot replay a "${name}": nobody makes one; pass it with "makers"`);
}

function formatOf(fields: Fields): { sampleRate: number; numChannels: number } {
  return {
    sampleRate: numberIn(fields, "sampleRate") ?? 16_000,
    numChannels: numberIn(fields, "numChannels") ?? 1,
  };
}

/** A number among the fields of a frame. */
export function numberIn(fields: Fields, key: string): number | undefined {
  const value = fields[key];
  return typeof value === "number" ? value : undefined;
}

/** A text among the fields of a frame; an empty one if there is none. */
export function textIn(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === "string" ? value : "";
}

/** Messages that were written as JSON. */
function messagesOf(value: unknown): readonly LLMContextMessage[] {
  return Array.isArray(value) ? value.filter(isMessage) : [];
}

function isMessage(value: unknown): value is LLMContextMessage {
  return typeof value === "object" && value !== null && ("role" in value || "llm" in value);
}

/** Whether a value has fields of its own. */
export function isRecord(
  value: unknown,
): value is { readonly [key: string]: RecordValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
