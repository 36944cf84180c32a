import { assert, assertEquals, assertGreater } from "@std/assert";
import { MappedText } from "./mapped_text.ts";
import { MarkdownTextFilter } from "./markdown_text_filter.ts";
import { random } from "./testdata/random.ts";
import cases from "./testdata/words.json" with { type: "json" };
import { type AlignedWord, type SpokenWord, WordAligner } from "./words.ts";

/** Aligns words in batches of a size. */
function alignBy(aligner: WordAligner, words: readonly SpokenWord[], size: number): AlignedWord[] {
  const aligned: AlignedWord[] = [];
  for (let at = 0; at < words.length; at += size) {
    aligned.push(...aligner.align(words.slice(at, at + size)));
  }
  return aligned;
}

for (const { name, sent, original = sent, said } of cases) {
  for (const size of [1, Infinity]) {
    Deno.test(`WordAligner follows ${name}, ${size === 1 ? "one by one" : "all at once"}`, () => {
      const aligner = new WordAligner();
      aligner.add(MappedText.between(original, sent));
      const aligned = alignBy(aligner, said.map(([text = ""]) => ({ text })), size);
      assertEquals(
        aligned.map(({ text, end }) => [text, original.slice(0, end)]),
        said.map(([text = "", heard = ""]) => [text, heard]),
      );
    });
  }
}

Deno.test("WordAligner gives what was heard of a Markdown list with prices and emoji", () => {
  const original = "It costs **$12.50** at 3:45 p.m.\n\n- `Tea` 🍵\n- *Cake*\n\n1. Bye!";
  const aligner = new WordAligner();
  aligner.add(new MarkdownTextFilter().apply(new MappedText(original)));
  const words = ["It", "costs", "$12.50", "at", "3:45", "p.m.", "Tea", "Cake", "1.", "Bye!"];
  const heard = aligner.align(words.map((text) => ({ text })))
    .map(({ start, end }) => original.slice(start, end));
  assertEquals(heard, [
    ...["It", " costs", " **$12.50**", " at", " 3:45", " p.m."],
    ...["\n\n- `Tea` 🍵", "\n- *Cake*", "\n\n1.", " Bye!"],
  ]);
});

/** Words that are said as they are written, and others with what may be said for them. */
const PLAIN = `the cat and a dog ran over many green hills while birds sang their old songs to us in
  bright light from above when nobody had thought it would rain again so early this year`.split(
  /\s+/,
);
const SPECIAL: readonly (readonly [written: string, said: string])[] = [
  ["$12.50", "twelve dollars and fifty cents"],
  ["3:45", "three forty five"],
  ["p.m.", "p m"],
  ["2026", "twenty twenty six"],
  ["Dr.", "doctor"],
  ["&", "and"],
  ["50%", "fifty percent"],
  ["😀", ""],
  ["—", ""],
  ["**bold**", "bold"],
  ["`code`", "code"],
  ["don’t", "don't"],
  ["café,", "cafe"],
  ["$1,200", "twelve hundred dollars"],
  ["[here](http://a.b)", "here"],
  ["你好，", "你 好"],
  ["👩‍👩‍👧", "family"],
];

interface Utterance {
  readonly original: string;
  /** The words in order, and how many written words are complete with each. */
  readonly said: readonly { readonly text: string; readonly complete: number }[];
  /** Where each written word ends, with what stands alone after it. */
  readonly ends: readonly number[];
}

function makeUtterance(seed: number, specials: number): Utterance {
  const next = random(seed);
  const items = Array.from(
    { length: 8 + next.below(40) },
    () => next() < specials ? next.pick(SPECIAL) : plain(next.pick(PLAIN), next()),
  );
  const original = items.map(([written]) => written).join(" ");
  const ends: number[] = [];
  const said: { text: string; complete: number }[] = [];
  let at = 0;
  items.forEach(([written, spoken], k) => {
    at += written.length + (k > 0 ? 1 : 0);
    ends.push(at);
    const words = spoken.split(" ").filter((word) => word !== "");
    words.forEach((text, w) => said.push({ text, complete: w === words.length - 1 ? k + 1 : k }));
  });
  return { original, said, ends };
}

function plain(word: string, chance: number): readonly [string, string] {
  return [chance < 0.1 ? `${word},` : chance < 0.15 ? `${word}.` : word, word];
}

