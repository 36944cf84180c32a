import type { SoakResult } from "./_soak.ts";

/** The figures of a soak, as a table. */
export function tableOf(result: SoakResult): string {
  const { counts, gaps, options, heap, files, clockMs, wallMs } = result;
  const percent = (part: number, whole: number) => `${(100 * part / whole).toFixed(2)} %`;
  const mb = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const rows: readonly (readonly [string, string])[] = [
    ["time", options.real ? "real, over loopback TCP" : "virtual, in process"],
    ["conversations", `${counts.conversations} of ${(clockMs / 60_000).toFixed(1)} minutes`],
    ["turns", `${counts.turns}`],
    ["… answered", `${counts.answered}`],
    ["… overtaken by the caller", `${counts.overtaken}`],
    ["… not heard, with a lost connection", `${counts.notHeard}`],
    ["… failed, as planted", `${counts.failed}`],
    ["interruptions", `${counts.interruptions}`],
    ["connections", `${counts.connections}`],
    ["utterances and contexts", `${counts.exchanges}`],
    [
      "drops",
      `${counts.drops} (${percent(counts.drops, counts.connections + counts.exchanges)})`,
    ],
    ["reconnects", `${counts.reconnects}`],
    ["failed tries and breaks told", `${counts.retries}`],
    ["errors reported", `${counts.errors}`],
    ["words said, understood", `${counts.wordsSaid}, ${counts.wordsUnderstood}`],
    ["… lost with a connection", `${counts.wordsLost}`],
    ["words answered, asked of the voice", `${counts.wordsAnswered}, ${counts.wordsAsked}`],
    ["… heard, cut", `${counts.wordsHeard}, ${counts.wordsCut}`],
    ["… begun anew after a drop", `${counts.wordsTwice}`],
    ["answers cut short", `${counts.cutAnswers}`],
    ["first sound after a turn, p50", `${percentile(gaps, 50).toFixed(0)} ms`],
    [
      "… p99, longest",
      `${percentile(gaps, 99).toFixed(0)} ms, ${percentile(gaps, 100).toFixed(0)} ms`,
    ],
    ["wall time", `${(wallMs / 1000).toFixed(1)} s`],
    ["heap before, with all, after", [heap.before, heap.during, heap.after].map(mb).join(", ")],
    ["open files before, amid, after", `${files.before}, ${files.during}, ${files.after}`],
    ["not as it has to be", `${result.violations.length}`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return [`soak: SOAK_SEED=${options.seed}`, ...lines].join("\n");
}

function percentile(sorted: readonly number[], percent: number): number {
  const rank = Math.max(1, Math.ceil(sorted.length * percent / 100));
  return sorted[rank - 1] ?? NaN;
}
