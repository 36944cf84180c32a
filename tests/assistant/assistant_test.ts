import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { UserStartedSpeakingFrame, UserStoppedSpeakingFrame } from "../../frames/mod.ts";
import { VirtualClock } from "../../testing/mod.ts";
import { ask, greeted, GREETING } from "./_rig.ts";

const RINGING = "Your timer is ringing.";

Deno.test("the assistant greets, once somebody is there", async () => {
  await using call = await greeted();
  await call.contextHolds([/^system: You are Parley/, `assistant: ${GREETING}`]);
  await call.hangsUp();
  assertEquals(call.warnings, []);
});

const ANSWERS: readonly (readonly [question: string, answer: RegExp])[] = [
  ["what did you just say", /^I said: Hello! I am Parley\..* story\.$/],
  ["say that again", /^I said: Hello! I am Parley\..* story\.$/],
  ["hello", /^Hello! What can I do for you\?$/],
  ["What time is it?", /^It is \d{1,2}:\d\d [AP]M\.$/],
  ["what day is it", /^Today is (Wednes|Thurs|Fri)day, (January|December) \d{1,2}\.$/],
  ["roll a dice", /^You rolled a [1-6]\.$/],
  ["roll two dice", /^You rolled [1-6] and [1-6]\.$/],
  ["what is twelve plus thirty", /^That is 42\.$/],
  ["What's 12 minus 30?", /^That is -18\.$/],
  ["what is three hundred and five times 2", /^That is 610\.$/],
  ["what is 7 divided by 2", /^That is 3\.5\.$/],
  ["what is 7 divided by 0", /^That has no answer\.$/],
  ["set a timer for 1 minute", /^Your timer is set for 1 minute\.$/],
  ["set a timer for six hundred seconds", /^Your timer is set for 600 seconds\.$/],
  ["set a timer for ten minutes", /^Your timer is set for 10 minutes\.$/],
  ["set a timer for 0 seconds", /^I can set timers from a second to a day\.$/],
  ["what did you just say", /^I said: I can set timers from a second to a day\.$/],
  ["what can you do", /^You can ask what time it is .* say goodbye\.$/],
];

Deno.test("the assistant understands what it is said to, one after another", async () => {
  await using call = await greeted();
  for (const [question, answer] of ANSWERS) {
    assertMatch(await ask(call, question), answer, question);
  }
  // The timer that cannot be.
  assertEquals(call.warnings, ['Cannot finish a call of "set_timer": invalid']);
});

Deno.test("the assistant's answers are what its tools gave", async () => {
  await using call = await greeted();
  const answer = await ask(call, "roll two dice");
  await call.calls("roll_dice", { count: 2 });
  const [, rolls = ""] = /result of +roll_dice {"rolls":\[(.*)\]}/.exec(call.transcript) ?? [];
  assertEquals(answer, `You rolled ${rolls.replace(",", " and ")}.`);
  const time = await ask(call, "what time is it");
  await call.calls("get_time", {});
  const hours = call.clock.date().getHours();
  const minutes = String(call.clock.date().getMinutes()).padStart(2, "0");
  assertEquals(time, `It is ${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"}.`);
});

Deno.test("the assistant tells a story of more than 40 seconds, and says it again", async () => {
  await using call = await greeted();
  const story = await ask(call, "tell me a story");
  const { atMs = 0, endMs = 0 } = call.answers.at(-1) ?? {};
  assert(endMs - atMs > 40_000, `${endMs - atMs} ms`);
  assertMatch(story, /^Once upon a time, .* nobody laughed at the old clock any more\.$/);
  assertEquals(await ask(call, "say that again"), story);
});

Deno.test("the assistant knows what was heard of what it said, and what was not", async () => {
  await using call = await greeted();
  await call.types("tell me a story");
  const heard = await call.interrupts("what did you just say", { afterMs: 7_000, typed: true });
  assertMatch(heard, /^Once upon a time, /);
  assert(heard.length > 50 && heard.length < 200, heard);
  // The very words, without what follows in the story.
  await call.hears(`I said: ${heard}`);
  await call.contextHolds([
    `assistant: ${GREETING}`,
    "user: tell me a story",
    `assistant: ${heard}`,
    "user: what did you just say",
    `assistant: I said: ${heard}`,
  ]);
  assertEquals(await ask(call, "what did you just say"), `I said: ${heard}`);
});

