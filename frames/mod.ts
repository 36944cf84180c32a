/**
 * What flows through a pipeline: the frames, one file per family.
 *
 * @module
 */
export {
  type AudioRawFrame,
  type AudioRawFrameOptions,
  InputAudioRawFrame,
  OutputAudioRawFrame,
  SpeechOutputAudioRawFrame,
  TTSAudioRawFrame,
  type TTSAudioRawFrameOptions,
  UserAudioRawFrame,
  type UserAudioRawFrameOptions,
} from "./audio.ts";
export {
  FilterControlFrame,
  FilterEnableFrame,
  FilterUpdateSettingsFrame,
  MixerControlFrame,
  MixerEnableFrame,
  MixerUpdateSettingsFrame,
} from "./audio_control.ts";
export {
  type DTMFFrame,
  InputDTMFFrame,
  isKeypadEntry,
  KeypadEntry,
  OutputDTMFFrame,
  OutputDTMFUrgentFrame,
} from "./dtmf.ts";
export {
  ErrorFrame,
  type ErrorFrameOptions,
  FatalErrorFrame,
  type NamedProcessor,
} from "./error.ts";
export {
  ControlFrame,
  DataFrame,
  Frame,
  type FrameClass,
  type FrameDirection,
  type FrameKind,
  SystemFrame,
  type UninterruptibleFrame,
} from "./frame.ts";
export {
  FunctionCallCancelFrame,
  type FunctionCallCancelFrameOptions,
  type FunctionCallFromLLM,
  FunctionCallInProgressFrame,
  type FunctionCallInProgressFrameOptions,
  FunctionCallResultFrame,
  type FunctionCallResultFrameOptions,
  type FunctionCallResultProperties,
  FunctionCallsStartedFrame,
} from "./function_call.ts";
export {
  AssistantImageRawFrame,
  type AssistantImageRawFrameOptions,
  type ImageRawFrame,
  type ImageRawFrameOptions,
  type ImageSize,
  OutputImageRawFrame,
  type OutputImageRawFrameOptions,
  SpriteFrame,
  URLImageRawFrame,
  type URLImageRawFrameOptions,
} from "./image.ts";
export {
  BotConnectedFrame,
  CancelFrame,
  CancelTaskFrame,
  ClientConnectedFrame,
  EndFrame,
  EndTaskFrame,
  HeartbeatFrame,
  InterruptionFrame,
  InterruptionTaskFrame,
  StartFrame,
  type StartFrameOptions,
  StopFrame,
  StopTaskFrame,
  TaskFrame,
  TaskSystemFrame,
} from "./lifecycle.ts";
export {
  LLMAssistantPushAggregationFrame,
  LLMConfigureOutputFrame,
  LLMEnablePromptCachingFrame,
  LLMFullResponseEndFrame,
  type LLMFullResponseFrameOptions,
  LLMFullResponseStartFrame,
  LLMRunFrame,
  LLMTextFrame,
  VisionFullResponseEndFrame,
  VisionFullResponseStartFrame,
  VisionTextFrame,
} from "./llm.ts";
export {
  type AnyMetricsData,
  type LLMTokenUsage,
  type LLMUsageMetricsData,
  type MetricsData,
  MetricsFrame,
  type ProcessingMetricsData,
  type STTUsageMetricsData,
  type TextAggregationMetricsData,
  type TTFAMetricsData,
  type TTFATMetricsData,
  type TTFBMetricsData,
  type TTSUsageMetricsData,
  type TurnMetricsData,
} from "./metrics.ts";
export {
  FrameProcessorPauseFrame,
  FrameProcessorPauseUrgentFrame,
  FrameProcessorResumeFrame,
  FrameProcessorResumeUrgentFrame,
} from "./processor.ts";
export {
  ServiceMetadataFrame,
  type ServiceMetadataFrameOptions,
  type UserTurnStrategiesLike,
} from "./service_metadata.ts";
export {
  LLMUpdateSettingsFrame,
  ServiceUpdateSettingsFrame,
  type ServiceUpdateSettingsFrameOptions,
  STTUpdateSettingsFrame,
  TTSUpdateSettingsFrame,
} from "./settings.ts";
export {
  TTSSpeakFrame,
  type TTSSpeakFrameOptions,
  TTSStartedFrame,
  type TTSStartedFrameOptions,
  TTSStoppedFrame,
  type TTSStoppedFrameOptions,
} from "./speech.ts";
export {
  SpeechControlParamsFrame,
  type SpeechControlParamsFrameOptions,
  STTMuteFrame,
  type VADParamsLike,
  VADParamsUpdateFrame,
} from "./speech_control.ts";
export {
  type LLMContextSummaryConfigLike,
  LLMContextSummaryResultFrame,
  type LLMContextSummaryResultFrameOptions,
  LLMSummarizeContextFrame,
} from "./summary.ts";
export {
  ManuallySwitchServiceFrame,
  ServiceSwitcherFrame,
  ServiceSwitcherRequestMetadataFrame,
} from "./switching.ts";
export {
  AggregatedTextFrame,
  type AggregatedTextFrameOptions,
  type AggregationType,
  HeardTextFrame,
  InputTextRawFrame,
  type SegmentSpan,
  TextFrame,
  type TextFrameOptions,
  TTSTextFrame,
  type TTSTextFrameOptions,
} from "./text.ts";
export {
  LLMThoughtEndFrame,
  LLMThoughtStartFrame,
  type LLMThoughtStartFrameOptions,
  LLMThoughtTextFrame,
  type LLMThoughtTextFrameOptions,
} from "./thought.ts";
export {
  type FinalTranscriptionFrameOptions,
  InterimTranscriptionFrame,
  TranscriptionFrame,
  type TranscriptionFrameOptions,
  TranslationFrame,
  type TranslationFrameOptions,
} from "./transcription.ts";
export {
  InputTransportMessageFrame,
  OutputTransportMessageFrame,
  OutputTransportMessageUrgentFrame,
  OutputTransportReadyFrame,
} from "./transport.ts";
export {
  BotSpeakingFrame,
  BotStartedSpeakingFrame,
  BotStoppedSpeakingFrame,
  UserMuteStartedFrame,
  UserMuteStoppedFrame,
  UserSpeakingFrame,
  UserStartedSpeakingFrame,
  UserStoppedSpeakingFrame,
  VADUserStartedSpeakingFrame,
  type VADUserStartedSpeakingFrameOptions,
  VADUserStoppedSpeakingFrame,
  type VADUserStoppedSpeakingFrameOptions,
} from "./turn.ts";
export {
  InputImageRawFrame,
  UserImageRawFrame,
  type UserImageRawFrameOptions,
  UserImageRequestFrame,
  type UserImageRequestFrameOptions,
} from "./user_image.ts";
