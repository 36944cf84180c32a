import type { Logger } from "../../async/mod.ts";
import type { LLMContextMessage } from "../../context/mod.ts";
import type { ErrorFrame } from "../../frames/mod.ts";
import type { LLMRequest } from "../../services/llm/mod.ts";
import type { SpeechRequest } from "../../services/tts/mod.ts";
import type { ScriptedAnswer } from "../../testing/scripted_llm.ts";
import type { ScriptedTranscript } from "../../testing/scripted_stt.ts";
import { SeededRandom as Random } from "../../testing/seeded_random.ts";
import { VirtualClock } from "../../testing/virtual_clock.ts";
import type { AnswerPlan, CallPlan, Schedule, VoicePlan } from "./_schedule.ts";
import { Wire } from "./_wire.ts";

/** What stands in every error that is made on purpose. */
export const PLANNED = "planned trouble";

/** Who said a word first; an aside of the bot is no part of the conversation. */
export type Speaker = "user" | "bot" | "typed" | "aside";

/** A request that a model was asked. */
export interface Generation {
  readonly at: number;
  readonly seq: number;
  readonly plan: AnswerPlan;
  readonly words: readonly string[];
  /** What it was told of the conversation. */
  readonly messages: readonly LLMContextMessage[];
  readonly calls: readonly Call[];
}

/** A text that a voice was asked to speak. */
export interface Speech {
  /** Every sample of it is this number. */
  readonly number: number;
  readonly at: number;
  readonly seq: number;
  readonly plan: VoicePlan;
  /** Its words, and where in its audio each is over. */
  readonly words: readonly {
    readonly word: string;
    readonly startMs: number;
    readonly endMs: number;
  }[];
  /** How long it lasts if all goes well. */
  readonly lastsMs: number;
}

/** A call that a model asked for. */
export interface Call {
  readonly id: string;
  readonly plan: CallPlan;
  readonly value: string;
  /** When the handler began, each time. */
  readonly begun: number[];
  /** When it gave its value. */
  givenAt: number | undefined;
  /** What the model's service said of it: the names of the frames that end it. */
  readonly ends: string[];
}

/** Something that happened at a moment. */
export interface Moment {
  readonly at: number;
  readonly seq: number;
}

const SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo wu za".split(" ");
/** Calls that one session has at most. */
const MOST_CALLS = 8;

/** What all that takes part in one session shares, and what was seen of it. */
export class World {
  readonly schedule: Schedule;
  readonly clock: VirtualClock;
  readonly wire: Wire;
  readonly violations: string[] = [];
  readonly counts: Map<string, number> = new Map();
  /** Who said each word first. */
  readonly speakers: Map<string, Speaker> = new Map();
  readonly generations: Generation[] = [];
  readonly speeches: Speech[] = [];
  readonly calls: Map<string, Call> = new Map();
  readonly logged: string[] = [];
  /** Errors that the task was told of. */
  readonly errors: (Moment & { readonly text: string })[] = [];
  /** Interruptions, as they reached the output, and the speech that was asked for last before each. */
  readonly interruptions: (Moment & { readonly speeches: number })[] = [];
  /** What recognisers gave as final, and when they were to. */
  readonly understood: (Moment & { readonly words: readonly string[] })[] = [];
  /** Settings that were last sent to each kind of service. */
  readonly settings: Map<string, string> = new Map();
  /** When the session began to end, if it did. */
  ending: Moment | undefined;
  /** When the application last interrupted or gave up, for reasons of its own. */
  meddled: Moment | undefined;
  /** Whether what is heard next is a noise. */
  coughing = false;
  /** Whether the session has ended: nothing may happen any more. */
  over = false;
  /** Which of two voices is to speak. */
  voice = 0;
  /** Timers that are the test's own. */
  timers = 0;
  seq = 0;
  #words = 0;
  #segments = 0;

  constructor(schedule: Schedule) {
    const order = new Random(schedule.seed ^ 0x5eed);
    this.schedule = schedule;
    this.clock = new VirtualClock({ order: () => order.next() });
    this.wire = new Wire(this.clock);
  }

  /** This moment. */
  get now(): Moment {
    return { at: this.clock.now(), seq: ++this.seq };
  }

  /** Counts something for the histogram. */
  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Notes that something is not as it has to be. */
  broken(check: string, how: string): void {
    this.violations.push(`${check}: ${how} (at ${this.clock.now()} ms)`);
  }

