import { assertEquals } from "@std/assert";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { nextTurn, TaskScope } from "./mod.ts";

Deno.test("TaskScope aborts its tasks, waits for them, and knows which run", async () => {
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  const scope = new TaskScope({ failed: (error) => failures.push(error) });
  const ended: string[] = [];
  scope.spawn("heeds", async (signal) => {
    await clock.sleep(60_000, { signal }).catch(() => {});
    ended.push("heeds");
  });
  scope.spawn("throws what it was aborted with", (signal) => clock.sleep(60_000, { signal }));
  assertEquals(scope.running, ["heeds", "throws what it was aborted with"]);
  assertEquals(await scope.close({ clock, timeoutMs: 100 }), []);
  assertEquals([ended, failures, clock.timers], [["heeds"], [], 0]);
  assertEquals(await scope.close({ clock, timeoutMs: 100 }), []);
});

Deno.test("TaskScope names the tasks that do not end in time", async () => {
  const clock = new VirtualClock();
  const scope = new TaskScope({ failed: () => {} });
  const { promise, resolve } = Promise.withResolvers<void>();
  scope.spawn("deaf", () => promise);
  scope.spawn("quick", () => Promise.resolve());
  assertEquals(await clock.runUntil(scope.close({ clock, timeoutMs: 100 })), ["deaf"]);
  assertEquals([clock.now(), clock.timers], [100, 0]);
  resolve();
  await nextTurn();
  assertEquals(scope.running, []);
});

Deno.test("TaskScope tells of what its tasks throw, by name", async () => {
  const failures: string[] = [];
  const scope = new TaskScope({ failed: (error, name) => failures.push(`${name}: ${error}`) });
  scope.spawn("at once", () => {
    throw new TypeError("no");
  });
  scope.spawn("later", async () => {
    await nextTurn();
    throw new RangeError("no");
  });
  await nextTurn();
  await nextTurn();
  assertEquals(failures, ["at once: TypeError: no", "later: RangeError: no"]);
});

Deno.test("TaskScope starts nothing once it is closed", async () => {
  const clock = new VirtualClock();
  const scope = new TaskScope({ failed: () => {} });
  await scope.close({ clock, timeoutMs: 1 });
  let started = false;
  scope.spawn("late", () => {
    started = true;
    return Promise.resolve();
  });
  assertEquals([started, scope.signal.aborted], [false, true]);
});
