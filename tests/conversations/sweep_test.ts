import { assert, assertEquals, AssertionError, assertMatch, assertRejects } from "@std/assert";
import { LLMContext } from "../../context/mod.ts";
import { HeardTextFrame, InterruptionFrame, OutputAudioRawFrame } from "../../frames/mod.ts";
import { Pipeline, PipelineTask } from "../../pipeline/mod.ts";
import { FrameProcessor } from "../../processors/mod.ts";
import { type Call, sweepInterruptions, type TestedBot } from "../../testing/mod.ts";
import { LLMContextAggregatorPair } from "../../turns/mod.ts";
import { clerk } from "./clerk.ts";

const STORY = "You owe $12.50 at 3:45 p.m., Dr. Smith. **Now** listen: one fox 🦊, two bears!";

const SCRIPT = { answers: [STORY, "Fine."], voice: { characterMs: 50 } };

Deno.test("an answer that is cut at every chunk leaves what was heard, and no more", async () => {
  const seen: string[] = [];
  const cuts = await sweepInterruptions(clerk, {
    ...SCRIPT,
    lead: (call) => call.says("Tell me a story."),
    check: async (call, { heard }) => {
      seen.push(heard);
      await call.contextHolds([
        "user: Tell me a story.",
        ...heard === "" ? [] : [`assistant: ${heard}`],
        "user: Stop.",
        "assistant: Fine.",
      ]);
    },
  });
  assertEquals(cuts.map(({ heard }) => heard), seen);
  assertEquals(cuts.map(({ afterMs }) => afterMs), cuts.map((_, i) => i * 40));
  const prefixes = new Set(seen);
  assert(cuts.length > 80, `there were only ${cuts.length} cuts`);
  assert(prefixes.has("") && prefixes.size > 12, `only ${prefixes.size} beginnings were heard`);
  console.log(`${cuts.length} cuts, ${prefixes.size} different beginnings`);
});

Deno.test("an answer that is interrupted by voice at every fifth chunk is cut as well", async () => {
  const cuts = await sweepInterruptions(clerk, {
    ...SCRIPT,
    lead: (call) => call.says("Tell me a story."),
    spoken: true,
    stepMs: 200,
    interruption: "Stop, please, I have heard enough of it.",
  });
  assert(cuts.length > 12, `there were only ${cuts.length} cuts`);
});

/** A bot with something wrong: before its output or behind it. */
function faulty(makeFault: () => FrameProcessor, where: "before" | "behind"): TestedBot {
  return async (session, { stt, llm, tts, vadAnalyzer }) => {
    const { transport } = session;
    const [user, assistant] = new LLMContextAggregatorPair(new LLMContext(), {
      userParams: { vadAnalyzer },
    });
    const heard = [transport.output(), makeFault()];
    const output = where === "behind" ? heard : heard.toReversed();
    const parts = [transport.input(), stt, user, llm, tts, ...output, assistant];
    await session.run(new PipelineTask(new Pipeline(parts), session.taskOptions));
  };
}

/** Passes on what was heard of the bot some words late, and drops those at an interruption. */
class Forgetful extends FrameProcessor {
  constructor() {
    super();
    const out = this.scope({ uninterruptible: true });
    const held: HeardTextFrame[] = [];
    this.handle(HeardTextFrame, (frame) => {
      held.push(frame);
      if (held.length > 5) void out.push(held.splice(0, 1)[0] ?? frame);
    });
    this.handle(InterruptionFrame, () => void held.splice(0));
  }
}

/** Sounds for a while when it is interrupted. */
class Grumbling extends FrameProcessor {
  constructor() {
    super();
    const out = this.scope({ uninterruptible: true });
    this.handle(InterruptionFrame, () => {
      const audio = new Int16Array(12_000).fill(99);
      void out.push(new OutputAudioRawFrame(audio, { sampleRate: 24_000 }));
    });
  }
}

Deno.test.each([
  [
    "forgets",
    faulty(() => new Forgetful(), "behind"),
    /^Cannot interrupt well after 160 ms: "You" was heard, and the conversation holds "undefined"\n\nThe call so far, in seconds:\n +0\.000 {2}caller/,
  ],
  [
    "grumbles",
    faulty(() => new Grumbling(), "before"),
    /^Cannot interrupt well after 0 ms: "" was heard, and the bot still sounds \d+ ms after it\n/,
  ],
])("a bot that %s is found out, with the cut and the call", async (_fault, bot, message) => {
  const lead = (call: Call) => call.says("Tell me a story.");
  const error = await assertRejects(
    () => sweepInterruptions(bot, { ...SCRIPT, lead }),
    AssertionError,
  );
  assertMatch(error.message, message);
});
