import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  AggregatedTextFrame,
  ControlFrame,
  DataFrame,
  EndFrame,
  type Frame,
  InputTextRawFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMFullResponseStartFrame,
  LLMTextFrame,
  MetricsFrame,
  TextFrame,
  TranscriptionFrame,
  TTSAudioRawFrame,
  TTSSpeakFrame,
  TTSStartedFrame,
  TTSStoppedFrame,
  TTSTextFrame,
  TTSUpdateSettingsFrame,
} from "../../frames/mod.ts";
import { MarkdownTextFilter, MatchAction, PatternPairAggregator } from "../../text/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import {
  ScriptedTTSService,
  type ScriptedTTSServiceOptions,
  TestPipeline,
  type VirtualClock,
} from "../../testing/mod.ts";
import { ProviderError } from "../wire/mod.ts";

class NoteFrame extends DataFrame {}
class MarkFrame extends ControlFrame {}

function start(options: ScriptedTTSServiceOptions = {}, params = {}) {
  const tts = new ScriptedTTSService(options);
  const pipeline = new TestPipeline([tts], { params });
  return { tts, pipeline, [Symbol.asyncDispose]: () => pipeline.close() };
}

/** An answer as a model streams it. */
function answer(text: string, options: { skipTts?: boolean } = {}): Frame[] {
  const tokens = text.match(/\s*\S{1,4}|\s+$/g) ?? [];
  return [
    new LLMFullResponseStartFrame(options),
    ...tokens.map((token) => new LLMTextFrame(token, options)),
    new LLMFullResponseEndFrame(options),
  ];
}

/** What left, in short: class names without the words, runs of audio as one. */
function outline(frames: readonly Frame[]): string[] {
  const names = frames.filter((frame) => !(frame instanceof TTSTextFrame))
    .map((frame) => frame.constructor.name.replace(/Frame$/, ""));
  return names.filter((name, i) => !name.includes("Audio") || name !== names[i - 1]);
}

function spokenText(pipeline: TestPipeline): string {
  return pipeline.of(TTSTextFrame).map(({ text }) => text).join("");
}

function audioMs(pipeline: TestPipeline): number {
  return pipeline.of(TTSAudioRawFrame).reduce((ms, { numFrames }) => ms + numFrames / 24, 0);
}

Deno.test("TTSService speaks sentences in order, as one utterance, and passes the answer's end behind it", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(...answer("Hello there. How are you?"));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Hello there.", "How are you?"]);
  assertEquals(outline(pipeline.down), [
    "LLMFullResponseStart",
    "TTSStarted",
    "AggregatedText",
    "TTSAudioRaw",
    "AggregatedText",
    "TTSAudioRaw",
    "TTSStopped",
    "LLMFullResponseEnd",
  ]);
  const contexts = [TTSStartedFrame, TTSStoppedFrame, TTSAudioRawFrame, TTSTextFrame]
    .flatMap((kind) => pipeline.of<{ contextId: string | undefined } & Frame>(kind))
    .map(({ contextId }) => contextId);
  assertEquals(new Set(contexts).size, 1);
  assertEquals(spokenText(pipeline), "Hello there. How are you?");
});

Deno.test("TTSService announces each sentence before its audio, as the model wrote it", async () => {
  await using session = start();
  const { pipeline } = session;
  pipeline.push(...answer("Hello there. How are you?"));
  await pipeline.until(LLMFullResponseEndFrame);
  const announced = pipeline.of(AggregatedTextFrame).filter((f) => !(f instanceof TTSTextFrame));
  assertEquals(
    announced.map((f) => [f.text, f.rawText, f.willBeSpoken, f.segmentId, f.appendToContext]),
    [
      ["Hello there.", "Hello there.", true, 1, false],
      ["How are you?", " How are you?", true, 2, false],
    ],
  );
});

