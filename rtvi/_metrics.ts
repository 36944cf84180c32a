import type { AnyMetricsData, LLMTokenUsage, MetricsFrame } from "../frames/mod.ts";

/** Measurements, by kind. */
export function metricsData(frame: MetricsFrame): Record<string, unknown[]> {
  const out: Record<string, unknown[]> = {};
  for (const data of frame.data) {
    const row = rowOf(data);
    if (!row) continue;
    const [kind, value] = row;
    (out[kind] ??= []).push(value);
  }
  return out;
}

/** The row of a measurement; nothing for what the protocol has no name for. */
function rowOf(data: AnyMetricsData): [kind: string, value: unknown] | undefined {
  const { processor, model } = data;
  const who = { processor, model };
  switch (data.type) {
    case "ttfb":
    case "processing":
      return [data.type, { ...who, value: data.value }];
    case "llm_usage":
      return ["tokens", tokensOf(data.value)];
    case "tts_usage":
      return ["characters", { ...who, value: data.value }];
    case "stt_usage":
      return ["stt_usage", { ...who, value: { audio_seconds: data.value } }];
    case "ttfa": {
      const { ttfa, ttfb, leadingSilence } = data;
      return ["ttfa", { ...who, ttfa, ttfb, leading_silence: leadingSilence }];
    }
    case "ttfat": {
      const { ttfat, ttfb, thinkingTime } = data;
      return ["ttfat", { ...who, ttfat, ttfb, thinking_time: thinkingTime }];
    }
    case "text_aggregation":
    case "turn":
      return undefined;
  }
}

/** Counts that are not known are `undefined`, and JSON leaves them out. */
function tokensOf(usage: LLMTokenUsage): Record<string, number | undefined> {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    cache_read_input_tokens: usage.cacheReadInputTokens,
    cache_creation_input_tokens: usage.cacheCreationInputTokens,
    reasoning_tokens: usage.reasoningTokens,
  };
}
