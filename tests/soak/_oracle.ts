import type { LLMContext } from "../../context/mod.ts";
import { BOUND_MS } from "./_caller.ts";
import type { Conversation } from "./_conversation.ts";
import { type Answer, type Counts, noCounts, PLANNED } from "./_records.ts";
import { listOf, type Word } from "./_vocabulary.ts";

/** Milliseconds before a connection is lost in which a word may have been said that goes with it. */
const IN_FLIGHT_MS = 2_500;

/** What may be complained of in a log: trouble that was made on purpose. */
const EXPECTED = [
  new RegExp(PLANNED),
  /^Cannot transcribe with Deepgram: (the peer hung up|the connection broke|it closed the connection)/,
  /^Cannot connect to Deepgram: /,
  /^Cannot transcribe with Deepgram: .*503/,
];

/** Looks at a conversation that is over, notes what is not as it has to be, and counts the rest. */
export function checkConversation(conversation: Conversation): Counts {
  const counts = noCounts();
  counts.conversations = 1;
  turns(conversation, counts);
  transcripts(conversation, counts);
  for (const answer of conversation.answers) ledger(answer, conversation, counts);
  context(conversation);
  errors(conversation, counts);
  connections(conversation, counts);
  return counts;
}

/** Everything that was said was taken care of, and every turn that began has ended. */
function turns(conversation: Conversation, counts: Counts): void {
  const { asks, turns } = conversation;
  for (const { outcome } of asks) {
    if (outcome === "answered") counts.answered++;
    else if (outcome === "overtaken") counts.overtaken++;
    else if (outcome === "not heard") counts.notHeard++;
    else if (outcome) counts.failed++;
  }
  counts.turns = asks.length;
  counts.interruptions = conversation.interruptions;
  if (turns.user !== 0) conversation.broken("turns end", `${turns.user} of the user's are open`);
  if (turns.bot !== 0) conversation.broken("turns end", `${turns.bot} of the bot's are open`);
}

/** Every word that was said was understood once and in order, or was lost with a connection. */
function transcripts(conversation: Conversation, counts: Counts): void {
  const { asks, understoodWords } = conversation;
  const said = asks.flatMap(({ words }) => [...words]);
  counts.wordsSaid = said.length;
  counts.wordsUnderstood = understoodWords.length;
  understoodWords.forEach((word, i) => {
    const before = understoodWords[i - 1];
    if (!before || before.level < word.level) return;
    conversation.broken("words are understood once, in order", `${word.text} after ${before.text}`);
  });
  const understood = new Set(understoodWords);
  for (const ask of asks) {
    const lost = ask.words.filter((word) => !understood.has(word));
    counts.wordsLost += lost.length;
    for (const word of lost) {
      const excuse = excuseOf(conversation, word, ask.spokenAt.get(word) ?? 0);
      if (excuse) conversation.broken("no word is lost without a reason", excuse);
    }
    const isLate = conversation.earNetwork.drops.some(({ atMs }) =>
      atMs >= ask.fromMs - BOUND_MS && atMs <= ask.toMs + BOUND_MS
    );
    if (ask.outcome === "not heard" && lost.length === 0 && !isLate) {
      conversation.broken("no turn is lost", `all of "${listOf(ask.words)}" was understood`);
    }
  }
}

/** Why a word should not have been lost; nothing where it was lost with a connection, and that was said. */
function excuseOf(
  { earNetwork, troubles }: Conversation,
  word: Word,
  atMs: number,
): string | undefined {
  const loss = earNetwork.drops.find((drop) =>
    drop.atMs >= atMs - 100 && drop.atMs <= atMs + word.ms + IN_FLIGHT_MS
  );
  const what = `${word.text}, said at ${(atMs / 1000).toFixed(2)} s`;
  if (!loss) return `${what}, with no connection lost`;
  const told = troubles.some(({ of, atMs }) =>
    of === "stt" && atMs >= loss.atMs && atMs <= loss.atMs + 2_000
  );
  return told ? undefined : `${what}, as it ${loss.how}, which nobody was told`;
}

