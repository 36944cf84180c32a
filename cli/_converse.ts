import { type Clock, type Logger, systemClock, type Timer } from "../async/mod.ts";
import type { BaseObserver } from "../observers/mod.ts";
import { type Bot, BotSession, type RunnerFlags } from "../runner/mod.ts";
import { VirtualClock } from "../testing/virtual_clock.ts";
import { type FileAudio, WavTransport } from "../transports/local/mod.ts";
import { type ConversationEntry, ConversationLog } from "./_conversation_log.ts";
import { TypedCaller } from "./_typed_caller.ts";

/** The longest conversation: ten days. */
const MOST_MS = 864_000_000;

/** How a conversation is held. */
export interface ConverseOptions {
  /** What the user says: sound, or lines that are typed. */
  readonly says: FileAudio | AsyncIterable<string>;
  /** Whether it runs on a virtual clock. */
  readonly virtual: boolean;
  /** Date and time of day at which a virtual clock begins; now by default. */
  readonly startDate?: Date | undefined;
  /** Milliseconds after which it is over in any case. */
  readonly maxMs: number;
  /** What the bot is told. */
  readonly flags?: RunnerFlags | undefined;
  /** Where warnings go. */
  readonly log: Logger;
  /** Told what is said. */
  readonly said?: ((entry: ConversationEntry) => void) | undefined;
  /** Told which services the bot runs on. */
  readonly described?: ((services: string) => void) | undefined;
  /** Who sees every frame. */
  readonly observers?: readonly BaseObserver[] | undefined;
}

/** What came of a conversation. */
export interface Conversation {
  /** What was said, and how long everything took. */
  readonly log: ConversationLog;
  /** What the bot said: mono at 24 kHz. */
  readonly reply: Int16Array;
}

/** Holds a conversation with a bot, without a server. */
export async function converse(bot: Bot, options: ConverseOptions): Promise<Conversation> {
  const { says, maxMs, said = () => {}, described = () => {}, observers = [] } = options;
  const { startDate = systemClock.date() } = options;
  const virtual = options.virtual ? new VirtualClock({ startDate }) : undefined;
  const clock: Clock = virtual ?? systemClock;
  const lines = Symbol.asyncIterator in says ? says : undefined;
  const transport = new WavTransport({ audio: "samples" in says ? says : undefined });
  const log = new ConversationLog(clock, said);
  const caller = lines && new TypedCaller({
    clock,
    lines,
    type: (frame) => void session.task?.queueFrame(frame),
    end: () => transport.endInput(),
  });
  const session: BotSession = new BotSession({
    transport,
    clock,
    log: options.log,
    flags: options.flags,
    observers: [log, ...caller ? [caller] : [], ...observers],
    described: ({ services, note }) => described(note ? `${services}. ${note}` : services),
  });
  let limit: Timer | undefined;
  transport.once("started", () => {
    limit = clock.timer(Math.min(maxMs, MOST_MS), () => {
      void session.task?.cancel("The conversation took too long");
    });
    log.begin();
    session.ready();
    caller?.begin();
  });
  transport.once("finished", () => caller?.close());
  try {
    const over = bot(session);
    // What a bot does before its task runs, such as to import services, takes no virtual time.
    await firstOf(session.started, over);
    await (virtual?.runUntil(over, { limitMs: 2 * MOST_MS }) ?? over);
  } finally {
    caller?.close();
    limit?.cancel();
    log.end();
  }
  return { log, reply: transport.recording() };
}

/** Resolves when one of them is settled. */
function firstOf(...all: readonly Promise<void>[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const one of all) one.then(resolve, () => resolve());
  return promise;
}
