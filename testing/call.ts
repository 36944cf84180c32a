import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../async/mod.ts";
import type { LLMContext } from "../context/mod.ts";
import type { BotSession } from "../runner/session.ts";
import { CallCore, type Wanted } from "./_call_core.ts";
import type { BotAnswer, Remark, WrittenAnswer } from "./_call_log.ts";
import { contains, contextLines, matches, quote } from "./_context_lines.ts";
import { sideBySide } from "./_side_by_side.ts";
import { transcriptOf } from "./_transcript.ts";
import type {
  CallOptions,
  ExpectCallOptions,
  ExpectOptions,
  HeardAnswer,
  InterruptOptions,
  TestedBot,
} from "./call_expectations.ts";
import type { ScriptedServices } from "./scripted_services.ts";

/** How long the bot may still speak after the caller has interrupted it, in milliseconds. */
const YIELD_MS = 2_000;

/**
 * A call to a bot under test: what the caller does, and what is expected of the
 * bot, in order. See {@linkcode callBot}.
 *
 * What is heard, read, called and understood counts once, each in its order:
 * `hears` is about the next answer after the one that was heard before. What is
 * not so fails with everything that happened so far, with its times.
 *
 * @example
 * ```ts
 * import { FrameProcessor } from "@parley/sdk/processors";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { type Call, callBot, type TestedBot } from "@parley/sdk/testing";
 * const bot: TestedBot = async (session, { tts }) => {
 *   const { transport } = session;
 *   const pipeline = new Pipeline([transport.input(), tts, transport.output()]);
 *   await session.run(new PipelineTask(pipeline, session.taskOptions));
 * };
 * await using call: Call = await callBot(bot);
 * await call.hearsNothing({ forMs: 1_000 });
 * await call.hangsUp();
 * ```
 */
export class Call implements AsyncDisposable {
  readonly #core: CallCore;
  /** How much of everything was expected and has come. */
  readonly #seen = { answers: 0, written: 0, tools: 0, understood: 0, problems: 0 };

  /** Makes a call that has not begun; {@linkcode callBot} begins it. */
  constructor(options: CallOptions = {}) {
    this.#core = new CallCore(options);
  }

  /** What the bot was given in place of its services. */
  get services(): ScriptedServices {
    return this.#core.services;
  }

  /** The clock of the call. */
  get clock(): Clock {
    return this.#core.line.clock;
  }

  /** What the bot was called with. */
  get session(): BotSession {
    return this.#core.line.session;
  }

  /** Milliseconds since the call began. */
  get nowMs(): number {
    return this.#core.nowMs;
  }

  /** The conversation as the model is told of it, once it was asked. */
  get context(): LLMContext | undefined {
    return this.#core.log.context;
  }