/** How many written words are complete in a prefix. */
function completeIn({ ends }: Utterance, prefix: number): number {
  return ends.filter((end) => end <= prefix).length;
}

/** What must hold for any text and any words. */
function checkInvariants(original: string, aligned: readonly AlignedWord[], hint: string): void {
  const boundaries = new Set([original.length]);
  for (const { index } of new Intl.Segmenter().segment(original)) boundaries.add(index);
  let before = 0;
  for (const { start, end } of aligned) {
    assertEquals(start, before, hint);
    assert(end >= start && end <= original.length, hint);
    assert(boundaries.has(end), `${hint}: ${end} splits a character`);
    before = end;
  }
}

Deno.test("WordAligner is exact when each word is said as it is written", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { original, ends } = makeUtterance(seed, 0.3);
    // What is said is the text that was sent, word by word.
    const mapped = new MarkdownTextFilter().apply(new MappedText(original));
    const words = mapped.text.split(/\s+/).filter((word) => /[\p{L}\p{N}&%$]/u.test(word));
    for (const size of [1, 7, Infinity]) {
      const aligner = new WordAligner();
      aligner.add(mapped);
      const aligned = alignBy(aligner, words.map((text) => ({ text })), size);
      checkInvariants(original, aligned, `seed ${seed}`);
      for (const { end } of aligned) assert(ends.includes(end), `seed ${seed}: ${end}`);
      assertEquals(aligned.at(-1)?.end, original.length, `seed ${seed}`);
      const steps = aligned.filter(({ start, end }) => end > start);
      assertEquals(steps.length, words.length, `seed ${seed}`);
    }
  }
});

/** Lays utterances with read-out numbers and dropped words, and counts how far off it is. */
function measure(specials: number, drops: number, size: number): Record<string, number> {
  const counts = { words: 0, exact: 0, ahead: 0, farAhead: 0, farBehind: 0 };
  for (let seed = 0; seed < 200; seed++) {
    const utterance = makeUtterance(seed * 31 + 7, specials);
    const next = random(seed);
    const said = utterance.said.filter(() => next() >= drops);
    const aligner = new WordAligner();
    aligner.add(new MarkdownTextFilter().apply(new MappedText(utterance.original)));
    const aligned = alignBy(aligner, said, size);
    checkInvariants(utterance.original, aligned, `seed ${seed}`);
    aligned.forEach(({ end }, k) => {
      const complete = said[k]?.complete ?? 0;
      const got = completeIn(utterance, end);
      const isSilent = /^[—😀👩‍👧\s]*$/u.test(
        utterance.original.slice(utterance.ends[complete - 1] ?? 0, end),
      );
      const off = isSilent ? Math.min(0, got - complete) : got - complete;
      counts.words++;
      if (off === 0) counts.exact++;
      if (off > 0) counts.ahead++;
      if (off > 3) counts.farAhead++;
      if (off < -3) counts.farBehind++;
    });
  }
  return counts;
}

for (const size of [1, 12]) {
  Deno.test(`WordAligner follows numbers that are read out, ${size} at a time`, () => {
    const { words = 0, exact = 0, ahead = 0, farAhead, farBehind } = measure(0.3, 0, size);
    assertGreater(exact / words, 0.97);
    assert(ahead / words < 0.01, `${ahead} of ${words} ahead`);
    assertEquals([farAhead, farBehind], [0, 0]);
  });

  Deno.test(`WordAligner neither stalls nor jumps when words are missing, ${size} at a time`, () => {
    const { words = 0, exact = 0, ahead = 0, farAhead = 0, farBehind = 0 } = measure(0, 0.15, size);
    assertGreater(exact / words, 0.95);
    assert(ahead / words < 0.01, `${ahead} of ${words} ahead`);
    assertEquals(farAhead, 0);
    assert(farBehind / words < 0.005, `${farBehind} of ${words} far behind`);
  });

  Deno.test(`WordAligner copes with both, ${size} at a time`, () => {
    const { words = 0, exact = 0, ahead = 0, farAhead = 0 } = measure(0.25, 0.15, size);
    assertGreater(exact / words, 0.85);
    assert(ahead / words < 0.01, `${ahead} of ${words} ahead`);
    assertEquals(farAhead, 0);
  });
}

