/**
 * Listens to the published client: every event goes to the conversation, to
 * the panels and to the log.
 *
 * @module
 */
import { type PipecatClient, RTVIEvent } from "@pipecat-ai/client-js";
import type { Conversation } from "./conversation.ts";
import type { EventLog } from "./event_log.ts";
import { isFields } from "./narrow.ts";
import { parseServerMessage, type ServerMessage } from "./server_messages.ts";

/** Who hears of a client's events. */
export interface Listeners {
  /** Makes lines of them. */
  readonly conversation: Conversation;
  /** Writes them down. */
  readonly log: EventLog;
  /** Takes what the development runner says. */
  readonly onServerMessage: (message: ServerMessage) => void;
  /** Takes RTVI's metrics. */
  readonly onMetrics: (metrics: unknown) => void;
  /** The server ignores the microphone, or no longer. */
  readonly onServerMute: (isMuted: boolean) => void;
}

/** What is written down. Left out is what comes many times a second. */
const LOGGED: readonly RTVIEvent[] = [
  RTVIEvent.Connected,
  RTVIEvent.Disconnected,
  RTVIEvent.TransportStateChanged,
  RTVIEvent.BotStarted,
  RTVIEvent.BotReady,
  RTVIEvent.Error,
  RTVIEvent.MessageError,
  RTVIEvent.DeviceError,
  RTVIEvent.ServerMessage,
  RTVIEvent.UICommand,
  RTVIEvent.UIJobGroup,
  RTVIEvent.Metrics,
  RTVIEvent.UserStartedSpeaking,
  RTVIEvent.UserStoppedSpeaking,
  RTVIEvent.UserMuteStarted,
  RTVIEvent.UserMuteStopped,
  RTVIEvent.UserTranscript,
  RTVIEvent.UserLlmText,
  RTVIEvent.BotStartedSpeaking,
  RTVIEvent.BotStoppedSpeaking,
  RTVIEvent.BotOutput,
  RTVIEvent.BotLlmStarted,
  RTVIEvent.BotLlmStopped,
  RTVIEvent.BotTtsStarted,
  RTVIEvent.BotTtsStopped,
  RTVIEvent.LLMFunctionCallStarted,
  RTVIEvent.LLMFunctionCallInProgress,
  RTVIEvent.LLMFunctionCallStopped,
  RTVIEvent.BotLlmSearchResponse,
];

/** Listens to a client for as long as it lives. */
export function listen(client: PipecatClient, listeners: Listeners): void {
  for (const event of LOGGED) {
    client.on(event, (...data: unknown[]) => {
      if (isFrequent(data[0])) return;
      listeners.log.add(wayOf(event), wireName(event), data[0]);
    });
  }
  listenToSpeech(client, listeners.conversation);
  listenToModel(client, listeners.conversation);
  client.on(RTVIEvent.Metrics, listeners.onMetrics);
  client.on(RTVIEvent.UserMuteStarted, () => listeners.onServerMute(true));
  client.on(RTVIEvent.UserMuteStopped, () => listeners.onServerMute(false));
  client.on(RTVIEvent.ServerMessage, (data: unknown) => {
    const message = parseServerMessage(data);
    if (message !== undefined) listeners.onServerMessage(message);
  });
}

function listenToSpeech(
  client: PipecatClient,
  conversation: Conversation,
): void {
  client.on(RTVIEvent.UserStartedSpeaking, () => conversation.userStarted());
  client.on(RTVIEvent.UserStoppedSpeaking, () => conversation.userStopped());
  client.on(RTVIEvent.BotStartedSpeaking, () => conversation.botStarted());
  client.on(RTVIEvent.BotStoppedSpeaking, () => conversation.botStopped());
  client.on(RTVIEvent.UserTranscript, (data) => {
    conversation.userTranscript(data.text ?? "", data.final === true);
  });
  client.on(RTVIEvent.BotOutput, (data) => {
    if (typeof data?.text === "string") conversation.botOutput(data);
  });
}

function listenToModel(
  client: PipecatClient,
  conversation: Conversation,
): void {
  client.on(RTVIEvent.UserLlmText, (data) => {
    conversation.userTurnText(data.text ?? "");
  });
  client.on(RTVIEvent.BotLlmStarted, () => conversation.llmStarted());
  client.on(RTVIEvent.BotLlmStopped, () => conversation.llmStopped());
  client.on(RTVIEvent.LLMFunctionCallStarted, (data) => {
    conversation.toolCalled(data);
  });
  client.on(RTVIEvent.LLMFunctionCallInProgress, (data) => {
    conversation.toolCalled(data);
  });
  client.on(RTVIEvent.LLMFunctionCallStopped, (data) => {
    conversation.toolStopped(data);
  });
}

/** Gives an event the name that its message has in RTVI's documentation. */
function wireName(event: RTVIEvent): string {
  if (event === RTVIEvent.UserTranscript) return "user-transcription";
  return event
    .replace(/^(llm|ui)(?=[A-Z])/, "$1-")
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

function isFrequent(data: unknown): boolean {
  return isFields(data) && data.type === "parley-frames";
}

function wayOf(event: RTVIEvent): "in" | "page" {
  switch (event) {
    case RTVIEvent.Connected:
    case RTVIEvent.Disconnected:
    case RTVIEvent.TransportStateChanged:
    case RTVIEvent.DeviceError:
    case RTVIEvent.BotStarted:
      return "page";
    default:
      return "in";
  }
}
