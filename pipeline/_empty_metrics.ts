import { type AnyMetricsData, MetricsFrame } from "../frames/mod.ts";
import type { AnyFrameProcessor, Environment, ProcessorRole } from "../processors/mod.ts";

/** Roles of processors that are measured. */
const MEASURED: ReadonlySet<ProcessorRole> = new Set(["stt", "llm", "tts"]);

/** A row of zeros for each service, in a frame, if they are measured at all. */
export function emptyMetrics(
  { params }: Environment,
  processors: readonly AnyFrameProcessor[],
): MetricsFrame[] {
  if (!params.enableMetrics) return [];
  const data = processors.filter(({ role }) => MEASURED.has(role)).flatMap(
    ({ name: processor }): AnyMetricsData[] => [
      { type: "ttfb", processor, value: 0 },
      { type: "processing", processor, value: 0 },
    ],
  );
  return data.length > 0 ? [new MetricsFrame(data)] : [];
}
