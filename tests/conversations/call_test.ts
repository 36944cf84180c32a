import {
  assert,
  assertEquals,
  AssertionError,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { systemClock } from "../../async/mod.ts";
import { SileroVADAnalyzer } from "../../audio/vad/silero.ts";
import { ErrorFrame, TTSSpeakFrame } from "../../frames/mod.ts";
import { type Call, callBot, type CallOptions, type TestedBot } from "../../testing/mod.ts";
import { clerk } from "./clerk.ts";

const LOOK_UP = { calls: [{ name: "look_up", arguments: { what: "tea" } }] };
const GREETS = { flags: { greets: true } };
const STORY = "Once upon a time there was a clerk who had a long day.";

Deno.test("a call is held as it is written down, by voice and by typing", async () => {
  await using call = await callBot(clerk, {
    ...GREETS,
    answers: ["Hello!", { text: "One moment.", ...LOOK_UP }, "It is tea.", "Bye.", "Indeed."],
  });
  assertEquals(await call.hears("Hello!"), "Hello!");
  await call.says("Look it up, please.");
  await call.understands("Look it up, please.", { withinMs: 300 });
  const found = { gives: { found: { what: "tea" } }, withinMs: 1_000 };
  assertEquals(await call.calls("look_up", { what: "tea" }, found), { what: "tea" });
  await call.hears("One moment.", { withinMs: 1_000 });
  assertEquals(await call.interrupts("Thanks", { afterHearing: "It" }), "It is");
  await call.hears(/^Bye/);
  await call.types("Done?");
  await call.reads("Indeed.", { withinMs: 0 });
  await call.hears("Indeed.");
  await call.contextHolds([
    "system: Be brief.",
    "assistant: Hello!",
    "user: Look it up, please.",
    "assistant: One moment.",
    'assistant calls look_up {"what":"tea"}',
    /^tool: .*"tea"/,
    "assistant: It is",
    "user: Thanks",
    "assistant: Bye.",
    "user: Done?",
    "assistant: Indeed.",
  ]);
  await call.hearsNothing({ forMs: 5_000 });
  await call.hangsUp();
  assertEquals(call.answers.map(({ text, cut }) => cut ? `${text} —` : text), [
    "Hello!",
    "One moment.",
    "It is —",
    "Bye.",
    "Indeed.",
  ]);
});

/** What is expected in vain, and how that fails. */
interface Failing {
  readonly options?: CallOptions;
  readonly bot?: TestedBot;
  readonly steps: (call: Call) => Promise<unknown>;
  readonly message: string | RegExp;
}

const asks = async (call: Call, text = "Tell me a story.") => {
  await call.says(text);
  return call;
};

const FAILING: Readonly<Record<string, Failing>> = {
  "hears another answer": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).hears("It is late."),
    message: 'Cannot hear "It is late.": the bot said "It is noon."',
  },
  "hears an answer that a pattern does not find": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).hears(/late/),
    message: 'Cannot hear /late/: the bot said "It is noon."',
  },
  "hears an answer too late": {
    options: { answers: [{ text: "It is noon.", firstTokenMs: 2_000 }] },
    steps: async (call) => (await asks(call)).hears("It is noon.", { withinMs: 800 }),
    message: /^Cannot hear "It is noon\." within 800 ms: the first sound came after 2\d{3} ms\n/,
  },
  "hears nothing": {
    steps: (call) => call.hears("Hello!", { limitMs: 2_000 }),
    message: 'Cannot hear "Hello!": the bot said nothing',
  },
  "hears no end": {
    options: { answers: [STORY] },
    steps: async (call) => (await asks(call)).hears(STORY, { limitMs: 1_500 }),
    message: "the bot did not come to an end",
  },
  "hears something where there should be nothing": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).hearsNothing({ forMs: 3_000 }),
    message: "Cannot hear nothing for 3000 ms: the bot speaks",
  },
  "reads another answer": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).reads("It is late."),
    message: 'Cannot read "It is late.": the model wrote "It is noon."',
  },
  "reads nothing": {
    steps: (call) => call.reads(/./, { limitMs: 1_000 }),
    message: "Cannot read /./: the model wrote nothing",
  },
  "sees no call": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).calls("look_up", {}, { limitMs: 4_000 }),
    message: 'Cannot see a call of "look_up": the bot called nothing',
  },
  "sees another call": {
    options: { answers: [LOOK_UP, "Tea."] },
    steps: async (call) => (await asks(call)).calls("hang_up"),
    message: 'Cannot see a call of "hang_up": the bot called "look_up" with {"what":"tea"}',
  },
  "sees other arguments": {
    options: { answers: [LOOK_UP, "Tea."] },
    steps: async (call) => (await asks(call)).calls("look_up", { what: "coffee" }),
    message:
      'Cannot see a call of "look_up": it was called with {"what":"tea"} and not {"what":"coffee"}',
  },
  "sees another result": {
    options: { answers: [LOOK_UP, "Tea."] },
    steps: async (call) => (await asks(call)).calls("look_up", undefined, { gives: "nothing" }),
    message: 'Cannot see a call of "look_up": it gave {"found":{"what":"tea"}} and not "nothing"',
  },
  "sees a call too late": {
    options: { answers: [{ ...LOOK_UP, firstTokenMs: 900 }, "Tea."] },
    steps: async (call) => (await asks(call)).calls("look_up", undefined, { withinMs: 500 }),
    message: /^Cannot see a call of "look_up" within 500 ms: the call came after 17\d\d ms/,
  },
  "finds something else understood": {
    options: { answers: ["Yes."], hearing: () => "Sell me a story." },
    steps: async (call) => (await asks(call)).understands("Tell me a story."),
    message: 'Cannot see "Tell me a story." understood: the bot understood "Sell me a story."',
  },
  "finds nothing understood": {
    options: { hearing: () => ({}) },
    steps: async (call) => (await asks(call)).understands(/./, { limitMs: 2_000 }),
    message: "Cannot see /./ understood: the bot understood nothing",
  },
  "interrupts what is over": {
    options: { answers: ["It is noon."] },
    steps: async (call) => (await asks(call)).interrupts("Stop", { afterMs: 2_000 }),
    message:
      'Cannot interrupt with "Stop" after 2000 ms: it was over after 660 ms, with "It is noon."',
  },
  "interrupts where nothing is said": {
    options: { limitMs: 2_000 },
    steps: (call) => call.interrupts("Stop"),
    message: 'Cannot interrupt with "Stop" after 0 ms: the bot said nothing',
  },
  "interrupts in vain": {
    options: { answers: [STORY], hearing: ({ text }) => text, vadParams: { startSecs: 10 } },
    steps: async (call) => {
      await call.types("Tell me a story.");
      await call.interrupts("Stop", { afterMs: 300 });
    },
    message: 'Cannot interrupt with "Stop" after 300 ms: the bot spoke on',
  },
  "finds another conversation": {
    options: { answers: ["It is noon."] },
    steps: async (call) => {
      await asks(call, "Is it late?");
      await call.hears("It is noon.");
      await call.contextHolds(["user: Is it late?", "assistant: It is late.", "user: Oh."]);
    },
    message: "Cannot find the context as expected: it differs\n" +
      "    user: Is it late?\n" +
      "  - assistant: It is late.\n" +
      "  - user: Oh.\n" +
      "  + assistant: It is noon.\n",
  },
  "finds one message less": {
    options: { answers: ["It is noon."] },
    steps: async (call) => {
      await asks(call, "Is it late?");
      await call.hears("It is noon.");
      await call.contextHolds(["assistant: Hello!", "user: Is it late?", /noon/]);
    },
    message: "Cannot find the context as expected: it differs\n" +
      "  - assistant: Hello!\n" +
      "    user: Is it late?\n" +
      "    assistant: It is noon.\n",
  },
  "finds no conversation": {
    steps: (call) => call.contextHolds(["user: Hello!"]),
    message: "Cannot find the context as expected: the model was not asked yet\n  - user: Hello!",
  },
  "waits for a failure in vain": {
    steps: (call) => call.fails(/./, { limitMs: 1_000 }),
    message: "Cannot see /./ reported: nothing went wrong",
  },
  "waits for an end in vain": {
    steps: (call) => call.ends({ limitMs: 1_000 }),
    message: "Cannot see the call end: the bot goes on",
  },
  "ends with a failure that nobody expected": {
    steps: async (call) => (await asks(call)).waits(3_000).then(() => call.hangsUp()),
    message: /^Cannot end the call well: it was reported that "Cannot get an answer in .*used up"/,
  },
  "ends with a script that is not used up": {
    options: { answers: ["Never asked.", "Nor this."] },
    steps: (call) => call.hangsUp(),
    message:
      "Cannot end the call well: the model was not asked for the last 2 answers of its script",
  },
  "waits for a bot that has gone": {
    options: { answers: [{ calls: [{ name: "hang_up" }] }] },
    steps: async (call) => {
      await asks(call, "Bye.");
      await call.hears("Goodbye!");
      await call.hears("More.");
    },
    message: 'Cannot hear "More.": the bot said nothing, and the call is over',
  },
  "waits for a bot that has failed": {
    bot: async (session, services) => {
      await clerk(session, services);
      throw new Error("Cannot write the report: the disk is full");
    },
    options: { answers: [{ calls: [{ name: "hang_up" }] }] },
    steps: async (call) => (await asks(call, "Bye.")).ends(),
    message: "Cannot end the call well: the bot failed: Cannot write the report: the disk is full",
  },
};

