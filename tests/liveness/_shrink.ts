import { runSchedule } from "./_case.ts";
import type { AnswerPlan, BotPlan, EarPlan, Schedule, VoicePlan } from "./_schedule.ts";

/** Sessions that are tried at most to make one smaller. */
const MOST_TRIES = 300;

/** A bot with nothing in it that can be left out. */
export const PLAIN: BotPlan = {
  stts: 1,
  llms: 1,
  ttss: 1,
  streams: false,
  branch: "none",
  voicemail: "none",
  recorder: false,
  deadAir: false,
  mute: "none",
  heartbeats: false,
  metrics: false,
  hears: false,
  wire: "recalls",
};
/** An answer, a voice and a recogniser without any trouble. */
export const ANSWER: AnswerPlan = {
  words: 4,
  firstTokenMs: 0,
  tokenMs: 0,
  trouble: "none",
  calls: [],
};
export const VOICE: VoicePlan = {
  characterMs: 20,
  firstAudioMs: 0,
  pauseMs: 0,
  knowsWords: true,
  trouble: "none",
  deaf: false,
};
export const EAR: EarPlan = { words: 2, delayMs: 0, trouble: "none" };

/** Leaves out of a schedule whatever is not needed to break a check. */
export async function shrink(
  schedule: Schedule,
  check: string,
): Promise<{ readonly schedule: Schedule; readonly tries: number }> {
  let smallest = schedule;
  let tries = 0;
  for (let found = true; found && tries < MOST_TRIES;) {
    found = false;
    for (const smaller of smallerThan(smallest)) {
      if (++tries > MOST_TRIES) break;
      const { violations } = await runSchedule(smaller);
      if (!violations.some((violation) => violation.startsWith(`${check}:`))) continue;
      smallest = smaller;
      found = true;
      break;
    }
  }
  return { schedule: smallest, tries };
}

function* smallerThan(schedule: Schedule): Iterable<Schedule> {
  const { acts, bot } = schedule;
  for (let size = acts.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < acts.length; at += size) {
      yield { ...schedule, acts: acts.toSpliced(at, size) };
    }
  }
  for (const [key, value] of Object.entries(PLAIN)) {
    if (bot[key as keyof BotPlan] === value) continue;
    // Two acts make sense with what they are about only.
    if (key === "branch" && acts.some(({ what }) => what === "other voice")) continue;
    yield { ...schedule, bot: { ...bot, [key]: value } };
  }
  yield* plainer(schedule.answers, ANSWER, (answers) => ({ ...schedule, answers }));
  yield* plainer(schedule.voices, VOICE, (voices) => ({ ...schedule, voices }));
  yield* plainer(schedule.ears, EAR, (ears) => ({ ...schedule, ears }));
}

/** The same list with fewer in it, or with one of them made plain. */
function* plainer<T>(
  list: readonly T[],
  plain: T,
  take: (list: readonly T[]) => Schedule,
): Iterable<Schedule> {
  const isPlain = (one: T) => JSON.stringify(one) === JSON.stringify(plain);
  if (list.length > 1) yield take(list.slice(0, -1));
  for (const [i, one] of list.entries()) if (!isPlain(one)) yield take(list.with(i, plain));
}
