import { assert, assertEquals, AssertionError, assertMatch, assertRejects } from "@std/assert";
import { callBot, fuzzArrivals, VirtualClock } from "../../testing/mod.ts";
import { clerk } from "./clerk.ts";

const SCRIPT = [
  { text: "One moment.", calls: [{ name: "look_up", arguments: { what: "tea" } }] },
  "Tea is a drink of hot water and leaves, and much more than that.",
  "Good bye.",
];

Deno.test("whatever comes late, a call with a tool and an interruption comes to its end", async () => {
  const firstSounds = new Set<number | undefined>();
  await fuzzArrivals(async (fuzz) => {
    await using call = await callBot(clerk, fuzz.call({ answers: SCRIPT }));
    await call.says("Tell me about tea.");
    await call.calls("look_up", { what: "tea" }, { gives: { found: { what: "tea" } } });
    await call.hears("One moment.");
    const afterMs = fuzz.random.int(0, 1_500);
    const heard = await call.interrupts("Thank you, that will do.", { afterMs });
    await call.hears("Good bye.");
    await call.contextHolds([
      "user: Tell me about tea.",
      "assistant: One moment.",
      'assistant calls look_up {"what":"tea"}',
      'tool: {"found":{"what":"tea"}}',
      ...heard === "" ? [] : [`assistant: ${heard}`],
      "user: Thank you, that will do.",
      "assistant: Good bye.",
    ]);
    firstSounds.add(call.answers[0]?.atMs);
    await call.hangsUp();
  }, { runs: 60, seed: 20_261_121 });
  assert(firstSounds.size > 30, `only ${firstSounds.size} of 60 orders differ`);
});

Deno.test("the same seed gives the same course", async () => {
  const courses: string[] = [];
  const hold = () =>
    fuzzArrivals(async (fuzz) => {
      await using call = await callBot(clerk, fuzz.call({ answers: ["Hello!"] }));
      await call.says("Good morning.");
      await call.hears("Hello!");
      courses.push(call.transcript);
      await call.hangsUp();
    }, { runs: 1, seed: 7 });
  await hold();
  await hold();
  assertEquals(courses[0], courses[1]);
});

Deno.test("a failure names its seed, and the seed repeats it", async () => {
  const orders: string[][] = [];
  const message = async (seed: number, runs: number) => {
    const error = await assertRejects(() =>
      fuzzArrivals(({ mix }) => {
        const row = mix(["stop", "end"], ["words"]);
        orders.push(row);
        if (row.at(-1) === "words") throw new Error("Cannot answer: the words came too late");
      }, { seed, runs }), AssertionError);
    return error.message;
  };
  const first = await message(1, 100);
  assertMatch(first, /^Cannot pass order \d+ of 100: Cannot answer: the words came too late\n/);
  const seed = Number(/seed: (\d+)/.exec(first)?.[1]);
  const [last] = orders.slice(-1);
  assertMatch(await message(seed, 1), /^Cannot pass order 1 of 1: Cannot answer/);
  assertEquals(orders.at(-1), last);
});

Deno.test("rows are mixed in every way, and each keeps its order", async () => {
  const mixes = new Set<string>();
  await fuzzArrivals(({ mix }) => void mixes.add(mix(["a", "b"], ["c", "d"]).join("")), {
    runs: 200,
    seed: 3,
  });
  assertEquals([...mixes].toSorted(), ["abcd", "acbd", "acdb", "cabd", "cadb", "cdab"]);
});

Deno.test("what is due at the same moment comes in any order", async () => {
  const orders = new Set<string>();
  await fuzzArrivals(async (fuzz) => {
    const { clock } = fuzz.call({});
    const fired: string[] = [];
    for (const name of ["a", "b", "c"]) clock?.timer(10, () => fired.push(name));
    if (clock instanceof VirtualClock) await clock.advance(10);
    orders.add(fired.join(""));
  }, { runs: 100, seed: 5 });
  assertEquals([...orders].toSorted(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
});

Deno.test("timers of one moment fire in the order of their numbers", async () => {
  const numbers = [3, 1, 2];
  const clock = new VirtualClock({ order: () => numbers.shift() ?? 0 });
  const fired: string[] = [];
  for (const name of ["a", "b", "c"]) clock.timer(10, () => fired.push(name));
  await clock.advance(10);
  assertEquals(fired, ["b", "c", "a"]);
});
