import { assert, assertEquals, assertThrows } from "@std/assert";
import { MappedText } from "./mapped_text.ts";
import { random } from "./testdata/random.ts";

/** What of the original has been said with each prefix of the text. */
function prefixes(text: MappedText): string[] {
  return Array.from(
    { length: text.text.length + 1 },
    (_, offset) => text.original.slice(0, text.map(offset)),
  );
}

Deno.test("MappedText maps a text nothing was done to onto itself", () => {
  assertEquals(prefixes(new MappedText("ab")), ["", "a", "ab"]);
});

Deno.test("MappedText gives deleted marks to the side they stick to", () => {
  const text = new MappedText("a *b* c").edit([
    { start: 2, end: 3 },
    { start: 4, end: 5, sticksTo: "before" },
  ]);
  assertEquals(text.text, "a b c");
  assertEquals(prefixes(text), ["", "a", "a ", "a *b*", "a *b* ", "a *b* c"]);
});

Deno.test("MappedText counts a replaced part when all of the replacement is said", () => {
  const text = new MappedText("is 5 now").edit([{ start: 3, end: 4, text: "five" }]);
  assertEquals(text.text, "is five now");
  assertEquals(prefixes(text).slice(2, 9), ["is", "is ", "is ", "is ", "is ", "is 5", "is 5 "]);
});

Deno.test("MappedText follows edits of edits", () => {
  const text = new MappedText("*five* & six")
    .edit([{ start: 0, end: 1 }, { start: 5, end: 6, sticksTo: "before" }])
    .edit([{ start: 5, end: 6, text: "and" }])
    .changedTo("5 and six!");
  assertEquals(text.text, "5 and six!");
  assertEquals(text.original, "*five* & six");
  assertEquals(prefixes(text).slice(0, 6), [
    "",
    "*five*",
    "*five* ",
    ...Array(2).fill("*five* "),
    "*five* &",
  ]);
  assertEquals(text.map(10), 12);
});

Deno.test("MappedText reaches the end of the original with the end of the text", () => {
  const text = new MappedText("end**  ").edit([{ start: 3, end: 7 }]);
  assertEquals(text.text, "end");
  assertEquals(text.map(3), 7);
});

Deno.test("MappedText refuses edits out of order or out of the text", () => {
  const text = new MappedText("abc");
  for (
    const edits of [
      [{ start: 2, end: 4 }],
      [{ start: 2, end: 1 }],
      [{ start: 1, end: 2 }, { start: 0, end: 1 }],
    ]
  ) assertThrows(() => text.edit(edits), RangeError, "in order");
});

const CHANGES:
  readonly (readonly [original: string, changed: string, said: string, heard: string])[] = [
    ["It is $42.50 today.", "It is forty two dollars today.", "It is forty two", "It is "],
    [
      "It is $42.50 today.",
      "It is forty two dollars today.",
      "It is forty two dollars",
      "It is $42.50",
    ],
    ["at 3:45 p.m. now", "at three forty five p m now", "at three forty five", "at 3:45"],
    ["code AB12 ok.", "code <spell>AB12</spell> ok.", "code <spell>AB12", "code AB12"],
    ["<card>41 11</card> is", "41 11 is", "41 11", "<card>41 11</card>"],
    [" How are you? ", "How are you?", "How", " How"],
    ["你好，世界。", "你好，<break/>世界。", "你好，<break/>世", "你好，世"],
    ["same", "same", "sa", "sa"],
    ["one two three", "uno dos tres", "uno dos", "one two "],
  ];

Deno.test("MappedText finds what changed by comparing", () => {
  for (const [original, changed, said, heard] of CHANGES) {
    const text = MappedText.between(original, changed);
    assertEquals(text.text, changed);
    assert(changed.startsWith(said));
    assertEquals(original.slice(0, text.map(said.length)).trimEnd(), heard.trimEnd(), changed);
  }
});

Deno.test("MappedText never falls back, whatever was changed", () => {
  const words = [
    "one",
    "two",
    "three",
    "5",
    "$12.50",
    "p.m.",
    "😀",
    "你好",
    ",",
    "…",
    " ",
    " ",
    " ",
    "\n",
  ];
  for (let seed = 0; seed < 2000; seed++) {
    const next = random(seed);
    const write = () => Array.from({ length: next.below(12) }, () => next.pick(words)).join("");
    const [original, changed] = [write(), write()];
    const text = MappedText.between(original, changed);
    assertEquals(text.text, changed);
    let before = 0;
    for (let offset = 0; offset <= changed.length; offset++) {
      const at = text.map(offset);
      assert(at >= before && at <= original.length, `seed ${seed}`);
      before = at;
    }
    if (changed !== "") assertEquals(before, original.length);
  }
});

Deno.test("MappedText compares long texts without filling memory", () => {
  const original = Array.from({ length: 6000 }, (_, k) => `a${k}`).join(" ");
  const changed = Array.from({ length: 6000 }, (_, k) => `b${k}`).join(" ");
  const text = MappedText.between(original, changed);
  assertEquals(text.map(changed.length), original.length);
  assertEquals(text.map(changed.indexOf(" b3000")), original.indexOf(" a3000"));
});
