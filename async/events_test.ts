import { assertEquals } from "@std/assert";
import { nextTurn, TypedEvents } from "./mod.ts";

class Door extends TypedEvents<{ opened: [by: string, times: number]; closed: [] }> {
  readonly failures: string[] = [];
  changes = 0;
  open(by: string, times = 1): void {
    this.emit("opened", by, times);
  }
  openAndWait(by: string): Promise<void> {
    return this.emitAndWait("opened", by, 1);
  }
  openNow(by: string): void {
    this.emitNow("opened", by, 1);
  }
  protected override listenersChanged(): void {
    this.changes++;
  }
  get heard(): boolean {
    return this.listens("opened");
  }
  protected override handlerFailed(event: string, error: unknown): void {
    this.failures.push(`${event}: ${error instanceof Error ? error.message : error}`);
  }
}

Deno.test("TypedEvents calls handlers in order, after the code that announced", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.on("opened", (by) => void calls.push(`1 ${by}`)).on(
    "opened",
    (by, times) => void calls.push(`2 ${by} ${times}`),
  );
  door.open("Ada", 3);
  assertEquals(calls, []);
  await nextTurn();
  assertEquals(calls, ["1 Ada", "2 Ada 3"]);
});

Deno.test("TypedEvents knows whether anybody listens", () => {
  const door = new Door();
  const handler = () => {};
  assertEquals(door.heard, false);
  assertEquals(door.on("opened", handler).heard, true);
  assertEquals(door.off("opened", handler).heard, false);
});

Deno.test("once is told of one event, even of two in the same breath", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.once("opened", (by) => void calls.push(by));
  door.open("Ada");
  door.open("Bob");
  await nextTurn();
  assertEquals(calls, ["Ada"]);
});

Deno.test("off stops a handler of on and of once, also for what was just announced", async () => {
  const door = new Door();
  const calls: string[] = [];
  const handler = (by: string) => void calls.push(by);
  door.on("opened", handler).once("opened", handler);
  door.open("Ada");
  door.off("opened", handler);
  door.open("Bob");
  await nextTurn();
  assertEquals(calls, []);
});

Deno.test("a handler is not told of what happened before it listened", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.on("opened", () => {});
  door.open("Ada");
  door.on("opened", (by) => void calls.push(by));
  await nextTurn();
  assertEquals(calls, []);
});

Deno.test("a handler that throws, at once or later, is reported and stops nobody", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.on("opened", () => {
    throw new Error("at once");
  });
  door.on("opened", () => Promise.reject(new Error("later")));
  door.on("opened", (by) => void calls.push(by));
  door.open("Ada");
  await nextTurn();
  assertEquals(calls, ["Ada"]);
  assertEquals(door.failures, ["opened: at once", "opened: later"]);
});

Deno.test("emitNow calls handlers within the call, in order, and reports what they throw or reject with", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.on("opened", async (by) => {
    calls.push(`1 ${by}`);
    await nextTurn();
    throw new Error("late");
  });
  door.once("opened", (by) => {
    calls.push(`2 ${by}`);
    throw new Error("at once");
  });
  door.openNow("Ada");
  assertEquals([calls, door.failures], [["1 Ada", "2 Ada"], ["opened: at once"]]);
  door.openNow("Bob");
  assertEquals(calls.slice(2), ["1 Bob"]);
  await nextTurn();
  await nextTurn();
  assertEquals(door.failures, ["opened: at once", "opened: late", "opened: late"]);
});

Deno.test("TypedEvents says when somebody begins or ceases to listen", () => {
  const door = new Door();
  const handler = () => {};
  door.on("opened", handler);
  assertEquals(door.changes, 1);
  door.off("opened", handler);
  assertEquals(door.changes, 2);
  door.once("opened", handler);
  door.openNow("Ada");
  assertEquals([door.changes, door.heard], [4, false]);
});

Deno.test("emitAndWait waits for every handler", async () => {
  const door = new Door();
  const calls: string[] = [];
  door.on("opened", async (by) => {
    await nextTurn();
    calls.push(by);
  });
  await door.openAndWait("Ada");
  assertEquals(calls, ["Ada"]);
});

Deno.test("events are typed: names and arguments are checked by the compiler", () => {
  const door = new Door();
  // @ts-expect-error -- there is no such event
  door.on("locked", () => {});
  // @ts-expect-error -- the first argument is a string
  door.on("opened", (by: number) => void by);
  // @ts-expect-error -- the event has two arguments
  door.on("opened", (_by, _times, _more) => {});
  // @ts-expect-error -- only the class itself announces
  door.emit("closed");
  assertEquals(door.heard, true);
});
