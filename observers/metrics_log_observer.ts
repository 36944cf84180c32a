import { type AnyMetricsData, type LLMTokenUsage, MetricsFrame } from "../frames/mod.ts";
import { BaseObserver, type FramePushed } from "../processors/mod.ts";
import { FrameWatch } from "./_frame_watch.ts";
import { LogLine } from "./_log_line.ts";
import type { LogObserverOptions } from "./log_observer_options.ts";

/** What a {@linkcode MetricsLogObserver} can be given. */
export interface MetricsLogObserverOptions extends Omit<LogObserverOptions, "personalData"> {
  /** Kinds of measurements that are written: `"ttfb"`, `"llm_usage"` and so on; all by default. */
  readonly includeMetrics?: Iterable<AnyMetricsData["type"]> | undefined;
}

/**
 * Writes a line for every measurement. Services measure where the pipeline runs
 * with `enableMetrics` and `enableUsageMetrics`.
 *
 * @example Only what is paid for
 * ```ts
 * import { MetricsLogObserver } from "@parley/sdk/observers";
 * const observer = new MetricsLogObserver({
 *   includeMetrics: ["llm_usage", "tts_usage", "stt_usage"],
 * });
 * console.log(observer instanceof MetricsLogObserver); // true
 * ```
 */
export class MetricsLogObserver extends BaseObserver {
  readonly #frames: FrameWatch = new FrameWatch();
  readonly #line: LogLine;
  readonly #included: ReadonlySet<string> | undefined;

  /** Makes an observer. */
  constructor(options: MetricsLogObserverOptions = {}) {
    super();
    this.#line = new LogLine(options);
    this.#included = options.includeMetrics && new Set(options.includeMetrics);
    this.#frames.on(MetricsFrame, ({ data }, _at, { timestamp }) => {
      for (const measured of data) this.#write(measured, timestamp);
    });
  }

  /** Writes the measurements of a frame. */
  override onPushFrame(data: FramePushed): void {
    this.#frames.see(data);
  }

  #write(data: AnyMetricsData, timestamp: number): void {
    if (this.#included && !this.#included.has(data.type)) return;
    const [what, value] = sayingOf(data);
    const model = data.model ? ` (${data.model})` : "";
    this.#line.write(`📊 [${data.processor}] ${what}${model}: ${value}`, timestamp);
  }
}

function sayingOf(data: AnyMetricsData): [what: string, value: string] {
  switch (data.type) {
    case "ttfb":
      return ["TTFB", seconds(data.value)];
    case "ttfa":
      return ["TTFA", `${seconds(data.ttfa)} (${seconds(data.leadingSilence)} leading silence)`];
    case "ttfat":
      return ["TTFAT", `${seconds(data.ttfat)} (${seconds(data.thinkingTime)} thinking)`];
    case "processing":
      return ["PROCESSING TIME", seconds(data.value)];
    case "text_aggregation":
      return ["TEXT AGGREGATION", seconds(data.value)];
    case "llm_usage":
      return ["LLM TOKEN USAGE", tokens(data.value)];
    case "tts_usage":
      return ["TTS USAGE", `${data.value} characters`];
    case "stt_usage":
      return ["STT USAGE", `${seconds(data.value)} audio`];
    case "turn": {
      const { isComplete, probability, e2eProcessingTimeMs } = data;
      const share = `probability: ${(probability * 100).toFixed(2)}%`;
      const time = `e2e: ${e2eProcessingTimeMs.toFixed(1)}ms`;
      return ["TURN", `${isComplete ? "COMPLETE" : "INCOMPLETE"} (${share}, ${time})`];
    }
    default:
      return data satisfies never;
  }
}

function seconds(value: number): string {
  return `${value.toFixed(3)}s`;
}

function tokens(usage: LLMTokenUsage): string {
  const counts: readonly (readonly [string, number | undefined])[] = [
    ["prompt", usage.promptTokens],
    ["completion", usage.completionTokens],
    ["total", usage.totalTokens],
    ["cache_read", usage.cacheReadInputTokens],
    ["cache_creation", usage.cacheCreationInputTokens],
    ["reasoning", usage.reasoningTokens],
  ];
  return counts.flatMap(([what, count]) => count === undefined ? [] : `${what}: ${count}`)
    .join(", ");
}
