/**
 * Measures what the SDK costs, each figure beside a baseline of the same run.
 *
 *     deno task bench                       # a table
 *     deno task bench --json                # one object, and nothing else, on standard output
 *     deno task bench --only hop,leak       # some of the benches
 *     deno task bench --markdown --runs 3   # the table of docs/performance.md
 *
 * A budget that is missed is said so and is no failure; a figure that cannot be measured is one.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Figure } from "./figure.ts";
import { type Machine, summarize, toJson, toMarkdown, toTable } from "./report.ts";

/** Each has a file and a process of its own, so that none finds what another left in heap and compiler. */
const BENCHES = ["hop", "observers", "interruption", "paced", "session", "startup", "leak"];

/** Runs one bench in a process of its own. */
async function run(bench: string): Promise<Figure[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--v8-flags=--expose-gc", new URL(`${bench}.ts`, import.meta.url).href],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot run the bench "${bench}": see the error above`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Runs some benches, one after another, and says how it goes. */
async function runAll(benches: readonly string[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [i, bench] of benches.entries()) {
    const began = performance.now();
    const measured = await run(bench);
    const values = measured.map(({ key, value }) => `${key} ${value.toPrecision(3)}`).join(", ");
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    console.error(`[${i + 1}/${benches.length}] ${bench}: ${values} (${seconds} s)`);
    figures.push(...measured);
  }
  return figures;
}

function chosen(only: string | undefined): readonly string[] {
  const names = only?.split(",") ?? BENCHES;
  const unknown = names.find((name) => !BENCHES.includes(name));
  if (unknown === undefined) return names;
  throw new TypeError(`Cannot run "${unknown}": the benches are ${BENCHES.join(", ")}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean" },
      markdown: { type: "boolean" },
      only: { type: "string" },
      runs: { type: "string", default: "1" },
    },
  });
  const machine: Machine = {
    deno: Deno.version.deno,
    cpus: navigator.hardwareConcurrency,
    load_average: Number(Deno.loadavg()[0]?.toFixed(1)),
  };
  const runs: Figure[][] = [];
  while (runs.length < Number(values.runs)) runs.push(await runAll(chosen(values.only)));
  const write = values.json ? toJson : values.markdown ? toMarkdown : toTable;
  console.log(write(summarize(runs), machine));
}
