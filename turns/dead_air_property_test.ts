/** Random conversations in which everything can be slow, fail or hang: nobody is left in silence, nobody talked over. */
import { assert, assertEquals } from "@std/assert";
import { defineTool, type FunctionSchema, type LLMContext } from "../context/mod.ts";
import { Call } from "../extensions/_call_test.ts";
import type { ScriptedAnswer, ScriptedVoice } from "../testing/mod.ts";
import { type Random, random } from "../text/testdata/random.ts";
import { DeadAirDetector } from "./mod.ts";

const CONVERSATIONS = 150;
const SILENCE_MS = 3000;
const GIVE_UP_MS = 8000;
/** The end of a turn, a request that the voice gives up, the filler, and a bit. */
const SLACK_MS = 20_000;

function randomAnswer(random: Random, tool: FunctionSchema): ScriptedAnswer {
  const slow = { firstTokenMs: random.pick([0, 300, 2000, 5000, 9000]) };
  const text = random.pick(["Yes.", "It is noon. And a bit.", "One fox, two bears, three bees."]);
  return random.pick<() => ScriptedAnswer>([
    () => ({ text, ...slow }),
    () => ({ text, ...slow, tokenMs: random.pick([0, 400, 4000]) }),
    () => ({ text, ...slow, stalls: true }),
    () => ({ stalls: true }),
    () => ({ error: new Error("overloaded"), ...slow }),
    () => {
      const said = random.pick(["", "Let me see."]);
      // A function whose result nobody is told of is not called without a word.
      const text = tool.runLlm === false ? "Let me see." : said;
      return { text, calls: [{ name: "look" }], ...slow };
    },
  ])();
}

function randomVoice(random: Random): ScriptedVoice {
  const failure = { error: new Error("no credit"), afterMs: random.pick([0, 200]) };
  const firstAudioMs = random.pick([0, 0, 0, 200, 4000, 15_000]);
  return random.below(8) === 0 ? { failure } : { firstAudioMs, words: true };
}

function randomTool(random: Random) {
  return defineTool({
    name: "look",
    description: "",
    cancelOnInterruption: random.below(2) === 0,
    runLlm: random.below(5) === 0 ? false : undefined,
    handler: async ({ clock, signal }) => {
      await clock.sleep(random.pick([0, 1000, 6000, 30_000, 70_000]), { signal });
      if (random.below(4) === 0) throw new Error("nothing to see");
      return "clear";
    },
  });
}

async function converse(seed: number): Promise<number> {
  const choose = random(seed);
  const made: DeadAirDetector[] = [];
  const tool = randomTool(choose);
  await using call = new Call({
    answers: () => randomAnswer(choose, tool),
    voice: () => randomVoice(choose),
    context: { tools: [tool] },
    beforeVoice: (context: LLMContext) => {
      const options = { silenceMs: SILENCE_MS, giveUpMs: GIVE_UP_MS };
      made.push(new DeadAirDetector(context, options));
      return made[0] as DeadAirDetector;
    },
  });
  const { clock, witness } = call;
  let userSpeaks = false;
  let events = 0;
  const note = () => {
    events++;
    assert(!userSpeaks && !witness.speaking, `somebody was talked over, seed ${seed}`);
  };
  let gaveUpAt = 0;
  made[0]?.on("deadAir", note).on("gaveUp", () => {
    note();
    gaveUpAt = clock.now();
  });
  for (let turn = 0; turn < 4; turn++) {
    userSpeaks = true;
    call.begins(choose.pick(["What time is it?", "Hello?", ""]));
    await clock.advance(choose.pick([300, 1500, 2500]));
    userSpeaks = false;
    call.ceases();
    await clock.advance(choose.pick([500, 2000, 4000, 9000, 20_000]));
  }
  const said = "Are you still there?";
  await call.says(said, 800);
  const askedAt = clock.now();
  await clock.advance(SILENCE_MS + GIVE_UP_MS + SLACK_MS);
  const broken = witness.spokeAt.some((at) => at > askedAt) || gaveUpAt > askedAt;
  assert(call.lines.some((line) => line.endsWith(said)) && broken, `nobody cared, seed ${seed}`);
  // Functions are over after a minute, and all that follows from them soon after.
  await clock.advance(180_000);
  const before = events;
  await clock.advance(120_000);
  assertEquals(events, before, `a silence that is nobody's fault was filled, seed ${seed}`);
  return events;
}

Deno.test("However slow and broken everything is, nobody is left in silence or talked over", async () => {
  let events = 0;
  for (let seed = 1; seed <= CONVERSATIONS; seed++) events += await converse(seed);
  assert(events > CONVERSATIONS, `only ${events} silences: it was tried too little`);
});
