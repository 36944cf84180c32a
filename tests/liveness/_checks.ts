import type { LLMContextMessage } from "../../context/mod.ts";
import { CancelFrame, EndFrame, StopFrame } from "../../frames/mod.ts";
import { RATE } from "./_line.ts";
import { Keep, type Passage, Sign } from "./_probes.ts";
import { playedAt } from "./_probes.ts";
import type { Session } from "./_session.ts";
import { type Call, type Moment, PLANNED, type Speech, wordsOf, type World } from "./_world.ts";

/** How much later than it was played a word may come into the context. */
const COMMIT_MS = 50;

/** Checks a session that is over. */
export function checkEnd(session: Session, cancelled: boolean): void {
  outcome(session, cancelled);
  turns(session);
  tools(session);
  tokens(session, cancelled);
  heard(session, cancelled);
  users(session, cancelled);
  recording(session, cancelled);
  complaints(session.world);
}

/** A session ends once, as it was told to. */
function outcome({ world, finished, hung, bot }: Session, cancelled: boolean): void {
  const { how } = world.schedule.end;
  const restarts = how === "stop and go on";
  const expected = cancelled
    ? [CancelFrame]
    : restarts
    ? [StopFrame, EndFrame]
    : how === "stop"
    ? [StopFrame]
    : [EndFrame];
  const fits = finished.length === expected.length &&
    expected.every((frameClass, i) => finished[i] instanceof frameClass);
  const names = finished.map((frame) => frame.constructor.name).join(", ");
  if (!fits) world.broken("the session ends once", `${how} ended by "${names}"`);
  if (hung > 0) world.broken("nobody hangs", `${hung} frames did not come to the end in time`);
  const { outcome } = bot.voicemail ?? {};
  if (outcome) world.count(`voicemail outcome: ${outcome}`);
  if (outcome === "undecided" && finished.length > 0 && bot.head.ended > 0) {
    world.broken("a call is decided", "it has ended undecided");
  }
}

function turns({ world, users, bots }: Session): void {
  for (const [whose, { begun, ended }] of [["user", users], ["bot", bots]] as const) {
    if (begun !== ended) world.broken(`a ${whose}'s turn ends once`, `${begun - ended} are open`);
  }
}

/** Every call that was announced has one record, with one end. */
function tools({ world, bot, announced }: Session): void {
  const { messages } = bot.context;
  if (messages.some((message) => "content" in message && message.content === "IN_PROGRESS")) {
    world.broken("a tool call ends once", "one is left in progress");
  }
  for (const id of announced) {
    const call = world.calls.get(id);
    if (!call) continue;
    const ends = endsOf(messages, id);
    if (ends.length !== 1) {
      world.broken("a tool call ends once", `${id} has ${ends.length} ends`);
    }
    const text = JSON.stringify(messages);
    const told = text.split(call.value).length - 1;
    const { givenAt } = call;
    if (told > 1) world.broken("a tool call ends once", `the model was told twice of ${id}`);
    if (told === 0 && givenAt !== undefined && isOwed(world, call)) {
      world.broken("a tool's result is told", `that of ${id} is lost: ${ends}`);
    }
    world.count(`a call's end: ${told ? "result" : ends[0]}`);
  }
}

/** How a call ended, by what the context says: in its record, or in a later message. */
function endsOf(messages: readonly LLMContextMessage[], id: string): string[] {
  return messages.flatMap((message) => {
    if (!("role" in message) || typeof message.content !== "string") return [];
    const { role, content } = message;
    const own = role === "tool" && message.tool_call_id === id;
    const later = role === "developer" && content.includes(`"tool_call_id":"${id}"`);
    if (!own && !later) return [];
    if (content.includes('"status":"running"') || content === "IN_PROGRESS") return [];
    return [/CANCELLED/.test(content) ? "cancelled" : /error/.test(content) ? "error" : "result"];
  });
}

