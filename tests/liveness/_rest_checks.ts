import { getEventListeners } from "node:events";
import { engineOf } from "../../processors/frame_processor.ts";
import { contextWords, isExcused } from "./_checks.ts";
import type { Session } from "./_session.ts";
import { type Moment, wordsOf } from "./_world.ts";

/** Scopes and listeners that a processor may keep. */
const MOST_SCOPES = 4;
const MOST_LISTENERS = 12;

/** Checks a session in which nothing is left to do. */
export function checkRest(session: Session): void {
  lanes(session);
  turns(session);
  words(session);
  requests(session);
  answers(session);
  noises(session);
  settings(session);
  messages(session);
}

/** Nobody has anything left to do, or keeps what is done. */
function lanes({ world, task }: Session): void {
  for (const processor of task.processors) {
    const { lanes, signal } = engineOf(processor);
    if (!lanes.isIdle) world.broken("everything comes to rest", `not "${processor.name}"`);
    const { scopes } = lanes.works;
    const listeners = getEventListeners(signal, "abort").length;
    if (scopes > MOST_SCOPES || listeners > MOST_LISTENERS) {
      const what = `${scopes} scopes and ${listeners} listeners`;
      world.broken("nothing piles up", `"${processor.name}" has ${what}`);
    }
  }
}

function turns({ world, users, bots, bot }: Session): void {
  if (users.begun > users.ended) world.broken("a user's turn ends in time", "it does not");
  if (bots.begun > bots.ended) world.broken("a bot's turn ends in time", "it does not");
  if (bot.played.speaking) world.broken("the bot starts and stops", "it speaks for ever");
  if (bot.pair.assistant().hasFunctionCallsInProgress) {
    world.broken("a tool call ends in time", "it does not");
  }
}

/** What recognisers understood has come to where turns are found. */
function words({ world, bot }: Session): void {
  const { mute, voicemail, stts } = world.schedule.bot;
  // A recogniser that has failed is heard no more, and another understands the same in its own words.
  if (mute !== "none" || voicemail === "machine" || stts > 1) return;
  const heard = new Set(bot.ears.heard);
  const lost = world.understood.flatMap(({ words }) => words).filter((word) => !heard.has(word));
  if (lost.length > 0) world.broken("the user's words are kept", `not "${lost.join(" ")}"`);
}

/** What the user said last, the model was asked. */
function requests({ world, bot, asked }: Session): void {
  for (const message of bot.context.messages) {
    if (!("role" in message) || message.role !== "user") continue;
    if (typeof message.content !== "string") continue;
    const moment = asked.get(wordsOf(message.content).join(" "));
    if (!moment || isExcused(world, moment)) continue;
    if (world.generations.some(({ messages }) => messages.includes(message))) continue;
    world.broken("nobody waits for an answer", `the model was not asked "${message.content}"`);
  }
  for (const { value } of world.calls.values()) {
    const given = world.calls.values().find((call) => call.value === value);
    if (given?.givenAt === undefined) continue;
    const isIn = (messages: unknown) => JSON.stringify(messages).includes(value);
    if (!isIn(bot.context.messages)) continue;
    const since = { at: given.givenAt, seq: Infinity };
    const later = ({ at }: { at: number }) => at >= since.at;
    if (world.interruptions.some(later) || world.errors.some(later)) continue;
    if (world.generations.some(({ messages }) => isIn(messages))) continue;
    world.broken("a tool's result is told", `the model was not told of ${given.id}`);
  }
}

/** What the model answered was heard, unless something came between. */
function answers({ world, bot, told }: Session): void {
  const { schedule, generations, errors } = world;
  generations.forEach((generation, i) => {
    if (generation.plan.trouble === "none" || i < generations.length - 1) return;
    if (isExcused(world, generation) || errors.some(({ seq }) => seq > generation.seq)) return;
    world.broken("nobody waits for an answer", "a request that failed is forgotten");
  });
  // What is said to nobody, or to a machine, is not heard.
  if (world.wire.hasStalled || schedule.acts.some(({ what }) => what === "leaves")) return;
  if (schedule.bot.voicemail === "machine") return;
  const held = new Set(contextWords(bot.context.messages, "assistant"));
  const wanted = [...generations.filter(({ plan }) => plan.trouble === "none"), ...told];
  for (const moment of wanted) {
    if (isExcused(world, moment)) continue;
    const lost = moment.words.filter((word) => !held.has(word));
    if (lost.length > 0) world.broken("an answer is heard", `not "${lost.join(" ")}"`);
  }
}

/** An answer of which nothing was heard is not the last when the user has cut it off: he has said more, or it is asked for again. */
function noises({ world, bot }: Session): void {
  const { schedule, generations, interruptions, meddled, errors, wire, speeches } = world;
  const last = generations.at(-1);
  if (!last || last.plan.trouble !== "none" || last.words.length === 0) return;
  const later = ({ seq }: Moment) => seq > last.seq;
  if (!interruptions.some(later) || errors.some(later) || meddled && later(meddled)) return;
  // What is said to nobody, or to a machine, is not heard.
  if (wire.hasStalled || schedule.acts.some(({ what }) => what === "leaves")) return;
  if (schedule.bot.voicemail === "machine") return;
  const spoken = speeches.filter(({ words }) =>
    words.some(({ word }) => last.words.includes(word))
  );
  if (spoken.some(({ number }) => wire.playedMs(number, Infinity) > 0)) return;
  const held = contextWords(bot.context.messages, "assistant");
  if (held.some((word) => last.words.includes(word))) return;
  world.broken("nobody waits for an answer", `a noise has cut off "${last.words.join(" ")}"`);
}

/** Settings came to the service they were for. */
function settings({ world, bot }: Session): void {
  for (const [of, value] of world.settings) {
    const services = of === "stt" ? bot.stt.all : of === "llm" ? bot.llm.all : bot.tts.all;
    const [only] = services;
    const alone = services.length === 1 &&
      !(of === "tts" && world.schedule.bot.branch === "two voices");
    if (!alone || !only || only.settings.model === value) continue;
    world.broken("no uninterruptible frame is lost", `settings of ${of}: ${value}`);
  }
}

/** What was sent to the client came there. */
function messages({ world, bot, messages }: Session): void {
  if (world.schedule.acts.some(({ what }) => what === "leaves")) return;
  for (const { message, urgent, seq } of messages) {
    if (bot.loudspeaker.messages.includes(message)) continue;
    if (!urgent && world.interruptions.some((moment) => moment.seq > seq)) continue;
    world.broken("no message is lost", JSON.stringify(message));
  }
}
