/** Sessions that the fuzz has found to be broken, and that are not any more. */
import { assertEquals } from "@std/assert";
import { runSchedule } from "./_case.ts";
import type { AnswerPlan, BotPlan, CallPlan, EarPlan, Schedule, VoicePlan } from "./_schedule.ts";
import { ANSWER, EAR, PLAIN, VOICE } from "./_shrink.ts";

/** What of a session is not as plain as can be. */
type Found = Pick<Schedule, "acts" | "end"> & {
  /** What the order of timers of one moment follows from. */
  readonly seed?: number;
  readonly bot?: Partial<BotPlan>;
  readonly answers?: readonly Partial<AnswerPlan>[];
  readonly voices?: readonly Partial<VoicePlan>[];
  readonly ears?: readonly EarPlan[];
  readonly rests?: boolean;
};

const HURRIES: CallPlan = { tool: "draw", fate: "hurries", takesMs: 3_500, heeds: true };
const REPORTS: CallPlan = { tool: "draw", fate: "reports", takesMs: 40, heeds: true };
const SPEAKS: CallPlan = { tool: "draw", fate: "speaks", takesMs: 1_500, heeds: false };

const FOUND: Readonly<Record<string, Found>> = {
  "A write that does not get through leaves no timer behind when the session is cancelled": {
    acts: [{ at: 276, what: "wire stalls" }, { at: 427, what: "runs" }],
    end: { at: 997, how: "cancel" },
  },
  "What is said behind an end is not played after it": {
    bot: { recorder: true },
    acts: [{ at: 1_000, what: "says", words: 9 }],
    end: { at: 927, how: "end" },
  },
  "What is said behind a stop is not spoken in the next run": {
    seed: 946,
    bot: { ttss: 3 },
    voices: [
      { characterMs: 15, firstAudioMs: 1_500, knowsWords: false },
      {},
      { characterMs: 39, knowsWords: false, trouble: "fails late" },
      { characterMs: 39, pauseMs: 30, trouble: "fails late" },
      {},
    ],
    acts: [
      { at: 2_604, what: "says", words: 8 },
      { at: 4_480, what: "presses", keys: "7#" },
      { at: 5_705, what: "says", words: 1 },
    ],
    end: { at: 5_224, how: "stop and go on" },
  },
  "The rest of what was said behind a stop is not counted as heard in the next run": {
    seed: 4_768,
    bot: { mute: "until bot" },
    voices: [
      { characterMs: 25, firstAudioMs: 1_500, pauseMs: 160, knowsWords: false, deaf: true },
      { characterMs: 22, knowsWords: false },
      { characterMs: 37, knowsWords: false },
    ],
    acts: [
      { at: 785, what: "says", words: 4 },
      { at: 1_192, what: "says", words: 9 },
      { at: 3_593, what: "says", words: 8 },
    ],
    end: { at: 1_743, how: "stop and go on" },
  },
  "What comes to an output behind a stop is nothing to warn of": {
    seed: 2_833,
    answers: [{ words: 2, firstTokenMs: 900, tokenMs: 15 }],
    voices: [{}, {}, { characterMs: 23, firstAudioMs: 80, pauseMs: 160, knowsWords: false }],
    acts: [
      { at: 200, what: "says", words: 1 },
      { at: 2_074, what: "speaks", forMs: 1_373 },
      { at: 4_740, what: "says", words: 3 },
      { at: 6_226, what: "speaks", forMs: 1_391 },
    ],
    end: { at: 4_532, how: "stop and go on" },
  },
  "What is sent behind a speech comes to the end when nobody is there to hear it": {
    acts: [
      { at: 100, what: "leaves" },
      { at: 200, what: "says", words: 16 },
      { at: 600, what: "notes", up: false, count: 30 },
    ],
    end: { at: 700, how: "end" },
  },
  "Words that never got through are not counted when their speech is taken back": {
    seed: 984,
    answers: [{}, { words: 2, firstTokenMs: 300 }],
    voices: [{}, { characterMs: 25, pauseMs: 30 }, { characterMs: 22, firstAudioMs: 80 }],
    acts: [
      { at: 309, what: "types", words: 5 },
      { at: 892, what: "words", words: 5 },
      { at: 922, what: "runs" },
      { at: 1_642, what: "leaves" },
      { at: 1_693, what: "types", words: 9 },
    ],
    end: { at: 2_637, how: "client leaves" },
  },
  "A voice whose connection breaks in the same word again and again is not asked for half of it": {
    bot: { streams: true },
    voices: [{ characterMs: 27, firstAudioMs: 250, pauseMs: 30, trouble: "stalls" }],
    acts: [{ at: 100, what: "says", words: 4 }],
    end: { at: 200, how: "end" },
  },
  "What two utterances of one turn say is not run together where the first was cut": {
    answers: [
      { words: 3, calls: [REPORTS, SPEAKS] },
      {
        words: 12,
        firstTokenMs: 300,
        tokenMs: 15,
        calls: [{ ...REPORTS, takesMs: 0 }, { ...REPORTS, fate: "returns", takesMs: 400 }],
      },
    ],
    voices: [
      { characterMs: 37, firstAudioMs: 80, pauseMs: 160 },
      { characterMs: 16, trouble: "fails late", deaf: true },
    ],
    acts: [{ at: 100, what: "types", words: 2 }],
    end: { at: 5_000, how: "end" },
  },
  "A session ends although every recogniser fails, one after the other, again and again": {
    bot: { stts: 2 },
    ears: [
      { words: 5, delayMs: 300, trouble: "fails" },
      { words: 2, delayMs: 300, trouble: "fails" },
      { words: 5, delayMs: 300, trouble: "stalls" },
    ],
    acts: [
      { at: 5_125, what: "speaks", forMs: 761 },
      { at: 6_068, what: "speaks", forMs: 937 },
      { at: 9_937, what: "speaks", forMs: 107 },
    ],
    rests: true,
    end: { at: 10_106, how: "stop and go on" },
  },
  "A tool that goes on after it has told its result stops with the session": {
    answers: [{ words: 3, calls: [HURRIES] }],
    acts: [{ at: 300, what: "types", words: 4 }],
    end: { at: 500, how: "end" },
  },
};

for (
  const [name, { seed = 1, bot, answers = [{}], voices = [{}], ears = [EAR], ...rest }] of Object
    .entries(FOUND)
) {
  Deno.test(name, async () => {
    const { violations } = await runSchedule({
      seed,
      bot: { ...PLAIN, ...bot },
      answers: answers.map((answer) => ({ ...ANSWER, ...answer })),
      voices: voices.map((voice) => ({ ...VOICE, ...voice })),
      ears,
      rests: false,
      ...rest,
    });
    assertEquals(violations, []);
  });
}