/** Whether what a tool gave has to be in the context. */
function isOwed(world: World, { plan, begun, givenAt = 0 }: Call): boolean {
  const [from = 0] = begun;
  if (givenAt - from >= 4_000) return false;
  // What stands in the way of frames may hold the result until the end is there.
  const { bot: { branch }, acts } = world.schedule;
  const flooded = acts.some((act) => "count" in act && act.count >= 20);
  const heldMs = flooded || branch === "slow bystander" || branch === "in step" ? 1_000 : 1;
  if (world.ending && world.ending.at <= givenAt + heldMs) return false;
  return plan.tool === "look" ||
    !world.interruptions.some(({ at }) => at >= from && at <= givenAt);
}

/** What the application sends comes to the other end, once, in order. */
function tokens(session: Session, cancelled: boolean): void {
  const { world, sent, bot } = session;
  if (bot.head.ended === 0 && !cancelled) return;
  for (const direction of ["downstream", "upstream"] as const) {
    const { tokens } = direction === "downstream" ? bot.tail : bot.head;
    const came = new Map(tokens.map((token) => [token.token, token]));
    const rows: Map<unknown, { name: string; seq: number; sent: number }[]> = new Map();
    for (const passage of sent) {
      if (passage.direction !== direction) continue;
      const { token } = passage;
      const arrived = came.get(token);
      if (!arrived) {
        if (!mayBeLost(world, passage, cancelled)) {
          world.broken(lossOf(token), `${token.label} never came ${direction}`);
        }
        continue;
      }
      const row = rows.get(token.kind) ?? [];
      row.push({ name: token.label, seq: arrived.seq, sent: passage.seq });
      rows.set(token.kind, row);
    }
    // Of two voices each has its own.
    if (world.schedule.bot.branch === "two voices") continue;
    for (const row of rows.values()) {
      row.forEach(({ name, seq }, i) => {
        const before = row[i - 1];
        if (before && before.seq > seq) {
          world.broken("frames keep their order", `${name} overtook ${before.name}`);
        }
      });
    }
  }
}

function lossOf(token: Passage["token"]): string {
  if (token instanceof Keep) return "no uninterruptible frame is lost";
  return token instanceof Sign ? "no system frame is lost" : "nothing is lost without a reason";
}

function mayBeLost(world: World, { token, seq, direction }: Passage, cancelled: boolean): boolean {
  const { ending } = world;
  if (ending && (ending.seq < seq || cancelled)) return true;
  if (direction === "upstream" && mayMeetEnd(world)) return true;
  if (token instanceof Keep || token instanceof Sign) return false;
  return world.interruptions.some((moment) => moment.seq > seq);
}

/** Whether something can be held up for so long on its way up that it meets an end that was faster. */
function mayMeetEnd({ schedule, ending, generations }: World): boolean {
  const { branch } = schedule.bot;
  if (!ending || schedule.rests && schedule.end.at > 0) return false;
  // A model that is asked behind the end has what goes up wait.
  if (generations.some(({ seq }) => seq > ending.seq)) return true;
  return ending.at < 50 || branch === "slow bystander" || branch === "in step";
}

/** The context holds what was played of the bot's words, and nothing else. */
function heard({ world, bot }: Session, cancelled: boolean): void {
  const words = contextWords(bot.context.messages, "assistant");
  const held = new Set(words);
  if (held.size < words.length) world.broken("heard is truth", "a word is in the context twice");
  const slackMs = world.wire.hasStalled ? 130 : 0;
  for (const word of held) {
    if (!playedAt(world, word, world.clock.now() + slackMs)) {
      world.broken("heard is truth", `"${word}" is in the context and was not played`);
    }
  }
  if (world.wire.hasStalled || world.schedule.acts.some(({ what }) => what === "leaves")) return;
  for (const speech of world.speeches) {
    for (const { word } of keptOf(world, speech, cancelled)) {
      if (!held.has(word) && world.speakers.get(word) !== "aside") {
        world.broken("what was heard is kept", `"${word}" of speech ${speech.number} is not`);
      }
    }
  }
}

