/**
 * Every turn, tool call and session ends in one named outcome, in time, and
 * nothing is lost, doubled or left behind: held against random sessions of whole
 * bots, in which everything can be slow, fail, hang or come at the wrong moment.
 * A session is all that follows from its seed:
 *
 *     LIVENESS_SEED=42 deno test -A tests/liveness/liveness_test.ts        # one session again
 *     LIVENESS_SESSIONS=50000 deno test -A tests/liveness/liveness_test.ts # more of them
 *     LIVENESS_BASE=100000 deno test -A tests/liveness/liveness_test.ts    # others
 *
 * @module
 */
import { assert, assertEquals, fail } from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { type Outcome, runCase } from "./_case.ts";
import { invent } from "./_schedule.ts";
import { shrink } from "./_shrink.ts";

const SESSIONS = Number(Deno.env.get("LIVENESS_SESSIONS") ?? 2_000);
const BASE = Number(Deno.env.get("LIVENESS_BASE") ?? 1);
const SEED = Deno.env.get("LIVENESS_SEED");
const FILE = "tests/liveness/liveness_test.ts";

/** What has to be met, each in so many sessions of a thousand, so that they mean something. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  "In the pipeline": [
    ..."none,bystander,slow bystander,two voices,in step".split(",").map((b) => `branch: ${b}`),
    ..."person,machine,unclear".split(",").map((who) => `voicemail: ${who}`),
    ..."stt,llm,tts".split(",").map((of) => `switcher: ${of}`),
    ..."always,first speech,until bot,functions".split(",").map((how) => `mute: ${how}`),
    ..."keeps,recalls,acknowledges".split(",").map((what) => `wire: ${what}`),
    "voices that stream",
    "with a recorder",
    "with a dead-air detector",
    "with heartbeats",
    "with metrics",
    "speech found in sound",
  ],
  "Done to it": [
    ..."speaks,coughs,words,guess,interrupts,types,says,runs,leaves,returns,wire stalls,other voice,keeps"
      .split(","),
    ..."notes,signs,settings,switches,presses,message".split(","),
  ].map((act) => `act: ${act}`),
  "Gone wrong": [
    ..."fails,fails late,stalls,stalls late".split(",").map((how) => `model ${how}`),
    ..."fails,fails late,stalls,says nothing".split(",").map((how) => `voice ${how}`),
    ..."fails,stalls".split(",").map((how) => `recogniser ${how}`),
    ..."throws,hangs,hurries,reports,speaks,keeps".split(",").map((how) => `tool ${how}`),
    "answers asked for again",
    "silences filled",
    "silences given up",
  ],
  "How it ended": [
    ..."stopped,heardNothing,ended".split(",").map((how) => `a user's turn: ${how}`),
    ..."said,interrupted".split(",").map((how) => `a bot's turn: ${how}`),
    ..."result,error,cancelled".split(",").map((how) => `a call's end: ${how}`),
    ..."conversation,unclear,voicemail,ended".split(",").map((how) => `voicemail outcome: ${how}`),
    ..."end,end request,stop,stop and go on,cancel,cancel request,fatal error,signal,client leaves"
      .split(",").map((how) => `end: ${how}`),
    "sessions that came to rest",
  ],
};

/** In how many sessions something was met, a bar for each on a scale of tens. */
function histogram(counts: ReadonlyMap<string, number>): string {
  return Object.entries(WANTED).map(([title, names]) => {
    const lines = names.map((name) => {
      const count = counts.get(name) ?? 0;
      const bar = "▇".repeat(Math.round(5 * Math.log10(count + 1)));
      return `  ${name.padEnd(32)}${String(count).padStart(6)} ${bar}`;
    });
    return [`${title}:`, ...lines].join("\n");
  }).join("\n");
}

/** What is broken in a session, and what of the session it takes. */
async function explain({ seed, violations }: Outcome): Promise<string> {
  const [first = ""] = violations;
  const { schedule, tries } = await shrink(invent(seed), first.slice(0, first.indexOf(":")));
  return [
    `seed ${seed} (again: LIVENESS_SEED=${seed} deno test -A ${FILE})`,
    ...violations.slice(0, 5).map((violation) => `  ${violation}`),
    `  as much is broken by this alone, found in ${tries} tries:`,
    Deno.inspect(schedule, { depth: 9, compact: true, breakLength: 120 }),
  ].join("\n");
}

Deno.test("whatever happens, every turn, tool call and session ends once, in time, and nothing is lost or left", async () => {
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: SESSIONS }, (_, i) => BASE + i);
  const counts: Map<string, number> = new Map();
  const broken: Outcome[] = [];
  const from = systemClock.now();
  let lastedMs = 0;
  for (const seed of seeds) {
    const outcome = await runCase(seed);
    lastedMs += outcome.lastedMs;
    for (const name of outcome.counts.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
    if (outcome.violations.length > 0) broken.push(outcome);
  }
  const tookSecs = ((systemClock.now() - from) / 1000).toFixed(1);
  const hours = (lastedMs / 3_600_000).toFixed(1);
  console.log(`${seeds.length} sessions from seed ${seeds[0]} on, ${hours} hours in ${tookSecs} s`);
  console.log(`In how many of them there was what:\n${histogram(counts)}`);
  if (broken.length > 0) {
    const some = await Promise.all(broken.slice(0, 3).map(explain));
    fail(`${broken.length} sessions are broken:\n${some.join("\n")}`);
  }
  const least = SESSIONS * 0.005;
  const names = Object.values(WANTED).flat();
  if (!SEED) assertEquals(names.filter((name) => (counts.get(name) ?? 0) < least), []);
});

Deno.test("a session is the same every time", async () => {
  for (const seed of [3, 14, 159, 265]) {
    const [one, other] = [await runCase(seed), await runCase(seed)];
    assert(one.digest.length > 100);
    assertEquals(one.digest, other.digest);
  }
});
