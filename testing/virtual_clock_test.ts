import { assertEquals, assertRejects } from "@std/assert";
import { nextTurn } from "../async/mod.ts";
import { VirtualClock } from "./virtual_clock.ts";

Deno.test("VirtualClock stands at zero and goes through timers in order of time, then of setting", async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name} at ${clock.now()}`);
  clock.timer(20, note("c"));
  clock.timer(10, note("a"));
  clock.timer(20, note("d"));
  clock.timer(10, note("b"));
  clock.timer(-5, note("first"));
  assertEquals([clock.now(), clock.timers], [0, 5]);
  await clock.advance(20);
  assertEquals(fired, ["first at 0", "a at 10", "b at 10", "c at 20", "d at 20"]);
  assertEquals([clock.now(), clock.timers], [20, 0]);
});

Deno.test("VirtualClock fires what a timer sets on the way, and nothing beyond", async () => {
  const clock = new VirtualClock();
  const fired: number[] = [];
  const tick = () => {
    fired.push(clock.now());
    clock.timer(10, tick);
  };
  clock.timer(10, tick);
  await clock.advance(35);
  assertEquals([fired, clock.now(), clock.timers], [[10, 20, 30], 35, 1]);
});

Deno.test("VirtualClock lets everything settle between two timers", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.timer(10, () => {
    void Promise.resolve().then(() => Promise.resolve()).then(() => order.push("work of 10"));
  });
  clock.timer(10, () => void order.push("second 10"));
  await clock.advance(10);
  assertEquals(order, ["work of 10", "second 10"]);
});

Deno.test("VirtualClock takes timers back, also after they fired", async () => {
  const clock = new VirtualClock();
  let fired = 0;
  const kept = clock.timer(1, () => fired++);
  clock.timer(1, () => fired++).cancel();
  await clock.advance(1);
  kept.cancel();
  assertEquals([fired, clock.timers], [1, 0]);
});

Deno.test("VirtualClock knows the date, from a chosen beginning", async () => {
  const clock = new VirtualClock({ startDate: new Date("2030-05-06T07:08:09Z") });
  await clock.advance(61_000);
  assertEquals(clock.date().toISOString(), "2030-05-06T07:09:10.000Z");
});

Deno.test("VirtualClock runs an hour of sleep at once, and heeds signals", async () => {
  const clock = new VirtualClock();
  await clock.runUntil(clock.sleep(3_000_000));
  assertEquals(clock.now(), 3_000_000);
  const controller = new AbortController();
  const slept = clock.sleep(1_000, { signal: controller.signal });
  clock.timer(10, () => controller.abort());
  await assertRejects(() => clock.runUntil(slept), DOMException);
  assertEquals([clock.now(), clock.timers], [3_000_010, 0]);
});

Deno.test("runUntil gives what the work gives, and says when it cannot go on", async () => {
  const clock = new VirtualClock();
  assertEquals(await clock.runUntil(clock.sleep(5).then(() => "done")), "done");
  const never = new Promise<void>(() => {});
  await assertRejects(
    () => clock.runUntil(never),
    Error,
    "Cannot go on: nothing is in work and no timer is set",
  );
  const timer = clock.timer(2_000, () => {});
  await assertRejects(
    () => clock.runUntil(never, { limitMs: 1_000 }),
    Error,
    "Cannot go on: not settled at 5 ms",
  );
  timer.cancel();
});

Deno.test("VirtualClock stands still while something holds it, however often", async () => {
  const clock = new VirtualClock();
  const outside = [Promise.withResolvers<number>(), Promise.withResolvers<number>()] as const;
  const held = outside.map(({ promise }) => clock.hold(promise));
  let fired = false;
  clock.timer(10, () => fired = true);
  const advanced = clock.advance(100);
  for (let i = 0; i < 5; i++) await nextTurn();
  assertEquals([fired, clock.now()], [false, 0]);
  outside[0].resolve(1);
  for (let i = 0; i < 5; i++) await nextTurn();
  assertEquals(fired, false);
  outside[1].reject(new Error("Cannot infer: a failure lets go too"));
  await advanced;
  assertEquals([fired, clock.now()], [true, 100]);
  assertEquals((await Promise.allSettled(held)).map(({ status }) => status), [
    "fulfilled",
    "rejected",
  ]);
});

Deno.test("VirtualClock sees what held work sets before it goes on", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  void clock.hold(promise).then(() => clock.timer(5, () => void order.push(`at ${clock.now()}`)));
  clock.timer(10, () => void order.push(`at ${clock.now()}`));
  const advanced = clock.advance(10);
  await nextTurn();
  resolve();
  await advanced;
  assertEquals(order, ["at 5", "at 10"]);
});

Deno.test("VirtualClock steps while what holds it waits for it", async () => {
  const clock = new VirtualClock();
  // A provider that is played: who waits for its answer holds the clock, and the answer takes time.
  const answer = async () => {
    await clock.lend(clock.sleep(300));
    return "noon";
  };
  assertEquals(await clock.runUntil(clock.hold(answer())), "noon");
  assertEquals(clock.now(), 300);
  // Other work holds it all the same.
  const work = Promise.withResolvers<void>();
  void clock.hold(work.promise);
  const asked = clock.hold(answer());
  setImmediate(() => {
    assertEquals(clock.now(), 300);
    work.resolve();
  });
  await clock.runUntil(asked);
  assertEquals(clock.now(), 600);
});
