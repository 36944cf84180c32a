import { assert, assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { Backoff } from "./backoff.ts";

Deno.test("Backoff doubles its waits up to a bound", () => {
  const backoff = new Backoff({ baseMs: 500, maxMs: 3_000, jitter: 0 });
  const waits = Array.from({ length: 7 }, () => backoff.nextMs());
  assertEquals(waits, [0, 500, 1_000, 2_000, 3_000, 3_000, 3_000]);
});

Deno.test("Backoff leaves a part of each wait to chance", () => {
  const chances = [0, 0.5, 0.999];
  const backoff = new Backoff({
    firstMs: 1_000,
    baseMs: 1_000,
    random: () => chances.shift() ?? 0,
  });
  const waits = Array.from({ length: 3 }, () => backoff.nextMs());
  assertEquals(waits.map(Math.round), [1_000, 750, 1_001]);
});

Deno.test("Backoff begins anew after a success, and never leaves its bounds", () => {
  const backoff = new Backoff({ firstMs: 10 });
  for (let i = 0; i < 2_000; i++) {
    const wait = backoff.nextMs();
    assert(wait >= 0 && wait <= 10_000, `${wait}`);
  }
  assertEquals(backoff.tries, 2_000);
  backoff.reset();
  assert(backoff.nextMs() <= 10);
});

Deno.test("Backoff waits on the clock it is given, as long as the other side asks for", async () => {
  const clock = new VirtualClock();
  const backoff = new Backoff({ baseMs: 100, jitter: 0 });
  await backoff.wait({ clock });
  assertEquals(clock.now(), 0);
  await clock.runUntil(backoff.wait({ clock }));
  assertEquals(clock.now(), 100);
  await clock.runUntil(backoff.wait({ clock, atLeastMs: 5_000 }));
  assertEquals(clock.now(), 5_100);
  await clock.runUntil(backoff.wait({ clock, atLeastMs: 86_400_000 }));
  assertEquals(clock.now(), 65_100);
});

Deno.test("Backoff stops waiting when it is told to", async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const backoff = new Backoff({ firstMs: 1_000 });
  const waiting = backoff.wait({ clock, signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  assertEquals(clock.timers, 0);
  await assertRejects(() => backoff.wait({ clock, signal: controller.signal }), Error, "enough");
});
