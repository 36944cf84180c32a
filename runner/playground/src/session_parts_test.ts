import { assertEquals } from "@std/assert";
import { readError, readRejection } from "./endings.ts";
import { levelOf } from "./levels.ts";
import { PAUSES_MS, Recovery } from "./recovery.ts";
import { parseServerMessage } from "./server_messages.ts";

const closed = (code: number) => ({
  data: { error: `websocket connection closed. Code: ${code}`, fatal: true },
});

Deno.test("readError tells an orderly end from a broken connection", () => {
  const kinds = [1000, 1005, 1001, 1006, 1011].map((code) => {
    const error = readError(closed(code));
    return error.fatal ? error.ending.kind : "none";
  });
  assertEquals(kinds, ["finished", "finished", "broken", "broken", "broken"]);
});

Deno.test("readError tells the server's own errors, fatal or not", () => {
  assertEquals(readError({ data: { error: "No voice", fatal: false } }), {
    fatal: false,
    detail: "No voice",
  });
  assertEquals(readError({ data: { message: "Wrong key", fatal: true } }), {
    fatal: true,
    ending: { kind: "error", detail: "Wrong key" },
  });
  assertEquals(readError(undefined), { fatal: false, detail: "Unknown error" });
});

Deno.test("readRejection tells a refused start from a connection that failed", () => {
  const refused = Object.assign(new Error("Too many sessions"), { error: "invalid-request-error" });
  assertEquals(readRejection(refused), { kind: "refused", detail: "Too many sessions" });
  assertEquals(readRejection(new Error("no socket")).kind, "broken");
  assertEquals(readRejection(new SyntaxError("<html>")).kind, "refused");
});

Deno.test("Recovery looks in growing pauses until the server answers", async () => {
  const pauses: number[] = [];
  const answers = [false, false, true];
  const plans: (() => void)[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  new Recovery({
    probe: () => Promise.resolve(answers.shift() ?? false),
    later: (_, action) => {
      plans.push(action);
      return () => {};
    },
    onPause: (pauseMs) => {
      pauses.push(pauseMs);
      queueMicrotask(() => plans.shift()?.());
    },
    onBack: resolve,
  });
  await promise;
  assertEquals(pauses, PAUSES_MS.slice(0, 3));
});

Deno.test("Recovery is silent once it was stopped", async () => {
  const probed = Promise.withResolvers<boolean>();
  const plans: (() => void)[] = [];
  let isBack = false;
  const recovery = new Recovery({
    probe: () => probed.promise,
    later: (_, action) => {
      plans.push(action);
      return () => {};
    },
    onPause: () => {},
    onBack: () => isBack = true,
  });
  plans.shift()?.();
  recovery.stop();
  probed.resolve(true);
  await probed.promise;
  await Promise.resolve();
  assertEquals([isBack, plans.length], [false, 0]);
});

Deno.test("parseServerMessage believes only what it can read", () => {
  assertEquals(parseServerMessage(undefined), undefined);
  assertEquals(parseServerMessage({ type: "weather" }), undefined);
  assertEquals(parseServerMessage({ type: "parley-turn" }), undefined);
  assertEquals(
    parseServerMessage({
      type: "parley-pipeline",
      nodes: [{ id: 1, name: "In", kind: "input" }, { id: 2, kind: "rocket" }, "junk", {}],
      edges: [{ from: 1, to: 2 }, { from: 1, to: 9 }, { from: "1" }],
    }),
    {
      type: "parley-pipeline",
      nodes: [{ id: 1, name: "In", kind: "input" }, { id: 2, name: "#2", kind: "other" }],
      edges: [{ from: 1, to: 2 }],
    },
  );
  assertEquals(
    parseServerMessage({ type: "parley-turn", turn: 2, firstTokenMs: 80, totalMs: "soon" }),
    { type: "parley-turn", turn: 2, source: "speech", interrupted: false, firstTokenMs: 80 },
  );
  assertEquals(parseServerMessage({ type: "parley-bot", name: "Ada", examples: ["hi", 7] }), {
    type: "parley-bot",
    name: "Ada",
    services: "",
    note: "",
    examples: ["hi"],
    words: "heard",
  });
});

Deno.test("levelOf runs from silence to full scale", () => {
  assertEquals(levelOf(new Int16Array(0)), 0);
  assertEquals(levelOf(new Int16Array(100)), 0);
  assertEquals(levelOf(new Int16Array(100).fill(-32768)), 1);
  const half = levelOf(new Int16Array(100).fill(1036));
  assertEquals(half.toFixed(2), "0.50");
});
