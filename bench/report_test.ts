import { assertEquals, assertThrows } from "@std/assert";
import type { Figure } from "./figure.ts";
import { alternate, median, percentile } from "./measure.ts";
import { summarize, toJson, toMarkdown } from "./report.ts";

const MACHINE = { deno: "2.9.6", cpus: 2, load_average: 0.1 };

function figure(key: string, value: number): Figure {
  return {
    key,
    what: "a thing",
    value,
    unit: "ms",
    budget: 5,
    baseline: `nothing: ${value / 2} ms`,
    details: { [`${key}_worst`]: value * 2 },
  };
}

Deno.test("percentile gives the number that so many percent do not exceed", () => {
  const numbers = Array.from({ length: 200 }, (_, i) => 200 - i);
  assertEquals([1, 50, 99, 100].map((percent) => percentile(numbers, percent)), [2, 100, 198, 200]);
  assertEquals([median([3, 1, 2]), median([7])], [2, 7]);
  assertThrows(() => median([]), RangeError);
});

Deno.test("alternate compares neighbours, and leaves the first of each out", async () => {
  const calls: string[] = [];
  const [ones, others] = [[100, 2, 9, 8], [100, 1, 3, 2]];
  const next = (name: string, values: number[]) => () => {
    calls.push(name);
    return Promise.resolve(values.shift() ?? NaN);
  };
  const comparison = await alternate(3, next("one", ones), next("other", others));
  assertEquals(comparison, { one: 8, other: 2, ratio: 3 });
  assertEquals(calls.join(" "), "one other one other one other one other");
});

Deno.test("a result is the run in the middle, with the lowest and the highest beside it", () => {
  const [a, b] = summarize([
    [figure("a", 4), figure("b", 7.1234)],
    [figure("a", 2), figure("b", 6)],
    [figure("a", 3), figure("b", 8)],
  ]);
  assertEquals(a, { ...figure("a", 3), lowest: 2, highest: 4 });
  assertEquals([b?.lowest, b?.value, b?.highest], [6, 7.1234, 8]);
});

Deno.test("the JSON is flat, rounded, and names what missed its budget", () => {
  const results = summarize([[figure("a", 3), figure("b", 7.1234)]]);
  assertEquals(JSON.parse(toJson(results, MACHINE)), {
    a: 3,
    b: 7.12,
    a_worst: 6,
    b_worst: 14.2,
    missed: ["b"],
    ...MACHINE,
  });
});

Deno.test("the Markdown has a row for each figure, with the spread of several runs", () => {
  const rows = toMarkdown(
    summarize([[figure("a", 2)], [figure("a", 6)], [figure("a", 5.5)]]),
    MACHINE,
  );
  assertEquals(
    rows.split("\n").at(-1),
    "| `a` | 5.5 ms (2 to 6) | ≤ 5 ms | missed | a thing | nothing: 2.75 ms |",
  );
});
