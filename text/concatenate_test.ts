import { assertEquals } from "@std/assert";
import { concatenateAggregatedText } from "./concatenate.ts";

/** Parts that bring their spaces are marked by a plus. */
const CASES: readonly (readonly [parts: readonly string[], joined: string])[] = [
  [[], ""],
  [["Hello", "world", "!"], "Hello world !"],
  [["+Hello ", "+world", "+."], "Hello world."],
  [["Hello", "+ there", "+ friend"], "Hello there friend"],
  [["+你", "+好", "+世界"], "你好世界"],
  [["Hello", "+你好", "+世界"], "Hello 你好世界"],
  [["", "a", "+", "b"], "a b"],
  [["+ lead", "+ trail "], "lead trail"],
  [["+a ", "b"], "a b"],
  [["+a", "b", "+c"], "a b c"],
  [["+\n", "x"], "x"],
  [["one.", "Two."], "one. Two."],
  [["+Hello ", "+world.", "+goodnight ", "+moon."], "Hello world.goodnight moon."],
];

Deno.test("concatenateAggregatedText joins what was spoken", () => {
  for (const [parts, joined] of CASES) {
    const spoken = parts.map((part) => ({
      text: part.replace(/^\+/, ""),
      includesInterPartSpaces: part.startsWith("+"),
    }));
    assertEquals(concatenateAggregatedText(spoken), joined, parts.join("|"));
  }
});
