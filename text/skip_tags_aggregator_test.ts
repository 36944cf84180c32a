import { assertEquals, assertThrows } from "@std/assert";
import { SkipTagsAggregator, type StartEndTags } from "./skip_tags_aggregator.ts";
import { random } from "./testdata/random.ts";

const SPELL: readonly StartEndTags[] = [["<spell>", "</spell>"]];

function collect(aggregator: SkipTagsAggregator, tokens: readonly string[]): string[][] {
  const given = tokens.map((token) => aggregator.aggregate(token).map(({ text }) => text));
  return [...given, aggregator.flush().map(({ text }) => text)];
}

Deno.test("SkipTagsAggregator never cuts between a tag and its end", () => {
  const tokens = [
    "My",
    " code",
    " is",
    " <spell>A.B.",
    " C.",
    " D</spell>.",
    " Got",
    " it?",
    " Yes",
  ];
  assertEquals(collect(new SkipTagsAggregator(SPELL), tokens), [
    ...[[], [], [], [], [], [], ["My code is <spell>A.B. C. D</spell>."], [], ["Got it?"]],
    ["Yes"],
  ]);
});

Deno.test("SkipTagsAggregator knows tags that are split over tokens", () => {
  const tokens = ["I say <sp", "ell>1. 2", ". 3</sp", "ell> done. Next"];
  assertEquals(collect(new SkipTagsAggregator(SPELL), tokens), [
    ...[[], [], [], ["I say <spell>1. 2. 3</spell> done."]],
    ["Next"],
  ]);
});

Deno.test("SkipTagsAggregator gives a sentence when a tag follows it", () => {
  const tokens = ["Right.", " <spell>", "A"];
  assertEquals(collect(new SkipTagsAggregator(SPELL), tokens), [
    ...[[], ["Right."], []],
    ["<spell>A"],
  ]);
});

Deno.test("SkipTagsAggregator passes tokens on, and tagged parts in one piece", () => {
  const tags: StartEndTags[] = [["<a>", "</a>"], ["<b>", "</b>"]];
  const tokens = ["x", " <a>1.", " 2</a>", " y", " <b>3.", " 4</b>.", " <", " Z"];
  assertEquals(collect(new SkipTagsAggregator(tags, { aggregationType: "token" }), tokens), [
    ...[["x"], [], [" <a>1. 2</a>"], [" y"], [], [" <b>3. 4</b>."], [" "], ["< Z"]],
    [],
  ]);
});

Deno.test("SkipTagsAggregator gives what was never closed, in one piece", () => {
  const tokens = ["Hi", " <spell>a.", " b.", " c"];
  const aggregator = new SkipTagsAggregator(SPELL);
  assertEquals(collect(aggregator, tokens), [[], [], [], [], ["Hi <spell>a. b. c"]]);
});

Deno.test("SkipTagsAggregator shows and forgets an open tag", () => {
  const aggregator = new SkipTagsAggregator(SPELL);
  aggregator.aggregate("Hi <spell>a.");
  assertEquals(aggregator.text.text, "Hi <spell>a.");
  aggregator.handleInterruption();
  assertEquals(collect(aggregator, ["One. Two"]), [["One."], ["Two"]]);
});

Deno.test("SkipTagsAggregator gives the same pieces however the text is cut up", () => {
  const text = "Sure. I say <spell>1. 2. 3</spell>. It is < 5. <spell>A. B</spell> or so. Yes";
  const expected = collect(new SkipTagsAggregator(SPELL), [text]).flat();
  assertEquals(expected.length, 5);
  for (let seed = 0; seed < 300; seed++) {
    const next = random(seed);
    const tokens: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + next.below(9);
      tokens.push(text.slice(at, at + length));
      at += length;
    }
    assertEquals(collect(new SkipTagsAggregator(SPELL), tokens).flat(), expected, `seed ${seed}`);
  }
});

Deno.test("SkipTagsAggregator refuses an empty tag", () => {
  assertThrows(() => new SkipTagsAggregator([["<a>", ""]]), RangeError, "a tag is empty");
});