Deno.test("WordAligner keeps its promises for texts and words of any kind", () => {
  const pieces = [
    "a",
    "The",
    "12",
    ".",
    ",",
    " ",
    " ",
    "\n",
    "你",
    "好",
    "।",
    "😀",
    "👩‍👩‍👧",
    "é",
    "e\u0301",
  ]
    .concat(["<b>", "</b>", "&", "%", "$5", "क्षि", "สวัสดี", "\ud800", "ﬁ", "(", "»", "-"]);
  for (let seed = 0; seed < 1500; seed++) {
    const next = random(seed);
    const write = () => Array.from({ length: next.below(20) }, () => next.pick(pieces)).join("");
    const original = write();
    const aligner = new WordAligner();
    aligner.add(MappedText.between(original, next() < 0.5 ? original : write()));
    const words = Array.from({ length: next.below(25) }, () => ({ text: next.pick(pieces) }));
    const aligned = alignBy(aligner, words, 1 + next.below(5));
    assertEquals(aligned.length, words.length);
    checkInvariants(original, [...aligned, ...aligner.finish({ endMs: 9 })], `seed ${seed}`);
  }
});

Deno.test("WordAligner goes on when nothing that is said stands in the text", () => {
  const aligner = new WordAligner();
  aligner.add("alpha beta gamma delta");
  const aligned = aligner.align(["wun", "tu", "thri", "foa"].map((text) => ({ text })));
  assertEquals(aligned.map(({ end }) => end), [5, 10, 16, 22]);
});

Deno.test("WordAligner finds its place again after a long gap", () => {
  const words = PLAIN.slice(0, 30);
  const aligner = new WordAligner();
  aligner.add(words.join(" "));
  const said = [...words.slice(0, 5), ...words.slice(15)].map((text) => ({ text }));
  const aligned = alignBy(aligner, said, 1);
  const ends = words.map((_, k) => words.slice(0, k + 1).join(" ").length);
  assertEquals(aligned[4]?.end, ends[4]);
  assert((aligned[5]?.end ?? 0) < (ends[8] ?? 0), "one word is not enough to go that far");
  assertEquals(aligned[12]?.end, ends[22]);
  assertEquals(aligned.at(-1)?.end, ends.at(-1));
});

Deno.test("WordAligner follows characters with times", () => {
  const original = "Is **it**? 3.5!";
  const aligner = new WordAligner();
  const mapped = new MarkdownTextFilter().apply(new MappedText(original));
  aligner.add(mapped);
  const characters = mapped.text.split("").map((text, k) => ({ text, startMs: k * 50 }));
  const heard = alignBy(aligner, characters, 4).map(({ end }) => original.slice(0, end));
  assertEquals(heard, [
    ...["I", "Is", "Is", "Is **i", "Is **it**?", "Is **it**?", "Is **it**?"],
    ...["Is **it**? 3", "Is **it**? 3", original, original],
  ]);
});

Deno.test("WordAligner takes places where the service reports them", () => {
  // What an engine reports that says where it reads, several words for one number.
  const sent = "It costs $12.50 at 3:45.";
  const places = [["It", 0], ["costs", 3], ["$", 9], ["12.50", 10], ["2.50", 11], [
    "2.50",
    11,
  ]] as const;
  const rest = [["at", 16], ["3", 19], ["45", 21]] as const;
  const aligner = new WordAligner();
  aligner.add(sent);
  const aligned = aligner.align(
    [...places, ...rest].map(([text, sentStart]) => ({ text, sentStart })),
  );
  assertEquals(aligned.map(({ end }) => sent.slice(0, end)), [
    ...["It", "It costs", "It costs", "It costs", "It costs", "It costs $12.50"],
    ...["It costs $12.50 at", "It costs $12.50 at", sent],
  ]);
});

Deno.test("WordAligner counts places in the text that was added last", () => {
  const aligner = new WordAligner();
  aligner.add("One two.");
  aligner.align([{ text: "One", sentStart: 0 }, { text: "two", sentStart: 4 }]);
  aligner.add("Three four.");
  assertEquals(aligner.align([{ text: "Three", sentStart: 0 }]), [
    { text: "Three", segment: 1, start: 0, end: 5 },
  ]);
});

