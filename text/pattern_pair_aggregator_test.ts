import { assertEquals, assertThrows } from "@std/assert";
import type { Aggregation } from "./base_text_aggregator.ts";
import {
  MatchAction,
  type PatternMatch,
  PatternPairAggregator,
} from "./pattern_pair_aggregator.ts";
import { random } from "./testdata/random.ts";
import cases from "./testdata/patterns.json" with { type: "json" };

type Case = (typeof cases)[number];

/** An aggregator with the patterns of a case, and the matches it has found. */
function make(patterns: Case["patterns"]): [PatternPairAggregator, PatternMatch[]] {
  const matches: PatternMatch[] = [];
  const aggregator = new PatternPairAggregator();
  for (const [type, [startPattern = "", endPattern = "", named]] of Object.entries(patterns)) {
    const action = Object.values(MatchAction).find((value) => value === named) ?? "remove";
    aggregator.addPattern(type, { startPattern, endPattern, action });
    aggregator.onPatternMatch(type, (match) => void matches.push(match));
  }
  return [aggregator, matches];
}

function feed(aggregator: PatternPairAggregator, tokens: readonly string[]): Aggregation[] {
  return [...tokens.flatMap((token) => aggregator.aggregate(token)), ...aggregator.flush()];
}

for (const { name, patterns, text, pieces, matches: expected } of cases) {
  Deno.test(`PatternPairAggregator ${name}`, () => {
    for (let seed = 0; seed < 40; seed++) {
      const next = random(seed);
      const longest = seed === 0 ? text.length : 1 + next.below(12);
      const tokens: string[] = [];
      for (let at = 0; at < text.length;) {
        const length = seed === 0 ? longest : 1 + next.below(longest);
        tokens.push(text.slice(at, at + length));
        at += length;
      }
      const [aggregator, matches] = make(patterns);
      const given = feed(aggregator, tokens);
      assertEquals(given.map((piece) => [piece.text, piece.type]), pieces, `seed ${seed}`);
      assertEquals(matches.map((m) => [m.type, m.content, m.fullMatch]), expected);
    }
  });
}

Deno.test("PatternPairAggregator says what the model wrote, less what was removed", () => {
  const text = "A dog. <think>hm</think>Take <b>two</b> of <card> 9 </card> or less. Bye.";
  for (const tokens of [[text], text.split("")]) {
    const aggregator = new PatternPairAggregator()
      .addPattern("think", { startPattern: "<think>", endPattern: "</think>" })
      .addPattern("b", { startPattern: "<b>", endPattern: "</b>", action: "keep" })
      .addPattern("card", { startPattern: "<card>", endPattern: "</card>", action: "aggregate" });
    const given = feed(aggregator, tokens);
    assertEquals(given.map(({ text }) => text), ["A dog.", "Take two of", "9", "or less.", "Bye."]);
    const raw = given.map(({ text, rawText }) => rawText ?? text).join("");
    assertEquals(raw, text.replace("<think>hm</think>", ""));
  }
});

Deno.test("PatternPairAggregator knows where delimiters stood when it cuts between them", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("b", { startPattern: "<b>", endPattern: "</b>", action: "keep" });
  assertEquals(feed(aggregator, ["你好。<b>走吧。谢谢</b>。好<b>的</b>"]), [
    { text: "你好。", type: "sentence" },
    { text: "走吧。", type: "sentence", rawText: "<b>走吧。" },
    { text: "谢谢。", type: "sentence", rawText: "谢谢</b>。" },
    { text: "好的", type: "sentence", rawText: "好<b>的</b>" },
  ]);
});

Deno.test("PatternPairAggregator gives an opening delimiter to what follows it", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("strong", { startPattern: "*", endPattern: "*", action: "keep" });
  assertEquals(feed(aggregator, ["你好。*走*吧"]).map(({ text, rawText }) => rawText ?? text), [
    ...["你好。", "*走*吧"],
  ]);
});

Deno.test("PatternPairAggregator gives a sentence without waiting for the end of a pattern", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("think", { startPattern: "<think>", endPattern: "</think>" });
  assertEquals(aggregator.aggregate("Sure.").length, 0);
  assertEquals(aggregator.aggregate(" <")[0]?.text, "Sure.");
});

Deno.test("PatternPairAggregator passes tokens on, and patterns in one piece", () => {
  const aggregator = new PatternPairAggregator({ aggregationType: "token" })
    .addPattern("think", { startPattern: "<think>", endPattern: "</think>" })
    .addPattern("card", { startPattern: "<card>", endPattern: "</card>", action: "aggregate" });
  const tokens = ["x", " <think>t", "</think>", " y", " <card>9</card>", " z."];
  const given = tokens.map((token) => aggregator.aggregate(token).map(({ text }) => text));
  assertEquals(given, [["x"], [], [" "], [" y"], ["9"], [" z."]]);
});

Deno.test("PatternPairAggregator replaces a pattern of the same type", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("x", { startPattern: "<x>", endPattern: "</x>" })
    .addPattern("x", { startPattern: "[", endPattern: "]" });
  assertEquals(feed(aggregator, ["<x>a</x> [b]c"])[0]?.text, "<x>a</x> c");
});

Deno.test("PatternPairAggregator refuses reserved types and empty delimiters", () => {
  const pattern = { startPattern: "<x>", endPattern: "</x>" };
  for (const type of ["sentence", "word", "token"]) {
    assertThrows(() => new PatternPairAggregator().addPattern(type, pattern), RangeError, type);
  }
  const empty = { startPattern: "", endPattern: "</x>" };
  assertThrows(() => new PatternPairAggregator().addPattern("x", empty), RangeError, "empty");
});

Deno.test("PatternPairAggregator loses no text when a handler throws", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("x", { startPattern: "<x>", endPattern: "</x>" })
    .onPatternMatch("x", () => {
      throw new Error("no");
    });
  assertThrows(() => aggregator.aggregate("One. <x>a</x>Two. Three"), Error, "no");
  assertEquals(aggregator.flush().map(({ text }) => text), ["One.", "Two.", "Three"]);
});

Deno.test("PatternPairAggregator reports what a handler's promise rejects with", async () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("x", { startPattern: "<x>", endPattern: "</x>" })
    .onPatternMatch("x", () => Promise.reject(new Error("no")));
  assertEquals(aggregator.aggregate("<x>a</x>").length, 0);
  await Promise.resolve();
  assertThrows(() => aggregator.aggregate("One. Two"), Error, "no");
  assertEquals(aggregator.flush().map(({ text }) => text), ["One.", "Two"]);
});

Deno.test("PatternPairAggregator forgets text and keeps patterns when interrupted", () => {
  const aggregator = new PatternPairAggregator()
    .addPattern("x", { startPattern: "<x>", endPattern: "</x>" });
  aggregator.aggregate("One <x>a");
  assertEquals(aggregator.text.text, "One <x>a");
  aggregator.handleInterruption();
  assertEquals(feed(aggregator, ["Two <x>b</x>."])[0]?.text, "Two .");
});
