/**
 * Who speaks when: the user's turns, and the two halves of a conversation that
 * write it into the context.
 *
 * @module
 */
export {
  type DeadAir,
  DeadAirDetector,
  type DeadAirDetectorEvents,
  type DeadAirDetectorOptions,
  type DeadAirText,
} from "./dead_air_detector.ts";
export type { TurnEvent, UserTurnOutcome } from "./events.ts";
export {
  LLMMarkerFrame,
  type LLMMarkerFrameOptions,
  ProposedUserStartedSpeakingFrame,
  ProposedUserStoppedSpeakingFrame,
  STTMetadataFrame,
  type STTMetadataFrameOptions,
  UserIdleTimeoutUpdateFrame,
} from "./frames.ts";
export {
  type AssistantThoughtMessage,
  type AssistantTurnStoppedMessage,
  LLMAssistantAggregator,
  type LLMAssistantAggregatorEvents,
  type LLMAssistantAggregatorParams,
} from "./llm_assistant_aggregator.ts";
export {
  LLMContextAggregator,
  type LLMContextAggregatorOptions,
  type LLMContextAggregatorParams,
} from "./llm_context_aggregator.ts";
export {
  LLMContextAggregatorPair,
  type LLMContextAggregatorPairOptions,
} from "./llm_context_aggregator_pair.ts";
export {
  type FalseInterruption,
  LLMUserAggregator,
  type LLMUserAggregatorEvents,
  type LLMUserAggregatorParams,
  type UserTurnMessageAddedMessage,
  type UserTurnStoppedMessage,
} from "./llm_user_aggregator.ts";
export { UserIdleController, type UserIdleControllerOptions } from "./user_idle_controller.ts";
export {
  type UserIdleCallback,
  UserIdleProcessor,
  type UserIdleProcessorOptions,
} from "./user_idle_processor.ts";
export {
  AlwaysUserMuteStrategy,
  BaseUserMuteStrategy,
  FirstSpeechUserMuteStrategy,
  FunctionCallUserMuteStrategy,
  MuteUntilFirstBotCompleteUserMuteStrategy,
} from "./user_mute/user_mute_strategies.ts";
export {
  type AnyUserTurnStartStrategy,
  BaseUserTurnStartStrategy,
  type UserTurnStart,
  type UserTurnStartStrategyOptions,
  type UserTurnStartVerdict,
} from "./user_start/base_user_turn_start_strategy.ts";
export { ExternalUserTurnStartStrategy } from "./user_start/external_user_turn_start_strategy.ts";
export {
  MinWordsUserTurnStartStrategy,
  type MinWordsUserTurnStartStrategyOptions,
} from "./user_start/min_words_user_turn_start_strategy.ts";
export {
  TranscriptionUserTurnStartStrategy,
  type TranscriptionUserTurnStartStrategyOptions,
} from "./user_start/transcription_user_turn_start_strategy.ts";
export { VADUserTurnStartStrategy } from "./user_start/vad_user_turn_start_strategy.ts";
export {
  type WakePhraseEvents,
  WakePhraseUserTurnStartStrategy,
  type WakePhraseUserTurnStartStrategyOptions,
} from "./user_start/wake_phrase_user_turn_start_strategy.ts";
export {
  BaseUserTurnStopStrategy,
  type UserTurnStopStrategyOptions,
} from "./user_stop/base_user_turn_stop_strategy.ts";
export {
  ExternalUserTurnStopStrategy,
  type ExternalUserTurnStopStrategyOptions,
} from "./user_stop/external_user_turn_stop_strategy.ts";
export {
  SpeechTimeoutUserTurnStopStrategy,
  type SpeechTimeoutUserTurnStopStrategyOptions,
} from "./user_stop/speech_timeout_user_turn_stop_strategy.ts";
export type { TurnTranscript, UserTurn } from "./user_turn.ts";
export {
  TURN_MARKERS,
  type UserTurnCompletionConfig,
  userTurnCompletionConfig,
  type WholeUserTurnCompletionConfig,
} from "./user_turn_completion.ts";
export {
  UserTurnController,
  type UserTurnControllerOptions,
  type UserTurnEffect,
} from "./user_turn_controller.ts";
export {
  UserTurnProcessor,
  type UserTurnProcessorEvents,
  type UserTurnProcessorOptions,
} from "./user_turn_processor.ts";
export {
  defaultUserTurnStartStrategies,
  defaultUserTurnStopStrategies,
  ExternalUserTurnStrategies,
  type ExternalUserTurnStrategiesOptions,
  UserTurnStrategies,
  type UserTurnStrategiesOptions,
} from "./user_turn_strategies.ts";
