import { assertEquals } from "@std/assert";
import { optionsOf, settingsOf } from "./options.ts";

Deno.test("Options are called as ours are, but for names that are the provider's or the caller's", () => {
  assertEquals(
    optionsOf({
      max_buffer_delay_ms: 200,
      ttfs_p99_latency: 0.5,
      watchdog_min_timeout: 2,
      audio_out_sample_rate: 24_000,
      addons: { vad_events: true },
      locators: [{ version_id: "1" }],
      settings: { word_timestamps: true, extra: { filler_words: true } },
    }),
    {
      maxBufferDelayMs: 200,
      ttfsP99LatencySecs: 0.5,
      watchdogMinTimeoutSecs: 2,
      addons: { vad_events: true },
      locators: [{ versionId: "1" }],
      settings: { wordTimestamps: true, extra: { filler_words: true } },
    },
  );
});

Deno.test("Options of old are settings, and settings win over them", () => {
  const { settings } = optionsOf({ voice_id: "ada", model: "m", settings: { model: "n" } });
  assertEquals(settings, { voice: "ada", model: "n" });
});

Deno.test("Parameters of old count where there are no settings", () => {
  const params = { language: "de", auto_mode: false };
  const alone = optionsOf({ params });
  assertEquals([alone["settings"], alone["autoMode"]], [
    { language: "de", autoMode: false },
    false,
  ]);
  const beside = optionsOf({ params, settings: { voice: "ada" } });
  assertEquals([beside["settings"], beside["autoMode"]], [{ voice: "ada" }, undefined]);
});

Deno.test("However it is written, text is sent by tokens where that was asked for", () => {
  const modes = [
    { text_aggregation_mode: "token" },
    { text_aggregation_mode: "TextAggregationMode.TOKEN" },
    { aggregate_sentences: false },
  ].map((options) => optionsOf(options)["textAggregationMode"]);
  assertEquals(modes, ["token", "token", "token"]);
  assertEquals("textAggregationMode" in optionsOf({ aggregate_sentences: true }), false);
});

Deno.test("A version of an API that was asked for is a header", () => {
  const headers = optionsOf({ cartesia_version: "2025-04-16", extra_headers: { "X-A": "1" } });
  assertEquals(headers["extraHeaders"], { "Cartesia-Version": "2025-04-16", "X-A": "1" });
});

Deno.test("Settings are called as ours are", () => {
  assertEquals(settingsOf({ top_p: 0.9, speedAlpha: 1 }), { topP: 0.9, speedAlpha: 1 });
});
