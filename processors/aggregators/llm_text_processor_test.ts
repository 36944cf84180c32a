import { assertEquals } from "@std/assert";
import {
  AggregatedTextFrame,
  InterruptionFrame,
  LLMFullResponseEndFrame,
  LLMTextFrame,
  TextFrame,
  TTSTextFrame,
} from "../../frames/mod.ts";
import { ScriptedTTSService, TestPipeline } from "../../testing/mod.ts";
import { MatchAction, PatternPairAggregator } from "../../text/mod.ts";
import { LLMTextProcessor } from "./mod.ts";

/** The pieces that came out, each with its type. */
function pieces(pipeline: TestPipeline): string[] {
  return pipeline.of(AggregatedTextFrame).map(({ text, aggregatedBy }) =>
    `${aggregatedBy}: ${text.trim()}`
  );
}

Deno.test("LLMTextProcessor gives sentences, and the rest at the end of the answer", async () => {
  await using pipeline = new TestPipeline([new LLMTextProcessor()]);
  pipeline.push(...["It is", " noon.", " Lunch", " now"].map((text) => new LLMTextFrame(text)));
  await pipeline.settle();
  assertEquals(pieces(pipeline), ["sentence: It is noon."]);
  pipeline.push(new LLMFullResponseEndFrame());
  await pipeline.settle();
  assertEquals(pieces(pipeline), ["sentence: It is noon.", "sentence: Lunch now"]);
  const end = pipeline.down.findIndex((frame) => frame instanceof LLMFullResponseEndFrame);
  assertEquals(end, pipeline.down.length - 1, "the end comes behind the rest");
  assertEquals(pipeline.of(LLMTextFrame), [], "the model's pieces do not pass");
});

Deno.test("LLMTextProcessor cuts by an aggregator of one's own, and keeps what the model wrote", async () => {
  const textAggregator = new PatternPairAggregator();
  textAggregator.addPattern("code", {
    startPattern: "<code>",
    endPattern: "</code>",
    action: MatchAction.AGGREGATE,
  });
  await using pipeline = new TestPipeline([new LLMTextProcessor({ textAggregator })]);
  pipeline.push(new LLMTextFrame("Try <code>1 + 1</code> now."), new LLMFullResponseEndFrame());
  await pipeline.settle();
  const code = pipeline.of(AggregatedTextFrame).find(({ aggregatedBy }) => aggregatedBy === "code");
  assertEquals(code?.text, "1 + 1");
  assertEquals(code?.rawText.trim(), "<code>1 + 1</code>");
});

Deno.test("LLMTextProcessor gives the rest before the pipeline ends", async () => {
  await using pipeline = new TestPipeline([new LLMTextProcessor()]);
  pipeline.push(new LLMTextFrame("Good"));
  await pipeline.end();
  assertEquals(pieces(pipeline), ["sentence: Good"]);
});

Deno.test("LLMTextProcessor forgets what was interrupted, and what it is told to", async () => {
  const processor = new LLMTextProcessor();
  await using pipeline = new TestPipeline([processor]);
  pipeline.push(new LLMTextFrame("Once upon"));
  await pipeline.settle();
  pipeline.push(new InterruptionFrame());
  await pipeline.settle();
  pipeline.push(new LLMTextFrame("Yes"), new LLMFullResponseEndFrame());
  pipeline.push(new LLMTextFrame("There was"));
  await pipeline.settle();
  processor.reset();
  pipeline.push(new LLMTextFrame("No"), new LLMFullResponseEndFrame());
  await pipeline.settle();
  assertEquals(pieces(pipeline), ["sentence: Yes", "sentence: No"]);
});

Deno.test("LLMTextProcessor hands on whether text is spoken and remembered, and leaves other text alone", async () => {
  await using pipeline = new TestPipeline([new LLMTextProcessor()]);
  pipeline.push(
    new LLMTextFrame("Quiet", { skipTts: true, appendToContext: false }),
    new LLMFullResponseEndFrame(),
    new TextFrame("Other."),
  );
  await pipeline.settle();
  const [piece] = pipeline.of(AggregatedTextFrame);
  assertEquals([piece?.skipTts, piece?.appendToContext, piece?.willBeSpoken], [true, false, false]);
  assertEquals(pipeline.of(TextFrame).at(-1)?.text, "Other.");
});

Deno.test("LLMTextProcessor gives a voice its pieces, of which it leaves out what it is told to", async () => {
  const textAggregator = new PatternPairAggregator();
  textAggregator.addPattern("code", {
    startPattern: "<code>",
    endPattern: "</code>",
    action: MatchAction.AGGREGATE,
  });
  const tts = new ScriptedTTSService({ skipAggregatorTypes: ["code"] });
  await using pipeline = new TestPipeline([new LLMTextProcessor({ textAggregator }), tts]);
  pipeline.push(
    new LLMTextFrame("Try this. <code>1 + 1</code> Nice."),
    new LLMTextFrame(" Quiet.", { skipTts: true }),
    new LLMFullResponseEndFrame(),
  );
  await pipeline.until(LLMFullResponseEndFrame);
  assertEquals(tts.requests.map(({ text }) => text), ["Try this.", "Nice."]);
  const shown = pipeline.of(AggregatedTextFrame).filter((frame) =>
    !(frame instanceof TTSTextFrame)
  );
  assertEquals(shown.map(({ text, willBeSpoken }) => `${text.trim()} ${willBeSpoken}`), [
    "Try this. true",
    "1 + 1 false",
    "Nice. true",
    "Quiet. false",
  ]);
});
