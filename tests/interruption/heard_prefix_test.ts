import { assert, assertEquals } from "@std/assert";
import { LLMContext } from "../../context/mod.ts";
import { HeardTextFrame, InterruptionFrame, StartFrame, TTSSpeakFrame } from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { LLMContextAggregatorPair } from "../../turns/mod.ts";
import { KeptLog, RecordingOutput, Tap } from "../transports/output_rig.ts";
import { script, ScriptedTTS } from "./scripted_tts.ts";

const TOTAL_MS = 60_000;
const SEND_AHEAD_MS = 80;
const RATE = 24_000;

const SENTENCES = script([
  "Good afternoon! 🎉 Your order of $12.50 is on its way. ",
  "It left the shop at 3:45 p.m. and should be with you before 5, if Dr. Smith’s van starts. ",
  "Here is what you ordered:\n\n- two **large** coffees\n- one bagel, toasted\n- a 0.5 l bottle of water\n\n",
  "The driver is called José, and he has a dog 🐕‍🦺 that is friendlier than it looks. ",
  "If nobody opens, he leaves it at no. 7… or comes back tomorrow at 9:00 a.m. sharp! ",
  "That makes $12.50 plus a tip — thank you, and have a nice day. 👋🏽",
], TOTAL_MS);

const TEXT = SENTENCES.map(({ text }) => text).join("");

/** When each piece has been said, in milliseconds of speech. */
const ENDS = (() => {
  let ms = 0;
  return SENTENCES.flatMap(({ pieces }) => pieces).map((piece) => ({
    text: piece.text,
    endMs: ms += piece.ms,
  }));
})();

/** The text that has been said after so much speech: what ought to have been heard. */
function prefixAt(speechMs: number): string {
  return ENDS.filter(({ endMs }) => endMs <= speechMs + 1e-6).map(({ text }) => text).join("");
}

/** Interrupts both ways on command, as a user's turn does. */
class Interrupter extends FrameProcessor {
  #scope = this.scope({ uninterruptible: true });
  interrupt(): void {
    void this.#scope.broadcast(() => new InterruptionFrame());
  }
}

interface Outcome {
  /** What was said to have been heard. */
  readonly heard: string;
  /** What was said to have been heard before anybody beyond the output knew of the interruption. */
  readonly heardBefore: string;
  /** What the context holds of the bot's, and what it held at the moment. */
  readonly context: string;
  readonly contextAtOnce: string;
  /** How much speech had been on the wire and been played at the moment, counted sample by sample. */
  readonly playedMs: number;
  /** How much speech was written after the moment. */
  readonly writtenAfter: number;
  /** How much had been written and not been played at the moment. */
  readonly aheadMs: number;
  readonly signs: readonly string[];
  readonly timersLeft: number;
}

/** How much of the speech in some chunks is over at a moment; silence that was filled in is no speech. */
function countPlayed(output: RecordingOutput, atMs: number): number {
  let samples = 0;
  for (const { pcm, atMs: begins } of output.written) {
    const played = Math.min(
      pcm.length,
      Math.max(0, Math.floor((atMs - begins) * RATE / 1000 + 1e-6)),
    );
    for (let i = 0; i < played; i++) if (pcm[i] !== 0) samples++;
  }
  return samples * 1000 / RATE;
}

interface Circumstances {
  /** Whether the interruption comes out of the pipeline, as a user's turn does, or from the task. */
  readonly fromUser?: boolean;
  /** How long 20 ms of speech take to make. */
  readonly makingMs?: number;
}

async function interruptAt(momentMs: number, circumstances: Circumstances = {}): Promise<Outcome> {
  const { fromUser = true, makingMs = 0 } = circumstances;
  const clock = new VirtualClock();
  const output = new RecordingOutput({ audioOutEnabled: true, sendAheadMs: SEND_AHEAD_MS });
  const below = new Tap("below");
  const user = new Interrupter();
  const context = new LLMContext();
  const pair = new LLMContextAggregatorPair(context);
  const said = () =>
    context.messages.map((message) => "content" in message ? message.content : "").join("\n");
  const tts = new ScriptedTTS(SENTENCES, { makingMs });
  const task = new PipelineTask(
    new Pipeline([pair.user(), user, tts, output, pair.assistant(), below]),
    { clock, log: new KeptLog(), idleTimeoutSecs: null },
  );
  const running = task.run();
  await clock.settle();
  void task.queueFrame(new TTSSpeakFrame(TEXT));
  if (momentMs > 0) {
    const reached = Promise.withResolvers<void>();
    clock.timer(momentMs, reached.resolve);
    await clock.runUntil(reached.promise);
  }
  const writtenBefore = output.written.length;
  if (fromUser) user.interrupt();
  else task.interrupt();
  const atMs = clock.now();
  const contextAtOnce = said();
  await clock.advance(3_000);
  const frames = below.seen.map(({ frame }) => frame).filter((frame) =>
    !(frame instanceof StartFrame)
  );
  const at = frames.findIndex((frame) => frame instanceof InterruptionFrame);
  const textOf = (list: readonly unknown[]) =>
    list.filter((frame) => frame instanceof HeardTextFrame).map(({ text }) => text).join("");
  const outcome: Outcome = {
    heard: textOf(frames),
    heardBefore: textOf(frames.slice(0, at)),
    context: said(),
    contextAtOnce,
    playedMs: countPlayed(output, atMs),
    writtenAfter: output.written.slice(writtenBefore).length,
    aheadMs: countPlayed(output, Infinity) - countPlayed(output, atMs),
    signs: frames.map(({ constructor: { name } }) => name).filter((name) =>
      /^BotSt|^Interr/.test(name)
    ),
    timersLeft: clock.timers,
  };
  const cancelled = task.cancel();
  await clock.runUntil(cancelled);
  await running;
  return outcome;
}

