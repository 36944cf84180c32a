/**
 * What services of every kind are made of: keys, errors, settings, metrics.
 *
 * @module
 */
export { AIService, type AIServiceOptions, type ServiceSettings } from "./ai_service.ts";
export {
  MissingKeyError,
  ProviderError,
  type ProviderErrorCategory,
  type ProviderErrorOptions,
} from "./errors.ts";
export { holdEach } from "./hold_each.ts";
export { httpError, type HTTPErrorOptions } from "./http_error.ts";
export { type KeySource, resolveKey } from "./keys.ts";
export { Lazy } from "./lazy.ts";
export { ServiceMetrics, type ServiceMetricsOptions } from "./metrics.ts";
export { sdkError, type SDKErrorOptions } from "./sdk_error.ts";
export { StallGuard, type StallGuardOptions } from "./stall_guard.ts";
