/** The frames that went into a service, as recordings write them. */
import {
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  CancelFrame,
  EndFrame,
  type Frame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  STTMuteFrame,
  STTUpdateSettingsFrame,
  TextFrame,
  TTSSpeakFrame,
  TTSUpdateSettingsFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  VADUserStoppedSpeakingFrame,
} from "../../frames/mod.ts";
import { settingsOf } from "./options.ts";
import { type JSONValue, membersOf, textOf } from "./recording.ts";

type Fields = { readonly [key: string]: JSONValue };

/** What settings to change are written under, by one recorder or another. */
const DELTA = ["delta", "settings", "changes", "update"];

const MAKE: Readonly<Record<string, (fields: Fields) => Frame>> = {
  BotStartedSpeakingFrame: () => new BotStartedSpeakingFrame(),
  BotStoppedSpeakingFrame: () => new BotStoppedSpeakingFrame(),
  CancelFrame: () => new CancelFrame(),
  EndFrame: () => new EndFrame(),
  InterruptionFrame: () => new InterruptionFrame(),
  LLMFullResponseEndFrame: () => new LLMFullResponseEndFrame(),
  LLMFullResponseStartFrame: () => new LLMFullResponseStartFrame(),
  LLMTextFrame: (fields) => new LLMTextFrame(textIn(fields)),
  STTMuteFrame: ({ mute }) => new STTMuteFrame(mute !== false),
  STTUpdateSettingsFrame: (fields) => new STTUpdateSettingsFrame({ delta: deltaIn(fields) }),
  TextFrame: (fields) => new TextFrame(textIn(fields)),
  TTSSpeakFrame: (fields) => new TTSSpeakFrame(textIn(fields)),
  TTSUpdateSettingsFrame: (fields) => new TTSUpdateSettingsFrame({ delta: deltaIn(fields) }),
  UserStartedSpeakingFrame: () => new UserStartedSpeakingFrame(),
  UserStoppedSpeakingFrame: () => new UserStoppedSpeakingFrame(),
  VADUserStartedSpeakingFrame: () => new VADUserStartedSpeakingFrame({ startSecs: 0.2 }),
  VADUserStoppedSpeakingFrame: () => new VADUserStoppedSpeakingFrame({ stopSecs: 0.2 }),
};

/** The frame of a line of input; none for one that only the other client knows. */
export function inputFrame(fields: Fields): Frame | undefined {
  return MAKE[textOf(fields["frame"]) ?? ""]?.(fields);
}

function textIn({ text }: Fields): string {
  return textOf(text) ?? "";
}

function deltaIn(fields: Fields): Record<string, unknown> {
  const name = DELTA.find((name) => Object.keys(membersOf(fields[name])).length > 0);
  return settingsOf(name === undefined ? {} : membersOf(fields[name]));
}
