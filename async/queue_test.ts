import { assertEquals, assertStrictEquals } from "@std/assert";
import { Deque, Lane, nextTurn } from "./mod.ts";

Deno.test("Deque gives items in order, and undefined when there is none", () => {
  const queue = new Deque<number>();
  assertEquals([queue.shift(), queue.peek(), queue.length], [undefined, undefined, 0]);
  for (const item of [1, 2, 3]) queue.push(item);
  assertEquals([queue.peek(), queue.shift(), queue.shift()], [1, 1, 2]);
  queue.push(4);
  assertEquals([queue.length, ...queue], [2, 3, 4]);
  assertEquals([queue.shift(), queue.shift(), queue.shift()], [3, 4, undefined]);
});

Deno.test("Deque keeps order however long it grows and however often it is emptied", () => {
  const queue = new Deque<number>();
  let [next, expected] = [0, 0];
  for (let round = 0; round < 40; round++) {
    for (let i = 0; i < 200; i++) queue.push(next++);
    for (let i = 0; i < 150 + round; i++) assertEquals(queue.shift(), expected++);
  }
  while (queue.length > 0) assertEquals(queue.shift(), expected++);
  assertEquals(expected, next);
});

Deno.test("Deque drops, keeps and removes by a test, also after items were taken", () => {
  const queue = new Deque<number>();
  for (let i = 0; i < 10; i++) queue.push(i);
  queue.shift();
  queue.shift();
  assertEquals(queue.retain((item) => item % 2 === 0), 4);
  assertEquals([...queue], [2, 4, 6, 8]);
  queue.shift();
  assertEquals([queue.remove((item) => item > 4), queue.remove((item) => item > 99)], [
    6,
    undefined,
  ]);
  assertEquals([...queue], [4, 8]);
  queue.clear();
  assertEquals([queue.length, queue.retain(() => true), queue.shift()], [0, 0, undefined]);
});

Deno.test("Deque lets go of what was taken", () => {
  const queue = new Deque<object>();
  const taken = {};
  queue.push(taken);
  queue.push({});
  queue.shift();
  assertEquals([...queue].includes(taken), false);
});

Deno.test("Lane gives credit below its mark, and a promise at it", async () => {
  const lane = new Lane<number>({ highWaterMark: 2 });
  lane.push(1);
  assertEquals(lane.credit(), undefined);
  lane.push(2);
  const credit = lane.credit();
  assertStrictEquals(lane.credit(), credit);
  let freed = false;
  void credit?.then(() => freed = true);
  await nextTurn();
  assertEquals(freed, false);
  lane.shift();
  await nextTurn();
  assertEquals([freed, lane.credit()], [true, undefined]);
});

Deno.test("Lane frees its writers only once there is room", async () => {
  const lane = new Lane<number>({ highWaterMark: 1 });
  for (const item of [1, 2, 3]) lane.push(item);
  let freed = false;
  void lane.credit()?.then(() => freed = true);
  lane.shift();
  lane.shift();
  await nextTurn();
  assertEquals(freed, false);
  lane.shift();
  await nextTurn();
  assertEquals(freed, true);
});

Deno.test("Lane releases every writer when told to, room or not", async () => {
  const lane = new Lane<number>({ highWaterMark: 1 });
  lane.push(1);
  const waiters = [lane.credit(), lane.credit()];
  lane.release();
  await Promise.all(waiters);
  lane.release();
  assertEquals(lane.length, 1);
});