const WRITTEN: readonly [what: string, text: string][] = [
  ["an amount and a time", "It costs $12.50. See you at 3:45 p.m. tomorrow, Dr. Smith!"],
  ["markdown", "# Plan\n\n- **First**, `open` it.\n- _Then_ [read](https://x.y/z) it. Done!"],
  ["emoji", "Great! 🎉 That works 👍🏽. Bye 👋"],
  ["a sentence of emoji alone", "Yes. 🎉🎉! And so on."],
  ["Chinese and Japanese", "你好。今天天气很好！东京は晴れです。"],
  ["line breaks and many spaces", "One.\n\nTwo   three.  Four"],
  ["no end of a sentence", "well then"],
  ["Arabic and Hindi", "مرحبا بك. كيف حالك؟ नमस्ते। आप कैसे हैं?"],
];

for (const words of [true, false]) {
  for (const [what, text] of WRITTEN) {
    const told = words ? "reported" : "estimated";
    Deno.test(`TTSService follows ${what} to the character by ${told} times`, async () => {
      await using session = start({ voice: { words }, textFilters: [new MarkdownTextFilter()] });
      const { pipeline } = session;
      pipeline.push(...answer(text));
      await pipeline.until(LLMFullResponseEndFrame);
      assertEquals(spokenText(pipeline), text);
      const frames = pipeline.of(TTSTextFrame);
      const ends = frames.map(({ endMs = NaN }) => endMs);
      assertEquals(ends, ends.toSorted((a, b) => a - b));
      assert(ends.every((ms) => ms >= 0 && ms <= audioMs(pipeline) + 0.001), `${ends}`);
      for (const { text, span } of frames) {
        assertEquals(span?.text.slice(span.start, span.end), text);
      }
    });
  }
}

Deno.test("TTSService says where in the utterance's audio each word has been said", async () => {
  await using session = start({ voice: { words: true, characterMs: 100 } });
  const { pipeline } = session;
  pipeline.push(...answer("One two. Three"));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text, endMs }) => [text, endMs]), [
    ["One", 300],
    [" two.", 800],
    [" Three", 1300],
  ]);
});

Deno.test("TTSService takes word times that come late, and says each word once", async () => {
  await using session = start({ voice: { characterMs: 100 } });
  const { pipeline, tts } = session;
  const synthesize = tts["synthesize"].bind(tts);
  tts["synthesize"] = async function* (request) {
    yield* synthesize(request);
    const words = ["One", "two", "three."].map((text, i) => ({ text, endMs: 400 * (i + 1) }));
    yield { type: "words", words };
  };
  pipeline.push(...answer("One two three."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "One two three.");
  assertEquals(pipeline.of(TTSTextFrame).length, 3);
});

Deno.test("TTSService announces a word before the audio in which it ends, and not sooner", async () => {
  for (const words of [true, false]) {
    await using session = start({ voice: { words, chunkMs: 50 } });
    const { pipeline } = session;
    pipeline.push(new TTSSpeakFrame("The first words of a long sentence."));
    await pipeline.until(TTSStoppedFrame);
    let ms = 0;
    for (const frame of pipeline.down) {
      if (frame instanceof TTSAudioRawFrame) ms += frame.numFrames / 24;
      else if (frame instanceof TTSTextFrame) assert((frame.endMs ?? 0) >= ms - 1e-6);
      else continue;
      if (frame instanceof TTSTextFrame) assert((frame.endMs ?? 0) <= ms + 50 + 1e-6);
    }
  }
});

Deno.test("TTSService asks for the next sentence as soon as the one before has been read", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  const output = pipeline.block();
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("The first sentence, which is rather long. The"),
  );
  await pipeline.settle();
  assertEquals(tts.requests.length, 1);
  // The model is slower than the voice, and the output slower than both.
  pipeline.push(new LLMTextFrame(" second. The third. The end."));
  await pipeline.settle();
  assertEquals(tts.requests.length, 2);
  output.release();
  pipeline.push(new LLMFullResponseEndFrame());
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests.length, 4);
});