  /** Where warnings go. */
  readonly log: Logger = {
    debug() {},
    info() {},
    warn: (message, ...details) => void this.logged.push(lineOf(message, details)),
    error: (message, ...details) => void this.logged.push(lineOf(message, details)),
  };

  /** Calls back later, with a timer that is not the bot's. */
  later(ms: number, callback: () => void): void {
    this.timers++;
    this.clock.timer(ms, () => {
      this.timers--;
      callback();
    });
  }

  /** Sleeps, whatever happens meanwhile. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }

  /** A text of words that nobody has said before. */
  text(count: number, by: Speaker): string {
    const words = Array.from({ length: count }, () => this.#word(by));
    return words.map((word, i) => {
      const begins = i % 5 === 0;
      const ends = i % 5 === 4 || i === count - 1;
      return (begins ? word[0]?.toUpperCase() + word.slice(1) : word) + (ends ? "." : "");
    }).join(" ");
  }

  /** What a model answers to a request. */
  answer({ context }: LLMRequest): ScriptedAnswer {
    const plan = nth(this.schedule.answers, this.generations.length);
    const text = plan.trouble === "fails" || plan.trouble === "stalls"
      ? ""
      : this.text(plan.words, "bot");
    const left = MOST_CALLS - this.calls.size;
    const isWhole = plan.trouble === "none";
    const calls = isWhole ? plan.calls.slice(0, left).map((call) => this.#call(call)) : [];
    if (!isWhole) this.count(`model ${plan.trouble}`);
    const { messages } = context;
    this.generations.push({ ...this.now, plan, words: wordsOf(text), messages, calls });
    return {
      text,
      calls: calls.map(({ id, plan }) => ({ id, name: plan.tool })),
      firstTokenMs: plan.firstTokenMs,
      tokenMs: plan.tokenMs,
      error: plan.trouble.startsWith("fails") ? new Error(PLANNED) : undefined,
      stalls: plan.trouble.startsWith("stalls"),
    };
  }

  /** Notes that a voice is asked to speak. */
  speaks({ text }: SpeechRequest, is: Partial<VoicePlan> = {}): Speech {
    const plan = { ...nth(this.schedule.voices, this.speeches.length), ...is };
    if (plan.trouble !== "none") this.count(`voice ${plan.trouble}`);
    const words = Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
      word: wordsOf(word)[0] ?? "",
      startMs: index * plan.characterMs,
      endMs: (index + word.length) * plan.characterMs,
    }));
    for (const { word } of words) {
      if (!this.speakers.has(word)) this.broken("a voice is given whole words", `not "${word}"`);
    }
    const lastsMs = text.length * plan.characterMs;
    const speech = { ...this.now, number: this.speeches.length + 1, plan, words, lastsMs };
    this.speeches.push(speech);
    return speech;
  }

  /** What is heard of a segment. */
  hears(): ScriptedTranscript {
    const plan = nth(this.schedule.ears, this.#segments++);
    if (plan.trouble !== "none") this.count(`recogniser ${plan.trouble}`);
    const isHeard = plan.words > 0 && plan.trouble === "none" && !this.coughing;
    this.coughing = false;
    const text = isHeard ? this.text(plan.words, "user") : undefined;
    this.understood.push({ ...this.now, words: wordsOf(text ?? "") });
    return {
      text,
      delayMs: plan.delayMs,
      error: plan.trouble === "fails" ? new Error(PLANNED) : undefined,
      stalls: plan.trouble === "stalls",
    };
  }

  /** Notes that the task was told of an error. */
  failed({ error, exception }: ErrorFrame): void {
    this.errors.push({ ...this.now, text: lineOf(error, [exception]) });
  }

  #call(plan: CallPlan): Call {
    const id = `call-${this.calls.size + 1}`;
    this.count(`tool ${plan.fate}`);
    const call = { id, plan, value: `value-of-${id}-`, begun: [], givenAt: undefined, ends: [] };
    this.calls.set(id, call);
    return call;
  }

  #word(by: Speaker): string {
    // Neighbours are to be as different as words are.
    const n = this.#words++ * 1_327;
    const word = [n >> 8, n >> 4, n].map((k) => SYLLABLES[k & 15]).join("");
    this.speakers.set(word, by);
    return word;
  }
}

/** The words of a text, as they are compared. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

function nth<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}

function lineOf(message: string, details: readonly unknown[]): string {
  const why = details.filter((detail) => detail instanceof Error).map(({ message }) => message);
  return [message, ...why].join(" | ");
}
