import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { deadline, TimeoutError } from "./mod.ts";

Deno.test("deadline gives what the work gives, and leaves no timer", async () => {
  const clock = new VirtualClock();
  const options = { clock, timeoutMs: 100, doing: "wait" };
  assertEquals(await deadline(Promise.resolve(7), options), 7);
  await assertRejects(() => deadline(Promise.reject(new RangeError("no")), options), RangeError);
  assertEquals(clock.timers, 0);
});

Deno.test("deadline rejects in time, says what for, and swallows what comes later", async () => {
  const clock = new VirtualClock();
  const { promise, reject } = Promise.withResolvers<void>();
  const late = deadline(promise, { clock, timeoutMs: 100, doing: "hear from the server" });
  const error = await assertRejects(
    () => clock.runUntil(late),
    TimeoutError,
    "Cannot hear from the server: not done after 100 ms",
  );
  assertEquals([error.name, clock.now()], ["TimeoutError", 100]);
  reject(new Error("Cannot be heard: it is too late"));
  await clock.settle();
});
