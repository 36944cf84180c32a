import { assertEquals } from "@std/assert";
import { characterWords } from "./mod.ts";

/** Characters of which each takes 10 ms. */
function spoken(text: string) {
  const characters = [...text];
  const startsMs = characters.map((_, k) => 10 * k);
  return { characters, startsMs, endsMs: startsMs.map((ms) => ms + 10) };
}

const CASES: readonly [what: string, text: string, words: readonly [string, number, number][]][] = [
  ["words", "Hi you", [["Hi", 0, 20], ["you", 30, 60]]],
  ["marks with the words before them", "Well, yes!", [["Well,", 0, 50], ["yes!", 60, 100]]],
  ["nothing of white space", " \n\t ", []],
  ["no empty words of runs of it", "  a  b ", [["a", 20, 30], ["b", 50, 60]]],
  ["a word for each character of Chinese", "你好。", [["你", 0, 10], ["好。", 10, 30]]],
  ["a word for each character of Thai with its marks", "ดีๆ", [["ดี", 0, 20], ["ๆ", 20, 30]]],
  ["Korean as words, which it writes", "안녕 하세요", [["안녕", 0, 20], ["하세요", 30, 60]]],
  ["Latin that begins behind Chinese part of it", "你ok", [["你ok", 0, 30]]],
  ["an emoji as a character", "Hi 🎉!", [["Hi", 0, 20], ["🎉!", 30, 50]]],
];

for (const [what, text, words] of CASES) {
  Deno.test(`characterWords makes ${what}`, () => {
    const expected = words.map(([text, startMs, endMs]) => ({ text, startMs, endMs }));
    assertEquals(characterWords(spoken(text)), expected);
  });
}

Deno.test("characterWords has a character last until the next where no ends are given", () => {
  const { characters, startsMs } = spoken("ab c");
  assertEquals(characterWords({ characters, startsMs }), [
    { text: "ab", startMs: 0, endMs: 20 },
    { text: "c", startMs: 30, endMs: 30 },
  ]);
});

Deno.test("characterWords leaves out characters without a time", () => {
  assertEquals(characterWords({ characters: [..."abc"], startsMs: [0], endsMs: [10] }), [
    { text: "a", startMs: 0, endMs: 10 },
  ]);
  assertEquals(characterWords({ characters: [], startsMs: [], endsMs: [] }), []);
});

Deno.test("characterWords has no word end before one of its characters", () => {
  const times = { characters: ["a", "b"], startsMs: [0, 5], endsMs: [40, 10] };
  assertEquals(characterWords(times), [{ text: "ab", startMs: 0, endMs: 40 }]);
});