  /** What the bot said so far, as it was heard, in order. */
  get answers(): readonly HeardAnswer[] {
    return this.#core.log.answers.map(({ text, atMs, endMs, cut }) => {
      return { text: text.trim(), atMs, endMs, cut };
    });
  }

  /** What the bot's log warned of so far, in order. */
  get warnings(): readonly string[] {
    return this.#core.warnings;
  }

  /** Who said and did what so far, and when, in seconds: a line for each. */
  get transcript(): string {
    return transcriptOf(this.#core.log);
  }

  /** What the bot said: mono at 24 kHz, from the beginning of the call. */
  get recording(): Int16Array {
    return this.#core.transport.recording();
  }

  /** Has a bot take the call. */
  async begin(bot: TestedBot): Promise<void> {
    await this.#core.begin(bot);
  }

  /** The caller says something, from now on; resolves when it has been said. */
  async says(text: string): Promise<void> {
    await this.#core.untilMs(await this.#core.speak(text));
  }

  /** The caller types something, which interrupts the bot as a client does. */
  async types(text: string): Promise<void> {
    this.#core.type(text);
    await this.#core.line.settle();
  }

  /** The caller does nothing for a while. */
  async waits(ms: number): Promise<void> {
    await this.#core.untilMs(this.nowMs + ms);
  }

  /**
   * Waits for the bot's next answer to be over, and gives what was heard of it.
   *
   * @param expected All of it, or a pattern of what is in it.
   * @throws {AssertionError} If there is none, or it is another one, or its first sound came too late.
   */
  async hears(expected: string | RegExp, options: ExpectOptions = {}): Promise<string> {
    const wanted = { ...options, doing: `hear ${quote(expected)}` };
    const next = (): BotAnswer | undefined => {
      const rest = this.#core.log.answers.slice(this.#seen.answers);
      // What was cut before its first word is none.
      return rest.find(({ text, endMs }) => endMs === undefined || text.trim() !== "");
    };
    await this.#core.until(() => next()?.endMs !== undefined, wanted);
    const answer = next();
    if (!answer) throw this.#core.fail(wanted, "the bot said nothing");
    if (answer.endMs === undefined) throw this.#core.fail(wanted, "the bot did not come to an end");
    this.#seen.answers = this.#core.log.answers.indexOf(answer) + 1;
    const text = answer.text.trim();
    if (!matches(expected, text)) throw this.#core.fail(wanted, `the bot said ${quote(text)}`);
    this.#core.inTime(answer.atMs, wanted, "the first sound");
    return text;
  }

  /**
   * Waits for the model to have written its next answer since the caller last did something, spoken or not, and
   * gives it.
   *
   * @throws {AssertionError} If there is none, or it is another one, or it came too late.
   */
  async reads(expected: string | RegExp, options: ExpectOptions = {}): Promise<string> {
    const wanted = { ...options, doing: `read ${quote(expected)}` };
    const since = this.#core.log.acts.at(-1)?.atMs ?? 0;
    const next = (): WrittenAnswer | undefined =>
      this.#core.log.written.slice(this.#seen.written)
        .find(({ atMs, text, endMs }) => atMs >= since && (endMs === undefined || text !== ""));
    await this.#core.until(() => next()?.endMs !== undefined, wanted);
    const answer = next();
    if (answer?.endMs === undefined) throw this.#core.fail(wanted, "the model wrote nothing");
    this.#seen.written = this.#core.log.written.indexOf(answer) + 1;
    const text = answer.text.trim();
    if (!matches(expected, text)) throw this.#core.fail(wanted, `the model wrote ${quote(text)}`);
    this.#core.inTime(answer.endMs, wanted, "the end of it");
    return text;
  }

  /**
   * Lets time pass in which the bot is not heard.
   *
   * @throws {AssertionError} If it is.
   */
  async hearsNothing(options: { /** How long. */ readonly forMs: number }): Promise<void> {
    const { forMs } = options;
    const wanted = { doing: `hear nothing for ${forMs} ms`, limitMs: forMs };
    const { answers } = this.#core.log;
    const isHeard = () =>
      answers.length > this.#seen.answers && answers.at(-1)?.endMs === undefined;
    if (await this.#core.until(isHeard, wanted)) throw this.#core.fail(wanted, "the bot speaks");
  }

  /**
   * Waits for the bot to call its next tool, and gives the arguments.
   *
   * @param expected The arguments; any by default.
   * @throws {AssertionError} If it calls none, or another one, or otherwise, or too late.
   */
  async calls(name: string, expected?: unknown, options: ExpectCallOptions = {}): Promise<unknown> {
    const wanted = { ...options, doing: `see a call of "${name}"` };
    const at = this.#seen.tools;
    await this.#core.until(() => this.#core.log.tools.length > at, wanted);
    const tool = this.#core.log.tools[at];
    if (!tool) throw this.#core.fail(wanted, "the bot called nothing");
    this.#seen.tools++;
    const given = JSON.stringify(tool.arguments);
    if (tool.name !== name) {
      throw this.#core.fail(wanted, `the bot called "${tool.name}" with ${given}`);
    }
    if (expected !== undefined && !isDeepStrictEqual(tool.arguments, expected)) {
      throw this.#core.fail(
        wanted,
        `it was called with ${given} and not ${JSON.stringify(expected)}`,
      );
    }
    this.#core.inTime(tool.atMs, wanted, "the call");
    if (!("gives" in options)) return tool.arguments;
    await this.#core.until(() => tool.result !== undefined || tool.cancelled, wanted);
    if (!tool.result) throw this.#core.fail(wanted, "it gave nothing");
    if (!isDeepStrictEqual(tool.result.value, options.gives)) {
      const [gave, hoped] = [tool.result.value, options.gives].map((each) => JSON.stringify(each));
      throw this.#core.fail(wanted, `it gave ${gave} and not ${hoped}`);
    }
    return tool.arguments;
  }

  /**
   * Waits for what the bot understood of the caller's next words, and gives it.
   *
   * @throws {AssertionError} If it understood nothing, or something else, or too late.
   */
  async understands(expected: string | RegExp, options: ExpectOptions = {}): Promise<string> {
    const wanted = { ...options, doing: `see ${quote(expected)} understood` };
    const next = await this.#next("understood", wanted);
    if (!next) throw this.#core.fail(wanted, "the bot understood nothing");
    if (!matches(expected, next.text)) {
      throw this.#core.fail(wanted, `the bot understood ${quote(next.text)}`);
    }
    this.#core.inTime(next.atMs, wanted, "it");
    return next.text;
  }

  /**
   * Waits for something to go wrong that is reported, and gives the report.
   *
   * @throws {AssertionError} If all goes well, or something else goes wrong.
   */
  async fails(expected: string | RegExp, options: ExpectOptions = {}): Promise<string> {
    const wanted = { ...options, doing: `see ${quote(expected)} reported` };
    const next = await this.#next("problems", wanted);
    if (!next) throw this.#core.fail(wanted, "nothing went wrong");
    if (!matches(expected, next.text)) throw this.#core.fail(wanted, `it was ${quote(next.text)}`);
    return next.text;
  }

  /**
   * Interrupts the bot's next answer, and gives what was heard of it.
   *
   * @throws {AssertionError} If there is no such answer, or the bot speaks on.
   */
  async interrupts(text: string, options: InterruptOptions = {}): Promise<string> {
    const { afterMs = 0, afterHearing, typed = false } = options;
    const when = afterHearing === undefined
      ? `after ${afterMs} ms`
      : `after ${quote(afterHearing)}`;
    const wanted = { doing: `interrupt with ${quote(text)} ${when}` };
    const answer = await this.#nextAnswer(wanted);
    const isOver = () => answer.endMs !== undefined;
    if (afterHearing === undefined) await this.#core.untilMs(answer.atMs + afterMs, isOver);
    else await this.#core.until(() => isOver() || contains(afterHearing, answer.text), wanted);
    if (answer.endMs !== undefined) {
      const lasted = `it was over after ${Math.round(answer.endMs - answer.atMs)} ms`;
      throw this.#core.fail(wanted, `${lasted}, with ${quote(answer.text.trim())}`);
    }
    if (typed) this.#core.type(text);
    const untilMs = typed ? this.nowMs : await this.#core.speak(text);
    await this.#core.until(isOver, { limitMs: untilMs - this.nowMs + YIELD_MS });
    if (!answer.cut) throw this.#core.fail(wanted, "the bot spoke on");
    await this.#core.untilMs(untilMs);
    return answer.text.trim();
  }

  /**
   * Compares the conversation, as the model is told of it, with lines such as
   * `user: What time is it?`, `assistant calls get_time {}`, `tool: {"time":"noon"}` and
   * `assistant: It is noon.`; those of the system count if one is expected.
   *
   * @throws {AssertionError} If it is another one.
   */
  async contextHolds(expected: readonly (string | RegExp)[]): Promise<void> {
    await this.#core.line.settle();
    const isSystem = (line: string | RegExp) => /^\/?\^?system: /.test(String(line));
    const wantsSystem = expected.some(isSystem);
    const lines = contextLines(this.context).filter((line) => wantsSystem || !isSystem(line));
    const comparison = { matches, expected: String, actual: String };
    const difference = sideBySide(expected, lines, comparison);
    if (difference === undefined) return;
    const state = this.context ? "it differs" : "the model was not asked yet";
    throw this.#core.fail({ doing: "find the context as expected" }, `${state}\n${difference}`);
  }

  /**
   * Waits for the bot to end the call.
   *
   * @throws {AssertionError} If it does not, if something went wrong in the call
   * that nobody expected, or if the model has answers left.
   */
  async ends(options: ExpectOptions = {}): Promise<void> {
    const wanted = { ...options, doing: "see the call end" };
    await this.#core.until(() => this.#core.log.endMs !== undefined, wanted);
    if (this.#core.log.endMs === undefined) throw this.#core.fail(wanted, "the bot goes on");
    this.#core.inTime(this.#core.log.endMs, wanted, "the end");
    this.#checkEnd();
  }

  /**
   * The caller hangs up, and the bot ends.
   *
   * @throws {AssertionError} As {@linkcode Call.ends} does.
   */
  async hangsUp(): Promise<void> {
    this.#core.act("hangs up", "");
    this.#core.line.hangUp();
    await this.ends();
  }

  /** Breaks the call off, if it still goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#core.close();
  }

  /** The next answer, which is begun. */
  async #nextAnswer(wanted: Wanted): Promise<BotAnswer> {
    const { answers } = this.#core.log;
    const at = this.#seen.answers;
    await this.#core.until(() => answers.length > at, wanted);
    const answer = answers[at];
    if (!answer) throw this.#core.fail(wanted, "the bot said nothing");
    this.#seen.answers++;
    return answer;
  }

  async #next(of: "understood" | "problems", wanted: Wanted): Promise<Remark | undefined> {
    const at = this.#seen[of];
    const all = this.#core.log[of];
    await this.#core.until(() => all.length > at, wanted);
    const next = all[at];
    if (next) this.#seen[of]++;
    return next;
  }

  /** Nothing that nobody expected is to have gone wrong, and the script is to be used up. */
  #checkEnd(): void {
    const wanted = { doing: "end the call well" };
    const { failure } = this.#core.line;
    if (failure) throw this.#core.fail(wanted, "the bot failed");
    const problem = this.#core.log.problems[this.#seen.problems];
    if (problem) throw this.#core.fail(wanted, `it was reported that ${quote(problem.text)}`);
    const { left } = this.services.llm;
    if (left.length === 0) return;
    const answers = left.length === 1 ? "1 answer" : `${left.length} answers`;
    throw this.#core.fail(wanted, `the model was not asked for the last ${answers} of its script`);
  }
}

