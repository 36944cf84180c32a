import { type Figure, isKept } from "./figure.ts";

/** A figure of the run that came out in the middle, and how far the runs lie apart. */
export interface Result extends Figure {
  readonly lowest: number;
  readonly highest: number;
}

/** What a figure was measured on. */
export interface Machine {
  readonly deno: string;
  readonly cpus: number;
  /** How many programs wanted to run when the bench began, as a mean over a minute. */
  readonly load_average: number;
}

/** One result for each figure, of all runs. */
export function summarize(runs: readonly (readonly Figure[])[]): Result[] {
  const byKey = Map.groupBy(runs.flat(), ({ key }) => key);
  return [...byKey.values()].flatMap((figures) => {
    const sorted = figures.toSorted((a, b) => a.value - b.value);
    const [middle, lowest, highest] = [sorted[(sorted.length - 1) >> 1], sorted[0], sorted.at(-1)];
    if (!middle || !lowest || !highest) return [];
    return [{ ...middle, lowest: lowest.value, highest: highest.value }];
  });
}

/** Everything in one object, values first. */
export function toJson(results: readonly Result[], machine: Machine): string {
  const values = results.map(({ key, value }) => [key, round(value)]);
  const details = results.flatMap((result) => Object.entries(result.details))
    .map(([key, value]) => [key, round(value)]);
  const missed = results.filter((result) => !isKept(result)).map(({ key }) => key);
  return JSON.stringify({ ...Object.fromEntries([...values, ...details]), missed, ...machine });
}

/** A table for a terminal. */
export function toTable(results: readonly Result[], machine: Machine): string {
  const rows = [["figure", "value", "budget", "verdict", "what", "beside"], ...toRows(results)];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join("  ").trimEnd()
  );
  return [...lines, "", describe(machine)].join("\n");
}

/** The table of the documentation. */
export function toMarkdown(results: readonly Result[], machine: Machine): string {
  const head = ["figure", "value", "budget", "verdict", "what", "beside, in the same run"];
  const rows = toRows(results).map(([key, ...rest]) => [`\`${key}\``, ...rest]);
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  return [describe(machine), "", ...lines].join("\n");
}

function toRows(results: readonly Result[]): string[][] {
  return results.map((result) => {
    const { key, value, unit, budget, lowest, highest, what, baseline } = result;
    const show = (number: number) => unit === "×" ? `${round(number)}` : `${round(number)} ${unit}`;
    const spread = lowest < highest ? ` (${round(lowest)} to ${round(highest)})` : "";
    return [
      key,
      show(value) + spread,
      `≤ ${show(budget)}`,
      isKept(result) ? "kept" : "missed",
      what,
      baseline,
    ];
  });
}

function describe({ deno, cpus, load_average }: Machine): string {
  return `Deno ${deno} on ${cpus} cores; load average ${load_average} when it began.`;
}

/** Three digits are what a bench can know; a ratio close to one says something in its fourth. */
function round(value: number): number {
  return Number(value.toPrecision(Math.abs(value - 1) < 0.1 ? 4 : 3));
}
