import type { Clock, Logger } from "../../async/mod.ts";
import { EndFrame, type ErrorFrame } from "../../frames/mod.ts";
import type { ScriptedAnswer } from "../../testing/scripted_llm.ts";
import { SeededRandom } from "../../testing/seeded_random.ts";
import type { UserTurnOutcome } from "../../turns/mod.ts";
import { Bot, type BotListener } from "./_bot.ts";
import { Caller } from "./_caller.ts";
import { Ear } from "./_ear.ts";
import { Loudspeaker, Microphone } from "./_line.ts";
import { Mouth } from "./_mouth.ts";
import { Network } from "./_network.ts";
import { type Answer, type Ask, type Fault, PLANNED, type Trouble } from "./_records.ts";
import { sentences, Vocabulary, type Word } from "./_vocabulary.ts";

/** How likely a model is to fail. */
const MODEL_FAILS = 0.02;

/** How a conversation is held. */
export interface ConversationOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly number: number;
  readonly lastsMs: number;
  readonly dropRate: number;
  readonly overTCP: boolean;
  /** How much later than it was heard a word may be told of, in milliseconds. */
  readonly slackMs: number;
  readonly fault?: Fault | undefined;
}

/** One conversation, and all that was seen of it. */
export class Conversation implements BotListener {
  readonly options: ConversationOptions;
  readonly clock: Clock;
  readonly vocabulary: Vocabulary = new Vocabulary();
  readonly earNetwork: Network;
  readonly mouthNetwork: Network;
  readonly ear: Ear;
  readonly mouth: Mouth;
  readonly loudspeaker: Loudspeaker;
  readonly microphone: Microphone;
  readonly bot: Bot;
  readonly violations: string[] = [];
  readonly asks: Ask[] = [];
  readonly answers: Answer[] = [];
  /** Words that the recogniser gave, in order. */
  readonly understoodWords: Word[] = [];
  readonly troubles: Trouble[] = [];
  readonly logged: string[] = [];
  readonly turns: { user: number; bot: number } = { user: 0, bot: 0 };
  readonly opened: { stt: number; tts: number } = { stt: 0, tts: 0 };
  interruptions = 0;
  retries = 0;
  readonly #random: SeededRandom;
  readonly #answerOf: Map<Word, Answer> = new Map();
  #heardNothingAt = -Infinity;
  #lastSoundMs = -Infinity;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(options: ConversationOptions) {
    const { clock, seed, number, dropRate } = options;
    const random = (part: number) => new SeededRandom(seed * 7_919 + number * 101 + part);
    this.options = options;
    this.clock = clock;
    this.#random = random(1);
    this.earNetwork = new Network(clock, { random: random(2), dropRate });
    this.mouthNetwork = new Network(clock, { random: random(3), dropRate });
    this.ear = new Ear(this.earNetwork, this.vocabulary, options.fault);
    this.mouth = new Mouth(this.mouthNetwork, this.vocabulary, options.fault);
    this.microphone = new Microphone({ continuous: number % 10 === 0 });
    this.loudspeaker = new Loudspeaker(this.vocabulary, {
      onWord: (word, atMs) => this.#sound(word, atMs),
      onInterruption: () => this.#interrupted(),
      audioOut10msChunks: number % 2 === 0 ? 4 : 8,
    });
    this.bot = new Bot({
      clock,
      log: this.#log(),
      microphone: this.microphone,
      loudspeaker: this.loudspeaker,
      ear: this.ear.server,
      mouth: this.mouth.server,
      overTCP: options.overTCP,
      audioPassthrough: number % 3 === 0,
      answer: () => this.#answer(),
      listener: this,
    });
  }

  /** Holds it, from beginning to end. */
  async hold(): Promise<void> {
    const { clock } = this;
    const { task } = this.bot;
    const over = task.run();
    const started = Promise.withResolvers<void>();
    task.once("pipelineStarted", () => started.resolve());
    await started.promise;
    this.microphone.lift();
    const caller = new Caller({
      clock,
      random: this.#random,
      vocabulary: this.vocabulary,
      microphone: this.microphone,
      asks: this.asks,
      settle: (ask) => this.#settle(ask),
      answer: () => this.answers.at(-1),
      isOver: (answer) => this.#isOver(answer),
      lastSoundMs: () => this.#lastSoundMs,
      next: (ms) => this.#next(ms),
      broken: (what, how) => this.broken(what, how),
    });
    await caller.talk(clock.now() + this.options.lastsMs);
    this.microphone.hangUp();
    await task.queueFrame(new EndFrame());
    await over;
    for (const network of [this.earNetwork, this.mouthNetwork]) network.close();
    await this.ear.server.close();
    await this.mouth.server.close();
  }

  /** Notes that something is not as it has to be. */
  broken(what: string, how: string): void {
    const at = (this.clock.now() / 1000).toFixed(2);
    this.violations.push(`conversation ${this.options.number}, ${what}: ${how} (at ${at} s)`);
  }

  understood(text: string): void {
    this.understoodWords.push(...this.vocabulary.of(text));
  }

  heard(text: string): void {
    for (const word of this.vocabulary.of(text)) {
      const answer = this.#answerOf.get(word);
      const next = answer?.words[answer.heard.length];
      if (next !== word) this.broken("words are heard in order", `${word.text}, not ${next?.text}`);
      answer?.heard.push(word);
    }
    this.#tell();
  }

  userTurn(outcome: UserTurnOutcome | "begins"): void {
    this.turns.user += outcome === "begins" ? 1 : -1;
    if (this.turns.user !== 0 && this.turns.user !== 1) this.broken("turns take turns", "user");
    if (outcome === "heardNothing") this.#heardNothingAt = this.clock.now();
    this.#tell();
  }

  botTurn(what: "begins" | "said" | "interrupted"): void {
    this.turns.bot += what === "begins" ? 1 : -1;
    if (this.turns.bot !== 0 && this.turns.bot !== 1) this.broken("turns take turns", "bot");
    if (what === "interrupted") this.interruptions++;
    this.#tell();
  }

  failed({ error, exception }: ErrorFrame): void {
    const why = exception instanceof Error ? exception.message : "";
    const text = `${error} ${why}`;
    const of = text.includes(PLANNED)
      ? "llm"
      : text.includes("Deepgram")
      ? "stt"
      : text.includes("Cartesia")
      ? "tts"
      : "unknown";
    this.troubles.push({ atMs: this.clock.now(), of, text: error });
    this.#tell();
  }

  connected(of: "stt" | "tts"): void {
    this.opened[of]++;
  }

  retried(): void {
    this.retries++;
  }

  #sound(word: Word, atMs: number): void {
    const answer = this.#answerOf.get(word);
    if (!answer) return this.broken("only answers are heard", word.text);
    if (answer.cutAt !== undefined) this.broken("what was cut is silent", word.text);
    answer.soundAt ??= atMs;
    this.#lastSoundMs = Math.max(this.#lastSoundMs, atMs + word.ms);
    this.#tell();
  }

  #interrupted(): void {
    for (const answer of this.answers) {
      if (answer.heard.length < answer.words.length) answer.cutAt ??= this.clock.now();
    }
    this.#tell();
  }

  #answer(): ScriptedAnswer {
    const random = this.#random;
    const length = random.chance(0.05) ? [1, 3] : random.chance(0.2) ? [15, 40] : [4, 14];
    const words = this.vocabulary.take(random.int(length[0] ?? 1, length[1] ?? 1));
    const stalls = this.options.fault === "stalls" && random.chance(0.1);
    const fails = random.chance(MODEL_FAILS);
    const answer: Answer = {
      askedAt: this.clock.now(),
      words,
      fails,
      heard: [],
      soundAt: undefined,
      cutAt: undefined,
    };
    this.answers.push(answer);
    for (const word of words) this.#answerOf.set(word, answer);
    return {
      stalls,
      text: stalls ? "" : sentences(words, random.int(3, 8)),
      firstTokenMs: random.int(80, 700),
      tokenMs: random.int(2, 40),
      error: fails ? new Error(PLANNED) : undefined,
    };
  }

  /** Says how something that the caller said was taken care of, if it was. */
  #settle(ask: Ask): void {
    if (ask.outcome) return;
    const later = this.answers.filter(({ askedAt }) => askedAt >= ask.toMs);
    const answer = later.find(({ soundAt }) => soundAt !== undefined);
    if (answer?.soundAt !== undefined) {
      ask.outcome = "answered";
      ask.gapMs = answer.soundAt - ask.toMs;
    } else if (this.#failedSince("llm", later)) ask.outcome = "model failed";
    else if (this.#failedSince("tts", later)) ask.outcome = "voice failed";
    else if (this.#heardNothingAt >= ask.toMs) ask.outcome = "not heard";
  }

  #failedSince(of: Trouble["of"], [answer]: readonly Answer[]): boolean {
    const from = answer?.askedAt ?? Infinity;
    return this.troubles.some((trouble) => trouble.of === of && trouble.atMs >= from);
  }

  #isOver(answer: Answer): boolean {
    return answer.cutAt !== undefined || answer.heard.length === answer.words.length ||
      this.#failedSince("llm", [answer]) || this.#failedSince("tts", [answer]);
  }

  /** Resolves when anything has happened, or after so many milliseconds. */
  async #next(withinMs: number): Promise<void> {
    const changed = this.#changed;
    const timer = this.clock.timer(withinMs, () => changed.resolve());
    await changed.promise;
    timer.cancel();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #log(): Logger {
    const note = (message: string, ...details: readonly unknown[]): void => {
      const why = details.map((detail) => detail instanceof Error ? detail.message : "");
      this.logged.push([message, ...why].join(" "));
    };
    return { debug: () => {}, info: () => {}, warn: note, error: note };
  }
}
