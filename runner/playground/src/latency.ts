/**
 * A turn's latency, split into the stages a listener waits for.
 *
 * @module
 */
import type { TurnMessage } from "./server_messages.ts";

/** What the time went into. */
export type StageName = "endpoint" | "transcript" | "token" | "audio";

/** One part of the wait. */
export interface Stage {
  /** What the time went into. */
  readonly name: StageName;
  /** How long it took by itself. */
  readonly durationMs: number;
  /** When it was over, after the end of the speech. */
  readonly atMs: number;
}

/** What each stage is called on the page. */
export const STAGE_LABELS: Readonly<Record<StageName, string>> = {
  endpoint: "end of turn",
  transcript: "transcript",
  token: "first token",
  audio: "first audio",
};

/** Splits a turn into its stages, in order of time, as far as they are known. */
export function stagesOf(turn: TurnMessage): Stage[] {
  const known: { readonly name: StageName; readonly atMs: number | undefined }[] = [
    { name: "transcript", atMs: turn.transcriptMs },
    { name: "endpoint", atMs: turn.turnEndMs },
    { name: "token", atMs: turn.firstTokenMs },
    { name: "audio", atMs: turn.firstAudioMs ?? turn.totalMs },
  ];
  const marks = known.flatMap(({ name, atMs }) => atMs === undefined ? [] : [{ name, atMs }]);
  let reachedMs = 0;
  return marks.toSorted((a, b) => a.atMs - b.atMs).map(({ name, atMs }) => {
    const durationMs = Math.max(0, atMs - reachedMs);
    reachedMs = Math.max(reachedMs, atMs);
    return { name, atMs, durationMs };
  });
}

/** Gives the whole wait once the first audio is known. */
export function totalOf(turn: TurnMessage): number | undefined {
  return turn.totalMs ?? turn.firstAudioMs;
}

/** Gives the middle value; `undefined` of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[sorted.length % 2 === 0 ? middle - 1 : middle];
  if (upper === undefined || lower === undefined) return undefined;
  return (upper + lower) / 2;
}

/** Writes a duration the way the page shows it: `518 ms`, `1.24 s`. */
export function formatMs(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  return `${(durationMs / 1000).toFixed(2)} s`;
}

/** Tells a turn's latency in a sentence, for those who can't see the bar. */
export function describeTurn(turn: TurnMessage): string {
  const stages = stagesOf(turn).map((stage) =>
    `${STAGE_LABELS[stage.name]} ${formatMs(stage.durationMs)}`
  );
  const total = totalOf(turn);
  const whole = total === undefined ? "answer pending" : formatMs(total);
  const end = turn.interrupted ? "; the answer was interrupted" : "";
  return `Turn ${turn.turn}: ${[whole, ...stages].join(", ")}${end}`;
}
