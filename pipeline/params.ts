import type { EnvironmentParams } from "../processors/mod.ts";

/** How a pipeline is to run. */
export interface PipelineParams extends Partial<EnvironmentParams> {
  /** Whether a heartbeat goes through the pipeline at an interval, and is missed. @default {false} */
  readonly enableHeartbeats?: boolean | undefined;
  /** Seconds from one heartbeat to the next. @default {1} */
  readonly heartbeatsPeriodSecs?: number | undefined;
  /** Seconds after which a heartbeat is missed; ten periods by default. */
  readonly heartbeatsMonitorSecs?: number | undefined;
  /**
   * Whether a `MetricsFrame` with a row of zeros for each service follows the
   * start, if metrics are enabled: a client sees what there is to be measured.
   *
   * @default {false}
   */
  readonly sendInitialEmptyMetrics?: boolean | undefined;
  /** What the start frame carries along in its metadata. */
  readonly startMetadata?: Readonly<Record<string, unknown>> | undefined;
}
