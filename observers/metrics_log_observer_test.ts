import { assertEquals } from "@std/assert";
import {
  type AnyMetricsData,
  type Frame,
  InterimTranscriptionFrame,
  MetricsFrame,
  TranscriptionFrame,
} from "../frames/mod.ts";
import { FrameProcessor, type ProcessorRole } from "../processors/mod.ts";
import { KeptLog } from "../tests/kept_log.ts";
import {
  type BaseObserver,
  MetricsLogObserver,
  type MetricsLogObserverOptions,
  TranscriptionLogObserver,
} from "./mod.ts";

class Ears extends FrameProcessor {
  override get role(): ProcessorRole {
    return "stt";
  }
}

const EARS = new Ears({ name: "Ears" });
const OTHER = new FrameProcessor({ name: "Other" });

function show(observer: BaseObserver, frame: Frame, source: FrameProcessor = OTHER) {
  void observer.onPushFrame?.({
    source,
    destination: OTHER,
    frame,
    direction: "downstream",
    timestamp: 1_500_000_000,
  });
}

const WHO = { processor: "svc", model: "small" };

/** Each kind of measurement, and its line without the time. */
const LINES: [data: AnyMetricsData, line: string][] = [
  [{ type: "ttfb", ...WHO, value: 0.21 }, "📊 [svc] TTFB (small): 0.210s"],
  [{ type: "ttfb", processor: "svc", value: 1 / 3 }, "📊 [svc] TTFB: 0.333s"],
  [
    { type: "ttfa", ...WHO, ttfa: 0.3, ttfb: 0.2, leadingSilence: 0.1 },
    "📊 [svc] TTFA (small): 0.300s (0.100s leading silence)",
  ],
  [
    { type: "ttfat", ...WHO, ttfat: 1.5, ttfb: 0.2, thinkingTime: 1.3 },
    "📊 [svc] TTFAT (small): 1.500s (1.300s thinking)",
  ],
  [{ type: "processing", ...WHO, value: 0.5 }, "📊 [svc] PROCESSING TIME (small): 0.500s"],
  [{ type: "text_aggregation", ...WHO, value: 0.05 }, "📊 [svc] TEXT AGGREGATION (small): 0.050s"],
  [
    {
      type: "llm_usage",
      ...WHO,
      value: { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
    },
    "📊 [svc] LLM TOKEN USAGE (small): prompt: 10, completion: 5, total: 15",
  ],
  [
    {
      type: "llm_usage",
      ...WHO,
      value: {
        promptTokens: 10,
        completionTokens: 5,
        totalTokens: 15,
        cacheReadInputTokens: 0,
        cacheCreationInputTokens: 4,
        reasoningTokens: 2,
      },
    },
    "📊 [svc] LLM TOKEN USAGE (small): prompt: 10, completion: 5, total: 15, cache_read: 0, " +
    "cache_creation: 4, reasoning: 2",
  ],
  [{ type: "tts_usage", ...WHO, value: 42 }, "📊 [svc] TTS USAGE (small): 42 characters"],
  [{ type: "stt_usage", ...WHO, value: 1.5 }, "📊 [svc] STT USAGE (small): 1.500s audio"],
  [
    { type: "turn", ...WHO, isComplete: true, probability: 0.9, e2eProcessingTimeMs: 12 },
    "📊 [svc] TURN (small): COMPLETE (probability: 90.00%, e2e: 12.0ms)",
  ],
  [
    { type: "turn", ...WHO, isComplete: false, probability: 0.125, e2eProcessingTimeMs: 8.25 },
    "📊 [svc] TURN (small): INCOMPLETE (probability: 12.50%, e2e: 8.3ms)",
  ],
];

function written(data: readonly AnyMetricsData[], options: MetricsLogObserverOptions = {}) {
  const log = new KeptLog();
  const observer = new MetricsLogObserver({ log, ...options });
  const frame = new MetricsFrame(data);
  show(observer, frame);
  // It passes on from hand to hand.
  show(observer, frame, EARS);
  return log.notes;
}

Deno.test("MetricsLogObserver writes a line for each measurement, once", () => {
  const data = LINES.map(([data]) => data);
  assertEquals(written(data), LINES.map(([, line]) => `${line} at 1.50s`));
  assertEquals(written([]), []);
});

Deno.test("MetricsLogObserver writes only the kinds that are wanted", () => {
  const data = LINES.map(([data]) => data);
  assertEquals(written(data, { includeMetrics: new Set(["tts_usage", "ttfa"] as const) }), [
    "📊 [svc] TTFA (small): 0.300s (0.100s leading silence) at 1.50s",
    "📊 [svc] TTS USAGE (small): 42 characters at 1.50s",
  ]);
  assertEquals(written(data, { includeMetrics: [] }), []);
});

Deno.test("TranscriptionLogObserver tells interim transcripts from final ones, and looks at no others", () => {
  const log = new KeptLog();
  const observer = new TranscriptionLogObserver({ log });
  const final = new TranscriptionFrame("Hello");
  show(observer, new InterimTranscriptionFrame("H"), EARS);
  show(observer, final, EARS);
  show(observer, final, OTHER);
  show(observer, new TranscriptionFrame("Typed"), OTHER);
  assertEquals(log.notes, [
    "💬 Ears → INTERIM TRANSCRIPTION: 1 character at 1.50s",
    "💬 Ears → TRANSCRIPTION: 5 characters at 1.50s",
  ]);
});
