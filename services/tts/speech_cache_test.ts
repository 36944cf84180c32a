import { assertEquals } from "@std/assert";
import {
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import { ScriptedTTSService, TestPipeline } from "../../testing/mod.ts";
import {
  SpeechCache,
  type SpeechEvent,
  type SpeechRequest,
  TTSService,
  type TTSServiceOptions,
} from "./mod.ts";

const speech = (samples: number) => ({ audio: [new Int16Array(samples)], words: [] });

Deno.test("SpeechCache drops what was not used for longest", () => {
  const cache = new SpeechCache({ maxBytes: 600 });
  for (const key of ["a", "b", "c"]) cache.set(key, speech(100));
  assertEquals([cache.size, cache.bytes], [3, 600]);
  cache.get("a");
  cache.set("d", speech(100));
  assertEquals(["a", "b", "c", "d"].map((key) => cache.has(key)), [true, false, true, true]);
  cache.set("a", speech(200));
  assertEquals([cache.has("c"), cache.bytes], [false, 600]);
  cache.set("huge", speech(301));
  assertEquals([cache.has("huge"), cache.size], [false, 2]);
  cache.clear();
  assertEquals([cache.size, cache.bytes], [0, 0]);
});

Deno.test("TTSService speaks a text that it spoke before without asking, with the same words", async () => {
  const cache = new SpeechCache();
  const make = () => new ScriptedTTSService({ cache, voice: { words: true, firstAudioMs: 500 } });
  const [first, second] = [make(), make()];
  const spoken: unknown[] = [];
  for (const tts of [first, second]) {
    await using pipeline = new TestPipeline([tts], { params: { enableUsageMetrics: true } });
    pipeline.push(
      new LLMFullResponseStartFrame(),
      new LLMTextFrame("Good day. It costs $12.50."),
      new LLMFullResponseEndFrame(),
    );
    await pipeline.until(LLMFullResponseEndFrame);
    spoken.push([
      pipeline.of(TTSTextFrame).map(({ text, endMs }) => [text, endMs]),
      pipeline.of(TTSAudioRawFrame).map(({ audio }) => audio.length),
    ]);
    assertEquals(pipeline.of(MetricsFrame).length, tts === first ? 2 : 0);
    // What goes downstream is nobody else's.
    for (const { audio } of pipeline.of(TTSAudioRawFrame)) audio.fill(9);
  }
  assertEquals(first.requests.map(({ text }) => text), ["Good day.", "It costs $12.50."]);
  assertEquals(second.requests, []);
  assertEquals(spoken[0], spoken[1]);
});

Deno.test("TTSService asks anew for a text in another voice, and keeps nothing that broke off", async () => {
  const cache = new SpeechCache();
  let broken = true;
  const tts = new ScriptedTTSService({
    cache,
    voice: () => broken ? { failure: { error: new Error("broke"), afterMs: 100 } } : {},
  });
  await using pipeline = new TestPipeline([tts]);
  pipeline.push(new TTSSpeakFrame("Hello."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(cache.size, 0);
  broken = false;
  pipeline.push(
    new TTSSpeakFrame("Hello."),
    new TTSUpdateSettingsFrame({ delta: { voice: "eve" } }),
    new TTSSpeakFrame("Hello."),
    new TTSSpeakFrame("Hello."),
  );
  await pipeline.until(TTSStoppedFrame, { count: 4 });
  assertEquals([tts.requests.length, cache.size], [3, 2]);
});

Deno.test("TTSService keeps nothing that was interrupted", async () => {
  const cache = new SpeechCache();
  const tts = new ScriptedTTSService({ cache, voice: { pauseMs: 50 } });
  await using pipeline = new TestPipeline([tts]);
  pipeline.when(TTSAudioRawFrame, () => pipeline.interrupt());
  pipeline.push(new TTSSpeakFrame("A long text that is cut."));
  await pipeline.until(TTSAudioRawFrame);
  pipeline.push(new TTSSpeakFrame("Yes."));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(cache.size, 1);
});

Deno.test("TTSService shares nothing that another option would make sound otherwise", async () => {
  interface HumOptions extends TTSServiceOptions {
    readonly volume: number;
    readonly apiKey: string;
  }
  const asked: number[] = [];
  class Hum extends TTSService {
    readonly #volume: number;
    constructor(options: HumOptions) {
      super(options, {});
      this.#volume = options.volume;
    }
    protected override async *synthesize({ text }: SpeechRequest): AsyncIterable<SpeechEvent> {
      asked.push(this.#volume);
      yield await Promise.resolve({ type: "audio", audio: new Int16Array(text.length).fill(1) });
    }
  }
  const cache = new SpeechCache();
  for (const [volume, apiKey] of [[1, "a"], [2, "a"], [1, "b"]] as const) {
    await using pipeline = new TestPipeline([new Hum({ cache, volume, apiKey })]);
    pipeline.push(new TTSSpeakFrame("Hello."));
    await pipeline.until(TTSStoppedFrame);
  }
  assertEquals(asked, [1, 2]);
});
