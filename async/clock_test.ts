import process from "node:process";
import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "@std/assert";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { sleepOn, systemClock } from "./mod.ts";

Deno.test("systemClock never goes back, and knows the date", () => {
  const before = systemClock.now();
  const date = systemClock.date().getTime();
  assertGreaterOrEqual(systemClock.now(), before);
  assertGreaterOrEqual(date, Date.UTC(2024, 0));
});

Deno.test("systemClock calls back once, and not at all when the timer was taken back", async () => {
  const called: string[] = [];
  systemClock.timer(1, () => called.push("taken back")).cancel();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = systemClock.timer(2, () => {
    called.push("kept");
    resolve();
  });
  await promise;
  timer.cancel();
  assertEquals(called, ["kept"]);
});

Deno.test("systemClock takes a deadline that has passed without a warning", async () => {
  const warned: string[] = [];
  const note = ({ name }: Error) => void warned.push(name);
  process.on("warning", note);
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.timer(-0.01, resolve);
  await promise;
  // What is warned of is told in the next turn.
  await systemClock.sleep(1);
  process.off("warning", note);
  assertEquals(warned, []);
});

Deno.test("systemClock sleeps, and gives back what it is told to hold", async () => {
  const before = systemClock.now();
  await systemClock.sleep(3);
  assertGreaterOrEqual(systemClock.now() - before, 2);
  const work = Promise.resolve(1);
  assert(systemClock.hold(work) === work);
});

Deno.test("sleepOn rejects with the reason of a signal, and takes its timer back", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const slept = sleepOn(clock, 1_000, { signal: controller.signal });
  assertEquals(clock.timers, 1);
  const reason = new Error("Cannot sleep: woken");
  controller.abort(reason);
  assertEquals(await slept.catch((error) => error), reason);
  assertEquals(clock.timers, 0);
});

Deno.test("sleepOn sets no timer when its signal is aborted already", async () => {
  const clock = new VirtualClock();
  await assertRejects(() => sleepOn(clock, 1, { signal: AbortSignal.abort() }), DOMException);
  assertEquals(clock.timers, 0);
});

Deno.test("sleepOn leaves no listener on a signal that outlives it", async () => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  let listeners = 0;
  const [add, remove] = [signal.addEventListener, signal.removeEventListener];
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove.apply(signal, args);
  };
  await clock.runUntil(sleepOn(clock, 5, { signal }));
  assertEquals(listeners, 0);
});
