import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { UserStartedSpeakingFrame, UserStoppedSpeakingFrame } from "../../frames/mod.ts";
import { AssistantRig } from "./_rig.ts";

const GREETING = "Hello! I am Parley. Ask me the time, a sum, or for a story.";

Deno.test("the assistant greets, once somebody is there", async () => {
  await using rig = await AssistantRig.greeted();
  assertEquals(rig.all("bot"), [GREETING]);
  assertEquals(rig.messages[1], `assistant: ${GREETING}`);
  assertEquals(rig.problems, []);
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
  await using rig = await AssistantRig.greeted();
  for (const [question, answer] of ANSWERS) assertMatch(await rig.ask(question), answer, question);
  // The timer that cannot be.
  assertEquals(rig.problems, ['Cannot finish a call of "set_timer": invalid']);
});

Deno.test("the assistant's answers are what its tools gave", async () => {
  await using rig = await AssistantRig.greeted();
  const answer = await rig.ask("roll two dice");
  assertEquals(rig.all("call"), ['roll_dice {"count":2}']);
  const [first, second] = /\[(\d),(\d)\]/.exec(rig.all("result")[0] ?? "")?.slice(1) ?? [];
  assertEquals(answer, `You rolled ${first} and ${second}.`);
  const time = await rig.ask("what time is it");
  const hours = rig.clock.date().getHours();
  const minutes = String(rig.clock.date().getMinutes()).padStart(2, "0");
  assertEquals(time, `It is ${hours % 12 || 12}:${minutes} ${hours < 12 ? "AM" : "PM"}.`);
});

Deno.test("the assistant tells a story of more than 40 seconds, and says it again", async () => {
  await using rig = await AssistantRig.greeted();
  const story = await rig.ask("tell me a story");
  const lasted = rig.clock.now() - (rig.log.entries.at(-1)?.atMs ?? 0);
  assert(lasted > 40_000, `${lasted} ms`);
  assertMatch(story, /^Once upon a time, .* nobody laughed at the old clock any more\.$/);
  assertEquals(await rig.ask("say that again"), story);
});

Deno.test("the assistant knows what was heard of what it said, and what was not", async () => {
  await using rig = await AssistantRig.greeted();
  rig.type("tell me a story");
  await rig.clock.advance(7_000);
  const told = await rig.ask("what did you just say");
  const answer = await rig.nextOf("bot");
  assertMatch(told, /^Once upon a time, .* —$/);
  const heard = told.slice(0, -2);
  assert(heard.length > 50 && heard.length < 200, heard);
  // The very words, without what follows in the story.
  assertEquals(answer, `I said: ${heard}`);
  assertEquals(rig.messages.slice(2), [
    "user: tell me a story",
    `assistant: ${heard}`,
    "user: what did you just say",
    `assistant: I said: ${heard}`,
  ]);
  assertEquals(await rig.ask("what did you just say"), `I said: ${heard}`);
});

Deno.test("an answer of which nothing was heard was not said", async () => {
  await using rig = await AssistantRig.greeted();
  rig.type("tell me a story");
  assertEquals(await rig.ask("what did you just say"), `I said: ${GREETING}`);
});

Deno.test("the assistant refuses in changing words, helps the third time, and starts anew", async () => {
  await using rig = await AssistantRig.greeted();
  const first = await rig.ask("sing me a song");
  const second = await rig.ask("who wrote Faust");
  const third = await rig.ask("please");
  assertEquals(first, "I didn't catch that.");
  assert(second !== first && second.includes("I didn't catch that"), second);
  assertStringIncludes(third, "You can ask what time it is");
  assertMatch(await rig.ask("what is one plus one"), /^That is 2\.$/);
  assertEquals(await rig.ask("who wrote Hamlet"), first);
});

Deno.test("stop ends the speech, gets no answer, and timers run on", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.ask("set a timer for 20 seconds");
  const set = rig.clock.now();
  rig.type("tell me a story");
  await rig.clock.advance(5_000);
  rig.type("stop");
  assertMatch(await rig.nextOf("bot"), /^Once upon a time.* —$/);
  assert(rig.clock.now() - set < 5_500);
  assertEquals(await rig.nextOf("bot"), "Your timer is ringing.");
  const rang = (rig.log.entries.at(-1)?.atMs ?? 0) - set;
  assert(rang > 17_000 && rang < 21_000, `${rang} ms`);
  assertEquals(rig.messages.filter((line) => line.startsWith("user")).at(-1), "user: stop");
  assertEquals(rig.all("bot").length, 4);
});

Deno.test("a timer that rings while the user speaks waits for a pause", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.ask("set a timer for 2 seconds");
  rig.queue(new UserStartedSpeakingFrame());
  await rig.clock.advance(10_000);
  assertEquals(rig.all("bot").length, 2);
  rig.queue(new UserStoppedSpeakingFrame());
  assertEquals(await rig.nextOf("bot", 5_000), "Your timer is ringing.");
});

Deno.test("a timer that rings in the midst of a story waits for its end", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.ask("set a timer for 5 seconds");
  const story = await rig.ask("tell me a story");
  assertMatch(story, /^Once upon .* any more\.$/);
  const ended = rig.clock.now();
  assertEquals(await rig.nextOf("bot"), "Your timer is ringing.");
  assert((rig.log.entries.at(-1)?.atMs ?? 0) - ended >= 500);
});

Deno.test("several timers ring one after another, in order", async () => {
  await using rig = await AssistantRig.greeted();
  for (const seconds of [9, 8]) await rig.ask(`set a timer for ${seconds} seconds`);
  assertEquals(await rig.nextOf("bot"), "Your timer is ringing.");
  assertEquals(await rig.nextOf("bot"), "Your timer is ringing.");
});

Deno.test("goodbye is answered, and ends the session politely", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.ask("set a timer for 30 seconds");
  rig.type("goodbye");
  await rig.clock.runUntil(rig.over);
  assertEquals(rig.all("bot").at(-1), "Goodbye! It was nice talking to you.");
  assertEquals(rig.all("call").at(-1), "say_goodbye {}");
  assertEquals([rig.clock.timers, rig.problems], [0, []]);
});

Deno.test("silence is nothing heard, and gets no answer", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.clock.advance(30_000);
  assertEquals([rig.all("user"), rig.all("bot")], [[], [GREETING]]);
});

Deno.test("the assistant remembers the conversation", async () => {
  await using rig = await AssistantRig.greeted();
  await rig.ask("hello");
  await rig.ask("what is 2 times 3");
  assertMatch(rig.messages[0] ?? "", /^system: You are Parley/);
  assertEquals(rig.messages.slice(1), [
    `assistant: ${GREETING}`,
    "user: hello",
    "assistant: Hello! What can I do for you?",
    "user: what is 2 times 3",
    "assistant: calls calculate",
    'tool: {"value":6}',
    "assistant: That is 6.",
  ]);
});