Deno.test("TTSService waits with the next sentence while the one before is being read", async () => {
  await using session = start({ voice: { firstAudioMs: 500 } });
  const { pipeline, tts } = session;
  pipeline.push(...answer("One. Two."));
  await pipeline.settle();
  assertEquals(tts.requests.map(({ text }) => text), ["One."]);
});

Deno.test("TTSService makes the provider wait when a minute of its audio is unheard", async () => {
  let given = 0;
  const voice = () => ({ characterMs: 100_000, chunkMs: 1_000 });
  await using session = start({ voice });
  const { pipeline, tts } = session;
  const synthesize = tts["synthesize"].bind(tts);
  tts["synthesize"] = async function* (request) {
    for await (const event of synthesize(request)) {
      given++;
      yield event;
    }
  };
  const output = pipeline.block();
  pipeline.push(new TTSSpeakFrame("Long"));
  await pipeline.settle();
  assert(given > 60 && given < 90, `${given} s were read`);
  output.release();
  await pipeline.until(TTSStoppedFrame);
  assertEquals(given, 400);
});

Deno.test("TTSService passes other frames on in order with the speech around them", async () => {
  await using session = start();
  const { pipeline } = session;
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("One. Two"),
    new NoteFrame(),
    new LLMTextFrame(" three. Four"),
    new MarkFrame(),
    new TranscriptionFrame("what the user says"),
    new LLMFullResponseEndFrame(),
  );
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(outline(pipeline.down), [
    "LLMFullResponseStart",
    "TTSStarted",
    "AggregatedText",
    "TTSAudioRaw",
    "Note",
    "AggregatedText",
    "TTSAudioRaw",
    "Mark",
    "Transcription",
    "AggregatedText",
    "TTSAudioRaw",
    "TTSStopped",
    "LLMFullResponseEnd",
  ]);
});

Deno.test("TTSService leaves alone what goes upstream", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.pushUpstream(new TextFrame("a note"), new LLMTextFrame("another"), new NoteFrame());
  await pipeline.until(NoteFrame);
  assertEquals(outline(pipeline.up), ["Text", "LLMText", "Note"]);
  assertEquals(tts.requests, []);
});

Deno.test("TTSService does not speak what the user typed or said", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(new InputTextRawFrame("typed"), new TranscriptionFrame("said"));
  await pipeline.until(TranscriptionFrame);
  assertEquals(outline(pipeline.down), ["InputTextRaw", "Transcription"]);
  assertEquals(tts.requests, []);
});

Deno.test("TTSService speaks a TTSSpeakFrame as an utterance of its own", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(new TTSSpeakFrame("Hello. Welcome!", { appendToContext: false }));
  await pipeline.until(TTSStoppedFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Hello.", "Welcome!"]);
  assertEquals(pipeline.of(TTSStartedFrame).map((f) => f.appendToContext), [false]);
  assertEquals(pipeline.of(TTSTextFrame).map((f) => f.appendToContext), [false, false]);
});

Deno.test("TTSService speaks a TTSSpeakFrame between sentences of an answer, and cuts none", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("One. The weather"),
    new TTSSpeakFrame("Your timer rings"),
    new LLMTextFrame(" is"),
    new LLMTextFrame(" nice"),
    new LLMFullResponseEndFrame(),
  );
  await pipeline.until(LLMFullResponseEndFrame);
  const texts = tts.requests.map(({ text }) => text);
  assertEquals(texts, ["One.", "Your timer rings", "The weather is nice"]);
  assertEquals(pipeline.of(TTSStoppedFrame).length, 3);
});

Deno.test("TTSService speaks the rest of an answer that ends behind a TTSSpeakFrame", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("The weather is nice"),
    new TTSSpeakFrame("Your timer rings"),
    new LLMFullResponseEndFrame(),
  );
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Your timer rings", "The weather is nice"]);
});

Deno.test("TTSService leaves emoji unspoken, and counts them as said", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(...answer("👍"));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests, []);
  assertEquals(outline(pipeline.down), [
    "LLMFullResponseStart",
    "TTSStarted",
    "AggregatedText",
    "TTSStopped",
    "LLMFullResponseEnd",
  ]);
  assertEquals(pipeline.of(TTSTextFrame).map(({ text, endMs }) => [text, endMs]), [["👍", 0]]);
});

