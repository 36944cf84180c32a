import { assertEquals } from "@std/assert";
import { describeTurn, formatMs, median, stagesOf, totalOf } from "./latency.ts";
import type { TurnMessage } from "./server_messages.ts";

function turn(more: Partial<TurnMessage>): TurnMessage {
  return { type: "parley-turn", turn: 3, source: "speech", interrupted: false, ...more };
}

Deno.test("stagesOf splits the wait into what came one after another", () => {
  const stages = stagesOf(turn({
    transcriptMs: 300,
    turnEndMs: 200,
    firstTokenMs: 450,
    firstAudioMs: 520,
    totalMs: 520,
  }));
  assertEquals(stages.map(({ name, durationMs }) => [name, durationMs]), [
    ["endpoint", 200],
    ["transcript", 100],
    ["token", 150],
    ["audio", 70],
  ]);
});

Deno.test("stagesOf counts what came before the end of the speech as nothing", () => {
  const stages = stagesOf(turn({ transcriptMs: -40, turnEndMs: 200, firstTokenMs: 260 }));
  assertEquals(stages.map(({ durationMs }) => durationMs), [0, 200, 60]);
});

Deno.test("stagesOf leaves out what is not known", () => {
  assertEquals(stagesOf(turn({ firstTokenMs: 90 })).map(({ name }) => name), ["token"]);
  assertEquals(totalOf(turn({ firstTokenMs: 90 })), undefined);
});

Deno.test("median takes the middle", () => {
  assertEquals(median([]), undefined);
  assertEquals(median([9, 1, 5]), 5);
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("formatMs writes seconds from one second on", () => {
  assertEquals([formatMs(517.6), formatMs(999), formatMs(1240)], ["518 ms", "999 ms", "1.24 s"]);
});

Deno.test("describeTurn says it in words", () => {
  assertEquals(
    describeTurn(turn({ transcriptMs: 100, totalMs: 400, interrupted: true })),
    "Turn 3: 400 ms, transcript 100 ms, first audio 300 ms; the answer was interrupted",
  );
});
