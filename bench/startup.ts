import { deliver, type Figure } from "./figure.ts";
import { median } from "./measure.ts";

const PROCESSES = 5;
const ROOT = new URL("../", import.meta.url);

/** Milliseconds that a fresh process takes from its start to its end, for some code. */
async function timeProcess(code: string): Promise<number> {
  const began = performance.now();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  const elapsed = performance.now() - began;
  if (!success) throw new Error(`Cannot time an import: ${new TextDecoder().decode(stderr)}`);
  return elapsed;
}

/** The import of the root module in a fresh process, less an empty process. */
export async function benchImport(): Promise<Figure> {
  const code = `import ${JSON.stringify(new URL("mod.ts", ROOT).href)};`;
  // Once without the clock: the first has to compile TypeScript, which is kept.
  await timeProcess(code);
  const full: number[] = [];
  const empty: number[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    full.push(await timeProcess(code));
    empty.push(await timeProcess(""));
  }
  const nothing = median(empty);
  return {
    key: "import_ms",
    what: "import of mod.ts in a fresh process, less an empty process",
    value: median(full) - nothing,
    unit: "ms",
    budget: 150,
    baseline: `an empty process: ${nothing.toFixed(0)} ms`,
    details: { import_process_ms: median(full), import_empty_ms: nothing },
  };
}

if (import.meta.main) deliver(await benchImport());
