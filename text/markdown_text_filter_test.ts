import { assert, assertEquals } from "@std/assert";
import { MappedText } from "./mapped_text.ts";
import { MarkdownTextFilter } from "./markdown_text_filter.ts";
import { random } from "./testdata/random.ts";
import cases from "./testdata/markdown.json" with { type: "json" };

for (const [markdown = "", plain = ""] of cases) {
  Deno.test(`MarkdownTextFilter makes ${JSON.stringify(markdown)} plain`, () => {
    assertEquals(new MarkdownTextFilter().filter(markdown), plain);
  });
}

Deno.test("MarkdownTextFilter leaves out code blocks that go on over several pieces", () => {
  const filter = new MarkdownTextFilter({ filterCode: true });
  const pieces = ["Here is code:\n", "```python\n", "x = 1\n", "y = 2\n", "```", "\nDone."];
  assertEquals(pieces.map((piece) => filter.filter(piece)), [
    ...["Here is code:\n", "", "", ""],
    ...["", "\nDone."],
  ]);
});

Deno.test("MarkdownTextFilter knows a fence whose language comes in the next piece", () => {
  const filter = new MarkdownTextFilter();
  assertEquals(["```", "js\nlet a", "\n```\nEnd"].map((piece) => filter.filter(piece)), [
    ...["", "let a", "\nEnd"],
  ]);
});

Deno.test("MarkdownTextFilter leaves out tables, in one piece or over several", () => {
  const filter = new MarkdownTextFilter({ filterTables: true });
  assertEquals(filter.filter("Before\n| A | B |\n|---|---|\n| 1 | 2 |\nAfter"), "Before\nAfter");
  const pieces = ["Intro\n\n| A | B |\n|---|---|\n", "| 1 | 2 |\n", "\nAfter"];
  assertEquals(pieces.map((piece) => filter.filter(piece)), ["Intro\n\n", "", "\nAfter"]);
});

Deno.test("MarkdownTextFilter removes tables alone when asked for that", () => {
  const text = "**A**\n| A | B |\n|---|---|\n| 1 | 2 |\n*B*";
  assertEquals(new MarkdownTextFilter().removeTables(text), "**A**\n*B*");
});

Deno.test("MarkdownTextFilter passes everything when it is off", () => {
  const filter = new MarkdownTextFilter({ enableTextFilter: false });
  assertEquals(filter.filter("**x** `y`!!!!!!"), "**x** `y`!!!!!!");
  filter.updateSettings({ enableTextFilter: true });
  assertEquals(filter.filter("**x** `y`!!!!!!"), "x y!");
});

Deno.test("MarkdownTextFilter keeps repeated marks when told to", () => {
  const filter = new MarkdownTextFilter({ filterRepeatedSequences: false });
  assertEquals(filter.filter("wow!!!!!!"), "wow!!!!!!");
});

Deno.test("MarkdownTextFilter forgets an open code block when interrupted", () => {
  const filter = new MarkdownTextFilter({ filterCode: true });
  assertEquals(filter.filter("```js\na\n"), "");
  filter.handleInterruption();
  filter.resetInterruption();
  assertEquals(filter.filter("normal again"), "normal again");
});

Deno.test("MarkdownTextFilter maps each offset back, closing marks with the word before", () => {
  const original = "Say **it** [now](http://x.y), `ok`.";
  const { text, ...rest } = mapped(original);
  assertEquals(text, "Say it now, ok.");
  const heard = (word: string) => original.slice(0, rest.map(text.indexOf(word) + word.length));
  assertEquals(heard("Say"), "Say");
  assertEquals(heard("it"), "Say **it**");
  assertEquals(heard("now"), "Say **it** [now](http://x.y)");
  assertEquals(heard("ok"), "Say **it** [now](http://x.y), `ok`");
  assertEquals(heard("ok."), original);
});

function mapped(original: string): { text: string; map: (offset: number) => number } {
  const text = new MarkdownTextFilter().apply(new MappedText(original));
  return { text: text.text, map: (offset) => text.map(offset) };
}

Deno.test("MarkdownTextFilter maps what it keeps to itself, whatever the text", () => {
  const pieces = "a 12 * ** _ ` ``` ~~ # | [x](y) ![ ]( ) <b> </b> &amp; \\ !!!!!! 😀 你 > - 1."
    .split(" ")
    .concat([" ", " ", "\n", "- ", "WORD", "WORD", "WORD"]);
  let checked = 0;
  for (let seed = 0; seed < 3000; seed++) {
    const next = random(seed);
    let count = 0;
    const original = Array.from({ length: 1 + next.below(25) }, () => next.pick(pieces)).join("")
      .replace(/WORD/g, () => `W${count++}W`);
    const { text, map } = mapped(original);
    let before = 0;
    for (let offset = 0; offset <= text.length; offset++) {
      const at = map(offset);
      assert(at >= before && at <= original.length, `seed ${seed}: ${JSON.stringify(original)}`);
      before = at;
    }
    if (text !== "") assertEquals(before, original.length, `seed ${seed}`);
    const words = [...text.matchAll(/W\d+W/g)];
    words.forEach(({ index, 0: word }, k) => {
      const heard = original.slice(0, map(index + word.length));
      const following = words[k + 1]?.[0];
      assert(heard.includes(word), `seed ${seed}: ${JSON.stringify(original)}`);
      assert(following === undefined || !heard.includes(following), `seed ${seed}`);
      checked++;
    });
  }
  assert(checked > 3000, `${checked} words`);
});