Deno.test("WordAligner follows several texts, each in its own offsets", () => {
  const aligner = new WordAligner();
  assertEquals([aligner.add("Alpha beta."), aligner.add("Gamma delta.")], [0, 1]);
  const words = ["alpha", "beta", "gamma", "delta"].map((text) => ({ text }));
  assertEquals(aligner.align(words).map(({ segment, start, end }) => [segment, start, end]), [
    ...[[0, 0, 5], [0, 5, 11], [1, 0, 5], [1, 5, 12]],
  ]);
});

Deno.test("WordAligner takes a text as said when a word of the next one comes", () => {
  const aligner = new WordAligner();
  aligner.add("alpha beta.");
  aligner.add("gamma delta.");
  const words = ["alpha", "gamma", "delta."].map((text) => ({ text }));
  const aligned = alignBy(aligner, words, 1);
  assertEquals(aligned.map(({ segment, end }) => [segment, end]), [[0, 5], [1, 5], [1, 12]]);
});

Deno.test("WordAligner follows texts that go on within a word", () => {
  const aligner = new WordAligner();
  const said: unknown[] = [];
  for (const token of ["Hel", "lo", " wor", "ld", ". ", "Bye"]) {
    aligner.add(token, { continues: true });
    if (token === "lo") said.push(...aligner.align([{ text: "Hello" }]));
  }
  said.push(...aligner.align([{ text: "world." }, { text: "Bye" }]));
  assertEquals(said, [
    { text: "Hello", segment: 1, start: 0, end: 2 },
    { text: "world.", segment: 4, start: 0, end: 1 },
    { text: "Bye", segment: 5, start: 0, end: 3 },
  ]);
});

Deno.test("WordAligner goes on within a word that had been said as far as it was known", () => {
  const aligner = new WordAligner();
  aligner.add("Hel");
  assertEquals(aligner.align([{ text: "Hel" }]).at(-1)?.end, 3);
  aligner.add("lo you", { continues: true });
  const [rest, you] = aligner.align([{ text: "lo" }, { text: "you" }]);
  assertEquals([rest?.segment, rest?.end, you?.end], [1, 2, 6]);
});

Deno.test("WordAligner does not take a word as said that goes on in the next text", () => {
  const aligner = new WordAligner();
  aligner.add("Hel");
  aligner.align([{ text: "Hel" }]);
  aligner.add("lo you", { continues: true });
  assertEquals(aligner.align([{ text: "," }]), [{ text: ",", segment: 0, start: 3, end: 3 }]);
});

Deno.test("WordAligner splits no character, whatever the edits of the text", () => {
  const aligner = new WordAligner();
  aligner.add(new MappedText("a👩‍👧 b").edit([{ start: 3, end: 6 }]));
  assertEquals(aligner.align([{ text: "a" }, { text: "b" }]).map(({ end }) => end), [1, 8]);
});

Deno.test("WordAligner says when words end: as reported, at the next one, or about then", () => {
  const aligner = new WordAligner();
  aligner.add("one two three");
  const aligned = aligner.align([
    { text: "one", startMs: 0, endMs: 180 },
    { text: "two", startMs: 200 },
    { text: "three", startMs: 450 },
  ]);
  assertEquals(aligned.map(({ startMs, endMs }) => [startMs, endMs]), [[0, 180], [200, 450], [
    450,
    650,
  ]]);
});

Deno.test("WordAligner gives the words never reported their time before the end of the audio", () => {
  const aligner = new WordAligner();
  aligner.add("one two three four.");
  aligner.align([{ text: "one", startMs: 0, endMs: 300 }]);
  assertEquals(aligner.finish({ endMs: 1200 }), [
    { text: "two", segment: 0, start: 3, end: 7, startMs: 300, endMs: 600 },
    { text: "three", segment: 0, start: 7, end: 13, startMs: 600, endMs: 900 },
    { text: "four.", segment: 0, start: 13, end: 19, startMs: 900, endMs: 1200 },
  ]);
  assertEquals(aligner.finish({ endMs: 1200 }), []);
});

Deno.test("WordAligner finishes a text without a word, and one without anything", () => {
  const aligner = new WordAligner();
  assertEquals(aligner.finish({ endMs: 5 }), []);
  aligner.add("🚀");
  assertEquals(aligner.finish({ endMs: 500 }), [
    { text: "🚀", segment: 0, start: 0, end: 2, startMs: 0, endMs: 500 },
  ]);
});