Deno.test("TTSService pushes no utterance for an answer without text", async () => {
  await using session = start();
  const { pipeline } = session;
  pipeline.push(...answer(""), ...answer("  \n"));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(pipeline.of(TTSStartedFrame).length + pipeline.of(TTSStoppedFrame).length, 0);
});

Deno.test("TTSService speaks what an aggregator makes of the text, and follows what was written", async () => {
  const textAggregator = new PatternPairAggregator();
  textAggregator.addPattern("loud", {
    startPattern: "<b>",
    endPattern: "</b>",
    action: MatchAction.KEEP,
  });
  textAggregator.addPattern("card", {
    startPattern: "<card>",
    endPattern: "</card>",
    action: MatchAction.AGGREGATE,
  });
  await using session = start({ textAggregator, skipAggregatorTypes: ["card"] });
  const { pipeline, tts } = session;
  const text = "It is <b>very</b> late. Look: <card>4242</card> Good night.";
  pipeline.push(...answer(text));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(
    tts.requests.map((request) => request.text),
    ["It is very late.", "Look:", "Good night."],
  );
  assertEquals(spokenText(pipeline), text);
  const card = pipeline.of(AggregatedTextFrame).find((f) => f.aggregatedBy === "card");
  assertEquals([card?.text, card?.willBeSpoken], ["4242", false]);
});

Deno.test("TTSService passes unspoken answers on, and says what sentences they are", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(...answer("Hello there. How are you", { skipTts: true }), ...answer("Yes."));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(tts.requests.map(({ text }) => text), ["Yes."]);
  const first = pipeline.down.slice(
    0,
    pipeline.down.findIndex((f) => f instanceof LLMFullResponseEndFrame),
  );
  const text = first.filter((f) => f instanceof LLMTextFrame).map((f) => f.text).join("");
  assertEquals(text, "Hello there. How are you");
  assertEquals(
    first.filter((f) => f instanceof AggregatedTextFrame)
      .map((f) => [f.text, f.willBeSpoken, f.appendToContext]),
    [["Hello there.", false, false], ["How are you", false, false]],
  );
});

Deno.test("TTSService passes a single unspoken text on in order", async () => {
  await using session = start();
  const { pipeline } = session;
  pipeline.push(new TextFrame("Spoken. And"), new TextFrame("Shown.", { skipTts: true }));
  pipeline.push(new EndFrame());
  await pipeline.until(EndFrame);
  assertEquals(outline(pipeline.down).slice(0, 4), [
    "TTSStarted",
    "AggregatedText",
    "TTSAudioRaw",
    "Text",
  ]);
});

Deno.test("TTSService speaks loose texts, and an end waits until all is spoken", async () => {
  await using session = start({ voice: { firstAudioMs: 200, pauseMs: 90 } });
  const { pipeline, tts } = session;
  pipeline.push(
    new TextFrame("Good"),
    new TextFrame("night."),
    new TextFrame("Sleep"),
    new TextFrame("well"),
  );
  await pipeline.end();
  assertEquals(tts.requests.map(({ text }) => text), ["Good night.", "Sleep well"]);
  assertEquals(outline(pipeline.down).at(-1), "End");
  assertEquals(outline(pipeline.down).at(-2), "TTSStopped");
});

