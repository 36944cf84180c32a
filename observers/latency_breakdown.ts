/** Time to the first byte of one service, with its place in time. */
export interface TTFBBreakdownMetrics {
  /** The service. */
  readonly processor: string;
  /** The model it ran, if one. */
  readonly model?: string | undefined;
  /** When the request went out, in seconds since 1970. */
  readonly startTime: number;
  /** Seconds. */
  readonly durationSecs: number;
}

/** How long it took to have a first piece to speak, with its place in time. */
export interface TextAggregationBreakdownMetrics {
  /** The service that waited for it. */
  readonly processor: string;
  /** When the first text came, in seconds since 1970. */
  readonly startTime: number;
  /** Seconds. */
  readonly durationSecs: number;
}

/** How long a function took, with its place in time. */
export interface FunctionCallMetrics {
  /** Name of the function. */
  readonly functionName: string;
  /** When it began, in seconds since 1970. */
  readonly startTime: number;
  /** Seconds to its result. */
  readonly durationSecs: number;
}

/** What a {@linkcode LatencyBreakdown} is made of. */
export interface LatencyBreakdownParts {
  /** Time to the first byte of each service. */
  readonly ttfb?: readonly TTFBBreakdownMetrics[] | undefined;
  /** How long it took to have a first piece to speak. */
  readonly textAggregation?: TextAggregationBreakdownMetrics | undefined;
  /** When the user fell silent, in seconds since 1970. */
  readonly userTurnStartTime?: number | undefined;
  /** Seconds from then to the end of the turn. */
  readonly userTurnSecs?: number | undefined;
  /** The functions that were called. */
  readonly functionCalls?: readonly FunctionCallMetrics[] | undefined;
}

/**
 * Where the time went between the user's last word and the bot's first.
 *
 * @example
 * ```ts
 * import { LatencyBreakdown } from "@parley/sdk/observers";
 * const breakdown = new LatencyBreakdown({
 *   ttfb: [{ processor: "LLM#1", startTime: 1.5, durationSecs: 0.25 }],
 *   userTurnStartTime: 1,
 *   userTurnSecs: 0.5,
 * });
 * console.log(breakdown.chronologicalEvents()); // ["User turn: 0.500s", "LLM#1: TTFB 0.250s"]
 * ```
 */
export class LatencyBreakdown {
  /** Time to the first byte of each service. */
  readonly ttfb: readonly TTFBBreakdownMetrics[];
  /** How long it took to have a first piece to speak. */
  readonly textAggregation: TextAggregationBreakdownMetrics | undefined;
  /** When the user fell silent, in seconds since 1970; not known where no VAD says so. */
  readonly userTurnStartTime: number | undefined;
  /** Seconds from then to the end of the turn: the VAD's, the STT's and the turn's own waiting. */
  readonly userTurnSecs: number | undefined;
  /** The functions that were called. */
  readonly functionCalls: readonly FunctionCallMetrics[];

  /** Makes a breakdown of its parts. */
  constructor(parts: LatencyBreakdownParts = {}) {
    this.ttfb = parts.ttfb ?? [];
    this.textAggregation = parts.textAggregation;
    this.userTurnStartTime = parts.userTurnStartTime;
    this.userTurnSecs = parts.userTurnSecs;
    this.functionCalls = parts.functionCalls ?? [];
  }

  /** One line for each part, in the order in which they began. */
  chronologicalEvents(): string[] {
    const { userTurnStartTime: startTime, userTurnSecs, textAggregation } = this;
    const events: { readonly startTime: number; readonly label: string }[] = [];
    const add = (startTime: number, what: string, durationSecs: number) =>
      void events.push({ startTime, label: `${what} ${durationSecs.toFixed(3)}s` });
    if (startTime !== undefined && userTurnSecs !== undefined) {
      add(startTime, "User turn:", userTurnSecs);
    }
    for (const part of this.ttfb) add(part.startTime, `${part.processor}: TTFB`, part.durationSecs);
    for (const part of this.functionCalls) {
      add(part.startTime, `${part.functionName}:`, part.durationSecs);
    }
    if (textAggregation) {
      const { processor, startTime, durationSecs } = textAggregation;
      add(startTime, `${processor}: text aggregation`, durationSecs);
    }
    return events.sort((a, b) => a.startTime - b.startTime).map(({ label }) => label);
  }
}
