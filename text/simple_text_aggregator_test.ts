import { assertEquals } from "@std/assert";
import { AggregationType } from "./base_text_aggregator.ts";
import { SimpleTextAggregator } from "./simple_text_aggregator.ts";

/** What comes out after each token, and at the end. */
function collect(aggregator: SimpleTextAggregator, tokens: readonly string[]): string[][] {
  const given = tokens.map((token) => aggregator.aggregate(token).map(({ text }) => text));
  return [...given, aggregator.flush().map(({ text }) => text)];
}

Deno.test("SimpleTextAggregator gives a sentence once the next one begins", () => {
  const tokens = ["Hello", " there.", " How", " are", " you?", " I", " am", " fine!"];
  assertEquals(collect(new SimpleTextAggregator(), tokens), [
    ...[[], [], ["Hello there."], [], [], ["How are you?"], [], []],
    ["I am fine!"],
  ]);
});

Deno.test("SimpleTextAggregator strips spaces and keeps line breaks", () => {
  const tokens = ["Line one.\nLine two.\n\nLine three.   "];
  assertEquals(collect(new SimpleTextAggregator(), tokens), [
    ["Line one.", "\nLine two."],
    ["\n\nLine three."],
  ]);
});

Deno.test("SimpleTextAggregator says what the model wrote for each sentence", () => {
  const aggregator = new SimpleTextAggregator();
  const given = [...aggregator.aggregate("  One.  Two. Three"), ...aggregator.flush()];
  assertEquals(given, [
    { text: "One.", type: "sentence", rawText: "  One." },
    { text: "Two.", type: "sentence", rawText: "  Two." },
    { text: "Three", type: "sentence", rawText: " Three" },
  ]);
});

Deno.test("SimpleTextAggregator passes tokens on as they come", () => {
  const aggregator = new SimpleTextAggregator({ aggregationType: AggregationType.TOKEN });
  assertEquals(collect(aggregator, ["Hello", "", " there.", " ", "How"]), [
    ...[["Hello"], [], [" there."], [" "], ["How"]],
    [],
  ]);
});

Deno.test("SimpleTextAggregator gives words once they are complete", () => {
  const aggregator = new SimpleTextAggregator({ aggregationType: AggregationType.WORD });
  assertEquals(collect(aggregator, ["Hel", "lo the", "re. ", "How"]), [
    ...[[], ["Hello"], ["there."], []],
    ["How"],
  ]);
});

Deno.test("SimpleTextAggregator gives everything at the end when it cuts nothing", () => {
  const aggregator = new SimpleTextAggregator({ aggregationType: AggregationType.WHOLE });
  assertEquals(collect(aggregator, ["One. Two", ". Three."]), [[], [], ["One. Two. Three."]]);
});

Deno.test("SimpleTextAggregator shows what it holds", () => {
  const aggregator = new SimpleTextAggregator();
  aggregator.aggregate("Half a sentence. And ");
  assertEquals(aggregator.text, { text: "And", type: "sentence" });
});

Deno.test("SimpleTextAggregator forgets what it holds when interrupted", () => {
  const aggregator = new SimpleTextAggregator();
  aggregator.aggregate("Half a sentence. And");
  aggregator.handleInterruption();
  assertEquals(collect(aggregator, ["New one. Yes"]), [["New one."], ["Yes"]]);
});

Deno.test("SimpleTextAggregator gives nothing for nothing but spaces", () => {
  assertEquals(collect(new SimpleTextAggregator(), ["  ", "\n"]), [[], [], []]);
});

Deno.test("SimpleTextAggregator takes its language into account", () => {
  const aggregator = new SimpleTextAggregator({ language: "de" });
  assertEquals(collect(aggregator, ["Am 5. Mai. Gut"]), [["Am 5. Mai."], ["Gut"]]);
});
