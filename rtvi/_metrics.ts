import type { AnyMetricsData, LLMTokenUsage, MetricsFrame } from "../frames/mod.ts";

/** Measurements, by kind. */
export function metricsData(frame: MetricsFrame): Record<string, unknown[]> {
  const out: Record<string, unknown[]> = {};
  for (const data of frame.data) {
    const [kind, value] = rowOf(data);
    (out[kind] ??= []).push(value);
  }
  return out;
}

function rowOf(data: AnyMetricsData): [kind: string, value: unknown] {
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
  }
}

/** Counts that are not known are `undefined`, and JSON leaves them out. */
function tokensOf(usage: LLMTokenUsage): Record<string, number | undefined> {
  return {
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    total_tokens: usage.totalTokens,
    cache_read_input_tokens: usage.cacheReadInputTokens,
    reasoning_tokens: usage.reasoningTokens,
  };
}