Deno.test("an answer of which nothing was heard was not said", async () => {
  await using call = await greeted();
  await call.types("tell me a story");
  assertEquals(await ask(call, "what did you just say"), `I said: ${GREETING}`);
});

Deno.test("the assistant refuses in changing words, helps the third time, and starts anew", async () => {
  await using call = await greeted();
  const first = await ask(call, "sing me a song");
  const second = await ask(call, "who wrote Faust");
  const third = await ask(call, "please");
  assertEquals(first, "I didn't catch that.");
  assert(second !== first && second.includes("I didn't catch that"), second);
  assertStringIncludes(third, "You can ask what time it is");
  assertMatch(await ask(call, "what is one plus one"), /^That is 2\.$/);
  assertEquals(await ask(call, "who wrote Hamlet"), first);
});

Deno.test("stop ends the speech, gets no answer, and timers run on", async () => {
  await using call = await greeted();
  await ask(call, "set a timer for 20 seconds");
  const set = call.nowMs;
  await call.types("tell me a story");
  const heard = await call.interrupts("stop", { afterMs: 5_000, typed: true });
  assertMatch(heard, /^Once upon a time/);
  assert(call.nowMs - set < 5_500);
  await call.hears(RINGING);
  const rang = (call.answers.at(-1)?.atMs ?? 0) - set;
  assert(rang > 17_000 && rang < 21_000, `${rang} ms`);
  await call.contextHolds([
    `assistant: ${GREETING}`,
    "user: set a timer for 20 seconds",
    'assistant calls set_timer {"seconds":20}',
    'tool: {"set":true}',
    "assistant: Your timer is set for 20 seconds.",
    "user: tell me a story",
    `assistant: ${heard}`,
    "user: stop",
    `assistant: ${RINGING}`,
  ]);
});

Deno.test("a timer that rings while the user speaks waits for a pause", async () => {
  await using call = await greeted();
  await ask(call, "set a timer for 2 seconds");
  void call.session.task?.queueFrame(new UserStartedSpeakingFrame());
  await call.hearsNothing({ forMs: 10_000 });
  void call.session.task?.queueFrame(new UserStoppedSpeakingFrame());
  await call.hears(RINGING, { limitMs: 5_000 });
});

Deno.test("a timer that rings in the midst of a story waits for its end", async () => {
  await using call = await greeted();
  await ask(call, "set a timer for 5 seconds");
  assertMatch(await ask(call, "tell me a story"), /^Once upon .* any more\.$/);
  const ended = call.nowMs;
  await call.hears(RINGING);
  assert((call.answers.at(-1)?.atMs ?? 0) - ended >= 500);
});

Deno.test("several timers ring one after another, in order", async () => {
  await using call = await greeted();
  for (const seconds of [9, 8]) await ask(call, `set a timer for ${seconds} seconds`);
  await call.hears(RINGING);
  await call.hears(RINGING);
});

Deno.test("goodbye is answered, and ends the session politely", async () => {
  const clock = new VirtualClock();
  await using call = await greeted(clock);
  await ask(call, "set a timer for 30 seconds");
  await call.calls("set_timer", { seconds: 30 });
  await call.types("goodbye");
  await call.calls("say_goodbye", {});
  await call.hears("Goodbye! It was nice talking to you.");
  await call.ends();
  assertEquals([clock.timers, call.warnings], [0, []]);
});

Deno.test("silence is nothing heard, and gets no answer", async () => {
  await using call = await greeted();
  await call.hearsNothing({ forMs: 30_000 });
  await call.hangsUp();
  assertEquals(call.answers.map(({ text }) => text), [GREETING]);
  assert(!call.transcript.includes("understood"), call.transcript);
});

Deno.test("the assistant remembers the conversation", async () => {
  await using call = await greeted();
  await ask(call, "hello");
  await ask(call, "what is 2 times 3");
  await call.contextHolds([
    /^system: You are Parley/,
    `assistant: ${GREETING}`,
    "user: hello",
    "assistant: Hello! What can I do for you?",
    "user: what is 2 times 3",
    'assistant calls calculate {"a":2,"operator":"times","b":3}',
    'tool: {"value":6}',
    "assistant: That is 6.",
  ]);
});
