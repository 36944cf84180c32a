import { assertEquals } from "@std/assert";
import { HeardLedger, type SpokenText } from "./ledger.ts";

interface Word extends SpokenText {
  readonly word: string;
}

/** A ledger, with its texts written short. */
class Book {
  readonly ledger = new HeardLedger<Word>();

  word(word: string, endMs?: number, contextId: string | undefined = "a"): this {
    this.ledger.add({ word, contextId, endMs });
    return this;
  }
  audio(ms: number, contextId = "a"): this {
    this.ledger.append(ms, contextId);
    return this;
  }
  sound(ms: number): this {
    this.ledger.append(ms);
    return this;
  }
  end(contextId = "a"): this {
    this.ledger.end(contextId);
    return this;
  }
  begin(contextId = "a"): this {
    this.ledger.begin(contextId);
    return this;
  }
  lose(toMs: number): this {
    this.ledger.lose(toMs);
    return this;
  }
  interrupt(): this {
    this.ledger.interrupt();
    return this;
  }
  heard(toMs: number): string {
    return this.ledger.advance(toMs).map(({ word }) => word).join(" ");
  }
}

const TIMED = () => new Book().audio(600).word("one", 200).word("two", 400).word("three", 600);

Deno.test.each<[number, string]>([
  [0, ""],
  [199.9, ""],
  [200, "one"],
  [399, "one"],
  [400, "one two"],
  [600, "one two three"],
  [9_999, "one two three"],
])("HeardLedger at %d ms of three words of 200 ms has heard '%s'", (ms, heard) => {
  assertEquals(TIMED().heard(ms), heard);
  assertEquals(TIMED().interrupt().heard(ms), "");
});

Deno.test("HeardLedger gives each text once", () => {
  const book = TIMED();
  assertEquals([book.heard(250), book.heard(250), book.heard(500)], ["one", "", "two"]);
});

Deno.test("HeardLedger never goes back, and not past what was queued", () => {
  const book = TIMED();
  book.heard(450);
  assertEquals(book.heard(10), "");
  assertEquals(book.ledger.playedMs, 450);
  book.heard(5_000);
  assertEquals(book.ledger.playedMs, 600);
});

Deno.test("HeardLedger counts words that come before, with and after their audio", () => {
  const book = new Book().word("one", 200).audio(300).word("two", 300);
  assertEquals(book.heard(300), "one two");
  book.audio(100);
  assertEquals(book.heard(400), "");
  assertEquals(book.word("late", 350).heard(400), "late");
});

Deno.test("HeardLedger does not count text that gets no audio", () => {
  const book = new Book().word("dead", 100).word("silent").end();
  assertEquals(book.heard(0), "");
  book.audio(500, "b").word("alive", 500, "b");
  assertEquals(book.heard(500), "alive");
});

Deno.test("HeardLedger does not count what a service that died never spoke", () => {
  const book = new Book().audio(500).word("said", 400).word("unsaid", 3_000).end();
  assertEquals(book.heard(500), "said");
  assertEquals(book.audio(4_000, "b").heard(4_500), "");
});

Deno.test("HeardLedger counts a last word whose time lies a little behind the audio", () => {
  const book = new Book().audio(500).word("last", 620);
  assertEquals(book.heard(500), "");
  assertEquals(book.end().heard(500), "last");
});

Deno.test("HeardLedger counts untimed text after the audio that came before it", () => {
  const book = new Book().audio(300).word("first").audio(300).word("second").audio(100);
  assertEquals([book.heard(299), book.heard(300)], ["", "first"]);
  assertEquals([book.heard(599), book.heard(600)], ["", "second"]);
});

Deno.test("HeardLedger counts untimed text that comes first when the audio that follows it is over", () => {
  const book = new Book().word("first").audio(300).word("second").audio(200);
  assertEquals([book.heard(299), book.heard(300)], ["", "first"]);
  assertEquals(book.heard(500), "");
  assertEquals(book.end().heard(500), "second");
});

Deno.test("HeardLedger lets sounds between take their time", () => {
  const book = new Book().audio(200).sound(1_000).audio(200).word("one", 200).word("two", 300);
  assertEquals([book.heard(200), book.heard(1_299), book.heard(1_300)], ["one", "", "two"]);
});

Deno.test("HeardLedger keeps contexts in order", () => {
  const book = new Book().audio(100, "a").audio(100, "b")
    .word("second", 50, "b").word("first", 100, "a");
  assertEquals(book.heard(200), "first second");
});

Deno.test("HeardLedger counts speech without a context until its utterance ends", () => {
  const { ledger } = new Book();
  ledger.appendUnnamed(100);
  ledger.add({ word: "one", endMs: 100 });
  ledger.end(undefined);
  ledger.appendUnnamed(100);
  ledger.add({ word: "two", endMs: 100 });
  assertEquals(ledger.advance(100).map(({ word }) => word), ["one"]);
  assertEquals(ledger.advance(200).map(({ word }) => word), ["two"]);
});

Deno.test("HeardLedger keeps a context open through several utterances of one name", () => {
  const book = new Book().begin().audio(100).word("one", 100).end();
  book.begin().word("two", 250).audio(150).end();
  assertEquals([book.heard(100), book.heard(250)], ["one", "two"]);
});