Deno.test("TTSService takes changed settings over between sentences", async () => {
  const voices: unknown[] = [];
  await using session = start({
    settings: { voice: "ada" },
    voice: () => {
      voices.push(session.tts.settings.voice);
      return {};
    },
  });
  const { pipeline, tts } = session;
  pipeline.push(
    new LLMFullResponseStartFrame(),
    new LLMTextFrame("One. Two. Thr"),
    new TTSUpdateSettingsFrame({ delta: { voice: "bob", language: undefined } }),
    new TTSUpdateSettingsFrame({ delta: { voice: "eve" }, service: { name: "another" } }),
    new LLMTextFrame("ee."),
    new LLMFullResponseEndFrame(),
  );
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(voices, ["ada", "ada", "bob"]);
  // Both pass on: another service further down may be meant as well.
  assertEquals(pipeline.of(TTSUpdateSettingsFrame).length, 2);
  pipeline.push(new TTSUpdateSettingsFrame({ delta: { voice: "eve" }, service: tts }));
  pipeline.push(new NoteFrame());
  await pipeline.until(NoteFrame);
  assertEquals(pipeline.of(TTSUpdateSettingsFrame).length, 2);
  assertEquals(tts.settings.voice, "eve");
});

Deno.test("TTSService measures the time to the first audio, and the characters", async () => {
  await using session = start({ voice: { firstAudioMs: 120 } }, {
    enableMetrics: true,
    enableUsageMetrics: true,
  });
  const { pipeline } = session;
  pipeline.push(...answer("Hello. Bye."));
  await pipeline.until(LLMFullResponseEndFrame);
  const data = pipeline.of(MetricsFrame).flatMap((frame) => frame.data);
  assertEquals(data.map((d) => [d.type, d.value, d.model]), [
    ["text_aggregation", 0, "scripted"],
    ["tts_usage", 6, "scripted"],
    ["ttfb", 0.12, "scripted"],
    ["tts_usage", 4, "scripted"],
  ]);
});

Deno.test("TTSService tells who listens of each request", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  const told: string[] = [];
  tts.on("ttsRequest", (_contextId, text) => void told.push(text));
  pipeline.push(...answer("Hello. Bye."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(told, ["Hello.", "Bye."]);
});

Deno.test("TTSService asks for audio at the rate of the output, or at its own", async () => {
  for (const [options, rate] of [[{}, 16_000], [{ sampleRate: 22_050 }, 22_050]] as const) {
    await using session = start(options, { audioOutSampleRate: 16_000 });
    session.pipeline.push(new TTSSpeakFrame("Hello."));
    await session.pipeline.until(TTSStoppedFrame);
    assertEquals(session.tts.requests[0]?.sampleRate, rate);
    assertEquals(session.pipeline.of(TTSAudioRawFrame)[0]?.sampleRate, rate);
  }
});

// Errors

const refused = (retryable: boolean) =>
  new ProviderError("Cannot speak with Acme: the key was refused (401); check ACME_API_KEY", {
    provider: "Acme",
    category: "auth",
    status: 401,
    retryable,
  });

Deno.test("TTSService reports a refusal once, says nothing more of that answer, and speaks the next", async () => {
  const errors = [refused(false)];
  await using session = start({
    voice: () => {
      const error = errors.shift();
      return error ? { failure: { error, afterMs: 0 } } : {};
    },
  });
  const { pipeline, tts } = session;
  pipeline.push(...answer("One. Two. Three."), ...answer("Four."));
  await pipeline.until(LLMFullResponseEndFrame, { count: 2 });
  assertEquals(tts.requests.map(({ text }) => text), ["One.", "Four."]);
  assertEquals(pipeline.errors.map(({ error, category }) => [error, category]), [
    ["Cannot speak with Acme: the key was refused (401); check ACME_API_KEY", "auth"],
  ]);
  assertEquals(spokenText(pipeline), "Four.");
  assertEquals(pipeline.of(TTSStoppedFrame).length, 2);
});

Deno.test("TTSService goes on with the next sentence after a failure that passes", async () => {
  await using session = start({
    voice: ({ text }) => text === "Two." ? { failure: { error: refused(true), afterMs: 0 } } : {},
  });
  const { pipeline } = session;
  pipeline.push(...answer("One. Two. Three."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.errors.length, 1);
  assertEquals(spokenText(pipeline), "One. Three.");
});

Deno.test("TTSService counts what was said before a failure, and no word more", async () => {
  for (const words of [true, false]) {
    await using session = start({
      voice: ({ text }) => {
        const failure = { error: refused(true), afterMs: 500 };
        return { words, characterMs: 100, ...text.startsWith("One") && { failure } };
      },
    });
    const { pipeline } = session;
    // All that comes is there before any of it goes out.
    const output = pipeline.block();
    pipeline.push(...Array.from({ length: 16 }, () => new NoteFrame()));
    pipeline.push(...answer("One, and two, and many more words. Then"));
    await pipeline.settle();
    output.release();
    await pipeline.until(LLMFullResponseEndFrame);
    const [first, second, ...rest] = pipeline.of(TTSTextFrame);
    assertEquals(first?.text, "One,");
    // Behind the half second that the broken sentence had.
    const last = rest.at(-1) ?? second;
    assertEquals([last?.text, last?.endMs], [" Then", 900]);
    assert(!spokenText(pipeline).includes("many"), spokenText(pipeline));
  }
});

Deno.test("TTSService counts nothing as said for which the provider gave no audio", async () => {
  await using session = start({ voice: ({ text }) => ({ characterMs: text === "One." ? 0 : 60 }) });
  const { pipeline } = session;
  pipeline.push(...answer("One. Two."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), " Two.");
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "gave no audio");
});

Deno.test("TTSService reports what a provider throws before it gives anything", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  tts["synthesize"] = () => {
    throw new Error("no voice");
  };
  pipeline.push(...answer("One."), new NoteFrame());
  await pipeline.until(NoteFrame);
  assertEquals(pipeline.errors.length, 1);
  assertMatch(
    pipeline.errors[0]?.error ?? "",
    /^Cannot speak in "ScriptedTTSService#\d+": no voice$/,
  );
});