/** The words of a speech that have to be in the context. */
function keptOf(world: World, speech: Speech, cancelled: boolean): Speech["words"] {
  const cut = world.interruptions.find(({ seq }) => seq > speech.seq)?.at ?? Infinity;
  const ended = cancelled ? world.ending?.at ?? Infinity : Infinity;
  const playedMs = world.wire.playedMs(speech.number, Math.min(cut, ended) - COMMIT_MS);
  if (speech.plan.knowsWords) return speech.words.filter(({ endMs }) => endMs <= playedMs);
  // Nobody knows how much of its text the sound of a voice is that fails.
  return speech.plan.trouble === "none" && playedMs >= speech.lastsMs - 1 ? speech.words : [];
}

/** What the user said is in the context, in order. */
function users({ world, bot }: Session, cancelled: boolean): void {
  const held = contextWords(bot.context.messages, "user")
    .filter((word) => world.speakers.get(word) !== "typed");
  const { heard } = bot.ears;
  const muted = world.schedule.bot.mute !== "none";
  if (muted || cancelled) {
    let at = 0;
    for (const word of heard) if (word === held[at]) at++;
    if (at === held.length) return;
  } else if (held.join(" ") === heard.join(" ")) return;
  world.broken("the user's words are kept", `"${held.join(" ")}" of "${heard.join(" ")}"`);
}

/** A recording holds what was played. */
function recording({ world, recorded, bot }: Session, cancelled: boolean): void {
  if (!bot.recorder || world.wire.hasStalled) return;
  for (const { number, seq } of world.speeches) {
    const recordedMs = (recorded.get(number) ?? 0) * 1000 / RATE;
    const playedMs = world.wire.playedMs(number, Infinity);
    if (recordedMs > playedMs + 3) {
      world.broken("a recording holds what was played", `more of speech ${number}`);
    }
    const cut = world.interruptions.find((moment) => moment.seq > seq);
    if (cancelled || bot.head.ended === 0) continue;
    const keptMs = cut ? world.wire.playedMs(number, cut.at) : playedMs;
    // What a peer has played and not yet said so is left out.
    const slackMs = world.schedule.bot.wire === "acknowledges" ? 2 * COMMIT_MS : COMMIT_MS;
    if (recordedMs < keptMs - slackMs) {
      world.broken("a recording holds what was played", `less of speech ${number}`);
    }
  }
}

/** What may be complained of: trouble that was made on purpose, and what follows from it. */
const EXPECTED = [
  new RegExp(PLANNED),
  /nothing came for \d+ ms/,
  /the provider gave no audio/,
  /not even the apology was heard/,
  /the connection breaks again and again/,
  /Cannot finish a call of "(look|draw)": (timeout|failed)/,
];

/** What is said of those who hold something up, or go on. */
const HANGING = [/ holds it$/, /did not finish/, /not done after/, /its task ".+" goes on/];

function complaints(world: World): void {
  for (const line of world.logged) {
    if (EXPECTED.some((pattern) => pattern.test(line))) continue;
    const hangs = HANGING.some((pattern) => pattern.test(line));
    world.broken(hangs ? "nobody hangs" : "nothing to complain of", line);
  }
}

/** The words of one side, as the context holds them. */
export function contextWords(
  messages: readonly LLMContextMessage[],
  role: "user" | "assistant",
): string[] {
  return messages.flatMap((message) =>
    "role" in message && message.role === role && typeof message.content === "string"
      ? wordsOf(message.content)
      : []
  );
}

/** Whether anything happened behind a moment that excuses what did not come of it. */
export function isExcused(world: World, { seq }: Moment): boolean {
  const later = (moment: Moment) => moment.seq > seq;
  return world.interruptions.some(later) || world.errors.some(later);
}