/**
 * Calls a bot: holds a conversation with it without a server, on a virtual clock,
 * so that minutes take milliseconds and come out the same every time.
 *
 * The bot is the function that a runner is given. One that takes its services as
 * a second argument, with its real ones as the default, is given scripted ones.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import type { BotSession } from "@parley/sdk/runner";
 * import { callBot, type ScriptedServices } from "@parley/sdk/testing";
 * import { LLMContextAggregatorPair } from "@parley/sdk/turns";
 *
 * async function bot(session: BotSession, services: ScriptedServices): Promise<void> {
 *   const { transport } = session;
 *   const { stt, llm, tts, vadAnalyzer } = services;
 *   const [user, assistant] = new LLMContextAggregatorPair(new LLMContext(), {
 *     userParams: { vadAnalyzer },
 *   });
 *   const parts = [transport.input(), stt, user, llm, tts, transport.output(), assistant];
 *   await session.run(new PipelineTask(new Pipeline(parts), session.taskOptions));
 * }
 *
 * await using call = await callBot(bot, { answers: ["It is noon.", "Good bye."] });
 * await call.says("What time is it?");
 * await call.interrupts("Thank you!", { afterHearing: "It" });
 * await call.hears("Good bye.", { withinMs: 1_000 });
 * await call.contextHolds([
 *   "user: What time is it?",
 *   /^assistant: It/,
 *   "user: Thank you!",
 *   "assistant: Good bye.",
 * ]);
 * await call.hangsUp();
 * ```
 * @throws {AssertionError} If the bot does not take the call.
 */
export async function callBot(bot: TestedBot, options: CallOptions = {}): Promise<Call> {
  const call = new Call(options);
  await call.begin(bot);
  return call;
}
