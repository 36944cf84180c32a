import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { callBot, CallRecorder, VirtualClock } from "../../testing/mod.ts";
import { clerk } from "./clerk.ts";

const TURNS = 40;

/** Which turns the caller interrupts, and what he says then; three in eight. */
const isInterrupted = (turn: number) => turn % 8 === 1 || turn % 8 === 4 || turn % 8 === 6;

const ANSWER = "Let me tell you what I know about that. It is a long story, as you will see, " +
  "and it begins with a clerk who had a very long day at the counter.";

interface Talked {
  readonly log: string;
  readonly minutes: number;
  readonly interruptions: number;
  readonly tookMs: number;
}

/** Holds the conversation: every tenth turn looks something up, others are interrupted, one goes slowly. */
async function talk(): Promise<Talked> {
  const began = systemClock.now();
  const clock = new VirtualClock();
  const recorder = new CallRecorder({ clock });
  await using call = await callBot(clerk, {
    clock,
    observers: [recorder],
    flags: { greets: true },
    answers: ["Hello! How can I help you?"],
    voice: ({ text }) => ({ characterMs: 60, firstAudioMs: 120 + text.length % 7 * 15 }),
    hearing: ({ text, number }) => ({ text, delayMs: 180 + number % 5 * 40 }),
  });
  await call.hears("Hello! How can I help you?");
  let interruptions = 0;
  for (let turn = 1; turn <= TURNS; turn++) {
    const { llm } = call.services;
    const [firstTokenMs, tokenMs] = [300 + turn % 4 * 50, 12];
    if (turn % 10 === 0) {
      llm.answer({ text: "One moment.", calls: [{ name: "look_up", arguments: { turn } }] });
    }
    llm.answer({ text: `Question ${turn}. ${ANSWER}`, firstTokenMs, tokenMs });
    await call.says(`This is what I want to know in turn number ${turn}, if you please.`);
    if (turn % 10 === 0) {
      await call.calls("look_up", { turn }, { gives: { found: { turn } } });
      await call.hears("One moment.");
    }
    if (isInterrupted(turn)) {
      llm.answer({ text: `Of course, I stop with question ${turn}.`, firstTokenMs, tokenMs });
      await call.interrupts("Wait, stop there.", { afterMs: 700 + turn * 90 });
      await call.hears(`Of course, I stop with question ${turn}.`, { withinMs: 2_000 });
      interruptions++;
    } else await call.hears(/^Question \d+\. Let me .* counter\.$/);
    await call.waits(1_500);
  }
  const minutes = call.nowMs / 60_000;
  await call.hangsUp();
  const tookMs = systemClock.now() - began;
  return { log: recorder.text, minutes, interruptions, tookMs };
}

Deno.test("ten minutes of conversation come out the same twice, frame by frame", async () => {
  const [first, second] = [await talk(), await talk()];
  assertEquals(first.interruptions, 15);
  assert(first.minutes > 10, `it took only ${first.minutes} minutes`);
  const frames = first.log.split("\n").length;
  console.log(
    `${first.minutes.toFixed(1)} minutes, ${TURNS} turns, ${first.interruptions} interruptions, ` +
      `${frames} lines: ${first.tookMs.toFixed(0)} ms and ${second.tookMs.toFixed(0)} ms`,
  );
  // Not assertEquals: the difference of two texts of this size would take minutes to show.
  assert(first.log === second.log, firstDifference(first.log, second.log));
});

/** Where two logs part. */
function firstDifference(a: string, b: string): string {
  const [linesA, linesB] = [a.split("\n"), b.split("\n")];
  const at = linesA.findIndex((line, i) => line !== linesB[i]);
  return `line ${at + 1} differs:\n${linesA[at]}\n${linesB[at]}`;
}
