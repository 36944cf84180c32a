import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { estimateSpeechMs, estimateWordTimes } from "./word_times.ts";
import { countNumberWords, countSpokenWords } from "./_spoken_size.ts";
import { random } from "./testdata/random.ts";

Deno.test("estimateWordTimes shares out the time by syllables", () => {
  const words = estimateWordTimes("a banana boat", 500);
  assertEquals(words.map(({ text }) => text), ["a", "banana", "boat"]);
  assertEquals(words.map(({ startMs, endMs }) => [startMs, endMs]), [[0, 100], [100, 400], [
    400,
    500,
  ]]);
});

Deno.test("estimateWordTimes pauses after marks, and not at the end", () => {
  const [one, two] = estimateWordTimes("One. Two.", 1000);
  assertGreater((two?.startMs ?? 0) - (one?.endMs ?? 0), 100);
  assertAlmostEquals(two?.endMs ?? 0, 1000);
});

Deno.test("estimateWordTimes gives numbers the time they take to be read out", () => {
  const [, price, thanks] = estimateWordTimes("Pay $12.50 thanks", 1000);
  const length = (price?.endMs ?? 0) - (price?.startMs ?? 0);
  assertGreater(length, 3 * ((thanks?.endMs ?? 0) - (thanks?.startMs ?? 0)));
});

Deno.test("estimateWordTimes knows writing without spaces", () => {
  const words = estimateWordTimes("今天天气很好。走吧！", 900);
  assert(words.length >= 4);
  assertEquals(words.at(-1)?.end, 10);
});

Deno.test("estimateWordTimes gives no words for no text, and one for a text without words", () => {
  assertEquals(estimateWordTimes("", 100), []);
  assertEquals(estimateWordTimes(" 🎉 ", 100), [
    { text: "🎉", start: 0, end: 4, startMs: 0, endMs: 100 },
  ]);
});

Deno.test("estimateWordTimes covers the text and the time in order, whatever the text", () => {
  const pieces = ["word", "12", "$3.50", " ", " ", ".", ",", "\n", "😀", "你好", "नमस्ते", "—", "&"];
  for (let seed = 0; seed < 1000; seed++) {
    const next = random(seed);
    const text = Array.from({ length: 1 + next.below(20) }, () => next.pick(pieces)).join("");
    let [at, ms] = [0, 0];
    for (const { start, end, startMs, endMs } of estimateWordTimes(text, 5000)) {
      assertEquals(start, at, `seed ${seed}`);
      assert(end > at && startMs >= ms - 1e-6 && endMs > startMs, `seed ${seed}`);
      [at, ms] = [end, endMs];
    }
    assertEquals(at, text.length, `seed ${seed}`);
    assertAlmostEquals(ms, 5000, 1e-6);
  }
});

Deno.test("estimateSpeechMs grows with what is said", () => {
  assertEquals(estimateSpeechMs("yes"), 200);
  assertGreater(estimateSpeechMs("$1,250,000"), estimateSpeechMs("million"));
});

Deno.test("countSpokenWords counts numbers, signs and initials as they are read out", () => {
  const counts: readonly (readonly [string, number])[] = [
    ["word,", 1],
    ["$12.50", 5],
    ["3:45", 3],
    ["3.14", 4],
    ["p.m.", 2],
    ["50%", 2],
    ["1,200", 2],
    ["12,345", 6],
    ["2026", 3],
    ["2000", 2],
    ["007", 3],
    ["&", 1],
    ["…", 1],
  ];
  for (const [written, count] of counts) assertEquals(countSpokenWords(written), count, written);
  assertEquals(countNumberWords("1000000"), 2);
  assertEquals(countNumberWords("123456789012345"), 15);
});
