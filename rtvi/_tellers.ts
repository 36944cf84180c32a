import {
  type FrameClass,
  FunctionCallCancelFrame,
  FunctionCallInProgressFrame,
  FunctionCallResultFrame,
  FunctionCallsStartedFrame,
  InputAudioRawFrame,
  InterimTranscriptionFrame,
  OutputAudioRawFrame,
  TranscriptionFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../frames/mod.ts";
import type { FrameTable } from "../observers/_frame_table.ts";
import type { FramePushed } from "../observers/mod.ts";
import { AudioLevel } from "./_audio_level.ts";
import type { RTVIServerMessageType } from "./messages.ts";
import { reportLevel, type RTVIObserverParams } from "./params.ts";

/** How frames become messages. */
export interface Telling {
  readonly params: RTVIObserverParams;
  readonly send: (type: RTVIServerMessageType, data?: unknown) => void;
  /** What is told when a frame is first seen, wherever that is. */
  readonly atOnce: FrameTable<[data: FramePushed]>;
  /** What is told when a frame leaves the output: all before it has been heard. */
  readonly inTime: FrameTable<[]>;
}

/** Tells of the user's turns and words. */
export function tellUser({ params, send, atOnce }: Telling): void {
  const signal = (type: RTVIServerMessageType, frameClass: FrameClass, enabled: boolean) => {
    if (enabled) atOnce.on(frameClass, () => send(type));
  };
  const { userSpeakingEnabled: turns = true, vadUserSpeakingEnabled: voice = false } = params;
  const { userMuteEnabled: mutes = true, userTranscriptionEnabled: texts = true } = params;
  signal("user-started-speaking", UserStartedSpeakingFrame, turns);
  signal("user-stopped-speaking", UserStoppedSpeakingFrame, turns);
  signal("vad-user-started-speaking", VADUserStartedSpeakingFrame, voice);
  signal("vad-user-stopped-speaking", VADUserStoppedSpeakingFrame, voice);
  signal("user-mute-started", UserMuteStartedFrame, mutes);
  signal("user-mute-stopped", UserMuteStoppedFrame, mutes);
  if (!texts) return;
  const text = (final: boolean) => (frame: TranscriptionFrame | InterimTranscriptionFrame) => {
    const { text, userId: user_id, timestamp } = frame;
    send("user-transcription", { text, user_id, timestamp, final });
  };
  atOnce.on(TranscriptionFrame, text(true));
  atOnce.on(InterimTranscriptionFrame, text(false));
}

/** Tells of function calls, each as much as its level allows. */
export function tellCalls({ params, send, atOnce }: Telling): void {
  const tell = (
    type: RTVIServerMessageType,
    function_name: string,
    { data = {}, full = {} }: { readonly data?: object; readonly full?: object },
  ) => {
    const level = reportLevel(params, function_name);
    if (level === "disabled") return;
    const name = level === "none" ? {} : { function_name };
    send(type, { ...data, ...name, ...(level === "full" ? full : {}) });
  };
  atOnce.on(FunctionCallsStartedFrame, ({ functionCalls }) => {
    for (const call of functionCalls) tell("llm-function-call-started", call.functionName, {});
  });
  atOnce.on(FunctionCallInProgressFrame, (call) => {
    const data = { tool_call_id: call.toolCallId };
    const full = { arguments: call.arguments };
    tell("llm-function-call-in-progress", call.functionName, { data, full });
  });
  atOnce.on(FunctionCallResultFrame, (call) => {
    if (call.properties?.isFinal === false) return;
    const data = { tool_call_id: call.toolCallId, cancelled: false };
    const full = call.result == null ? {} : { result: call.result };
    tell("llm-function-call-stopped", call.functionName, { data, full });
  });
  atOnce.on(FunctionCallCancelFrame, (call) => {
    const data = { tool_call_id: call.toolCallId, cancelled: true };
    tell("llm-function-call-stopped", call.functionName, { data });
  });
}

/** Tells how loud the bot and the user are, where that is wanted. */
export function tellLevels({ params, send, atOnce, inTime }: Telling): void {
  const { audioLevelPeriodSecs: periodSecs = 0.15 } = params;
  const meter = (type: RTVIServerMessageType) =>
    new AudioLevel(periodSecs, (value) => send(type, { value }));
  if (params.botAudioLevelEnabled) {
    const bot = meter("bot-audio-level");
    inTime.on(OutputAudioRawFrame, (frame) => bot.add(frame));
  }
  if (params.userAudioLevelEnabled) {
    const user = meter("user-audio-level");
    atOnce.on(InputAudioRawFrame, (frame) => user.add(frame));
  }
}
