import { assertEquals, assertGreater } from "@std/assert";
import { type Random, random } from "./testdata/random.ts";
import { matchEndOfSentence, SentenceSplitter, splitSentences } from "./sentences.ts";
import sentences from "./testdata/sentences.json" with { type: "json" };

/** Text, and where its first sentence ends. */
const ENDS: readonly (readonly [text: string, end: number])[] = [
  ["", 0],
  ["   ", 0],
  ["Hello", 0],
  ["Hello.", 6],
  ["Hello. W", 6],
  ["Hello; World", 0],
  ["Hello;", 0],
  ["Hello… World", 0],
  ["Wait... What", 0],
  ["...", 3],
  ["?", 1],
  ["Mr. Smith. A", 10],
  ["$29.", 4],
  ["$29.9", 0],
  ["$29. N", 4],
  ["a.m.", 4],
  ["10 a.m. Please", 0],
  ["U.S. Army", 0],
  ["e.g. a", 0],
  ["etc. T", 4],
  ["etc. and", 0],
  ["No. 5", 0],
  ["No. Five", 3],
  ["1. First", 0],
  ["2. item one. Next", 12],
  ["you@x.com", 0],
  ["you@x.com. H", 10],
  ['"Hi." He', 5],
  ['"Hi," he said. Bye', 14],
  ["Hi.) He", 4],
  ["Hi.\nThere", 3],
  ["Title\n\nText", 5],
  ["Ok 😀.", 6],
  ["Ok.😀 Go", 5],
  ["Hi . There", 4],
  ["Hi ? ! There", 6],
  ["Ok. .NET", 3],
  ["你好。世", 3],
  ["你好，世", 0],
  ["价格29.9元。要", 8],
  ["नमस्ते। आ", 7],
  ["مرحبا؟ ن", 6],
  ["Hello 你好。再见", 9],
];

Deno.test("matchEndOfSentence finds the first end in a text that is complete", () => {
  for (const [text, end] of ENDS) assertEquals(matchEndOfSentence(text), end, text);
});

Deno.test("matchEndOfSentence takes 5. as an ordinal where the language writes it so", () => {
  assertEquals(matchEndOfSentence("Am 5. Mai ist es.", { language: "de-AT" }), 17);
  assertEquals(matchEndOfSentence("Am 5. Mai ist es."), 5);
});

for (const { language, sentences: expected } of sentences) {
  const text = expected.join("");
  Deno.test(`splitSentences cuts ${language}: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assertEquals(splitSentences(text, { language }), expected);
  });
}

Deno.test("SentenceSplitter trusts an end once it has seen what follows", () => {
  const splitter = new SentenceSplitter();
  const given = ["It is $3.", "50", ".", " ", '"', "O", "K?", "!", " No."].map((token) =>
    splitter.push(token)
  );
  assertEquals(given, [[], [], [], [], [], ["It is $3.50."], [], [], [' "OK?!']]);
  assertEquals(splitter.flush(), [" No."]);
});

Deno.test("SentenceSplitter cuts the same however the text is cut up, and loses nothing", () => {
  const pieces = [
    ..."a B Hello there I Dr No e.g p.m 5 12 3.5 . ! ? … ... - 1. \" ' ) ( ” “ 。 ！ 」 「 と 你 😀 * **"
      .split(" "),
    ..."# ``` ; । ՞ Բ » « „ / : @ ครับ . . ?".split(" "),
    ..." ".repeat(12),
    "\n",
    "\n\n",
    "\u00a0",
  ];
  let ends = 0;
  for (let seed = 0; seed < 4000; seed++) {
    const next = random(seed);
    const text = Array.from({ length: 3 + next.below(14) }, () => next.pick(pieces)).join("");
    const whole = splitSentences(text);
    assertEquals(whole.join(""), text, `seed ${seed}`);
    assertEquals(inPieces(text, next), whole, `seed ${seed}: ${JSON.stringify(text)}`);
    ends += whole.length - 1;
  }
  assertGreater(ends, 2000);
});

function inPieces(text: string, next: Random): string[] {
  const splitter = new SentenceSplitter();
  const given: string[] = [];
  for (let at = 0; at < text.length;) {
    // By code unit: a piece may end within a surrogate pair.
    const length = 1 + next.below(3);
    given.push(...splitter.push(text.slice(at, at + length)));
    at += length;
  }
  return [...given, ...splitter.flush()];
}

Deno.test("SentenceSplitter agrees with Unicode where a text has nothing special in it", () => {
  const segmenter = new Intl.Segmenter("und", { granularity: "sentence" });
  const plain = [
    "The rain has stopped. Shall we go out? Yes, let us!",
    "It costs 3.50 at example.com, version 1.2.3. Good.",
    "雨が止みました。出かけましょうか？はい！",
    "雨停了。我们出去吗？好的！",
    "बारिश रुक गई। चलें? हाँ।",
    "توقف المطر. هل نخرج؟ نعم!",
    "Дождь кончился. Пойдём? Да!",
    "မိုးတိတ်ပြီ။ သွားမလား။ ဟုတ်ကဲ့။",
    "Անձրևը դադարեց։ Գնանք։ Այո։",
  ];
  for (const text of plain) {
    const expected = Array.from(segmenter.segment(text), ({ segment }) => segment.trim());
    assertEquals(splitSentences(text).map((s) => s.trim()), expected);
  }
});

Deno.test("SentenceSplitter forgets all on reset", () => {
  const splitter = new SentenceSplitter();
  splitter.push("Half a");
  splitter.reset();
  assertEquals([...splitter.push("New one. Yes"), ...splitter.flush()], ["New one.", " Yes"]);
});

Deno.test("SentenceSplitter gives nothing when nothing came", () => {
  assertEquals(new SentenceSplitter().flush(), []);
});