Deno.test("TTSService reports a failure of a sentence that was read ahead when its turn comes", async () => {
  await using session = start({
    voice: ({ text }) =>
      text === "Two." ? { failure: { error: new Error("broken"), afterMs: 0 } } : {},
  });
  const { pipeline } = session;
  const output = pipeline.block();
  pipeline.push(...answer("The first one, which is rather long. Two."));
  await pipeline.settle();
  assertEquals(pipeline.errors, []);
  output.release();
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "The first one, which is rather long.");
  assertEquals(pipeline.errors.length, 1);
});

Deno.test("TTSService gives a provider up that stalls", async () => {
  await using session = start({ voice: { stalls: true }, stallTimeoutMs: 3_000 });
  const { pipeline, tts } = session;
  pipeline.push(...answer("One. Two."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(pipeline.clock.now(), 3_000);
  assertEquals(tts.requests.length, 1);
  assert(tts.requests[0]?.signal.aborted);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "nothing came for 3000 ms");
});

Deno.test("TTSService reports a throwing text filter, and goes on", async () => {
  class Broken extends MarkdownTextFilter {
    override apply(): never {
      throw new Error("bad filter");
    }
  }
  await using session = start({ textFilters: [new Broken()] });
  const { pipeline } = session;
  pipeline.push(...answer("One."), new NoteFrame());
  await pipeline.until(NoteFrame);
  assertStringIncludes(pipeline.errors[0]?.error ?? "", "bad filter");
});

// Interruptions

Deno.test("TTSService is silent after an interruption at any moment, and speaks the next answer", async () => {
  const text = "The first sentence. The second one, $12.50 worth. The third. And the last 🎉";
  for (const words of [true, false]) {
    for (const deaf of [true, false]) {
      for (let atMs = 0; atMs <= 6_000; atMs += 97) {
        await using session = start({
          voice: { words, deaf, firstAudioMs: 130, pauseMs: 110, chunkMs: 120 },
        });
        const { pipeline, tts } = session;
        const clock = pipeline.clock as VirtualClock;
        pipeline.push(...answer(text));
        await clock.advance(atMs);
        const asked = tts.requests.length;
        const open = tts.requests.filter(({ signal }) => !signal.aborted);
        pipeline.interrupt();
        assert(open.every(({ signal }) => signal.aborted), `at ${atMs} ms`);
        const before = pipeline.down.length;
        pipeline.push(...answer("New."));
        await pipeline.until(TTSStoppedFrame, { count: pipeline.of(TTSStoppedFrame).length + 1 });
        await clock.advance(2_000);
        const after = pipeline.down.slice(before);
        assertEquals(tts.requests.slice(asked).map((request) => request.text), ["New."]);
        assertEquals(outline(after), [
          "LLMFullResponseStart",
          "TTSStarted",
          "AggregatedText",
          "TTSAudioRaw",
          "TTSStopped",
          "LLMFullResponseEnd",
        ]);
        assert(
          after.every((f) => !(f instanceof TTSAudioRawFrame) || f.audio[0] === asked + 1),
          `old audio at ${atMs} ms`,
        );
        const written = after.filter((f) => f instanceof TTSTextFrame).map((f) => f.text).join("");
        assertEquals(written, "New.");
        assertEquals(pipeline.errors, []);
      }
    }
  }
});

Deno.test("TTSService takes a new answer in the same breath as an interruption", async () => {
  await using session = start({ voice: { firstAudioMs: 100 } });
  const { pipeline, tts } = session;
  pipeline.push(...answer("Old one. Old two"), ...answer("Older still", { skipTts: true }));
  await pipeline.wait(() => tts.requests.length === 1, { doing: "be asked" });
  pipeline.push(new InterruptionFrame(), new TTSSpeakFrame("New."), ...answer("Newer. Newest"));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline), "New.Newer. Newest");
  assertEquals(tts.requests.map(({ text }) => text), ["Old one.", "New.", "Newer.", "Newest"]);
});

