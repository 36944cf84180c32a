import { AssertionError } from "@std/assert";
import { LLMMessagesAppendFrame } from "../context/mod.ts";
import { InterruptionFrame } from "../frames/mod.ts";
import { WavTransport } from "../transports/local/mod.ts";
import { CallLine } from "./_call_line.ts";
import { type CallerAct, CallLog } from "./_call_log.ts";
import { SpokenWords } from "./_spoken_words.ts";
import { transcriptOf } from "./_transcript.ts";
import type { CallOptions, TestedBot } from "./call_expectations.ts";
import { type CallerVoice, syntheticVoice } from "./caller_voice.ts";
import { type ScriptedServices, scriptedServices } from "./scripted_services.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** What is waited for, and until when. */
export interface Wanted {
  /** What cannot be done without it, for the message. */
  readonly doing: string;
  readonly withinMs?: number | undefined;
  readonly limitMs?: number | undefined;
}

/** What the verbs of a call are made of: acting, waiting, and failing with the transcript. */
export class CallCore {
  readonly services: ScriptedServices;
  readonly line: CallLine;
  readonly warnings: string[] = [];
  readonly transport: WavTransport = new WavTransport({});
  readonly log: CallLog;
  readonly #limitMs: number;
  readonly #voice: CallerVoice;
  readonly #words: SpokenWords = new SpokenWords();
  #look: () => void = () => {};
  /** When the caller last spoke or typed. */
  #actedMs = 0;
  /** Whether the test knows that the bot failed. */
  #toldFailure = false;

  constructor(options: CallOptions) {
    const { clock = new VirtualClock(), flags, observers = [] } = options;
    this.#limitMs = options.limitMs ?? 30_000;
    this.#voice = options.caller ?? syntheticVoice;
    this.services = scriptedServices(options, (segment) => this.#words.hear(segment));
    this.log = new CallLog(() => this.#look());
    this.line = new CallLine({
      clock,
      transport: this.transport,
      flags,
      observers: [this.log, ...observers],
      began: () => this.log.begin(clock.now()),
      problem: (text) => this.log.problem(text, clock.now()),
      warning: (text) => this.warnings.push(text),
    });
    this.transport.once("started", () => {
      this.line.began();
      this.line.session.ready();
    });
  }

  /** Milliseconds since the call began. */
  get nowMs(): number {
    return this.log.timeOf(this.line.clock.now());
  }

  async begin(bot: TestedBot): Promise<void> {
    await this.line.begin((session) => bot(session, this.services));
    void this.line.over.then(() => this.log.end(this.line.clock.now()));
    const { session, failure } = this.line;
    const wanted = { doing: "call the bot" };
    if (failure) throw this.fail(wanted, "it did not take the call");
    if (!session.task) throw this.fail(wanted, 'it never ran a task with "session.run"');
  }

  /** Notes what the caller does now, which lasts until then. */
  act(what: CallerAct["what"], text: string, untilMs: number = this.nowMs): void {
    this.log.act({ what, text: what === "hangs up" ? "" : JSON.stringify(text), atMs: this.nowMs });
    this.#actedMs = untilMs;
  }

  /** Begins to say something, and gives when it will have been said. */
  async speak(text: string): Promise<number> {
    const { clock } = this.line;
    const audio = await clock.hold(Promise.resolve(this.#voice(text)));
    const { samples, sampleRate, numChannels = 1 } = audio;
    const fromMs = clock.now();
    const toMs = fromMs + samples.length / numChannels / sampleRate * 1000;
    this.#words.say(text, { fromMs, toMs });
    this.transport.play(audio);
    this.act("says", text, this.log.timeOf(toMs));
    return this.log.timeOf(toMs);
  }

  /** Types something, which interrupts. */
  type(text: string): void {
    this.act("types", text);
    const message = { role: "user" as const, content: text };
    this.line.send(
      new InterruptionFrame(),
      new LLMMessagesAppendFrame([message], { runLlm: true }),
    );
  }

  /** Waits until something is so, the call is over, or time is up; says whether it is so. */
  async until(isSo: () => boolean, { limitMs = this.#limitMs }: Partial<Wanted>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#look = () => {
      if (isSo() || this.log.endMs !== undefined) resolve();
    };
    this.#look();
    const timer = this.line.clock.timer(limitMs, resolve);
    await this.line.run(promise, limitMs + 1_000);
    timer.cancel();
    this.#look = () => {};
    return isSo();
  }

  /** Waits until a time of the call. */
  async untilMs(ms: number, isSo: () => boolean = () => false): Promise<void> {
    if (ms > this.nowMs) await this.until(isSo, { limitMs: ms - this.nowMs });
    await this.line.settle();
  }

  /** Fails if something took too long, from when the caller last spoke or typed. */
  inTime(atMs: number, wanted: Wanted, what: string): void {
    const tookMs = Math.round(atMs - this.#actedMs);
    if (tookMs <= (wanted.withinMs ?? Infinity)) return;
    throw this.fail(
      { doing: `${wanted.doing} within ${wanted.withinMs} ms` },
      `${what} came after ${tookMs} ms`,
    );
  }

  /** Says what was expected, what is so instead, and all that happened. */
  fail({ doing }: Wanted, state: string): AssertionError {
    const { failure } = this.line;
    const isOver = this.log.endMs === undefined ? "" : ", and the call is over";
    const so = failure ? `the bot failed: ${messageOf(failure.error)}` : state + isOver;
    if (failure) this.#toldFailure = true;
    const transcript = transcriptOf(this.log) || "        –  nothing happened";
    return new AssertionError(
      `Cannot ${doing}: ${so}\n\nThe call so far, in seconds:\n${transcript}\n`,
      failure && { cause: failure.error },
    );
  }

  /** Breaks the call off. */
  async close(): Promise<void> {
    this.line.hangUp();
    await this.line.run(this.line.over);
    const { failure } = this.line;
    if (failure && !this.#toldFailure) throw failure.error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