/** Fifty moments: before the first chunk, in it, at the very ends of words, all over, in the last one, and after. */
const MOMENTS: readonly number[] = (() => {
  const moments = [0, 1, 20, 39.99, 40, 41, 79, 80, 81, 120];
  const wordEnds = ENDS.map(({ endMs }) => endMs).filter((_, i) => i % 6 === 2).slice(0, 10);
  for (const endMs of wordEnds) moments.push(endMs - 0.01, endMs);
  for (let i = 0; moments.length < 45; i++) moments.push(1_234.5 + i * 3_871.3);
  return [...moments, TOTAL_MS - 60, TOTAL_MS - 39, TOTAL_MS - 1, TOTAL_MS + 30, TOTAL_MS + 500];
})();

Deno.test("the moments are fifty, and lie before, in and after the speech", () => {
  assertEquals(MOMENTS.length, 50);
  assertEquals(new Set(MOMENTS).size, 50);
  assertEquals([Math.min(...MOMENTS), Math.max(...MOMENTS) > TOTAL_MS], [0, true]);
});

Deno.test.each(MOMENTS.map((ms, i) => [ms, i % 2 === 0] as const))(
  "interrupted at %d ms, the wire is silent and the context is the heard prefix (by the user: %s)",
  async (momentMs, fromUser) => {
    check(await interruptAt(momentMs, { fromUser }));
  },
);

// Slower than speech: every chunk has a gap before it, and many are filled up with silence.
Deno.test.each([25, 700, 1_111, 5_000, 12_345.6, 33_333, 60_001, 75_000])(
  "interrupted at %d ms of speech that is made too slowly, the heard prefix is exact",
  async (momentMs) => {
    const outcome = await interruptAt(momentMs, { makingMs: 25.5 });
    check(outcome);
    assert(outcome.playedMs < momentMs * 0.8 + 80);
  },
);

function check(outcome: Outcome): void {
  assertEquals(outcome.heard, prefixAt(outcome.playedMs));
  assertEquals(outcome.heardBefore, outcome.heard);
  assertEquals(outcome.context, outcome.heard.trim());
  assertEquals(outcome.contextAtOnce, outcome.context);
  assert(TEXT.startsWith(outcome.heard));
  // Not a chunk more leaves; what had left is at most what may be sent ahead.
  assertEquals(outcome.writtenAfter, 0);
  assert(outcome.aheadMs <= SEND_AHEAD_MS + 1e-6, `${outcome.aheadMs} ms were ahead`);
  assertEquals(outcome.timersLeft, 0);
}

Deno.test("the moments meet speech of every length", async () => {
  const lengths: number[] = [];
  for (const momentMs of [0, 20, 30_000, TOTAL_MS + 500]) {
    lengths.push((await interruptAt(momentMs)).heard.length);
  }
  assertEquals([lengths[0], lengths[1], lengths[3]], [0, 0, TEXT.length]);
  assert(lengths[2]! > TEXT.length * 0.4 && lengths[2]! < TEXT.length * 0.6);
});

Deno.test("what the bot says is one speech, interrupted once", async () => {
  const { signs } = await interruptAt(30_000);
  assertEquals(signs, ["BotStartedSpeakingFrame", "InterruptionFrame", "BotStoppedSpeakingFrame"]);
  const whole = await interruptAt(TOTAL_MS + 500);
  assertEquals(whole.heard, TEXT);
  assertEquals(whole.signs, [
    "BotStartedSpeakingFrame",
    "BotStoppedSpeakingFrame",
    "InterruptionFrame",
  ]);
});
