import { AssertionError } from "@std/assert";
import { contextLines } from "./_context_lines.ts";
import { type Call, callBot } from "./call.ts";
import type { CallOptions, TestedBot } from "./call_expectations.ts";

/** Where an answer was cut, and what was heard of it. */
export interface InterruptionCut {
  /** How much of the answer was heard, in milliseconds. */
  readonly afterMs: number;
  /** Its words. */
  readonly heard: string;
}

/** How an answer is interrupted at every place. */
export interface SweepOptions extends Omit<CallOptions, "clock"> {
  /** Brings the call to the answer that is to be interrupted: the next that would be heard. */
  readonly lead: (call: Call) => Promise<void>;
  /** What the caller interrupts with; the script needs an answer to it. @default {"Stop."} */
  readonly interruption?: string | undefined;
  /** Whether it is said, which takes the bot time to notice, and not typed. @default {false} */
  readonly spoken?: boolean | undefined;
  /** Milliseconds from one cut to the next: a chunk of the output. @default {40} */
  readonly stepMs?: number | undefined;
  /** Looks at the call after each cut, when the bot has answered. */
  readonly check?: ((call: Call, cut: InterruptionCut) => void | Promise<void>) | undefined;
}

/** How much of an interruption by voice may come after the end of the answer, in milliseconds. */
const TO_NOTICE_MS = 400;

/**
 * Interrupts an answer of a bot at every chunk of it, in a call of its own each
 * time, and sees to it that: the bot falls silent at once; the conversation holds
 * what was heard, which is a beginning of the answer and grows from cut to cut;
 * and the bot answers what it was interrupted with.
 *
 * @returns The cuts.
 *
 * @example
 * ```ts
 * import { LLMContext } from "@parley/sdk/context";
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { sweepInterruptions, type TestedBot } from "@parley/sdk/testing";
 * import { LLMContextAggregatorPair } from "@parley/sdk/turns";
 * import { assertEquals } from "@std/assert";
 * const bot: TestedBot = async (session, { stt, llm, tts, vadAnalyzer }) => {
 *   const { transport } = session;
 *   const [user, assistant] = new LLMContextAggregatorPair(new LLMContext(), {
 *     userParams: { vadAnalyzer },
 *   });
 *   const parts = [transport.input(), stt, user, llm, tts, transport.output(), assistant];
 *   await session.run(new PipelineTask(new Pipeline(parts), session.taskOptions));
 * };
 * const cuts = await sweepInterruptions(bot, {
 *   answers: ["It is noon.", "Very well."],
 *   lead: (call) => call.says("What time is it?"),
 * });
 * assertEquals([...new Set(cuts.map(({ heard }) => heard))], ["", "It", "It is"]);
 * ```
 * @throws {AssertionError} If one of these is not so; it names the cut.
 */
export async function sweepInterruptions(
  bot: TestedBot,
  options: SweepOptions,
): Promise<InterruptionCut[]> {
  const { lead, stepMs = 40, spoken = false } = options;
  const whole = await uncut(bot, options);
  const cuts: InterruptionCut[] = [];
  const lastMs = whole.lastsMs - (spoken ? TO_NOTICE_MS : 0);
  for (let afterMs = 0; afterMs < lastMs; afterMs += stepMs) {
    await using call = await callBot(bot, options);
    await lead(call);
    const cut = await interrupt(call, { afterMs, options });
    const before = cuts.at(-1)?.heard ?? "";
    if (!whole.text.startsWith(cut.heard)) {
      throw fail(call, cut, "it is no beginning of the answer");
    }
    if (!cut.heard.startsWith(before)) throw fail(call, cut, `it had been "${before}" before`);
    await options.check?.(call, cut);
    cuts.push(cut);
  }
  return cuts;
}

/** The answer when nobody interrupts it. */
async function uncut(
  bot: TestedBot,
  { lead, ...options }: SweepOptions,
): Promise<{ readonly text: string; readonly lastsMs: number }> {
  await using call = await callBot(bot, options);
  await lead(call);
  const before = call.answers.length;
  const text = await call.hears(/[^]*/);
  const { atMs = 0, endMs = 0 } = call.answers[before] ?? call.answers.at(-1) ?? {};
  return { text, lastsMs: endMs - atMs };
}

async function interrupt(
  call: Call,
  { afterMs, options }: { readonly afterMs: number; readonly options: SweepOptions },
): Promise<InterruptionCut> {
  const { interruption = "Stop.", spoken = false } = options;
  const heard = await call.interrupts(interruption, { afterMs, typed: !spoken });
  const cut = { afterMs, heard };
  const silentFrom = call.answers.findLast((answer) => answer.cut)?.endMs ?? 0;
  const lines = contextLines(call.context);
  await call.hears(/[^]*/);
  const next = call.answers.find(({ atMs }) => atMs > silentFrom)?.atMs ?? silentFrom;
  const recording = call.recording.subarray(samplesAt(silentFrom + 1), samplesAt(next - 1));
  const at = recording.findIndex((sample) => sample !== 0);
  if (at >= 0) {
    throw fail(call, cut, `the bot still sounds ${Math.round(at / RATE_PER_MS)} ms after it`);
  }
  const said = lines.filter((line) => line.startsWith("assistant: ")).at(-1);
  if (heard !== "" && said !== `assistant: ${heard}`) {
    throw fail(call, cut, `the conversation holds "${said}"`);
  }
  return cut;
}

/** Samples of a call's recording in a millisecond. */
const RATE_PER_MS = 24;

function samplesAt(ms: number): number {
  return Math.max(0, Math.ceil(ms * RATE_PER_MS));
}

function fail(call: Call, { afterMs, heard }: InterruptionCut, state: string): AssertionError {
  return new AssertionError(
    `Cannot interrupt well after ${afterMs} ms: "${heard}" was heard, and ${state}\n\n` +
      `The call so far, in seconds:\n${call.transcript}\n`,
  );
}