Deno.test("TTSService forgets half a sentence, and that an answer was unspoken, at an interruption", async () => {
  await using session = start();
  const { pipeline, tts } = session;
  pipeline.push(new LLMFullResponseStartFrame({ skipTts: true }), new LLMTextFrame("Half a"));
  await pipeline.until(LLMTextFrame);
  pipeline.interrupt();
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Another half"));
  await pipeline.settle();
  pipeline.interrupt();
  pipeline.push(new TextFrame("Loose."), new EndFrame());
  await pipeline.until(EndFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Loose."]);
});

Deno.test("TTSService speaks on when it is interrupted while a slow output holds it", async () => {
  await using session = start();
  const { pipeline } = session;
  const output = pipeline.block();
  pipeline.push(...answer("Some old words. And more of them."));
  await pipeline.settle();
  pipeline.interrupt();
  output.release();
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(spokenText(pipeline).endsWith("New."), true);
});

/** Interrupts whoever comes behind it at the first audio, and tells nobody before it. */
class Interrupter extends FrameProcessor {
  #done = false;

  constructor() {
    super();
    this.handle(TTSAudioRawFrame, async (_frame, context) => {
      if (!this.#done) await context.push(new InterruptionFrame());
      this.#done = true;
      await context.forward();
    });
  }
}

Deno.test("TTSService drops what is stale when an interruption passed it by", async () => {
  const tts = new ScriptedTTSService({ voice: { firstAudioMs: 100, pauseMs: 50 } });
  await using pipeline = new TestPipeline([tts, new Interrupter()]);
  pipeline.push(new LLMFullResponseStartFrame(), new LLMTextFrame("Old one. Old two. Old thr"));
  await pipeline.until(InterruptionFrame);
  pipeline.push(...answer("New."));
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Old one.", "New."]);
  assertEquals(spokenText(pipeline).replace(/^Old one./, ""), "New.");
});

Deno.test("TTSService stops at once when it is closed", async () => {
  const session = start({ voice: { stalls: true, deaf: true } });
  const { pipeline, tts } = session;
  pipeline.push(...answer("One. Two."));
  await pipeline.until(TTSAudioRawFrame);
  await pipeline.close();
  assert(tts.requests.every(({ signal }) => signal.aborted));
  assertEquals((pipeline.clock as VirtualClock).timers, 0);
});
