import type { Frame } from "../frames/mod.ts";
import { RTVIProcessor } from "../rtvi/mod.ts";
import type { RunnerFlags } from "../runner/session.ts";
import { CallLine } from "./_call_line.ts";
import { differencesOf } from "./_call_outcome.ts";
import { inputFrame, textIn } from "./_input_frames.ts";
import { replayTraffic } from "./_replay_traffic.ts";
import { type ReplayEvent, ReplayTransport } from "./_replay_transport.ts";
import type { TestedBot } from "./call_expectations.ts";
import { CallRecorder } from "./call_recorder.ts";
import { CallRecording, type FrameMaker, type RecordedFrame } from "./call_recording.ts";
import { recordedServices } from "./recorded_services.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** How a recorded call is played again. */
export interface ReplayOptions {
  /** What the bot's session is told. */
  readonly flags?: RunnerFlags | undefined;
  /**
   * Milliseconds by which something may come earlier or later than it did.
   *
   * @default {0} where the call was recorded on a virtual clock, else 500
   */
  readonly toleranceMs?: number | undefined;
  /** How frames of your own are made that came from the caller, by their class. */
  readonly makers?: Readonly<Record<string, FrameMaker>> | undefined;
}

/** What came of a call that was played again. */
export interface CallReplay {
  /** In which ways it came out differently, a line for each. */
  readonly differences: readonly string[];
  /** What happened this time: may be written to a file in place of the old one. */
  readonly text: string;
  /** What went wrong, as it was logged. */
  readonly problems: readonly string[];
}

/** How much later than in the recording the bot may end, in milliseconds. */
const OVERTIME_MS = 10_000;

/**
 * Plays a recorded call to a bot again, on a virtual clock: what came from the
 * caller comes at the same times, and a bot that takes its services is given
 * ones that answer as they did. What comes out is compared, the audio byte by
 * byte.
 *
 * A call that was recorded in virtual time comes out the same to the microsecond.
 * Of one that was recorded in real time, what happened within some 50 ms of
 * something else, such as words that were heard just before an interruption, can
 * come out the other way round, as it could have done then.
 *
 * @param bot The bot.
 * @param file The text of the file.
 *
 * @example
 * ```ts
 * import { Pipeline, PipelineTask } from "@parley/sdk/pipeline";
 * import { callBot, CallRecorder, replayCall, type TestedBot, VirtualClock } from "@parley/sdk/testing";
 * import { assertEquals } from "@std/assert";
 * const bot: TestedBot = async (session, { tts }) => {
 *   const { transport } = session;
 *   const pipeline = new Pipeline([transport.input(), tts, transport.output()]);
 *   await session.run(new PipelineTask(pipeline, session.taskOptions));
 * };
 *
 * const clock = new VirtualClock();
 * const recorder = new CallRecorder({ clock });
 * await using call = await callBot(bot, { clock, observers: [recorder] });
 * await call.says("Is anybody there?");
 * await call.hangsUp();
 *
 * const { differences } = await replayCall(bot, recorder.text);
 * assertEquals(differences, []);
 * ```
 * @throws {SyntaxError} If the file cannot be read.
 */
export async function replayCall(
  bot: TestedBot,
  file: string,
  options: ReplayOptions = {},
): Promise<CallReplay> {
  const recorded = new CallRecording(file);
  const clock = new VirtualClock({ startDate: recorded.startedAt });
  const recorder = new CallRecorder({ clock });
  const problems: string[] = [];
  const line = lineFor(recorded, { clock, recorder, problems, options });
  using _traffic = trafficFor(recorded, { clock, recorder, problems, options });
  await line.begin((session) => bot(session, recordedServices(recorded)));
  const lastMs = recorded.endMs ?? recorded.frames.at(-1)?.atMs ?? 0;
  const overtime = clock.timer(lastMs + OVERTIME_MS - clock.now(), () => {
    problems.push(`Cannot replay to the end: the bot goes on ${OVERTIME_MS} ms after it`);
    line.hangUp();
  });
  await line.run(line.over, lastMs + 2 * OVERTIME_MS);
  overtime.cancel();
  if (line.failure) throw line.failure.error;
  const { toleranceMs = recorded.virtual ? 0 : 500 } = options;
  const replayed = new CallRecording(recorder.text);
  const firstMs = recorded.frames.find(({ isInput }) => isInput)?.atMs ?? 0;
  const loadedMs = recorded.virtual ? 0 : firstMs;
  const differences = differencesOf(recorded, replayed, { toleranceMs, loadedMs });
  return { differences, text: recorder.text, problems };
}

interface Replaying {
  readonly clock: VirtualClock;
  readonly recorder: CallRecorder;
  readonly problems: string[];
  readonly options: ReplayOptions;
}

/** A line on which the caller does what he did. */
function lineFor(recording: CallRecording, replaying: Replaying): CallLine {
  const { clock, recorder, problems, options } = replaying;
  const makers = options.makers ?? {};
  const events = recording.frames.filter(({ isInput }) => isInput).map((frame): ReplayEvent => ({
    atMs: frame.atMs,
    happen: (push) => {
      try {
        doAgain(frame, { push, line, make: () => inputFrame(frame, recording, makers) });
      } catch (error) {
        // The rest of the call still says a lot.
        problems.push(error instanceof Error ? error.message : String(error));
      }
    },
  }));
  const ready: ReplayEvent = { atMs: readyMs(recording), happen: () => line.session.ready() };
  const transport = new ReplayTransport(
    [...events, ready].toSorted((a, b) => a.atMs - b.atMs),
    outputRate(recording),
  );
  const usesRTVI = recording.frames.some(({ from }) => from.startsWith("RTVIProcessor"));
  const line: CallLine = new CallLine({
    clock,
    transport,
    rtvi: usesRTVI ? new RTVIProcessor() : undefined,
    flags: options.flags,
    observers: [recorder],
    began: () => {},
    problem: (text) => problems.push(text),
  });
  transport.once("started", () => line.began());
  return line;
}

/** Providers that answer as they did, if any were recorded. */
function trafficFor(
  { traffic }: CallRecording,
  { clock, problems }: Replaying,
): Disposable | undefined {
  if (traffic.length === 0) return undefined;
  return replayTraffic(traffic, { clock, problem: (text) => problems.push(text) });
}

/** Does what the caller did: through the transport, as his program, or by hanging up. */
function doAgain(
  { frame, role, fields }: RecordedFrame,
  ways: {
    readonly push: (frame: Frame) => void;
    readonly line: CallLine;
    readonly make: () => Frame;
  },
): void {
  if (frame === "CancelFrame") ways.line.hangUp(textIn(fields, "reason"));
  else if (role === "input") ways.push(ways.make());
  else ways.line.send(ways.make());
}

/** When somebody was there: the bot did something by itself then, or else heard something. */
function readyMs({ frames }: CallRecording): number {
  const isOwn = ({ from, frame, isInput }: RecordedFrame) =>
    from === "PipelineStart" && frame !== "StartFrame" && !isInput;
  return (frames.find(isOwn) ?? frames.find(({ isInput }) => isInput))?.atMs ?? 0;
}

/** The rate of the audio that was heard, if there was any. */
function outputRate({ outputs }: CallRecording): number | undefined {
  const audio = outputs.find(({ frame }) => frame.frame === "OutputAudioRawFrame");
  const rate = audio?.frame.fields["sampleRate"];
  return typeof rate === "number" ? rate : undefined;
}
