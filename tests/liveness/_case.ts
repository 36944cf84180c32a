import { checkEnd } from "./_checks.ts";
import { checkRest } from "./_rest_checks.ts";
import { type EndPlan, invent, type Schedule } from "./_schedule.ts";
import { Session } from "./_session.ts";
import { World } from "./_world.ts";

/** What came of a session. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What there was in it, and how often. */
  readonly counts: ReadonlyMap<string, number>;
  /** How much virtual time it took. */
  readonly lastedMs: number;
  /** What came of it, for comparing two runs. */
  readonly digest: string;
}

/** How long an end may take: what was asked for before it is still said. */
const DRAIN_MS = 60_000;
/** How long a cancel may take. */
const CANCEL_MS = 100;
/** Everything that can be slow is given up sooner. */
const REST_STEP_MS = 5_000;
const MOST_REST_MS = 180_000;
/** A voice that does not heed its signal sleeps no longer. */
const DEAF_MS = 1_500;

const CANCELS: ReadonlySet<EndPlan["how"]> = new Set([
  "cancel",
  "cancel request",
  "fatal error",
  "signal",
  "client leaves",
]);

/** Makes a session up, holds it, and has it checked. */
export function runCase(seed: number): Promise<Outcome> {
  return runSchedule(invent(seed));
}

/** Holds a session and has it checked. */
export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const world = new World(schedule);
  const unhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    world.broken("no unhandled error", String(event.reason));
  };
  globalThis.addEventListener("unhandledrejection", unhandled);
  let digest = "";
  try {
    countIngredients(world);
    digest = await hold(world);
  } finally {
    await world.clock.settle();
    globalThis.removeEventListener("unhandledrejection", unhandled);
  }
  const { seed } = schedule;
  const { violations, counts, clock } = world;
  return { seed, violations, counts, lastedMs: clock.now(), digest };
}

async function hold(world: World): Promise<string> {
  const { schedule, clock } = world;
  const { acts, end } = schedule;
  const session = new Session(world);
  const run = session.task.run();
  for (const act of acts) world.later(act.at, () => session.perform(act));
  if (end.at > 0) await clock.advance(end.at);
  if (schedule.rests && end.at > 0) await rest(session);
  session.end(end.how);
  const stops = end.how === "stop" || end.how === "stop and go on";
  await finish(session, run, end.how);
  if (end.how === "stop and go on") await goOn(session);
  if (stops) await closeAll(session);
  checkTimers(world, schedule.voices.some(({ deaf }) => deaf) ? DEAF_MS : 0);
  world.over = true;
  await clock.advance(DEAF_MS);
  if (clock.timers > world.timers) checkTimers(world, 0);
  checkEnd(session, CANCELS.has(end.how));
  const { messages } = session.bot.context;
  const { seq, wire, speeches, interruptions } = world;
  return JSON.stringify([clock.now(), seq, wire.writes, speeches, interruptions, messages]);
}

/** Lets everything come to its end that was begun. */
async function rest(session: Session): Promise<void> {
  const { world, bot } = session;
  const { clock } = world;
  bot.loudspeaker.attend(true);
  const from = clock.now();
  let calm = 0;
  let seen = "";
  while (calm < 2 && clock.now() - from < MOST_REST_MS) {
    await clock.advance(REST_STEP_MS);
    const now = `${world.seq} ${world.wire.writes}`;
    calm = now === seen ? calm + 1 : 0;
    seen = now;
  }
  if (calm < 2) return world.broken("everything comes to rest", "something goes on for ever");
  world.count("sessions that came to rest");
  checkRest(session);
}

async function finish(session: Session, run: Promise<void>, how: EndPlan["how"]): Promise<void> {
  const { world } = session;
  const { clock } = world;
  const limitMs = CANCELS.has(how) ? CANCEL_MS : DRAIN_MS;
  try {
    await clock.runUntil(run, { limitMs });
  } catch (error) {
    world.broken("the session ends in time", `${how}: ${error}`);
    // Whatever comes of it, the next session is to find nothing of this one.
    void session.task.cancel();
    await clock.advance(30_000);
    await closeAll(session);
  }
}

/** Runs the pipeline once more, in another task, after a stop. */
async function goOn(session: Session): Promise<void> {
  const { world } = session;
  const { clock } = world;
  session.bot.loudspeaker.attend(true);
  session.goOn();
  const run = session.task.run();
  await clock.advance(100);
  session.perform({ at: 0, what: "speaks", forMs: 400 });
  session.perform({ at: 0, what: "says", words: 5 });
  session.perform({ at: 0, what: "keeps", up: false, count: 2 });
  await clock.advance(2_500);
  session.end("end");
  await finish(session, run, "end");
}

async function closeAll(session: Session): Promise<void> {
  const { world, task } = session;
  const closed = Promise.all(task.processors.map((processor) => processor.close()));
  await world.clock.runUntil(closed).catch((error) => world.broken("it can be closed", `${error}`));
}

/** Whatever the bot still has on the clock shows up here. */
function checkTimers(world: World, deafMs: number): void {
  const left = world.clock.timers - world.timers;
  if (left > 0 && deafMs === 0) world.broken("nothing is left running", `${left} timers are`);
}

function countIngredients(world: World): void {
  const { bot } = world.schedule;
  world.count(`branch: ${bot.branch}`);
  world.count(`voicemail: ${bot.voicemail}`);
  world.count(`mute: ${bot.mute}`);
  world.count(`wire: ${bot.wire}`);
  for (const [of, count] of Object.entries({ stt: bot.stts, llm: bot.llms, tts: bot.ttss })) {
    if (count > 1) world.count(`switcher: ${of}`);
  }
  if (bot.streams) world.count("voices that stream");
  if (bot.recorder) world.count("with a recorder");
  if (bot.deadAir) world.count("with a dead-air detector");
  if (bot.heartbeats) world.count("with heartbeats");
  if (bot.metrics) world.count("with metrics");
  if (bot.hears) world.count("speech found in sound");
}