/** What was heard, and what was cut, is what the voice was asked for; and what was heard was played. */
function ledger(answer: Answer, conversation: Conversation, counts: Counts): void {
  const { words, heard, cutAt, fails } = answer;
  const { loudspeaker: { hearings }, troubles } = conversation;
  const asked = new Set(conversation.mouth.asked);
  counts.wordsAnswered += words.length;
  counts.wordsHeard += heard.length;
  counts.wordsAsked += words.filter((word) => asked.has(word)).length;
  counts.wordsCut += words.filter((word, i) => asked.has(word) && i >= heard.length).length;
  if (heard.length < words.length && cutAt !== undefined) counts.cutAnswers++;
  const isExcused = fails ||
    troubles.some(({ of, atMs }) => of === "tts" && atMs >= answer.askedAt);
  if (cutAt === undefined && !isExcused && heard.length < words.length) {
    conversation.broken("no word is lost", `only ${heard.length} of ${words.length} were heard`);
  }
  words.forEach((word, i) => {
    const hearing = hearings.get(word);
    const isHeard = i < heard.length;
    if (isHeard && !asked.has(word)) conversation.broken("heard is truth", `${word.text}: unasked`);
    const missing = word.ms - (hearing?.ms ?? 0);
    if (isHeard && missing > 2) {
      conversation.broken("heard is truth", `${word.text} was played but for ${missing} ms`);
    }
    if (!hearing || isHeard || missing > 2) return;
    const knownAt = Math.max(hearing.toMs, conversation.mouth.toldAt.get(word) ?? Infinity);
    if (knownAt > (cutAt ?? Infinity) - conversation.options.slackMs) return;
    conversation.broken("what was heard is kept", `${word.text} was played, and is not`);
  });
  repeats(answer, conversation, counts);
}

/** No audio comes twice, but for the word that was being said when a connection was lost. */
function repeats({ words, askedAt }: Answer, conversation: Conversation, counts: Counts): void {
  const { loudspeaker: { hearings }, mouthNetwork } = conversation;
  const twice = words.filter((word) => (hearings.get(word)?.ms ?? 0) > word.ms + 2);
  const lost = mouthNetwork.drops.filter(({ atMs }) => atMs >= askedAt).length;
  counts.wordsTwice += twice.length;
  const order = words.flatMap((word) => hearings.get(word) ?? []);
  if (twice.length > lost) conversation.broken("no audio comes twice", listOf(twice));
  order.forEach(({ fromMs, word }, i) => {
    if (fromMs < (order[i - 1]?.fromMs ?? 0)) conversation.broken("audio is in order", word.text);
  });
}

/** The context holds what was heard of the bot, and what was understood of the user. */
function context(conversation: Conversation): void {
  const { bot, vocabulary, answers, understoodWords } = conversation;
  const heard = answers.flatMap(({ heard }) => heard);
  same(conversation, "the context is what was heard", {
    expected: heard,
    actual: vocabulary.of(textOf(bot.context, "assistant")),
  });
  same(conversation, "the context is what was understood", {
    expected: understoodWords,
    actual: vocabulary.of(textOf(bot.context, "user")),
  });
}

function same(
  conversation: Conversation,
  what: string,
  { expected, actual }: { readonly expected: readonly Word[]; readonly actual: readonly Word[] },
): void {
  const length = Math.max(expected.length, actual.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] === actual[i]) continue;
    const from = Math.max(0, i - 2);
    const part = (words: readonly Word[]) => listOf(words.slice(from, i + 4));
    return conversation.broken(what, `"${part(actual)}" in place of "${part(expected)}"`);
  }
}

function textOf(context: LLMContext, role: "user" | "assistant"): string {
  return context.messages.map((message) =>
    "role" in message && message.role === role && typeof message.content === "string"
      ? message.content
      : ""
  ).join(" ");
}

/** Only what was planted is complained of, and not more often. */
function errors(conversation: Conversation, counts: Counts): void {
  const { troubles, logged, earNetwork, mouthNetwork, answers } = conversation;
  counts.errors = troubles.length;
  const planted = {
    stt: earNetwork.drops.length,
    tts: mouthNetwork.drops.length,
    llm: answers.filter(({ fails }) => fails).length,
    unknown: 0,
  };
  for (const kind of ["stt", "tts", "llm", "unknown"] as const) {
    const told = troubles.filter((trouble) => trouble.of === kind);
    if (told.length <= planted[kind]) continue;
    const texts = [...new Set(told.map(({ text }) => text))].join("; ");
    conversation.broken("errors are planted", `${told.length} of ${kind}: ${texts}`);
  }
  for (const line of logged) {
    if (EXPECTED.some((pattern) => pattern.test(line))) continue;
    conversation.broken("nothing to complain of", line);
  }
}

/** Nothing is left open, and the counts of what was opened. */
function connections(conversation: Conversation, counts: Counts): void {
  const { earNetwork, mouthNetwork, ear, mouth, opened, retries } = conversation;
  for (const { connections, exchanges, drops } of [earNetwork, mouthNetwork]) {
    counts.connections += connections;
    counts.exchanges += exchanges;
    counts.drops += drops.length;
  }
  counts.reconnects = Math.max(0, opened.stt - 1) + Math.max(0, opened.tts - 1);
  counts.retries = retries;
  for (const { server } of [ear, mouth]) {
    for (const failure of server.failures) conversation.broken("providers are sound", `${failure}`);
  }
}
