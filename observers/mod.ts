/**
 * Observers: see every frame of a pipeline without standing in its way.
 *
 * @module
 */
export {
  BaseObserver,
  type FrameProcessed,
  type FramePushed,
  type ObserverSetting,
} from "../processors/mod.ts";
export {
  DebugLogObserver,
  type DebugLogObserverOptions,
  FrameEndpoint,
  type FrameFilter,
  type ProcessorClass,
} from "./debug_log_observer.ts";
export {
  type FunctionCallMetrics,
  LatencyBreakdown,
  type LatencyBreakdownParts,
  type TextAggregationBreakdownMetrics,
  type TTFBBreakdownMetrics,
} from "./latency_breakdown.ts";
export { LLMLogObserver } from "./llm_log_observer.ts";
export type { LogObserverOptions } from "./log_observer_options.ts";
export { MetricsLogObserver, type MetricsLogObserverOptions } from "./metrics_log_observer.ts";
export {
  type ProcessorStartupTiming,
  StartupTimingObserver,
  type StartupTimingObserverEvents,
  type StartupTimingObserverOptions,
  type StartupTimingReport,
  type TransportTimingReport,
} from "./startup_timing_observer.ts";
export { TranscriptionLogObserver } from "./transcription_log_observer.ts";
export { type TurnLatency, TurnLatencyObserver } from "./turn_latency_observer.ts";
export {
  TurnTrackingObserver,
  type TurnTrackingObserverEvents,
  type TurnTrackingObserverOptions,
} from "./turn_tracking_observer.ts";
export {
  UserBotLatencyObserver,
  type UserBotLatencyObserverEvents,
  type UserBotLatencyObserverOptions,
} from "./user_bot_latency_observer.ts";
