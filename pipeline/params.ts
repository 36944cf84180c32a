import type { EnvironmentParams } from "../processors/mod.ts";

/** How a pipeline is to run. */
export interface PipelineParams extends Partial<EnvironmentParams> {
  /** Whether services open tracing spans. @default {false} */
  readonly enableTracing?: boolean | undefined;
  /** What the start frame carries along in its metadata. */
  readonly startMetadata?: Readonly<Record<string, unknown>> | undefined;
}