for (const [name, { bot = clerk, options = {}, steps, message }] of Object.entries(FAILING)) {
  Deno.test(`who ${name} is told so, with all that happened`, async () => {
    await using call = await callBot(bot, options);
    const error = await assertRejects(async () => void await steps(call), AssertionError);
    if (message instanceof RegExp) assertMatch(error.message, message);
    else assertStringIncludes(error.message, message);
    assertMatch(error.message, /\n\nThe call so far, in seconds:\n +(\d+\.\d{3} {2}|– {2}nothing)/);
  });
}

Deno.test("a transcript says who did what, and when", async () => {
  await using call = await callBot(clerk, {
    answers: [{ text: "One moment.", ...LOOK_UP }, STORY],
  });
  await call.says("What is tea?");
  await call.hears("One moment.");
  await call.interrupts("Stop.", { afterMs: 500 });
  await call.fails(/used up/);
  await call.hangsUp();
  const lines = call.transcript.split("\n");
  assertEquals(lines.map((line) => line.slice(11).replace(/#\d+/, "#1")), [
    'caller      says "What is tea?"',
    "understood  What is tea?",
    'bot calls   look_up {"what":"tea"}',
    "bot         One moment.",
    'result of   look_up {"found":{"what":"tea"}}',
    "bot         Once upon a — (cut)",
    'caller      says "Stop."',
    "understood  Stop.",
    "caller      hangs up",
    'problem     Cannot get an answer in "ScriptedLLMService#1": the script is used up',
    "            the call is over",
  ]);
  const times = lines.map((line) => Number(line.slice(0, 9)));
  assertEquals(times, times.toSorted((a, b) => a - b));
  assertEquals([times[0], times[2]], [0, times[3]]);
});

Deno.test("what goes wrong is told, and the call goes on", async () => {
  const error = new Error("no ears");
  await using call = await callBot(clerk, {
    answers: ["Now I do."],
    hearing: ({ text, number }) => number === 1 ? { error } : text,
  });
  await call.says("Do you hear me?");
  assertMatch(
    await call.fails(/no ears/),
    /^Cannot transcribe in "ScriptedSTTService#\d+": no ears$/,
  );
  await call.says("And now?");
  await call.hears("Now I do.");
  await call.hangsUp();
});

Deno.test("a bot that cannot take a call is told so", async () => {
  const without: TestedBot = () => Promise.reject(new Error("Cannot use Acme without an API key"));
  const message = "Cannot call the bot: the bot failed: Cannot use Acme without an API key";
  await assertRejects(() => callBot(without), AssertionError, message);
  const idle: TestedBot = () => Promise.resolve();
  await assertRejects(
    () => callBot(idle),
    AssertionError,
    'it never ran a task with "session.run"',
  );
});

Deno.test("a bot that fails in silence fails its test when the call is disposed of", async () => {
  const bot: TestedBot = async (session, services) => {
    await clerk(session, services);
    throw new Error("Cannot write the report: the disk is full");
  };
  await assertRejects(
    async () => {
      await using _call = await callBot(bot);
    },
    Error,
    "the disk is full",
  );
});

Deno.test("the caller's voice is taken for one by a real VAD", async () => {
  const bot: TestedBot = (session, services) =>
    clerk(session, { ...services, vadAnalyzer: new SileroVADAnalyzer() });
  await using call = await callBot(bot, { answers: ["Yes."] });
  await call.waits(500);
  await call.says("Is there anybody who can hear me?");
  await call.understands("Is there anybody who can hear me?");
  await call.hears("Yes.");
  await call.hangsUp();
});

Deno.test("a call in real time goes as one in virtual time", async () => {
  await using call = await callBot(clerk, { clock: systemClock, answers: ["Yes."] });
  await call.says("Quick?");
  await call.hears("Yes.");
  await call.contextHolds(["user: Quick?", "assistant: Yes."]);
  await call.hangsUp();
  assert(call.nowMs > 1_000);
});

Deno.test("an error that a bot pushes itself is one of the call", async () => {
  await using call = await callBot(clerk);
  void call.session.task?.queueFrame(new ErrorFrame("Cannot look it up: the door is shut"));
  void call.session.task?.queueFrame(new TTSSpeakFrame("Sorry."));
  await call.fails("Cannot look it up: the door is shut");
  await call.hears("Sorry.");
  await call.hangsUp();
});
