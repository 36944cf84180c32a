import { assertEquals } from "@std/assert";
import { nextTurn } from "./mod.ts";

Deno.test("nextTurn resolves after every microtask, and those that they bring", async () => {
  let depth = 0;
  const dig = (): void | Promise<void> => ++depth < 1_000 ? Promise.resolve().then(dig) : undefined;
  void dig();
  assertEquals(depth, 1);
  await nextTurn();
  assertEquals(depth, 1_000);
});
