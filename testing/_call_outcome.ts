import { concatAudio } from "../audio/mod.ts";
import { textIn } from "./_input_frames.ts";
import type { CallRecording, RecordedOutput } from "./call_recording.ts";

/** What came out of a call in one place: a frame, or all the audio of one speech. */
interface Outcome {
  readonly atMs: number;
  /** What it is, without what it holds. */
  readonly what: string;
  /** What it holds, each as JSON; nothing for audio. */
  readonly content: Readonly<Record<string, string>>;
  readonly audio: Int16Array | undefined;
}

/** What comes out by the clock, and says nothing of what the bot does. */
const BY_THE_CLOCK = new Set([
  "BotSpeakingFrame",
  "HeartbeatFrame",
  "InputAudioRawFrame",
  "InterimTranscriptionFrame",
  "MetricsFrame",
  "StartFrame",
  "UserAudioRawFrame",
  "UserSpeakingFrame",
]);

/** What is a time of the clock, which begins elsewhere in every run. */
const TIMES = new Set(["timestamp"]);

/** What only tells things apart: counts by its first sight, since services of another class name it otherwise. */
const IDS = new Set(["contextId", "groupId", "toolCallId"]);

/** Sums of times may differ in their last digits, and are the same to the nanosecond. */
const DIGITS = 1e6;

/** How many differences are told. */
const MOST = 20;

/** How two calls are compared. */
export interface CompareOptions {
  /** How many milliseconds earlier or later something may come. */
  readonly toleranceMs: number;
  /** Before that, times say only how long everything took to load. */
  readonly loadedMs: number;
}

/** Says in which ways a call differs from a recorded one, a line for each; nothing where it does not. */
export function differencesOf(
  recorded: CallRecording,
  replayed: CallRecording,
  options: CompareOptions,
): string[] {
  const [before, after] = [lanesOf(recorded), lanesOf(replayed)];
  const differences: { readonly atMs: number; readonly text: string }[] = [];
  for (const lane of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(lane) ?? [], after.get(lane) ?? []];
    for (let i = 0; i < Math.max(was.length, is.length); i++) {
      const text = differenceOf(was[i], is[i], options);
      const atMs = (was[i] ?? is[i])?.atMs ?? 0;
      if (text) differences.push({ atMs, text: `${lane} ${i + 1}: ${text}` });
    }
  }
  const sorted = differences.toSorted((a, b) => a.atMs - b.atMs);
  const told = sorted.slice(0, MOST).map(({ atMs, text }) => `at ${secs(atMs)} s, ${text}`);
  return sorted.length > MOST ? [...told, `and ${sorted.length - MOST} more`] : told;
}

/** What came out, by class, each in order. */
function lanesOf(recording: CallRecording): Map<string, Outcome[]> {
  const understood = recording.of("TranscriptionFrame").map((frame) => ({
    atMs: frame.atMs,
    what: "understood",
    content: { text: JSON.stringify(textIn(frame.fields, "text")) },
    audio: undefined,
  }));
  const ids = new Map<string, string>();
  const outputs = recording.outputs.flatMap((output) => outcome(output, ids));
  const all = [...understood, ...outputs, ...speeches(recording)];
  return Map.groupBy(all, ({ what }) => what);
}

function outcome(
  { frame, atMs }: RecordedOutput,
  ids: Map<string, string>,
): Outcome[] {
  const { frame: what, fields } = frame;
  if (BY_THE_CLOCK.has(what) || what === "OutputAudioRawFrame") return [];
  const content: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (TIMES.has(key)) continue;
    const json = JSON.stringify(value, rounded);
    if (IDS.has(key) && !ids.has(json)) ids.set(json, `number ${ids.size + 1}`);
    content[key] = ids.get(json) ?? json;
  }
  return [{ atMs, what, content, audio: undefined }];
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * DIGITS) / DIGITS : value;
}

/** The audio that was heard, from where the bot began to speak to where it stopped. */
function speeches(recording: CallRecording): Outcome[] {
  const speeches: { atMs: number; pieces: Int16Array[] }[] = [];
  for (const { frame, atMs } of recording.outputs) {
    if (frame.frame === "BotStartedSpeakingFrame") speeches.push({ atMs, pieces: [] });
    else if (frame.frame === "OutputAudioRawFrame") {
      speeches.at(-1)?.pieces.push(recording.audioOf(frame));
    }
  }
  return speeches.map(({ atMs, pieces }) => {
    return { atMs, what: "speech", content: {}, audio: concatAudio(pieces) };
  });
}

function differenceOf(
  was: Outcome | undefined,
  is: Outcome | undefined,
  { toleranceMs, loadedMs }: CompareOptions,
): string | undefined {
  if (!was) return is && `it was not there, and is now: ${shortened(is)}`;
  if (!is) return `it was ${shortened(was)}, and is missing`;
  const keys = [...new Set([...Object.keys(was.content), ...Object.keys(is.content)])];
  const changed = keys.filter((key) => was.content[key] !== is.content[key])
    .map((key) => `${key} was ${short(was.content[key])} and is ${short(is.content[key])}`);
  if (changed.length > 0) return changed.join(", ");
  const audio = was.audio && is.audio && audioDifference(was.audio, is.audio);
  if (audio) return audio;
  const lateMs = is.atMs - was.atMs;
  if (was.atMs < loadedMs || Math.abs(lateMs) <= toleranceMs + 1e-6) return undefined;
  return `it comes ${Math.abs(lateMs).toFixed(3)} ms ${lateMs > 0 ? "later" : "earlier"}`;
}

function audioDifference(was: Int16Array, is: Int16Array): string | undefined {
  const at = was.findIndex((sample, i) => sample !== is[i]);
  if (at < 0 && was.length === is.length) return undefined;
  const lengths = `it had ${was.length} samples, and has ${is.length}`;
  return at < 0 ? lengths : `its audio differs from sample ${at} on; ${lengths}`;
}

function shortened({ audio, content }: Outcome): string {
  if (audio) return `${audio.length} samples`;
  if ("text" in content) return short(content["text"]);
  return short(Object.entries(content).map(([key, value]) => `${key} ${value}`).join(", "));
}

function short(text: string = "nothing"): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function secs(ms: number): string {
  return (ms / 1000).toFixed(3);
}