Deno.test("HeardLedger goes on counting in a context of which an utterance died", () => {
  const book = new Book().begin().word("dead", 500).end();
  book.begin().audio(200).word("alive", 200).end();
  assertEquals(book.heard(200), "alive");
});

Deno.test("HeardLedger counts a late word of what was heard before an interruption", () => {
  const book = new Book().audio(500);
  book.heard(300);
  book.interrupt().word("late", 250).word("later", 350).word("out of order", 100);
  assertEquals(book.heard(500), "late");
});

Deno.test("HeardLedger does not count late untimed text of what was interrupted", () => {
  const book = new Book().audio(500);
  book.heard(300);
  assertEquals(book.interrupt().word("whole sentence").heard(500), "");
});

Deno.test("HeardLedger counts late text of an utterance that was over before an interruption", () => {
  const book = new Book().audio(500).end();
  book.heard(500);
  assertEquals(book.interrupt().word("late", 500).heard(500), "late");
});

Deno.test("HeardLedger begins anew when a name is used again after an interruption", () => {
  const book = TIMED();
  book.heard(300);
  book.interrupt().audio(400).word("new", 300);
  assertEquals([book.heard(899), book.heard(900)], ["", "new"]);
});

Deno.test("HeardLedger counts nothing more of an utterance of which audio was lost", () => {
  const book = TIMED().audio(100, "b").word("next", 100, "b");
  assertEquals(book.heard(200), "one");
  book.lose(300);
  assertEquals(book.heard(600), "");
  book.audio(200).word("four", 800);
  assertEquals(book.heard(700), "next");
  assertEquals(book.heard(900), "");
  assertEquals(book.begin().audio(100).word("again", 100).heard(1_000), "again");
});

Deno.test("HeardLedger says where the next text counts", () => {
  const book = TIMED();
  assertEquals(book.ledger.nextMs, 200);
  book.heard(200);
  assertEquals(book.ledger.nextMs, 400);
  book.interrupt();
  assertEquals(book.ledger.nextMs, undefined);
  assertEquals(book.word("waiting", 50, "new").ledger.nextMs, undefined);
});

Deno.test("HeardLedger tells what will have been heard, without counting it", () => {
  const book = TIMED();
  const list = book.ledger.until(450).map(({ text, atMs }) => `${text.word} ${atMs}`);
  assertEquals(list, ["one 200", "two 400"]);
  assertEquals(book.heard(450), "one two");
});

Deno.test("HeardLedger forgets old utterances", () => {
  const book = new Book();
  for (let i = 0; i < 1_000; i++) {
    book.audio(10, `c${i}`);
    book.heard(10 * (i + 1));
  }
  assertEquals(book.word("far too late", 5, "c1").heard(10_000), "");
  assertEquals(book.word("late", 5, "c999").heard(10_000), "late");
});

Deno.test("HeardLedger does not forget what is still to be played", () => {
  const book = new Book();
  for (let i = 0; i < 200; i++) book.audio(10, `c${i}`).word(`${i}`, 10, `c${i}`).end(`c${i}`);
  assertEquals(book.heard(2_000).split(" ").length, 200);
});

/** Numbers that are the same for the same seed. */
function random(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return Math.floor(seed / 2 ** 32 * below);
  };
}

/** Audio on one line, ten milliseconds to a place: whose it is, and how far into it. */
interface Place {
  readonly context: string;
  readonly ownMs: number;
}

Deno.test("HeardLedger agrees with counting by hand, for any order of audio, words and cuts", () => {
  let heardInAll = 0;
  for (let seed = 1; seed <= 500; seed++) {
    const next = random(seed);
    const book = new Book();
    const line: Place[] = [];
    const words: { readonly word: string; readonly context: string; readonly endMs: number }[] = [];
    for (let c = 0; c < 1 + next(4); c++) {
      const context = `c${c}`;
      let audioMs = 0;
      let wordMs = 0;
      for (let step = 0; step < 1 + next(12); step++) {
        if (next(2) === 0) {
          const places = 1 + next(20);
          for (let i = 0; i < places; i++) line.push({ context, ownMs: audioMs += 10 });
          book.audio(places * 10, context);
        } else {
          const word = `${context}w${step}`;
          words.push({ word, context, endMs: wordMs += 10 + 10 * next(15) });
          book.word(word, wordMs, context);
        }
        if (next(6) === 0) {
          const places = 1 + next(5);
          for (let i = 0; i < places; i++) line.push({ context: "", ownMs: 0 });
          book.sound(places * 10);
        }
      }
    }
    const cutAt = next(line.length + 2);
    const heard: string[] = [];
    for (let at = 0; at <= cutAt; at += 1 + next(5)) heard.push(book.heard(at * 10));
    heard.push(book.heard(cutAt * 10));
    book.interrupt();
    heard.push(book.heard(1e6));
    const played = line.slice(0, cutAt);
    const reached = (context: string) =>
      Math.max(0, ...played.filter((p) => p.context === context).map((p) => p.ownMs));
    const expected = words.filter(({ context, endMs }) => endMs <= reached(context));
    heardInAll += expected.length;
    assertEquals(
      heard.join(" ").split(" ").filter(Boolean),
      expected.map(({ word }) => word),
      `seed ${seed}`,
    );
  }
  assertEquals(heardInAll > 500, true);
});
