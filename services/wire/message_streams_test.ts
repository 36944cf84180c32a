import { assertEquals } from "@std/assert";
import { JSONFields, readJsonLines, readServerSentEvents } from "./mod.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** The same bytes, cut in every way into two, and into single ones. */
function* cuts(bytes: Uint8Array): Iterable<Uint8Array[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (byte) => new Uint8Array([byte]));
}

const EVENTS: readonly [what: string, text: string, events: string[][]][] = [
  ["lines that end in LF", "data: a\n\ndata: b\n\n", [["message", "a"], ["message", "b"]]],
  ["lines that end in CR LF", "event: x\r\ndata: a\r\n\r\n", [["x", "a"]]],
  ["lines that end in CR", "data: a\r\rdata: b\r\r", [["message", "a"], ["message", "b"]]],
  ["several lines of data", "data: a\ndata:\ndata:  b\n\n", [["message", "a\n\n b"]]],
  ["comments and unknown fields", ": ping\nretry: 5\nfoo\ndata:x\n\n", [["message", "x"]]],
  ["text of many bytes", "data: 你好 👍🏽 é\n\n", [["message", "你好 👍🏽 é"]]],
  ["a mark at the beginning", "\ufeffdata: a\n\n", [["message", "a"]]],
  ["an event that the end cuts off", "data: a", [["message", "a"]]],
  ["an event without data", "event: x\n\ndata: a\n\n", [["message", "a"]]],
];

for (const [what, text, expected] of EVENTS) {
  Deno.test(`readServerSentEvents reads ${what}, wherever they are cut`, async () => {
    for (const pieces of cuts(encode(text))) {
      const events = await Array.fromAsync(readServerSentEvents(ReadableStream.from(pieces)));
      assertEquals(events.map(({ event, data }) => [event, data]), expected);
    }
  });
}

Deno.test("readServerSentEvents leaves out what is too long, and reads what comes behind", async () => {
  const text = `data: ${"x".repeat(99)}\n\ndata: y\ndata: ${
    "z".repeat(25)
  }\ndata: z\n\ndata: end\n\n`;
  for (const pieces of cuts(encode(text))) {
    const warnings: string[] = [];
    const options = { maxBytes: 32, warn: (message: string) => void warnings.push(message) };
    const events = await Array.fromAsync(
      readServerSentEvents(ReadableStream.from(pieces), options),
    );
    assertEquals(events.map(({ data }) => data), [`y\n${"z".repeat(25)}\nz`, "end"]);
    assertEquals(warnings, ["A line of more than 32 bytes was left out"]);
  }
  const warnings: string[] = [];
  const events = await Array.fromAsync(readServerSentEvents(
    ReadableStream.from([encode(`${"data: 1234567\n".repeat(9)}\ndata: end\n\n`)]),
    { maxBytes: 32, warn: (message) => void warnings.push(message) },
  ));
  assertEquals(events.map(({ data }) => data), ["end"]);
  assertEquals(warnings, ["An event of more than 32 bytes was left out"]);
});

Deno.test("readJsonLines reads lines wherever they are cut, and leaves out what is no JSON", async () => {
  const text = '{"a":"é"}\r\n\nno{pe}\n[1,\r\n{"b":2}';
  for (const pieces of cuts(encode(text))) {
    const warnings: string[] = [];
    const options = { warn: (message: string) => void warnings.push(message) };
    const values = await Array.fromAsync(readJsonLines(ReadableStream.from(pieces), options));
    assertEquals(values, [{ a: "é" }, { b: 2 }]);
    assertEquals(warnings, [
      "A line of 6 characters is no JSON and was left out",
      "A line of 3 characters is no JSON and was left out",
    ]);
  }
});

Deno.test("readJsonLines quotes nothing and holds nothing of a line that is too long", async () => {
  const warnings: string[] = [];
  const pieces = Array.from({ length: 100 }, () => encode("secret"));
  const values = await Array.fromAsync(readJsonLines(
    ReadableStream.from([...pieces, encode("\n1")]),
    { maxBytes: 16, warn: (message) => void warnings.push(message) },
  ));
  assertEquals([values, warnings], [[1], ["A line of more than 16 bytes was left out"]]);
});

Deno.test("JSONFields finds nothing where there is something else", () => {
  for (const value of [undefined, null, 1, "text", [1], { a: null, b: [], c: 7 }]) {
    const fields = new JSONFields(value);
    assertEquals(fields.text("a"), undefined);
    assertEquals(fields.text("c"), undefined);
    assertEquals(fields.number("a"), undefined);
    assertEquals(fields.has("a"), false);
    assertEquals(fields.flag("c"), false);
    assertEquals(fields.fields("c").has("d"), false);
    assertEquals([fields.texts("b"), fields.numbers("c"), fields.list("a")], [[], [], []]);
    assertEquals(fields.bytes("a").length, 0);
    assertEquals(fields.text("__proto__"), undefined);
  }
  const places = new JSONFields({ list: ["a", 1, null, "b"] });
  assertEquals(places.texts("list"), ["a", "", "", "b"]);
  assertEquals(places.numbers("list"), [NaN, 1, NaN, NaN]);
});
