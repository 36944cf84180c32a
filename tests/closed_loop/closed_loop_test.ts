import { assert, assertEquals, AssertionError, assertMatch, assertRejects } from "@std/assert";
import { resample } from "../../audio/mod.ts";
import { type Conversation, converse, type ConverseOptions } from "../../cli/_converse.ts";
import { bot } from "../../examples/assistant.ts";
import { PhraseBook, type PhraseMatch } from "../../services/local/grammar.ts";
import { SpeechRecognizer } from "../../services/local/recognizer.ts";
import { ContextWatcher } from "../assistant/_rig.ts";
import { KeptLog } from "../kept_log.ts";
import type { FileAudio } from "../../transports/local/mod.ts";
import { between, CALL_RATE, type Caller, say } from "./callers.ts";

/** What the bot may answer: more than is right each time, so that the right one has to be heard. */
const ANSWERS = new PhraseBook([
  "that is {n:number}",
  "you rolled {a:number} and {b:number}",
  "you rolled a {a:number}",
  "it is {hour:number} {minute:number} {half: a m|p m}",
  "goodbye it was nice talking to you",
  "hello what can i do for you",
  "i didn't catch that",
]);

const CALLERS: readonly Caller[] = ["flite rms", "flite slt", "espeak en-us+f2"];

/** What a caller says, after some silence. */
async function call(caller: Caller, text: string, afterMs: number): Promise<FileAudio> {
  const samples = between(afterMs, await say(text, caller), { trailMs: 0 });
  return { samples, sampleRate: CALL_RATE };
}

async function talk(says: ConverseOptions["says"], virtual = true): Promise<Talk> {
  const log = new KeptLog();
  const watcher = new ContextWatcher();
  const flags = { embedded: true };
  const conversation = await converse(bot, {
    says,
    virtual,
    // Fifteen sounds much like fifty, and thirteen like thirty.
    startDate: new Date(2026, 0, 8, 13, 20),
    maxMs: 60_000,
    flags,
    log,
    observers: [watcher],
  });
  assertEquals(log.lines, []);
  return { ...conversation, messages: watcher.context?.messages ?? [] };
}

interface Talk extends Conversation {
  readonly messages: readonly unknown[];
}

/** Whoever said something, what was said, without times. */
function transcript({ log }: Talk): string[] {
  return log.entries.map(({ who, text }) => `${who}: ${text}`);
}

function of({ log }: Talk, who: string): string[] {
  return log.entries.filter((entry) => entry.who === who).map(({ text }) => text);
}

/** Hears the bot's last answer with the embedded recogniser. */
async function hearAnswer({ log }: Talk, reply: Int16Array): Promise<PhraseMatch> {
  const answer = log.entries.findLast(({ who }) => who === "bot");
  assert(answer, "the bot did not answer");
  const audio = reply.subarray(Math.floor(answer.atMs * 24));
  using recognizer = new SpeechRecognizer({ book: ANSWERS });
  const utterance = recognizer.start();
  utterance.feed(resample(audio, { fromRate: 24_000, toRate: 16_000 }));
  const { text } = await utterance.finish();
  const match = ANSWERS.match(text);
  assert(match, `the bot's answer was not heard in "${text}"`);
  return match;
}

/** Whether what was heard is what the tool gave. */
type Check = (match: PhraseMatch, result: string) => boolean;

/** What each caller asks, how the bot's tool is called, and whether the answer is right. */
const QUESTIONS: readonly [string, RegExp, Check][] = [
  [
    "what is twelve times seven",
    /^calculate {"a":12,"operator":"times","b":7}$/,
    ({ slots }, result) => slots["n"] === 84 && result === '{"value":84}',
  ],
  [
    "roll two dice",
    /^roll_dice {"count":2}$/,
    ({ slots }, result) => result === `{"rolls":[${slots["a"]},${slots["b"]}]}`,
  ],
  [
    "what time is it",
    /^get_time {}$/,
    ({ slots }, result) =>
      slots["hour"] === 1 && slots["minute"] === 20 && slots["half"] === "p m" &&
      result.includes('"1:20 PM"'),
  ],
];

const CASES = CALLERS.flatMap((caller) =>
  // Of the voice of espeak-ng, the time of day is not always heard.
  QUESTIONS.slice(0, caller.startsWith("espeak") ? 2 : 3)
    .map((question) => [caller, ...question] as const)
);

/** The proof: the bot heard the question, its tool was called, and its answer can be heard. */
async function assertAnswered(
  talked: Talk,
  [question, expectedCall, isRight]: (typeof QUESTIONS)[number],
): Promise<void> {
  assertEquals(of(talked, "user"), [question]);
  assertMatch(of(talked, "call").join(), expectedCall);
  const heard = await hearAnswer(talked, talked.reply);
  const result = of(talked, "result").join();
  assert(isRight(heard, result), `${JSON.stringify(heard)} where the tool gave ${result}`);
}

Deno.test.each(CASES)(
  "%s asks %s, and the answer is heard",
  async (caller, ...question) => {
    const talked = await talk(await call(caller, question[0], 300));
    await assertAnswered(talked, question);
    // The proof that this test can fail.
    const silence = { ...talked, reply: new Int16Array(talked.reply.length) };
    await assertRejects(() => assertAnswered(silence, question), Error, 'not heard in ""');
  },
);

Deno.test("with silence for a question nothing is heard, called or answered", async () => {
  const [question] = QUESTIONS;
  assert(question);
  const { samples, sampleRate } = await call("flite rms", question[0], 5_000);
  const talked = await talk({ samples: new Int16Array(samples.length), sampleRate });
  assertMatch(transcript(talked).join("\n"), /^bot: Hello! I am Parley[^\n]*$/);
  await assertRejects(() => assertAnswered(talked, question), AssertionError);
});

Deno.test("the virtual clock changes nothing of what is said, called and remembered", async () => {
  const question = await call("flite rms", "what is twelve times seven", 5_500);
  const [fast, real] = [await talk(question), await talk(question, false)];
  assertEquals(transcript(fast), [
    "bot: Hello! I am Parley. Ask me the time, a sum, or for a story.",
    "user: what is twelve times seven",
    'call: calculate {"a":12,"operator":"times","b":7}',
    'result: {"value":84}',
    "bot: That is 84.",
  ]);
  assertEquals(transcript(real), transcript(fast));
  assertEquals(real.messages, fast.messages);
  assertEquals(fast.messages.length, 6);
  assertEquals((await hearAnswer(real, real.reply)).slots, { n: 84 });
});
