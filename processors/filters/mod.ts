/**
 * Processors that let some frames by and keep others, or watch for them.
 *
 * @module
 */
export { FrameFilter, type FrameFilterOptions } from "./frame_filter.ts";
export { FunctionFilter, type FunctionFilterOptions } from "./function_filter.ts";
export { IdentityFilter } from "./identity_filter.ts";
export { BaseNotifier, EventNotifier, type NotifierWaitOptions } from "./notifier.ts";
export { NullFilter } from "./null_filter.ts";
export {
  type STTMuteConfig,
  STTMuteFilter,
  type STTMuteFilterOptions,
  STTMuteStrategy,
} from "./stt_mute_filter.ts";
export { WakeCheckFilter, type WakeCheckFilterOptions } from "./wake_check_filter.ts";
export { WakeNotifierFilter, type WakeNotifierFilterOptions } from "./wake_notifier_filter.ts";
